//! The top level of a file.

use super::super::model::{Formula, Kind};
use super::super::names::unsafe_name;
use super::super::node::{Entry, object};
use super::super::problem::{Log, meant};
use super::super::source::Place;
use super::{compose, fields, step, vars};

const KEYS: &[&str] = &[
    "formula",
    "description",
    "type",
    "version",
    "extends",
    "vars",
    "inputs",
    "steps",
    "template",
    "legs",
    "synthesis",
    "aspects",
    "advice",
    "pointcuts",
    "compose",
    "metadata",
    "quality_requirements",
    "progression_rules",
    "blocking_conditions",
];

/// Keys that others give a meaning to: kept without a word.
const KEPT: &[&str] =
    &["author", "tags", "pour", "phase", "prompts", "output", "presets", "agent", "review_only", "squash", "requires"];

pub(super) fn read(log: &mut Log, source: u32, stem: &str, entries: Vec<Entry>) -> Option<Formula> {
    let start = Place { source, start: 0, end: 1 };
    let mut formula = Formula { at: start, ..Formula::default() };
    let mut kind = None;
    let mut named = false;
    for entry in &entries {
        match entry.key.as_str() {
            "formula" => {
                named = true;
                formula.at = entry.value.at;
                formula.name = fields::text(log, entry).unwrap_or_default();
                check_name(log, &formula, stem);
            }
            "type" => kind = fields::text(log, entry).and_then(|word| kind_of(log, entry, &word)),
            "description" => formula.description = fields::text(log, entry).unwrap_or_default(),
            "version" => formula.version = fields::scalar(log, entry).unwrap_or_default(),
            "extends" => formula.extends = fields::one_or_more(log, entry),
            "vars" | "inputs" => vars::read(log, entry, &mut formula.vars),
            "steps" => formula.steps = step::list(log, entry, "a step"),
            "template" => formula.template = step::list(log, entry, "a step of a template"),
            "legs" => formula.legs = step::list(log, entry, "a leg"),
            "synthesis" => formula.synthesis = synthesis(log, entry),
            "aspects" => formula.views = step::list(log, entry, "an aspect"),
            "advice" => formula.advice = compose::advice(log, entry),
            "pointcuts" => formula.pointcuts = compose::pointcuts(log, entry),
            "compose" => compose::read(log, entry, &mut formula.compose),
            "metadata" => formula.metadata = object(fields::table(log, entry)),
            "quality_requirements" => formula.quality = object(fields::table(log, entry)),
            "progression_rules" => progression(log, entry, &mut formula),
            "blocking_conditions" => blocking(log, entry, &mut formula),
            key => {
                if !KEPT.contains(&key) {
                    fields::unknown(log, entry, "a formula", KEYS);
                }
                formula.extra.insert(key.to_owned(), entry.value.json());
            }
        }
    }
    if !named {
        fields::missing(log, start, "this formula has no name");
        log.errors.last_mut()?.help(format!("begin with `formula = \"{}\"`", stem.escape_debug()));
        stem.clone_into(&mut formula.name);
    }
    let found = kind.or_else(|| inferred(&formula));
    formula.open_kind = found.is_none();
    formula.kind = found.unwrap_or_default();
    has_contents(log, &formula, &entries);
    Some(formula)
}

fn check_name(log: &mut Log, formula: &Formula, stem: &str) {
    if let Some(why) = unsafe_name(&formula.name) {
        log.error(formula.at, format!("`{}` is no name for a formula: {why}", formula.name.escape_debug()));
    } else if formula.name != stem {
        log.warn(formula.at, format!("this formula is found under the name of its file, `{}`", stem.escape_debug()));
    }
}

fn kind_of(log: &mut Log, entry: &Entry, word: &str) -> Option<Kind> {
    let kind = Kind::parse(word);
    if kind.is_none() {
        let help = meant(word, Kind::WORDS).unwrap_or_else(|| format!("one of {}", Kind::WORDS.join(", ")));
        log.error(entry.value.at, format!("invalid type `{}`", word.escape_debug())).help(help);
    }
    kind
}

/// The kind of a formula that does not say it.
fn inferred(formula: &Formula) -> Option<Kind> {
    let table = [
        (Kind::Convoy, !formula.legs.is_empty()),
        (Kind::Workflow, !formula.steps.is_empty()),
        (Kind::Expansion, !formula.template.is_empty()),
        (Kind::Aspect, !formula.views.is_empty() || !formula.advice.is_empty()),
    ];
    table.into_iter().find(|(_, has)| *has).map(|(kind, _)| kind)
}

fn has_contents(log: &mut Log, formula: &Formula, entries: &[Entry]) {
    let (empty, what) = match formula.kind {
        Kind::Workflow => (formula.steps.is_empty(), "a workflow has `[[steps]]`"),
        Kind::Expansion => (formula.template.is_empty(), "an expansion has a `[[template]]`"),
        Kind::Aspect => (formula.views.is_empty() && formula.advice.is_empty(), "an aspect has `[[advice]]`"),
        Kind::Convoy => (formula.legs.is_empty(), "a convoy has `[[legs]]`"),
    };
    // One that is there and wrong was told.
    let has_something = |e: &Entry| !matches!(&e.value.data, super::super::node::Data::List(items) if items.is_empty());
    let written = entries.iter().any(|e| what.contains(&format!("[[{}]]", e.key)) && has_something(e));
    if empty && !written && formula.extends.is_empty() {
        log.error(formula.at, format!("{what}, and this one has none"));
    }
}

fn synthesis(log: &mut Log, entry: &Entry) -> Option<super::super::model::Draft> {
    let node = &entry.value;
    let entries = fields::table(log, entry);
    if entries.is_empty() {
        return None;
    }
    let has_id = entries.iter().any(|e| e.key == "id");
    let mut entries = entries.to_vec();
    if !has_id {
        let value = super::super::node::Node { at: entry.key_at, data: super::super::node::Data::Text("synthesis".to_owned()) };
        entries.push(Entry { key: "id".to_owned(), key_at: entry.key_at, value });
    }
    Some(step::read(log, node, &entries, "the synthesis"))
}

/// `[blocking_conditions]`: the same conditions as flags. None of them can be lifted: a validation asks them in any case.
fn blocking(log: &mut Log, entry: &Entry, formula: &mut Formula) {
    for field in fields::table(log, entry) {
        let wrong = log.errors.len();
        if fields::truth(log, field) {
            formula.progression.block_if(field.key.clone());
        } else if log.errors.len() == wrong {
            log.warn(field.value.at, format!("`{} = false` lifts nothing", field.key.escape_debug()));
        }
    }
}

fn progression(log: &mut Log, entry: &Entry, formula: &mut Formula) {
    let mut others = serde_json::Map::new();
    for field in fields::table(log, entry) {
        match field.key.as_str() {
            "block_next_day_if" => {
                let conditions = fields::texts(log, field);
                conditions.into_iter().for_each(|c| formula.progression.block_if(c));
            }
            "day_completion_criteria" => formula.progression.day_completion_criteria = fields::texts(log, field),
            key => {
                fields::unknown(log, field, "`progression_rules`", &["block_next_day_if", "day_completion_criteria"]);
                others.insert(key.to_owned(), field.value.json());
            }
        }
    }
    if !others.is_empty() {
        formula.extra.insert(entry.key.clone(), others.into());
    }
}
