//! A molecule as JSON: one shape for every command, with its names in alphabetical order. It is written as it is: a list of
//! twenty of them with their steps is a hundred kilobytes, of which no tree need be made first.

use crate::formula::StepKind;
use crate::molecule::{Brief, BriefStep, CheckpointView, StepView, View};
use bd::error::{Error, Result};
use bd::model::format_time;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// A molecule.
#[derive(Serialize)]
pub struct Object<'a> {
    bead: &'a str,
    completed: Option<String>,
    convoy: Option<&'a str>,
    current_step: Option<&'a str>,
    done: usize,
    eta_minutes: u32,
    fix: Option<Value>,
    formula: &'a str,
    formula_digest: &'a str,
    formula_version: &'a str,
    missing: Vec<&'a str>,
    name: &'a str,
    next_checkpoint: Option<&'a str>,
    note: Option<&'a str>,
    open_steps: Vec<&'a str>,
    owner: Option<&'a str>,
    poured: Option<String>,
    state: &'a str,
    steps: Vec<Step<'a>>,
    team: Option<&'a str>,
    total: usize,
    validation: Option<Value>,
    waits_for: Vec<&'a str>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct Step<'a> {
    attempt: u32,
    bead: &'a str,
    checkpoint: Option<Checkpoint<'a>>,
    holder: Option<&'a str>,
    id: &'a str,
    kind: StepKind,
    needs: Vec<&'a str>,
    phase: Option<&'a str>,
    state: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Checkpoint<'a> {
    by: Option<&'a str>,
    deadline: Option<String>,
    opened: Option<String>,
    overridden: bool,
    reason: Option<&'a str>,
    state: &'a str,
}

/// A molecule as a transition sees it.
pub fn object(view: &View) -> Object<'_> {
    let (done, total) = view.progress();
    Object {
        bead: view.bead.as_str(),
        completed: time(view.completed),
        convoy: view.convoy.as_deref(),
        current_step: view.current().filter(|_| !view.open.is_empty()).map(|s| s.def.id.as_str()),
        done,
        eta_minutes: view.eta_minutes(),
        fix: value(view.fix.as_ref()),
        formula: &view.recipe.name,
        formula_digest: &view.recipe.digest,
        formula_version: &view.recipe.version,
        missing: texts(&view.missing),
        name: &view.name,
        next_checkpoint: view.next_checkpoint().map(|s| s.def.id.as_str()),
        note: view.note.as_deref(),
        open_steps: view.open.iter().filter_map(|at| view.steps.get(*at)).map(|s| s.def.id.as_str()).collect(),
        owner: view.owner.as_deref(),
        poured: time(view.poured),
        state: view.state.as_str(),
        steps: view.steps.iter().map(step).collect(),
        team: view.team.as_deref(),
        total,
        validation: value(view.validation.as_ref()),
        waits_for: texts(&view.waits_for),
        why: view.why.as_deref(),
    }
}

fn step(s: &StepView) -> Step<'_> {
    Step {
        attempt: s.attempt,
        bead: s.bead.as_str(),
        checkpoint: s.checkpoint.as_ref().map(checkpoint),
        holder: s.holder.as_deref(),
        id: &s.def.id,
        kind: s.def.kind,
        needs: texts(&s.def.needs),
        phase: s.def.phase.as_deref(),
        state: s.state.as_str(),
        title: &s.def.title,
    }
}

fn checkpoint(c: &CheckpointView) -> Checkpoint<'_> {
    Checkpoint {
        by: c.by.as_deref(),
        deadline: time(c.deadline),
        opened: time(c.opened),
        overridden: c.overridden,
        reason: c.reason.as_deref(),
        state: c.state.as_str(),
    }
}

/// A molecule as a look sees it.
pub fn object_of<'a>(brief: &Brief<'a>) -> Object<'a> {
    let (done, total) = brief.progress();
    let f = &brief.facts;
    Object {
        bead: f.bead,
        completed: time(brief.completed()),
        convoy: f.convoy,
        current_step: brief.current().filter(|_| !brief.open.is_empty()).map(|s| s.facts.id),
        done,
        eta_minutes: brief.eta_minutes(),
        fix: value(f.fix.as_ref()),
        formula: f.formula[0],
        formula_digest: f.formula[2],
        formula_version: f.formula[1],
        missing: f.missing.clone(),
        name: f.name,
        next_checkpoint: brief.next_checkpoint().map(|s| s.facts.id),
        note: f.note,
        open_steps: brief.open_steps().map(|s| s.facts.id).collect(),
        owner: f.owner,
        poured: time(f.poured),
        state: brief.state.as_str(),
        steps: brief.steps().map(step_of).collect(),
        team: f.team,
        total,
        validation: value(f.validation().as_ref()),
        waits_for: f.waits_for.clone(),
        why: brief.why(),
    }
}

fn step_of<'a>(s: BriefStep<'_, 'a>) -> Step<'a> {
    let f = s.facts;
    Step {
        attempt: s.stand.attempt,
        bead: f.bead,
        checkpoint: s.stand.checkpoint.map(|state| Checkpoint {
            by: f.by,
            deadline: time(f.deadline),
            opened: time(f.opened),
            overridden: f.overridden,
            reason: f.reason,
            state: state.as_str(),
        }),
        holder: s.holder(),
        id: f.id,
        kind: f.kind,
        needs: f.needs.clone(),
        phase: f.phase,
        state: s.stand.state.as_str(),
        title: f.title,
    }
}

/// The text of a molecule that a look sees, for lists of them.
///
/// # Errors
/// It cannot be written.
pub fn raw_of(brief: &Brief<'_>) -> Result<Box<RawValue>> {
    to_raw_value(&object_of(brief)).map_err(|e| Error::internal(format!("{} cannot be written as JSON: {e}", brief.facts.name)))
}

fn texts(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(format_time)
}

/// With its names in alphabetical order too.
fn value<T: Serialize>(of: Option<&T>) -> Option<Value> {
    of.and_then(|of| serde_json::to_value(of).ok())
}
