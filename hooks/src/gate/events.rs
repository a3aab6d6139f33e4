//! Verdicts as events (docs/design/events.md, section 4): the key `verdict` of an event on the bead that the work is about,
//! else on `_verdicts`. The fold does not read it, so any number of clones may write one at once.

use super::{Outcome, Verdict, When};
use bd::error::{Error, Result};
use bd::model::{BeadId, Kind};
use bd::ops::verdicts;
use bd::store::{Snapshot, Store};

/// A verdict that was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The verdict.
    pub verdict: Verdict,
    /// The moment for which it was asked, where the event says.
    pub when: Option<When>,
    /// Who recorded it: a claim, unless the event is signed.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// The name of the event.
    pub event: bd::model::EventId,
}

/// True if a check's verdicts become events without being asked to: where a bead is named, and at `land`, whose verdicts others
/// rely on. Nothing else writes any: an event costs a sync of the disk, and hooks and CI ask often.
pub fn is_recorded(when: When, bead: Option<&BeadId>) -> bool {
    bead.is_some() || when == When::Land
}

/// Writes all verdicts of a check in one mutation; reused ones too, since each says what counted for this check.
///
/// # Errors
/// What [`Store::write`] says.
pub fn record(store: &Store, bead: Option<&BeadId>, outcome: &Outcome) -> Result<()> {
    if outcome.verdicts().is_empty() {
        return Ok(());
    }
    let all: Vec<verdicts::Verdict> = outcome.verdicts().iter().map(|v| stored(v, outcome.when())).collect::<Result<_>>()?;
    store.write(|tx| all.iter().try_for_each(|v| verdicts::record(tx, Kind::VERDICT, bead, v)))
}

fn stored(verdict: &Verdict, when: When) -> Result<verdicts::Verdict> {
    let lost = |e: serde_json::Error| Error::internal(format!("a verdict could not be written: {e}"));
    let mut value = serde_json::to_value(verdict.bounded()).map_err(lost)?;
    value["when"] = when.as_str().into();
    serde_json::from_value(value).map_err(lost)
}

/// The verdicts of gates that were recorded for a bead, or (`None`) for none; oldest first. What this version cannot read is
/// passed over: it is no verdict that could let something through.
///
/// # Errors
/// As [`Snapshot::events`].
pub fn recorded(snapshot: &Snapshot, bead: Option<&BeadId>) -> Result<Vec<Recorded>> {
    let read = |r: verdicts::Recorded| {
        let when = r.verdict.more.get("when").and_then(|w| When::parse(w.as_str()?));
        let mut value = serde_json::to_value(&r.verdict).ok()?;
        if r.verdict.code.is_empty() {
            value.as_object_mut()?.remove("code");
        }
        let verdict = serde_json::from_value(value).ok()?;
        Some(Recorded { verdict, when, by: r.by, at: r.at, event: r.event })
    };
    let all = verdicts::list(snapshot, bead)?;
    Ok(all.into_iter().filter(|r| r.kind == Kind::VERDICT).filter_map(read).collect())
}
