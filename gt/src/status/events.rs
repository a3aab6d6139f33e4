//! What happened lately, in the order of the writers' clocks: for `gt feed`.

use crate::views::Letters;
use bd::error::Result;
use bd::model::EventId;
use bd::store::Snapshot;
use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Happened {
    /// The event's name.
    pub id: String,
    /// When, as its writer's clock said.
    pub at: String,
    /// Who.
    pub by: String,
    /// What: `advance`, `approve`, `mail`, `claim`, …
    pub what: String,
    /// About what: a title, `molecule/step`, a subject.
    pub about: String,
    /// What was said, one line.
    pub text: String,
}

/// The latest events on beads and in the mail, newest last, at most `limit`; after the event named `since`, where one is.
///
/// # Errors
/// The store cannot be read.
pub fn happened(snapshot: &Snapshot, limit: usize, since: Option<&str>, now: i64) -> Result<Vec<Happened>> {
    let mut out = Vec::new();
    for told in crate::views::told(snapshot, limit, now)?.into_iter().rev().take(limit).collect::<Vec<_>>() {
        let about = told.about(snapshot)?;
        out.push(Happened { id: told.id, at: told.at, by: told.by, what: told.what, about, text: told.text });
    }
    // What is older than so many of these is not shown, and its letter need not be read.
    let oldest: EventId = out.last().filter(|_| out.len() >= limit).and_then(|last| last.id.parse().ok()).unwrap_or(EventId(0));
    let letters = Letters::load(snapshot)?;
    let skip = letters.slips().count().saturating_sub(limit);
    for slip in letters.slips().skip(skip).filter(|slip| slip.id >= oldest) {
        let message = letters.letter(&slip)?;
        out.push(Happened {
            id: message.id.to_string(),
            at: message.at,
            by: message.by,
            what: "mail".to_owned(),
            about: message.to.join(", "),
            text: message.subject,
        });
    }
    out.sort_by(|a, b| a.id.cmp(&b.id));
    out.dedup_by(|a, b| a.id == b.id);
    if let Some(since) = since {
        out.retain(|h| h.id.as_str() > since);
    }
    let skip = out.len().saturating_sub(limit);
    out.drain(..skip);
    Ok(out)
}
