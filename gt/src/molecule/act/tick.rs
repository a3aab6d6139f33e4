//! `gt tick`: what the clock has decided. Idempotent; any command that changes a molecule does it for that one.

use super::super::change::{Acted, Change};
use super::super::model::{CheckpointState, field};
use super::super::{MoleculeState, View, texts};
use bd::error::Result;
use bd::model::{BeadId, Fields, Status, Value, format_time};
use bd::store::Tx;

/// True if a deadline has passed and nobody has written it down.
pub fn due(view: &View) -> bool {
    let over = matches!(view.state, MoleculeState::Completed | MoleculeState::Cancelled);
    !over && view.waits_for.is_empty() && expired(view).next().is_some() && view.why.is_none()
}

fn expired(view: &View) -> impl Iterator<Item = &super::super::StepView> {
    view.steps.iter().filter(|s| s.checkpoint.as_ref().is_some_and(|c| c.state == CheckpointState::Expired))
}

/// Writes down that deadlines of a molecule have passed: it rests, and its owner is told. No step goes back.
///
/// # Errors
/// As [`Change::set`].
pub fn tick(tx: &mut Tx<'_>, id: &BeadId) -> Result<Acted> {
    let mut change = Change::new(tx, id.clone());
    let view = change.view()?;
    if !due(&view) {
        return change.end();
    }
    let late: Vec<_> = expired(&view).cloned().collect();
    for step in &late {
        let fields = Fields::new().with(field::DECISION, Value::text(CheckpointState::Expired.as_str()));
        change.set(&step.bead, "expire", fields, &[])?;
        let deadline = step.checkpoint.as_ref().and_then(|c| c.deadline).map(format_time).unwrap_or_default();
        change.letters.push(texts::expired(&view, step, &format!("expired {} {deadline}", step.bead)));
        change.notes.push(format!("nobody decided about {}/{} in time", view.name, step.def.id));
    }
    let names: Vec<&str> = late.iter().map(|s| s.def.id.as_str()).collect();
    let why = format!("nobody decided about {} in time", names.join(", "));
    let fields = Fields::new()
        .with(field::RUN, Value::text("paused"))
        .with(field::WHY, Value::text(&why))
        .with("status", Value::text(Status::DEFERRED.as_str()));
    change.set(id, "expire", fields, &[])?;
    change.end()
}
