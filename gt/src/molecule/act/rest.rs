//! `gt molecule pause`, `resume`, `cancel`.

use super::super::MoleculeState;
use super::super::change::{Acted, Change};
use super::super::machine::MoleculeAction;
use super::super::model::{CheckpointState, field};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Fields, Outcome, Status, Value};
use bd::store::Tx;

fn reason_of(reason: Option<&str>, needed: &str) -> Result<String> {
    let reason = reason.map(str::trim).unwrap_or_default();
    if reason.is_empty() && !needed.is_empty() {
        return Err(Error::usage(format!("{needed} needs a reason")).hint("--reason TEXT"));
    }
    bd::ops::change::check_text("reason", reason)?;
    Ok(reason.to_owned())
}

fn why(reason: &str) -> Value {
    if reason.is_empty() { Value::null() } else { Value::text(reason) }
}

/// Lets a molecule rest: nothing in it is ready until [`resume`].
///
/// # Errors
/// It rests or is over already (exit 3).
pub fn pause(tx: &mut Tx<'_>, id: &BeadId, reason: Option<&str>) -> Result<Acted> {
    let reason = reason_of(reason, "")?;
    let mut change = Change::new(tx, id.clone());
    change.must(MoleculeAction::Pause)?;
    let fields = Fields::new().with(field::RUN, Value::text("paused")).with(field::WHY, why(&reason));
    let fields = fields.with("status", Value::text(Status::DEFERRED.as_str()));
    change.set(id, "pause", fields, &[])?;
    change.end()
}

/// Lets it go on; checkpoints that nobody decided in time open again, with a new deadline.
///
/// # Errors
/// It does not rest (exit 3).
pub fn resume(tx: &mut Tx<'_>, id: &BeadId, reason: Option<&str>) -> Result<Acted> {
    let reason = reason_of(reason, "")?;
    let mut change = Change::new(tx, id.clone());
    let view = change.must(MoleculeAction::Resume)?;
    let fields = Fields::new().with(field::RUN, Value::text("active")).with(field::WHY, Value::null());
    let fields = fields.with("status", Value::text(Status::OPEN.as_str()));
    let said = if reason.is_empty() { Vec::new() } else { vec![("why", why(&reason))] };
    change.set(id, "resume", fields, &said)?;
    let beads = change.beads()?;
    for step in &view.steps {
        if step.checkpoint.as_ref().is_some_and(|c| c.state == CheckpointState::Expired) {
            change.open(&view, &beads, step)?;
        }
    }
    super::complete::end(change)
}

/// Gives a molecule up: its steps are closed as cancelled.
///
/// # Errors
/// No reason (exit 2); it is over already (exit 3).
pub fn cancel(tx: &mut Tx<'_>, id: &BeadId, reason: Option<&str>) -> Result<Acted> {
    let reason = reason_of(reason, "giving a molecule up")?;
    let mut change = Change::new(tx, id.clone());
    let view = change.must(MoleculeAction::Cancel)?;
    let closed = || {
        Fields::new().with("status", Value::text(Status::CLOSED.as_str())).with("outcome", Value::text(Outcome::Cancelled.as_str()))
    };
    for step in view.steps.iter().filter(|s| s.state != super::super::StepState::Done) {
        change.set(&step.bead, "cancel", closed(), &[])?;
    }
    let fields = closed().with(field::RUN, Value::text("cancelled")).with(field::WHY, why(&reason));
    change.set(id, "cancel", fields, &[])?;
    let acted = change.end()?;
    if acted.view.state != MoleculeState::Cancelled {
        return Err(Error::new(ErrorKind::Internal, "the molecule is not cancelled after its own change"));
    }
    Ok(acted)
}
