//! Which gates there are: our own, and over them the project's, as its target has them.

use super::define::{self, Draft, File};
use super::problem::{Problem, Problems, Wrong};
use super::target::{Found, Target, Tree};
use super::{Gate, Kind, Layer};
use crate::scan::RuleSet;
use bd::error::{Error, Result};
use bd::git::Git;
use bd::ops::verdicts::GATES_PATH;
use bd::store::Sources;

/// Our own definitions.
pub const BUILT_IN: &str = include_str!("../../gates/built-in.toml");
/// Where the project's rules are, from the top of the tree.
pub const RULES_DIR: &str = ".beads/rules";

/// Everything that decides.
#[derive(Clone, Debug)]
pub struct Definitions {
    /// The gates, our own first; those that are off are among them.
    pub gates: Vec<Gate>,
    /// The rules of the scanner.
    pub rules: RuleSet,
    /// The project's own rules as they were read: pairs of path and text, by path.
    pub rule_files: Vec<(String, String)>,
    /// What should be said: keys that mean nothing.
    pub warnings: Vec<Problem>,
    /// Where the project's gates were read: a ref, a commit, or `working tree`; `None` = the project has none.
    pub origin: Option<String>,
}

impl Definitions {
    /// A gate by its id.
    pub fn gate(&self, id: &str) -> Option<&Gate> {
        self.gates.iter().find(|g| g.id == id)
    }

    /// A gate by its id, for a command that was told one.
    ///
    /// # Errors
    /// There is none (exit 2); the nearest is named.
    pub fn must(&self, id: &str) -> Result<&Gate> {
        self.gate(id).ok_or_else(|| {
            let error = Error::usage(format!("there is no gate `{}`", id.escape_debug()));
            match bd::query::nearest(id, self.gates.iter().map(|g| g.id.as_str()), 1).first() {
                Some(near) => error.hint(format!("Did you mean `{near}`?")),
                None => error.hint("`bd gate list` shows them"),
            }
        })
    }
}

/// Reads what decides at a target.
///
/// # Errors
/// A file that cannot be read or understood, with every problem in it (exit 2): a gate that is not understood has not
/// passed, and a file of definitions that is half understood would let through what it was written to stop.
pub fn load(git: &dyn Git, sources: &Sources, target: &Target) -> Result<Definitions> {
    let found = target.find(git, sources, GATES_PATH)?;
    let rules_from = match &found {
        Some(found) => Some(found.tree.clone()),
        None => target.first_with(git, sources, RULES_DIR)?,
    };
    let rules = match &rules_from {
        Some(tree) => rules(git, tree)?,
        None => Vec::new(),
    };
    match rules_from {
        Some(tree) if target.may_only_add(git, sources, &tree)? => Ok(additions(found.as_ref(), rules)?),
        _ => Ok(parse(found.as_ref(), rules)?),
    }
}

/// What a change brings that its target has not: its own gates and rules count, and what it would do to ours does not. A pull
/// request would else switch off what it is judged by.
fn additions(found: Option<&Found>, mut rule_files: Vec<(String, String)>) -> Result<Definitions, Problems> {
    let own = parse(None, Vec::new())?;
    let mut left_out = Vec::new();
    let why =
        |what: &str| format!("{what} is ours, and the target changes nothing about it: what this says counts once it is there");
    rule_files.retain(|(path, text)| {
        let id = text.parse::<toml_edit::DocumentMut>().ok().and_then(|doc| Some(doc.get("id")?.as_str()?.to_owned()));
        let ours = id.filter(|id| own.rules.rule(id).is_some());
        left_out.extend(ours.iter().map(|id| Problem::at(path, text, None, Wrong::Rule, why(&format!("the rule `{id}`")))));
        ours.is_none()
    });
    let mut all = parse(found, rule_files)?;
    for ours in own.gates {
        let Some(gate) = all.gates.iter_mut().find(|g| g.id == ours.id) else { continue };
        if let Layer::Project { file, .. } = &gate.layer {
            let text = found.map_or("", |f| f.text.as_str());
            let at = text.find(&format!("\"{}\"", ours.id)).map(|at| at..at + ours.id.len() + 2);
            left_out.push(Problem::at(file, text, at, Wrong::Contradiction, why(&format!("the gate `{}`", ours.id))));
            *gate = ours;
        }
    }
    all.warnings.append(&mut left_out);
    Ok(all)
}

