//! What every mutation shares: events that name the heads they replace, and what is said afterwards.

use super::{secrets, words};
use crate::config::Guard;
use crate::error::{Error, ErrorKind, Result};
use crate::fold::{Bead, Register};
use crate::model::{Actor, BeadId, Event, Fields, Kind, Value};
use crate::store::Tx;

/// What a mutation of one bead did.
#[derive(Clone, Debug)]
pub struct Done {
    /// What happened, in one or two words: `Closed`.
    pub what: String,
    /// What else belongs on that line: an outcome, a holder; may be empty.
    pub detail: String,
    /// The shortest name for people.
    pub short: String,
    /// The bead as it is now.
    pub bead: Bead,
    /// Things to say on stderr.
    pub notes: Vec<String>,
    /// False if there was nothing to change.
    pub changed: bool,
}

/// Fields whose text another actor's rewriting would hide (STATE 4: said on stderr, refused where the project asks for it).
const GUARDED: &[&str] = &["title", "description", "design", "acceptance_criteria", "notes"];

/// The bead that a text names, standing: mutations of a deleted bead would show as conflicts.
///
/// # Errors
/// None or several fit, or it is deleted (exit 2).
pub fn standing(tx: &Tx<'_>, text: &str) -> Result<Bead> {
    let id = tx.resolve(text)?;
    let bead = tx.bead(&id)?.ok_or_else(|| Error::usage(format!("there is no bead `{id}`")))?;
    if bead.is_deleted() {
        return Err(Error::usage(format!("`{id}` is deleted")).hint("`bd restore` brings a deleted bead back"));
    }
    Ok(bead)
}

/// The field that names the program which drives a bead: its status is that program's to change.
pub const DRIVER: &str = "driver";
/// The hint by which a front end knows that another program does it.
pub const DRIVEN: &str = "`gt` drives this bead: `gt molecule status` says what can be done with it";

/// Leaves the status of a bead that another program drives to that program. `what` is what was asked for.
///
/// # Errors
/// The bead is driven (exit 3), with the hint [`DRIVEN`].
pub fn not_driven(tx: &Tx<'_>, bead: &Bead, what: &str) -> Result<()> {
    match bead.text(DRIVER) {
        None => Ok(()),
        Some(_) => {
            let short = tx.snapshot().short(&bead.id);
            let kind = bead.issue_type();
            Err(Error::new(ErrorKind::Blocked, format!("`{short}` is a {kind} of a molecule, and {what} is not done here"))
                .hint(DRIVEN))
        }
    }
}

/// The bead after the events pushed so far.
pub fn after(tx: &Tx<'_>, id: &BeadId) -> Result<Bead> {
    tx.bead(id)?.ok_or_else(|| Error::internal(format!("`{id}` is gone after its own change")))
}

/// The result line of a change.
pub fn done(tx: &Tx<'_>, id: &BeadId, what: &str, detail: impl Into<String>) -> Result<Done> {
    Ok(Done {
        what: what.to_owned(),
        detail: detail.into(),
        short: tx.snapshot().short(id),
        bead: after(tx, id)?,
        notes: Vec::new(),
        changed: true,
    })
}

/// An event that sets fields and names every head that it replaces. Fields that already have exactly the value, and no
/// conflict, are left out; `None` if nothing is left.
///
/// # Errors
/// The system has no randomness to give.
pub fn set_event(tx: &Tx<'_>, bead: &Bead, kind: Kind, fields: &Fields) -> Result<Option<Event>> {
    let mut event = tx.event(&bead.id, kind)?;
    for (name, value) in fields.iter() {
        let same = match bead.fields.get(name) {
            Some(register) => {
                !register.in_conflict() && register.shown().value == *value && (name != "notes" || bead.notes.is_empty())
            }
            None => value.is_null() && (name != "notes" || bead.notes.is_empty()),
        };
        if !same {
            event.set.set(name, value.clone());
        }
    }
    if event.set.is_empty() {
        return Ok(None);
    }
    event.on = bead.heads(event.set.iter().map(|(name, _)| name));
    Ok(Some(event))
}

/// Checks a text that is about to be stored: length, and that it holds no secret. `field` is what the error calls it.
///
/// # Errors
/// Too long (exit 2); something in it looks like a secret (exit 4).
pub fn check_text(field: &str, text: &str) -> Result<()> {
    if text.len() > crate::model::MAX_TEXT {
        return Err(Error::usage(format!(
            "the {} has {} bytes; at most {} are kept",
            words::spoken(field),
            text.len(),
            crate::model::MAX_TEXT
        ))
        .hint("Put long material into a file of the repository and name the file"));
    }
    if let Some(found) = secrets::find(text) {
        return Err(Error::new(
            ErrorKind::Gate,
            format!("the {} holds what looks like {} ({})", words::spoken(field), found.what, found.shown),
        )
        .hint("Beads are shared with everybody who can read the repository: take the secret out, and change it if it was real"));
    }
    Ok(())
}

/// Judges the replacing of texts that somebody else wrote (config `guard.replace`); returns what to say about it.
///
/// # Errors
/// The project refuses it and `replace` was not asked for (exit 6).
pub fn guard_replace(tx: &Tx<'_>, bead: &Bead, fields: &Fields, replace: bool) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| GUARDED.contains(name)) {
        let Some(by) = replaced_author(tx, bead, name, value) else { continue };
        let field = words::spoken(name);
        if tx.store().config().guard_replace() == Guard::Refuse && !replace {
            return Err(Error::new(
                ErrorKind::Conflict,
                format!(
                    "the {field} of `{}` is by {by}, and this project asks before one actor's text replaces another's",
                    bead.id
                ),
            )
            .hint("Add to it with a comment or `--append-notes`, or say `--replace` if it is meant to go"));
        }
        notes.push(format!("this replaces the {field} that {by} wrote; `bd history {}` keeps it", tx.snapshot().short(&bead.id)));
    }
    Ok(notes)
}

/// Another actor whose text in a field would go.
fn replaced_author(tx: &Tx<'_>, bead: &Bead, name: &str, value: &Value) -> Option<Actor> {
    if let Some(head) = bead.fields.get(name).map(Register::shown) {
        let had_text = head.value.as_str().is_some_and(|t| !t.is_empty());
        if had_text && head.by != *tx.actor() && head.value != *value {
            return Some(head.by.clone());
        }
    }
    // Loose notes become part of a new value of `notes`, or go.
    let text = value.as_str().unwrap_or_default();
    let mut loose = bead.notes.iter().filter(|n| name == "notes" && n.by != *tx.actor() && !text.contains(&n.text));
    loose.next().map(|n| n.by.clone())
}

/// A value of a text field: empty clears.
pub fn text_value(text: &str) -> Value {
    if text.is_empty() { Value::null() } else { Value::text(text) }
}
