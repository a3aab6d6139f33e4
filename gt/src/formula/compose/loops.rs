//! Children become steps of their own, loops become their turns.

use super::super::expr;
use super::super::job::Job;
use super::super::model::{Draft, Ref, Repeat, Times};
use super::super::text;
use super::super::vars::Values;
use super::{Instead, fix, inherit, rewire, sinks};
use serde_json::json;
use std::collections::HashMap;

/// How deep loops and children may be nested.
const DEEPEST: usize = 8;

/// Steps in one list: each before its children, each loop as its turns.
pub(in super::super) fn unfold(job: &mut Job<'_>, drafts: Vec<Draft>, values: &Values) -> Vec<Draft> {
    let mut out = Vec::with_capacity(drafts.len());
    let mut instead = HashMap::new();
    for draft in drafts {
        add(job, draft, None, values, 0, &mut out, &mut instead);
    }
    rewire(&mut out, &instead);
    out
}

fn add(
    job: &mut Job<'_>,
    mut draft: Draft,
    parent: Option<&str>,
    values: &Values,
    depth: usize,
    out: &mut Vec<Draft>,
    instead: &mut HashMap<String, Instead>,
) {
    if !job.may_make(draft.at) {
        return;
    }
    if depth > DEEPEST {
        job.log.error(draft.at, format!("steps are nested more than {DEEPEST} deep"));
        return;
    }
    if draft.step.parent.is_none() {
        draft.step.parent = parent.map(str::to_owned);
    }
    let children = std::mem::take(&mut draft.children);
    if let Some(repeat) = draft.repeat.take() {
        if !children.is_empty() {
            job.log.error(draft.at, format!("the loop `{}` has children beside its body", draft.id()));
        }
        turns(job, draft, *repeat, values, depth, out, instead);
        return;
    }
    let id = draft.step.id.clone();
    out.push(draft);
    for child in children {
        add(job, child, Some(&id), values, depth + 1, out, instead);
    }
}

fn turns(
    job: &mut Job<'_>,
    draft: Draft,
    repeat: Repeat,
    values: &Values,
    depth: usize,
    out: &mut Vec<Draft>,
    instead: &mut HashMap<String, Instead>,
) {
    let Some((low, high)) = bounds(job, &repeat, values) else { return };
    if low > high {
        // No turn at all: who needs the loop gets its needs.
        out.push(Draft { dropped: true, ..draft });
        return;
    }
    let mut last: Vec<String> = Vec::new();
    let mut first = String::new();
    for (turn, number) in (low..=high).enumerate() {
        let mut steps = Vec::new();
        let mut inner = HashMap::new();
        for body in &repeat.body {
            let mut body = body.clone();
            if let Some(var) = &repeat.var {
                job.fill(&mut body, &mut |name, _| (name == var).then(|| number.to_string()));
            }
            add(job, body, draft.step.parent.as_deref(), values, depth + 1, &mut steps, &mut inner);
        }
        rewire(&mut steps, &inner);
        rename(&mut steps, &format!("{}.iter{}", draft.id(), turn + 1));
        fix(&mut steps);
        let before: Vec<Ref> = if turn == 0 {
            draft.needs.clone()
        } else {
            last.iter().map(|name| Ref { name: name.clone(), at: repeat.at, fixed: true }).collect()
        };
        inherit(&mut steps, &before);
        for step in &mut steps {
            step.conditions.extend(draft.conditions.iter().cloned());
        }
        if steps.is_empty() || job.log.is_full() {
            return;
        }
        last = sinks(&steps);
        if turn == 0 {
            first = steps[0].step.id.clone();
        }
        if let (Times::Until(until, max), Some(end)) = (&repeat.times, steps.last_mut()) {
            // As in Beads, which pours one turn and marks it: what runs the formula would have to ask, and here a person works.
            job.log
                .warn(repeat.at, format!("`until` is asked by nobody: the loop `{}` is poured as one turn", draft.id()))
                .help(format!("a validation in it that fails goes back to `{first}`"));
            end.step.extra.insert("loop".to_owned(), json!({"until": until, "max": max, "from": first}));
            end.goto.get_or_insert_with(|| Ref { name: first.clone(), at: repeat.at, fixed: true });
        }
        out.extend(steps);
    }
    instead.insert(draft.step.id, Instead { first, last });
}

/// Puts the loop's name before those of a turn's steps.
fn rename(steps: &mut [Draft], prefix: &str) {
    let names: HashMap<String, String> = steps.iter().map(|s| (s.step.id.clone(), format!("{prefix}.{}", s.step.id))).collect();
    for draft in steps {
        if let Some(name) = names.get(&draft.step.id) {
            draft.step.id.clone_from(name);
        }
        if let Some(name) = draft.step.parent.as_ref().and_then(|p| names.get(p)) {
            draft.step.parent = Some(name.clone());
        }
        for reference in draft.needs.iter_mut().chain(&mut draft.goto).chain(&mut draft.waits) {
            if let Some(name) = names.get(&reference.name) {
                reference.name.clone_from(name);
            }
        }
    }
}

fn bounds(job: &mut Job<'_>, repeat: &Repeat, values: &Values) -> Option<(i64, i64)> {
    let mut number = |words: &super::super::model::Words| {
        let value = |name: &str| values.get(name).map(|v| v.text.clone().unwrap_or_default());
        let filled = text::fill(&words.text, 1000, &mut |name, _| value(name)).unwrap_or_default();
        match expr::eval(&filled) {
            Ok(number) => Some(number),
            Err(why) => {
                job.log.error(words.at, format!("`{}` is no number: {why}", words.text.escape_debug()));
                None
            }
        }
    };
    let (low, high) = match &repeat.times {
        Times::Count(count) => {
            let high = number(count)?;
            if high < 1 {
                job.log.error(count.at, "a loop has one turn or more");
                return None;
            }
            (1, high)
        }
        Times::Range(low, high) => (number(low)?, number(high)?),
        Times::Until(..) => (1, 1),
    };
    if high.saturating_sub(low) > 10_000 {
        job.log.error(repeat.at, "a loop has 10000 turns at most");
        return None;
    }
    Some((low, high))
}
