//! Waivers: what lets a gate's objection through, for a time and with a reason (docs/concepts/waivers.md).
//!
//! An event waiver is a field `waiver.<id>` of the pseudo-bead `_gates`, written once; ending it is the field `ended.<id>`.
//! Every waiver has fields of its own, so any number of clones can waive and end at once without a conflict, and an end
//! cannot be taken back by a clone that had not seen it.

mod held;
mod uses;
mod write;

pub use held::Held;
pub use uses::{Mark, marks, uses};
pub use write::{Longest, NewWaiver, end, until, waive};

use bd::error::{Error, Result};
use bd::fold::{Bead, Head, Register};
use bd::model::{BeadId, GATES_BEAD, parse_time};
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the field of a waiver begins with, and that of its end.
const FIELD: &str = "waiver.";
const ENDED: &str = "ended.";

/// One waiver that was given by an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// Its name: 10 characters.
    pub id: String,
    /// The gate, or the rule of a scan, that it is about.
    pub gate: String,
    /// Only findings in paths that this glob matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only work on this bead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bead: Option<String>,
    /// Why.
    pub reason: String,
    /// Who gave it.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Until when, RFC 3339.
    pub until: String,
    /// Who ended it, when and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// True if somebody wrote the field a second time: then nobody knows who gave what, and it has no effect.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub contested: bool,
}

/// The end of a waiver before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// Who.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Why; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What the event holds.
#[derive(Serialize, Deserialize)]
struct Payload {
    gate: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    bead: Option<String>,
    reason: String,
    until: String,
}

#[derive(Serialize, Deserialize)]
struct EndPayload {
    #[serde(default)]
    reason: String,
}

/// Whether a waiver has effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It has.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody ended it.
    Ended,
    /// Two wrote it, and nobody knows who gave what.
    Contested,
}

impl State {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Ended => "ended",
            Self::Contested => "contested",
        }
    }
}

impl Waiver {
    /// Whether it has effect now.
    pub fn state(&self, now: Timestamp) -> State {
        if self.contested {
            return State::Contested;
        }
        if self.ended.is_some() {
            return State::Ended;
        }
        // A time that cannot be read is over: nothing is waived for ever.
        if parse_time(&self.until).is_some_and(|until| now < until) { State::Active } else { State::Expired }
    }
}

impl std::fmt::Display for Waiver {
    /// A waiver for people, on one line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.gate)?;
        if let Some(path) = &self.path {
            write!(f, " in {path}")?;
        }
        if let Some(bead) = &self.bead {
            write!(f, " for {bead}")?;
        }
        write!(f, " until {}, by {}: {}", self.until.get(..10).unwrap_or(&self.until), self.by, self.reason)
    }
}

/// The event waivers that this clone knows, the oldest first: those of the state, never those of a branch or of HEAD.
///
/// # Errors
/// The store cannot be read.
pub fn load(store: &Store) -> Result<Vec<Waiver>> {
    of_snapshot(&store.snapshot()?)
}

/// The same, of a snapshot.
///
/// # Errors
/// As [`Snapshot::bead`].
pub fn of_snapshot(snapshot: &Snapshot) -> Result<Vec<Waiver>> {
    Ok(snapshot.bead(&gates_bead()?)?.as_ref().map(of_bead).unwrap_or_default())
}

fn gates_bead() -> Result<BeadId> {
    BeadId::new(GATES_BEAD).map_err(|e| Error::internal(e.to_string()))
}

fn of_bead(bead: &Bead) -> Vec<Waiver> {
    let mut out: Vec<Waiver> = bead.fields.iter().filter_map(|(name, register)| read(bead, name, register)).collect();
    out.sort_by(|a, b| (&a.at, &a.id).cmp(&(&b.at, &b.id)));
    out
}

fn read(bead: &Bead, name: &str, register: &Register) -> Option<Waiver> {
    let id = name.strip_prefix(FIELD)?;
    let Head { value, by, at, .. } = register.shown();
    let given: Payload = value.decode()?;
    let ended = bead.fields.get(format!("{ENDED}{id}").as_str()).map(|r| {
        let Head { value, by, at, .. } = r.shown();
        let reason = value.decode::<EndPayload>().map(|e| e.reason).unwrap_or_default();
        Ended { by: by.as_str().to_owned(), at: at.clone(), reason }
    });
    // No reason, no waiver: an event that somebody made by hand counts no more than a command.
    if given.reason.trim().is_empty() || given.gate.is_empty() {
        return None;
    }
    Some(Waiver {
        id: id.to_owned(),
        gate: given.gate,
        path: given.path,
        bead: given.bead,
        reason: given.reason,
        by: by.as_str().to_owned(),
        at: at.clone(),
        until: given.until,
        ended,
        contested: register.heads().len() > 1,
    })
}

#[cfg(test)]
mod store_tests;
#[cfg(test)]
mod tests;
