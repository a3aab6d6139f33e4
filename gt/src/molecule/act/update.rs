//! `gt molecule update`: how it goes, in a sentence.

use super::super::change::{Acted, Change};
use super::super::machine::MoleculeAction;
use super::super::model::field;
use bd::error::{Error, Result};
use bd::model::{BeadId, Fields, Value};
use bd::store::Tx;

/// Says how it goes.
///
/// # Errors
/// Nothing to say, or too much (exit 2); the molecule is over (exit 3).
pub fn update(tx: &mut Tx<'_>, id: &BeadId, note: &str) -> Result<Acted> {
    let note = super::super::handin::one_line(note);
    if note.is_empty() {
        return Err(Error::usage("there is nothing to say").hint("--note TEXT"));
    }
    bd::ops::change::check_text("note", &note)?;
    let mut change = Change::new(tx, id.clone());
    change.must(MoleculeAction::Update)?;
    change.set(id, "update", Fields::new().with(field::NOTE, Value::text(&note)), &[])?;
    change.end()
}
