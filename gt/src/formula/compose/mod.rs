//! What is done to the steps of a formula before its values are put in: children, loops, branches, gates, advice, expansion.

mod advice;
mod control;
mod expand;
mod loops;

pub(super) use advice::{advise, apply_aspects};
pub(super) use control::{bonds, control};
pub(super) use expand::expand;
pub(super) use loops::unfold;

use super::model::{Draft, Ref};
use std::collections::{HashMap, HashSet};

/// What stands for a step that was replaced.
#[derive(Clone, Debug, Default)]
struct Instead {
    /// Where one goes back to.
    first: String,
    /// What those that need it need now.
    last: Vec<String>,
}

/// Rewrites the names of steps that were replaced, except where a template names its own.
fn rewire(steps: &mut [Draft], instead: &HashMap<String, Instead>) {
    for draft in steps.iter_mut() {
        let mut needs = Vec::with_capacity(draft.needs.len());
        for mut need in draft.needs.drain(..) {
            match instead.get(&need.name).filter(|_| !need.fixed) {
                Some(instead) => needs.extend(instead.last.iter().map(|last| Ref::new(last.clone(), need.at))),
                None => {
                    need.fixed = false;
                    needs.push(need);
                }
            }
        }
        draft.needs = needs;
        one(&mut draft.goto, instead, |i| Some(&i.first));
        one(&mut draft.waits, instead, |i| i.last.last());
    }
}

fn one(reference: &mut Option<Ref>, instead: &HashMap<String, Instead>, pick: impl Fn(&Instead) -> Option<&String>) {
    let Some(found) = reference else { return };
    if let Some(name) = instead.get(&found.name).filter(|_| !found.fixed).and_then(pick) {
        found.name.clone_from(name);
    }
    found.fixed = false;
}

/// Marks the names by which the steps of a template name each other.
fn fix(steps: &mut [Draft]) {
    let own: HashSet<String> = steps.iter().map(|s| s.step.id.clone()).collect();
    for draft in steps {
        for reference in draft.needs.iter_mut().chain(&mut draft.goto).chain(&mut draft.waits) {
            reference.fixed = own.contains(&reference.name);
        }
    }
}

/// Steps of a template that none of its other steps needs.
fn sinks(steps: &[Draft]) -> Vec<String> {
    let needed: HashSet<&str> = steps.iter().flat_map(|s| &s.needs).map(|n| n.name.as_str()).collect();
    steps.iter().map(Draft::id).filter(|id| !needed.contains(id)).map(str::to_owned).collect()
}

/// Gives the steps of a template that need none of it the needs of the step that they stand for.
fn inherit(steps: &mut [Draft], needs: &[Ref]) {
    for draft in steps.iter_mut().filter(|d| !d.needs.iter().any(|n| n.fixed)) {
        draft.needs.extend(needs.iter().cloned());
    }
}
