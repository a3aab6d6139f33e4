//! `bd history`: what happened to a bead, event by event.

use crate::error::Result;
use crate::model::{BeadId, Event, EventId, Kind, Value};
use crate::store::{Place, Snapshot};

/// One field that an event changed.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Which.
    pub field: String,
    /// What its writer saw; `None` if nothing was there. Several, where the writer ended a conflict.
    pub old: Vec<Value>,
    /// What it wrote.
    pub new: Value,
}

/// One event.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The event.
    pub event: Event,
    /// Where it was found.
    pub place: Place,
    /// The fields that it changed.
    pub changes: Vec<FieldChange>,
    /// True if a redaction took its content.
    pub redacted: bool,
}

/// The events of a bead, oldest first.
///
/// # Errors
/// No such bead.
pub fn history(snapshot: &Snapshot, id: &BeadId) -> Result<Vec<Entry>> {
    snapshot.must(id)?;
    let stored = snapshot.events(id)?;
    let find = |id: &EventId| stored.iter().find(|s| s.event.id == *id);
    let mut out = Vec::with_capacity(stored.len());
    for item in &stored {
        let change = |(field, new): (&str, &Value)| {
            let seen = item.event.on.iter().filter_map(find).filter_map(|s| s.event.set.get(field));
            FieldChange { field: field.to_owned(), old: seen.filter(|v| !v.is_null()).cloned().collect(), new: new.clone() }
        };
        out.push(Entry {
            changes: item.event.set.iter().map(change).collect(),
            redacted: item.event.is_stub(),
            event: item.event.clone(),
            place: item.place,
        });
    }
    Ok(out)
}

/// What an event did, in one word that people read.
pub fn verb(event: &Event) -> &str {
    match event.kind.as_str() {
        "set" => "changed",
        "label" => "labelled",
        "unlabel" => "unlabelled",
        "link" => "linked",
        "unlink" => "unlinked",
        "comment" => "commented",
        "uncomment" => "withdrew a comment",
        "note" => "noted",
        "claim" => "claimed",
        "renew" => "renewed the claim",
        "release" => "released",
        "close" => "closed",
        "reopen" => "reopened",
        "delete" => "deleted",
        "restore" => "restored",
        "redact" => "redacted",
        "import" => "imported",
        "resolve" => "resolved",
        "create" => "created",
        _ => event.kind.as_str(),
    }
}

/// True for kinds whose text is shown in full.
pub fn has_text(event: &Event) -> bool {
    event.text.is_some() && [Kind::COMMENT, Kind::NOTE].contains(&event.kind)
}
