//! The transitions: one file each. Every one asks [`super::machine`] first, and is one commit.

mod advance;
mod approve;
mod attest;
mod comment;
mod complete;
mod reject;
mod reopen;
mod rest;
mod revise;
mod tick;
mod update;
mod upgrade;

pub use advance::{Evidence, advance, failed};
pub use approve::{Approval, REVIEW, approve};
pub use attest::{attest, ticked, ticked_on, ticks};
pub use comment::comment;
pub use reject::{Rejection, reject};
pub use reopen::reopen;
pub use rest::{cancel, pause, resume};
pub use revise::revise;
pub use tick::{due, tick};
pub use update::update;
pub use upgrade::upgrade;

use super::change::step_of;
use super::machine::{self, CheckpointAction};
use super::{CheckpointState, CheckpointView, StepView, View};
use bd::error::{Error, ErrorKind, Result};
use bd::model::BeadId;
use bd::store::Tx;

/// Everybody who worked on a molecule: who handed in, revised, attested, claimed or validated any of its steps, in any try.
///
/// # Errors
/// As [`bd::store::Snapshot::events`].
pub fn workers(tx: &Tx<'_>, view: &View) -> Result<Vec<String>> {
    const WORK: [&str; 5] = ["advance", "revise", "attest", "claim", "validate"];
    let mut out = Vec::new();
    let beads: Vec<&BeadId> = std::iter::once(&view.bead).chain(view.steps.iter().map(|s| &s.bead)).collect();
    for id in beads {
        for stored in tx.snapshot().events(id)? {
            if WORK.contains(&stored.event.kind.as_str()) {
                out.push(stored.event.by.as_str().to_owned());
            }
        }
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// A checkpoint of a molecule, if it lets this be done to it.
///
/// # Errors
/// The step is no checkpoint (exit 2); its state does not allow it (exit 3, or 4 where its validation failed).
fn checkpoint_for<'v>(view: &'v View, step: &str, action: CheckpointAction) -> Result<(&'v StepView, &'v CheckpointView)> {
    let step = step_of(view, step)?;
    let Some(checkpoint) = &step.checkpoint else {
        return Err(Error::usage(format!("`{}` is a step to be worked on, no checkpoint", step.def.id))
            .hint(format!("`gt checkpoint list {}` shows the checkpoints", view.name)));
    };
    if machine::checkpoint(checkpoint.state, action) {
        return Ok((step, checkpoint));
    }
    let (kind, why) = match checkpoint.state {
        CheckpointState::Pending => (ErrorKind::Blocked, "it has not been reached"),
        CheckpointState::Blocked => (ErrorKind::Gate, "the validation before it failed"),
        CheckpointState::Open => (ErrorKind::Blocked, "it is open"),
        CheckpointState::Contested => (ErrorKind::Conflict, "two decided differently without having seen each other"),
        CheckpointState::Approved => (ErrorKind::Blocked, "it is approved already"),
        CheckpointState::Rejected => (ErrorKind::Blocked, "it was rejected, and the work before it is not done again"),
        CheckpointState::Expired => (ErrorKind::Blocked, "nobody decided in time"),
    };
    let named = format!("{}/{}", view.name, step.def.id);
    let error = Error::new(kind, format!("`{named}` is {}: {} is not possible, since {why}", checkpoint.state, action.as_str()));
    let error = match &checkpoint.late_by {
        Some(w) => error.hint(format!(
            "It was open until {}, and {} wrote at {} about this molecule; this machine's clock is behind that",
            checkpoint.deadline.map(bd::ops::claim::minute).unwrap_or_default(),
            w.by,
            bd::ops::claim::minute(w.at)
        )),
        None => error,
    };
    Err(match checkpoint.state {
        CheckpointState::Expired => error.hint(format!("`gt molecule resume {}` opens it again", view.name)),
        CheckpointState::Contested => error.hint(format!("`gt checkpoint show {} {}` shows both", view.name, step.def.id)),
        _ => error.hint(format!("`gt molecule status {}` says where it stands", view.name)),
    })
}