/// The project's rule files as pairs of path and text, by path.
fn rules(git: &dyn Git, tree: &Tree) -> Result<Vec<(String, String)>> {
    let names = tree.list(git, RULES_DIR)?;
    let paths = names
        .into_iter()
        .filter(|name| std::path::Path::new(name).extension().is_some_and(|e| e == "toml"))
        .map(|name| format!("{RULES_DIR}/{name}"));
    let read = |path: String| Ok(tree.read(git, &path)?.map(|text| (path, text)));
    paths.filter_map(|path| read(path).transpose()).collect()
}

/// Puts the layers together.
///
/// # Errors
/// As [`load`].
pub fn parse(found: Option<&Found>, rule_files: Vec<(String, String)>) -> Result<Definitions, Problems> {
    let mut warnings = Vec::new();
    let files = rule_files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let (rules, more) = RuleSet::with_project(files).map_err(|p| Problems(vec![of_rule(&p, Wrong::Rule, &rule_files)]))?;
    warnings.extend(more.iter().map(|p| of_rule(p, Wrong::Key, &rule_files)));

    let own = define::read("built-in.toml", BUILT_IN, &mut warnings)?;
    let none = File { name: GATES_PATH, text: "", drafts: Vec::new() };
    let project = match found {
        Some(found) => define::read(GATES_PATH, &found.text, &mut warnings)?,
        None => none,
    };
    let (mut gates, mut problems) = (Vec::new(), Vec::new());
    let mut take = |file: &File<'_>, draft: &Draft, base: Option<&Draft>, layer: Layer| match define::complete(
        file,
        draft,
        base,
        layer,
        &mut warnings,
    ) {
        Ok(gate) => gates.push(gate),
        Err(mut more) => problems.append(&mut more),
    };
    let layer = |draft: &Draft| Layer::Project {
        file: GATES_PATH.to_owned(),
        line: Problem::at(GATES_PATH, project.text, Some(draft.at.clone()), Wrong::Key, "").line,
        file_digest: define::hex(project.text.as_bytes()),
    };
    for base in &own.drafts {
        match project.drafts.iter().find(|d| d.id == base.id) {
            Some(draft) => take(&project, draft, Some(base), layer(draft)),
            None => take(&own, base, None, Layer::BuiltIn),
        }
    }
    for draft in project.drafts.iter().filter(|d| !own.drafts.iter().any(|o| o.id == d.id)) {
        take(&project, draft, None, layer(draft));
    }
    let place = |gate: &Gate, key: &str, wrong: Wrong, message: String| {
        let draft = project.drafts.iter().find(|d| d.id == gate.id);
        let span = draft.map(|d| d.table.get(key).and_then(toml_edit::Item::span).unwrap_or_else(|| d.at.clone()));
        Problem::at(GATES_PATH, project.text, span, wrong, message)
    };
    for gate in &gates {
        if let Kind::Scan { rule } = &gate.kind {
            if rules.rule(rule).is_none() {
                let ids = rules.rules().iter().map(|r| r.id.as_str());
                let message = format!("the scanner has no rule `{}`", rule.escape_debug());
                problems.push(place(gate, "rule", Wrong::Rule, message).meant(rule, ids));
            }
        }
    }
    problems.extend(define::check_needs(&gates, &|gate, wrong, message| place(gate, "needs", wrong, message)));
    if !problems.is_empty() {
        problems.sort_by_key(|p| (p.line, p.column));
        return Err(Problems(problems));
    }
    Ok(Definitions { gates, rules, rule_files, warnings, origin: found.map(|f| f.tree.to_string()) })
}

/// A problem of a rule file in our form.
fn of_rule(p: &crate::scan::Problem, wrong: Wrong, files: &[(String, String)]) -> Problem {
    let text = files.iter().find(|(name, _)| *name == p.file).map_or("", |(_, text)| text.as_str());
    let line_start: usize = text.split_inclusive('\n').take(p.line.saturating_sub(1)).map(str::len).sum();
    let column: usize = text[line_start..].chars().take(p.column.saturating_sub(1)).map(char::len_utf8).sum();
    let at = line_start + column;
    Problem::at(&p.file, text, Some(at..at), wrong, p.why.clone())
}
