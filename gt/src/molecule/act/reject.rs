//! `gt checkpoint reject`: no, and back to a step.

use super::super::change::{Acted, Change, opened, step_of};
use super::super::machine::{CheckpointAction, MoleculeAction};
use super::super::model::{CheckpointState, Fix, Run, StepState, field};
use super::super::texts;
use bd::error::{Error, Result};
use bd::model::{BeadId, Fields, Value};
use bd::store::Tx;

/// A rejection.
#[derive(Clone, Debug, Default)]
pub struct Rejection {
    /// Why.
    pub reason: String,
    /// Back to which step, where it is not the formula's.
    pub to: Option<String>,
    /// The review on a forge that it stands for (its address), where it was given there.
    pub review: Option<String>,
}

/// Rejects a checkpoint: the work goes back.
///
/// # Errors
/// No reason (exit 2); it is not open (exit 3 or 4); the actor worked on it (exit 3); a step that does not come before it.
pub fn reject(tx: &mut Tx<'_>, id: &BeadId, step: &str, rejection: &Rejection) -> Result<Acted> {
    let reason = rejection.reason.trim();
    if reason.is_empty() {
        return Err(Error::usage("a rejection needs a reason").hint("--reason TEXT: the worker reads it, and it stays"));
    }
    bd::ops::change::check_text("reason", reason)?;
    let mut change = Change::new(tx, id.clone());
    change.settle()?;
    let view = change.view()?;
    let (step, _) = super::checkpoint_for(&view, step, CheckpointAction::Reject)?;
    super::super::change::allowed(&view, MoleculeAction::Decide)?;
    super::approve::separate(&change, &view, step)?;
    let usual = || step.def.on_fail.as_ref().map(|f| f.goto.clone()).or_else(|| step.def.needs.last().cloned());
    let to = rejection.to.clone().or_else(usual).unwrap_or_default();
    let to = step_of(&view, &to)?;
    if to.checkpoint.is_some() || !comes_before(&view, &to.def.id, &step.def.id) {
        return Err(Error::usage(format!("`{}` is no step of work before `{}`", to.def.id, step.def.id)));
    }
    let by = change.tx.actor().as_str().to_owned();
    let mut fields = opened().with(field::DECISION, Value::text(CheckpointState::Rejected.as_str()));
    fields.set(field::STEP_RUN, Value::of(&Run { state: StepState::Pending, attempt: step.attempt + 1 }));
    fields.set(field::WHY, Value::text(reason));
    fields.set(field::OVERRIDDEN, Value::null());
    let mut extra = vec![("to", Value::text(&to.def.id)), ("why", Value::text(reason))];
    extra.extend(rejection.review.as_deref().map(|r| (super::approve::REVIEW, Value::text(r))));
    change.set(&step.bead, "reject", fields, &extra)?;
    change.go_back(&view, step, to, reason)?;
    let fix = Fix { step: step.def.id.clone(), to: to.def.id.clone(), cause: "rejection".into(), reason: reason.to_owned() };
    change.set(id, "reject", Fields::new().with(field::FIX, Value::of(&fix)), &[])?;
    let key = format!("rejected {} {}", step.bead, bd::model::format_time(change.tx.now()));
    let mut letter = texts::decided(&view, step, "rejected", &by, Some(reason), &key);
    letter.body.push_str(&format!("The work goes back to {}.\n", to.def.id));
    change.letters.push(letter);
    change.notes.push(format!("the work goes back to {}", to.def.id));
    change.end()
}

/// True if one step has to be done before another.
fn comes_before(view: &super::super::View, first: &str, then: &str) -> bool {
    let mut ahead = vec![then.to_owned()];
    let mut at = 0;
    while at < ahead.len() {
        let Some(step) = view.step(&ahead[at]) else { return false };
        for need in &step.def.needs {
            if need == first {
                return true;
            }
            if !ahead.contains(need) {
                ahead.push(need.clone());
            }
        }
        at += 1;
    }
    false
}
