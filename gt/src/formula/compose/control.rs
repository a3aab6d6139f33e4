//! Branches, gates, bond points and hooks.

use super::super::job::Job;
use super::super::model::{Branch, Compose, Draft, Formula, Ref};
use super::super::problem::meant_in;
use super::super::recipe::StepKind;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Applies `compose.branch` and `compose.gate`, and puts a checkpoint before each step with a gate for a person.
pub(in super::super) fn control(job: &mut Job<'_>, compose: &Compose, steps: &mut Vec<Draft>) {
    let places: HashMap<String, usize> = steps.iter().enumerate().map(|(at, s)| (s.step.id.clone(), at)).collect();
    let find = |job: &mut Job<'_>, name: &Ref| {
        let found = places.get(&name.name).copied();
        if found.is_none() {
            let help = meant_in(&job.log, &name.name, places.keys().map(String::as_str));
            job.log.error(name.at, format!("there is no step `{}`", name.name.escape_debug())).help = help;
        }
        found
    };
    for Branch { from, steps: beside, join } in &compose.branch {
        let (from_at, join_at) = (find(job, from), find(job, join));
        for name in beside {
            if let Some(at) = find(job, name).filter(|_| from_at.is_some()) {
                steps[at].needs.push(Ref::new(from.name.clone(), name.at));
            }
            if let Some(at) = join_at {
                steps[at].needs.push(Ref::new(name.name.clone(), name.at));
            }
        }
    }
    for (before, condition) in &compose.gate {
        if let Some(at) = find(job, before) {
            let gate = json!({"type": "condition", "condition": condition});
            steps[at].step.extra.entry("gate").or_insert(gate);
        }
    }
    if steps.iter().any(has_person) {
        *steps = std::mem::take(steps).into_iter().flat_map(with_checkpoint).collect();
    }
}

fn has_person(draft: &Draft) -> bool {
    draft.step.extra.get("gate").and_then(|g| g.get("type")).and_then(Value::as_str) == Some("human")
}

/// A gate for a person is a checkpoint of its own, before the step: `gate-STEP`.
fn with_checkpoint(mut draft: Draft) -> Vec<Draft> {
    if !has_person(&draft) {
        return vec![draft];
    }
    let gate = draft.step.extra.remove("gate").unwrap_or_default();
    let id = format!("gate-{}", draft.id());
    let mut before = Draft { at: draft.at, body: draft.body, kind: Some(StepKind::Checkpoint), approval: true, ..Draft::default() };
    before.step.id.clone_from(&id);
    before.step.title = format!("Approve: {}", if draft.step.title.is_empty() { draft.id() } else { &draft.step.title });
    before.step.phase.clone_from(&draft.step.phase);
    before.step.parent.clone_from(&draft.step.parent);
    before.step.blocking = true;
    before.step.timeout = gate.get("timeout").and_then(Value::as_str).map(str::to_owned);
    before.conditions.clone_from(&draft.conditions);
    before.needs = std::mem::replace(&mut draft.needs, vec![Ref::new(id, draft.at)]);
    vec![before, draft]
}

/// Checks bond points and hooks; what is kept of them, for whoever attaches something later.
pub(in super::super) fn bonds(job: &mut Job<'_>, formula: &Formula, steps: &[Draft]) -> Option<Value> {
    let compose = &formula.compose;
    if compose.bond_points.is_empty() && compose.hooks.is_empty() {
        return None;
    }
    let ids: HashSet<&str> = steps.iter().map(Draft::id).collect();
    let names: HashSet<&str> = compose.bond_points.iter().map(|b| b.id.text.as_str()).collect();
    for bond in &compose.bond_points {
        let Some(step) = &bond.step else {
            job.log.error(bond.id.at, "a bond point has `after_step` or `before_step`");
            continue;
        };
        if !ids.contains(step.name.as_str()) {
            let help = meant_in(&job.log, &step.name, steps.iter().map(Draft::id));
            job.log.error(step.at, format!("there is no step `{}`", step.name.escape_debug())).help = help;
        }
    }
    for point in compose.hooks.iter().filter_map(|h| h.point.as_ref()) {
        if !names.contains(point.text.as_str()) {
            let help = meant_in(&job.log, &point.text, compose.bond_points.iter().map(|b| b.id.text.as_str()));
            job.log.error(point.at, format!("there is no bond point `{}`", point.text.escape_debug())).help = help;
        }
    }
    let points: Vec<&Value> = compose.bond_points.iter().map(|b| &b.data).collect();
    let hooks: Vec<&Value> = compose.hooks.iter().map(|h| &h.data).collect();
    Some(json!({"bond_points": points, "hooks": hooks}))
}
