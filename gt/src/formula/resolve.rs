//! From the name of a formula to a recipe.

use super::compose;
use super::job::Job;
use super::model::{Draft, Formula, Kind, Words};
use super::problem::meant_in;
use super::recipe::{Recipe, Step};
use super::source::{Place, hex};
use super::text::{self, Sort};
use super::vars::{self, Values};
use super::{condition::Condition, finish, legs, overlay};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// What a resolution comes to beside the problems in the job.
pub(super) struct Made {
    pub recipe: Recipe,
    pub kind: Kind,
    pub summaries: Vec<(String, vars::Given, super::model::Var)>,
    /// True if a program in it was written by somebody else than us or the user: it must be trusted.
    pub foreign_commands: bool,
}

/// Resolves a formula; `None` if it could not even be read. Only good if the log has no error.
pub(super) fn resolve(job: &mut Job<'_>, name: &str) -> Option<Made> {
    let formula = job.formula(name, None)?;
    let values = vars::values(job, &formula);
    let drafts = match formula.kind {
        Kind::Workflow => formula.steps.clone(),
        Kind::Convoy => legs::steps(job, &formula),
        Kind::Expansion | Kind::Aspect => example(&formula),
    };
    let mut steps = compose::unfold(job, drafts, &values);
    compose::control(job, &formula.compose, &mut steps);
    if formula.kind == Kind::Aspect && !formula.advice.is_empty() {
        compose::advise(job, &formula, &mut steps, &values);
    }
    compose::apply_aspects(job, &formula.compose, &mut steps, &values);
    compose::expand(job, &formula, &mut steps, &values);
    let laid_over = overlay::apply(job, name, &mut steps);
    let bonds = compose::bonds(job, &formula, &steps);
    put_in(job, &mut steps, &values);
    let foreign_commands = steps.iter().any(|s| foreign(job, s));
    let steps = finish::finish(job, steps);
    let mut recipe = recipe(&formula, steps, &values);
    recipe.digest = digest(job, &recipe);
    if let Some(bonds) = bonds {
        recipe.extra.insert("compose".to_owned(), bonds);
    }
    if let Some(laid_over) = laid_over {
        recipe.extra.insert("overlay".to_owned(), laid_over);
    }
    let summary = |(name, given): (String, vars::Given)| {
        let var = formula.vars.get(&name).cloned().unwrap_or_default();
        (name, given, var)
    };
    Some(Made { recipe, kind: formula.kind, summaries: values.into_iter().map(summary).collect(), foreign_commands })
}

/// A part of a formula, applied to a step that stands for any.
fn example(formula: &Formula) -> Vec<Draft> {
    let dummy = |id: &str, at: Place| {
        let mut draft = Draft { at, body: at, ..Draft::default() };
        draft.step.id = id.to_owned();
        draft.step.title = id.to_owned();
        draft
    };
    if formula.kind == Kind::Expansion {
        let mut draft = dummy("target", formula.at);
        let with = super::model::Ref::new(formula.name.clone(), formula.at);
        draft.expand = Some(super::model::Expand { with, vars: std::collections::BTreeMap::new() });
        return vec![draft];
    }
    if formula.advice.is_empty() {
        return formula.views.clone();
    }
    let mut seen = HashSet::new();
    let names = formula.advice.iter().map(|a| match &a.target {
        Some(Words { text, at }) if super::names::unsafe_name(text).is_none() => (text.clone(), *at),
        _ => ("target".to_owned(), a.at),
    });
    names.filter(|(name, _)| seen.insert(name.clone())).map(|(name, at)| dummy(&name, at)).collect()
}

/// Puts the values of the variables in, and leaves out what has a condition that does not hold.
fn put_in(job: &mut Job<'_>, steps: &mut [Draft], values: &Values) {
    let strict = job.strict;
    let value = |name: &str| -> Option<String> {
        let name = name.strip_prefix('.').unwrap_or(name);
        let value = values.get(name)?;
        match &value.text {
            Some(text) => Some(text.clone()),
            None if strict || !value.required => Some(String::new()),
            None => None,
        }
    };
    let mut told = HashSet::new();
    for draft in steps.iter_mut() {
        for words in &draft.conditions {
            let Some(condition) = Condition::parse(&words.text) else {
                job.log.error(words.at, "this condition is not understood").help("`{{v}}`, `!{{v}}`, `{{v}} == x` or `{{v}} != x`");
                continue;
            };
            match values.get(&condition.name) {
                Some(given) => draft.dropped |= !condition.holds(given.text.as_deref().unwrap_or_default()),
                None => unknown(job, &condition.name, words.at, values),
            }
        }
        draft.conditions.clear();
        check_names(job, draft, values, &mut told);
        commands(job, draft, values);
        job.fill(draft, &mut |name, double| if double { value(name) } else { None });
        draft.step.validation_commands.retain(|c| !c.trim().is_empty());
    }
}

