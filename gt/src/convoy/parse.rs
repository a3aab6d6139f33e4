//! Reads a `convoy.toml`: lenient about what people write, strict about names that stand in paths.

use super::model::{ConvoyFile, Lesson, Planned, QualityGates, Risk, Scope, Teams, Timeline};
use super::name::is_name;
use super::values::Values;
use crate::molecule::names;
use bd::query::nearest;
use bd_gate::gate::{Problem, Problems, Wrong};
use std::ops::Range;
use toml_edit::{Document, Item, TableLike};

/// The largest file in bytes.
pub const MAX_FILE: usize = 4 << 20;

/// Tables whose content is counted by us and never read.
const COMPUTED: [&str; 3] = ["metrics", "progress", "health"];
const TOP: [&str; 16] = [
    "convoy_id",
    "name",
    "owner",
    "created",
    "status",
    "priority",
    "compliance_requirement",
    "scope",
    "timeline",
    "teams",
    "molecules",
    "quality_gates",
    "handoffs",
    "coordination",
    "success_criteria",
    "risks",
];

/// Reads the text of a `convoy.toml` that stands at `path` (from the top of the tree).
///
/// # Errors
/// No TOML; a molecule without a name, with one that could leave its place, or with one that another has; a `convoy_id` that
/// could leave its place. Each with its line.
pub fn parse(path: &str, text: &str) -> Result<ConvoyFile, Problems> {
    let one = |span, wrong, message: String| Problems(vec![Problem::at(path, text, span, wrong, message)]);
    if text.len() > MAX_FILE {
        let message = format!("the file has {} bytes; at most {MAX_FILE} are read", text.len());
        return Err(one(None, Wrong::Value, message));
    }
    let doc = Document::parse(text.to_owned()).map_err(|e| {
        let why = e.message().lines().collect::<Vec<_>>().join(", ");
        one(e.span(), Wrong::Syntax, why)
    })?;
    let mut warnings = Vec::new();
    let mut problems = Vec::new();
    let mut file = top(path, text, doc.as_table(), &mut warnings);
    if let Some(id) = file.id.as_deref().filter(|id| !is_name(id)) {
        problems.push(bad_id(path, text, doc.get("convoy_id").and_then(Item::span), "convoy", id));
    }
    let mut at: Vec<Option<Range<usize>>> = Vec::new();
    let tables = Values { file: path, text, table: doc.as_table(), warnings: &mut warnings }.tables("molecules");
    for (table, span) in tables {
        let planned = molecule(&mut Values { file: path, text, table, warnings: &mut warnings });
        let place = table.get("id").and_then(Item::span).or_else(|| span.clone());
        if planned.id.is_empty() {
            let hint = "Give it one, like `id = \"day1-gateway-fields\"`";
            problems.push(Problem::at(path, text, span, Wrong::Missing, "this molecule has no `id`").hint(hint));
        } else if !is_name(&planned.id) {
            problems.push(bad_id(path, text, place, "molecule", &planned.id));
        } else if let Some(first) = file.molecules.iter().position(|m| m.id == planned.id) {
            let line = Problem::at(path, text, at[first].clone(), Wrong::Duplicate, "").line;
            let message = format!("there are two molecules `{}`; the first is in line {line}", planned.id);
            problems.push(Problem::at(path, text, place, Wrong::Duplicate, message).hint("Give one of them another id"));
        } else {
            at.push(place);
            file.molecules.push(planned);
        }
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    names(path, text, &file, doc.as_table(), &mut warnings);
    file.warnings = warnings;
    Ok(file)
}

fn bad_id(path: &str, text: &str, span: Option<Range<usize>>, what: &str, id: &str) -> Problem {
    let why = names::check(what, id).err().map(|e| e.message).unwrap_or_default();
    Problem::at(path, text, span, Wrong::Id, why)
}

fn top(path: &str, text: &str, table: &dyn TableLike, warnings: &mut Vec<Problem>) -> ConvoyFile {
    let mut v = Values { file: path, text, table, warnings };
    let mut out = ConvoyFile {
        path: path.to_owned(),
        id: v.text("convoy_id"),
        name: v.text("name"),
        owner: v.text("owner"),
        created: v.text("created"),
        status: v.text("status"),
        priority: v.text("priority"),
        compliance: v.text("compliance_requirement"),
        coordination: v.object("coordination"),
        success_criteria: v.object("success_criteria"),
        ..ConvoyFile::default()
    };
    let known: Vec<&str> = TOP.iter().chain(&COMPUTED).copied().chain(["lessons_learned"]).collect();
    out.extra = v.rest(&known);
    if let Some(table) = v.below("scope") {
        let mut v = Values { file: path, text, table, warnings: v.warnings };
        out.scope = Scope {
            business_requirements: v.texts("business_requirements"),
            design_decisions: v.texts("design_decisions"),
            authoritative_docs: v.texts("authoritative_docs"),
        };
    }
    if let Some(table) = v.below("timeline") {
        let mut v = Values { file: path, text, table, warnings: v.warnings };
        out.timeline = Timeline {
            start_date: v.text("start_date"),
            estimated_end_date: v.text("estimated_end_date"),
            total_days: v.count("total_days").filter(|n| *n > 0),
        };
    }
    if let Some(table) = v.below("teams") {
        let mut v = Values { file: path, text, table, warnings: v.warnings };
        out.teams = Teams { involved: v.texts("involved_teams"), coordinator: v.text("primary_coordinator"), members: [].into() };
        if let Some(table) = v.below("members") {
            let mut v = Values { file: path, text, table, warnings: v.warnings };
            let each = table.iter().map(|(team, _)| (team.to_owned(), v.texts(team)));
            out.teams.members = each.collect();
        }
    }
    if let Some(table) = v.below("quality_gates") {
        let mut v = Values { file: path, text, table, warnings: v.warnings };
        out.quality_gates = QualityGates {
            test_pass_rate: v.percent("test_pass_rate_requirement"),
            compliance_validation: v.flag("compliance_validation_required"),
            human_checkpoints: v.count("human_checkpoints_per_molecule"),
            anti_pattern_detection: v.flag("anti_pattern_detection_enabled"),
        };
    }
    if let Some(table) = v.below("handoffs") {
        let mut v = Values { file: path, text, table, warnings: v.warnings };
        out.handoffs = table.iter().filter_map(|(key, _)| Some((key.to_owned(), v.text(key)?))).collect();
    }
    for (table, _) in v.tables("risks") {
        let mut v = Values { file: path, text, table, warnings: v.warnings };
        out.risks.push(Risk {
            id: v.text("id"),
            description: v.text("description"),
            likelihood: v.text("likelihood"),
            impact: v.text("impact"),
            mitigation: v.text("mitigation"),
            status: v.text("status"),
        });
    }
    for (table, _) in v.tables("lessons_learned") {
        let mut v = Values { file: path, text, table, warnings: v.warnings };
        out.lessons.push(Lesson { date: v.text("date"), day: v.text("day"), lesson: v.text("lesson"), action: v.text("action") });
    }
    out
}

fn molecule(v: &mut Values<'_, '_>) -> Planned {
    const KNOWN: [&str; 12] = [
        "id",
        "name",
        "formula",
        "formula_version",
        "status",
        "owner",
        "team",
        "start_date",
        "end_date",
        "estimated_start_date",
        "estimated_end_date",
        "dependencies",
    ];
    let mut out = Planned {
        id: v.text("id").unwrap_or_default(),
        name: v.text("name"),
        formula: v.text("formula"),
        formula_version: v.text("formula_version"),
        status: v.text("status"),
        owner: v.text("owner"),
        team: v.text("team"),
        start_date: v.text("start_date").or_else(|| v.text("estimated_start_date")),
        end_date: v.text("end_date").or_else(|| v.text("estimated_end_date")),
        more: v.rest(&KNOWN),
        ..Planned::default()
    };
    let (file, text) = (v.file, v.text);
    if let Some(table) = v.below("dependencies") {
        let mut v = Values { file, text, table, warnings: v.warnings };
        (out.requires, out.blocks) = (v.texts("requires"), v.texts("blocks"));
    }
    if let Some(table) = v.below("deliverables") {
        out.pass_rate = Values { file, text, table, warnings: v.warnings }.percent("test_pass_rate");
    }
    if let Some(table) = v.below("coordination_strategy") {
        out.parallel = Values { file, text, table, warnings: v.warnings }.texts("parallel_molecules");
    }
    out
}

/// Names that lead nowhere are warnings, at the place where they stand.
fn names(path: &str, text: &str, file: &ConvoyFile, doc: &dyn TableLike, warnings: &mut Vec<Problem>) {
    let mut quiet = Vec::new();
    let tables = Values { file: path, text, table: doc, warnings: &mut quiet }.tables("molecules");
    for (table, _) in tables {
        let Some(id) = table.get("id").and_then(Item::as_str) else { continue };
        for key in ["requires", "blocks"] {
            let list = table.get("dependencies").and_then(Item::as_table_like).and_then(|t| t.get(key));
            for name in list.and_then(Item::as_array).into_iter().flatten() {
                let Some(to) = name.as_str().map(str::trim) else { continue };
                let wrong = if to == id.trim() {
                    format!("`{key}` of `{}` names itself", id.escape_debug())
                } else if file.molecule(to).is_none() {
                    format!("`{key}` of `{}` names `{}`, and there is no such molecule here", id.escape_debug(), to.escape_debug())
                } else {
                    continue;
                };
                let near = nearest(to, file.molecules.iter().map(|m| m.id.as_str()), 1);
                let hint = near.first().map(|n| format!("Did you mean `{n}`?")).unwrap_or_default();
                warnings.push(Problem::at(path, text, name.span(), Wrong::Need, wrong).hint(hint));
            }
        }
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
