//! `gt checkpoint reopen`: an answer or an expiry is taken back.

use super::super::beads::Beads;
use super::super::change::{Acted, Change, finished, step_of};
use super::super::machine::CheckpointAction;
use super::super::model::{CheckpointState, Run, StepState, field};
use super::super::{StepView, View};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Fields, Value};
use bd::store::Tx;

/// Opens a checkpoint again that was approved, rejected or not decided in time. An approval that others have built on stays; so
/// does a rejection after which work has begun.
///
/// # Errors
/// It is not decided (exit 3), or too much has happened since (exit 3); no reason (exit 2).
pub fn reopen(tx: &mut Tx<'_>, id: &BeadId, step: &str, reason: &str) -> Result<Acted> {
    if reason.trim().is_empty() {
        return Err(Error::usage("taking an answer back needs a reason").hint("--reason TEXT"));
    }
    bd::ops::change::check_text("reason", reason)?;
    let mut change = Change::new(tx, id.clone());
    let view = change.view()?;
    let (step, checkpoint) = super::checkpoint_for(&view, step, CheckpointAction::Reopen)?;
    super::approve::separate(&change, &view, step)?;
    let finished_states = [super::super::MoleculeState::Completed, super::super::MoleculeState::Cancelled];
    if finished_states.contains(&view.state) {
        return Err(Error::new(ErrorKind::Blocked, format!("`{}` is {}", view.name, view.state)));
    }
    let beads = change.beads()?;
    match checkpoint.state {
        CheckpointState::Approved => unbuilt(&view, step)?,
        CheckpointState::Rejected => restore(&mut change, &view, &beads, step)?,
        // What `gt tick` has put to rest for this goes on.
        CheckpointState::Expired if beads.molecule.text(field::RUN).as_deref() == Some("paused") => {
            let fields = Fields::new()
                .with(field::RUN, Value::text("active"))
                .with(field::WHY, Value::null())
                .with("status", Value::text(bd::model::Status::OPEN.as_str()));
            change.set(id, "resume", fields, &[("why", Value::text(reason))])?;
        }
        _ => {}
    }
    let fields = Fields::new().with(field::FIX, Value::null());
    if checkpoint.state == CheckpointState::Rejected {
        change.set(id, "reopen", fields, &[("why", Value::text(reason))])?;
    }
    let view = change.view()?;
    let beads = change.beads()?;
    let step = step_of(&view, &step.def.id)?.clone();
    change.say(&step.bead, "reopen", &[("why", Value::text(reason))])?;
    change.open(&view, &beads, &step)?;
    change.end()
}

fn unbuilt(view: &View, step: &StepView) -> Result<()> {
    let after = view.steps.iter().find(|s| s.def.needs.contains(&step.def.id) && s.state == StepState::Done);
    match after {
        None => Ok(()),
        Some(after) => {
            Err(Error::new(ErrorKind::Blocked, format!("`{}` was approved, and `{}` was done after it", step.def.id, after.def.id))
                .hint("A later checkpoint can be rejected with --to"))
        }
    }
}

/// The steps that the rejection sent back are done again, as they were.
fn restore(change: &mut Change<'_, '_>, view: &View, beads: &Beads, step: &StepView) -> Result<()> {
    let sent = |id: &str| {
        let register = beads.step(id)?.0.fields.get(field::STEP_RUN)?;
        Some(register.shown().kind.as_str() == "go-back")
    };
    let back: Vec<&StepView> =
        view.steps.iter().take_while(|s| s.def.id != step.def.id).filter(|s| s.state != StepState::Done).collect();
    let touched = back.iter().find(|s| sent(&s.def.id) != Some(true) || s.holder.is_some());
    if let Some(touched) = touched {
        return Err(Error::new(
            ErrorKind::Blocked,
            format!("work on `{}` has begun since `{}` was rejected", touched.def.id, step.def.id),
        ));
    }
    for s in back {
        let mut fields = finished().with(field::STEP_RUN, Value::of(&Run { state: StepState::Done, attempt: s.attempt }));
        if s.checkpoint.is_some() {
            fields.set(field::DECISION, Value::text(CheckpointState::Approved.as_str()));
        }
        change.set(&s.bead, "reopen", fields, &[])?;
    }
    Ok(())
}