fn unknown(job: &mut Job<'_>, name: &str, at: Place, values: &Values) {
    let help = meant_in(&job.log, name, values.keys().map(String::as_str)).unwrap_or_else(|| {
        "declare it in `[vars]`; what is not meant to be a variable has no word alone between two braces".to_owned()
    });
    job.log.error(at, format!("unknown variable `{}`", name.escape_debug())).help(help);
}

/// Every variable in the texts of a step is declared.
fn check_names(job: &mut Job<'_>, draft: &mut Draft, values: &Values, told: &mut HashSet<(u32, usize, String)>) {
    let mut missing: Vec<String> = Vec::new();
    // Looking for a place costs as much as the step is long: no more of them than are told.
    let most = if job.log.is_full() { 1 } else { 50 };
    let mut look = |text: &str| {
        if missing.len() >= most || !text.contains("{{") {
            return;
        }
        for piece in text::pieces(text) {
            if let text::Piece::Braced { name, double: true, .. } = piece {
                if text::is_reference(name)
                    && !values.contains_key(name)
                    && missing.len() < most
                    && !missing.iter().any(|m| m == name)
                {
                    missing.push(name.to_owned());
                }
            }
        }
    };
    look(&draft.step.id);
    draft.needs.iter().chain(&draft.goto).for_each(|r| look(&r.name));
    text::each(&mut draft.step, &mut |text, _| look(text));
    for name in missing {
        let at = find(job, draft, &name);
        if told.insert((at.source, at.start, name.clone())) {
            unknown(job, &name, at, values);
        }
    }
}

/// Where a variable stands in the source of a step.
fn find(job: &Job<'_>, draft: &Draft, name: &str) -> Place {
    let body = draft.body;
    let text = job.log.sources.get(body.source as usize).and_then(|s| s.text.get(body.start..body.end));
    let found = text::pieces(text.unwrap_or_default()).find_map(|piece| match piece {
        text::Piece::Braced { whole, name: n, double: true, at } if n == name => Some((body.start + at, whole.len())),
        _ => None,
    });
    found.map_or(draft.at, |(start, len)| Place { source: body.source, start, end: start + len })
}

/// A value becomes part of a command only if no shell can take it for anything but one word; a whole command may be one.
fn commands(job: &mut Job<'_>, draft: &mut Draft, values: &Values) {
    let mut wrong = Vec::new();
    let mut given = false;
    text::each(&mut draft.step, &mut |text, sort| {
        if sort != Sort::Command || !text.contains("{{") {
            return;
        }
        let whole = text.trim().to_owned();
        for piece in text::pieces(text) {
            let text::Piece::Braced { whole: braces, name, double: true, .. } = piece else { continue };
            let Some(value) = values.get(name) else { continue };
            given |= value.given;
            let text = value.text.as_deref().unwrap_or_default();
            if braces != whole && !is_word(text) {
                wrong.push(name.to_owned());
            }
        }
    });
    draft.given_command |= given;
    for name in wrong {
        let at = find(job, draft, &name);
        job.log
            .error(at, format!("the value of `{name}` cannot be a part of a command"))
            .help("only letters, digits and `_ . / : @ % + = , -`, no hyphen first; or let the variable be the whole command");
    }
}

fn is_word(text: &str) -> bool {
    !text.starts_with('-') && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&b))
}

/// True if a step runs programs that came with the repository, or that whoever poured it gave.
fn foreign(job: &Job<'_>, draft: &Draft) -> bool {
    use super::tier::Tier;
    let tier = job.log.sources.get(draft.body.source as usize).map(|s| s.tier);
    !draft.step.validation_commands.is_empty() && (draft.given_command || !matches!(tier, Some(Tier::BuiltIn | Tier::User)))
}

fn recipe(formula: &Formula, steps: Vec<Step>, values: &Values) -> Recipe {
    let vars = values.iter().filter_map(|(name, value)| Some((name.clone(), value.text.clone()?))).collect();
    Recipe {
        name: formula.name.clone(),
        version: if formula.version.is_empty() { "1".to_owned() } else { formula.version.clone() },
        description: formula.description.trim().to_owned(),
        digest: String::new(),
        vars,
        steps,
        progression: formula.progression.clone(),
        quality: formula.quality.clone(),
        metadata: formula.metadata.clone(),
        extra: formula.extra.clone(),
    }
}

/// SHA-256 of the digests of all sources, in order, and of the values.
fn digest(job: &Job<'_>, recipe: &Recipe) -> String {
    let mut digests: Vec<&str> = job.log.sources.iter().map(|s| s.digest.as_str()).collect();
    digests.sort_unstable();
    digests.dedup();
    let mut hash = Sha256::new();
    for digest in digests {
        hash.update(digest.as_bytes());
        hash.update(b"\n");
    }
    for (name, value) in &recipe.vars {
        hash.update(format!("{name} {}\n{value}\n", value.len()).as_bytes());
    }
    hex(hash.finalize())
}
