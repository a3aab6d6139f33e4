//! `bd comment` and `bd note`: texts that are added and never replace one another.

use super::change::{Done, check_text, done, standing};
use crate::error::{Error, Result};
use crate::model::{EventId, Kind};
use crate::store::Tx;

/// Adds a comment. Returns the name of its event as well.
///
/// # Errors
/// No such bead, an empty text, or one that may not be stored.
pub fn comment(tx: &mut Tx<'_>, id: &str, text: &str) -> Result<(Done, EventId)> {
    add(tx, id, text, Kind::COMMENT, "Commented on")
}

/// Adds a note: it stands below the field `notes`, and two writers' notes both stay.
///
/// # Errors
/// As [`comment`].
pub fn note(tx: &mut Tx<'_>, id: &str, text: &str) -> Result<(Done, EventId)> {
    add(tx, id, text, Kind::NOTE, "Noted on")
}

fn add(tx: &mut Tx<'_>, id: &str, text: &str, kind: Kind, what: &str) -> Result<(Done, EventId)> {
    let bead = standing(tx, id)?;
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Err(Error::usage(format!("the {} is empty", kind.as_str())));
    }
    check_text(kind.as_str(), text)?;
    let mut event = tx.event(&bead.id, kind)?;
    event.text = Some(text.to_owned());
    let name = event.id;
    tx.push(event);
    Ok((done(tx, &bead.id, what, "")?, name))
}
