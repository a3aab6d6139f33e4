//! `gt checkpoint revise`: what was handed in is replaced; the owner is asked anew.

use super::super::change::{Acted, Change, decoded};
use super::super::handin::HandIn;
use super::super::machine::{CheckpointAction, MoleculeAction};
use super::super::model::field;
use super::super::texts;
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Fields, Value};
use bd::store::Tx;

/// Replaces the hand-in before an open checkpoint. Its deadline stays.
///
/// # Errors
/// The checkpoint is not open (exit 3); somebody else handed it in and did not say otherwise (exit 6).
pub fn revise(tx: &mut Tx<'_>, id: &BeadId, step: &str, hand_in: &HandIn) -> Result<Acted> {
    let mut change = Change::new(tx, id.clone());
    let view = change.view()?;
    let (step, checkpoint) = super::checkpoint_for(&view, step, CheckpointAction::Revise)?;
    if !super::super::machine::molecule(view.state, MoleculeAction::Advance) {
        super::super::change::allowed(&view, MoleculeAction::Advance)?;
    }
    let Some(before) = step.def.needs.last().and_then(|n| view.step(n)) else {
        return Err(Error::new(
            ErrorKind::Blocked,
            format!("nothing is handed in before `{}`, so there is nothing to revise", step.def.id),
        )
        .hint(format!("A word on it: gt checkpoint comment {} {} --text TEXT", view.name, step.def.id)));
    };
    let beads = change.beads()?;
    let old: Option<HandIn> = beads.step(&before.def.id).and_then(|(bead, _)| decoded(bead, field::HAND_IN));
    let mut hand_in = hand_in.clone();
    hand_in.attempt = old.map_or(before.attempt, |o| o.attempt);
    change.set(&before.bead, "revise", Fields::new().with(field::HAND_IN, Value::of(&hand_in)), &[])?;
    let (deadline, now) = (checkpoint.deadline, change.tx.now());
    let beads = change.beads()?;
    let mut letter = texts::checkpoint(&view, &beads, step, deadline, now);
    letter.subject = format!("{} (revised)", letter.subject);
    letter.key = format!("revised {} {}", step.bead, bd::model::format_time(now));
    change.letters.push(letter);
    change.end()
}
