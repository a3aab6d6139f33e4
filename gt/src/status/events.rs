//! What happened lately, in the order of the writers' clocks: for `gt feed`.

use crate::mail::Mailbox;
use crate::molecule::model::field;
use bd::error::Result;
use bd::model::{BeadId, Kind, Value};
use bd::query::{Filter, SortKey};
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
    // The latest events are on the beads that were changed last.
    let filter = Filter { closed_too: true, gates_too: true, ..Filter::default() };
    let rows = snapshot.list_page(&filter, (SortKey::Updated, false), limit.max(1), now, false)?.rows;
    let mut out = Vec::new();
    for (row, _) in rows {
        let id = BeadId::new(&row.id)?;
        let bead = snapshot.must(&id)?;
        let about = match (bead.text(field::STEP), bead.text(field::NAME)) {
            (Some(_), _) => row.title.replacen(": ", "/", 1),
            (None, Some(name)) => name,
            (None, None) => format!("{} {}", snapshot.short(&id), row.title),
        };
        for stored in snapshot.events(&id)? {
            let e = stored.event;
            let extra = |name: &str| e.extra.get(name).map(Value::to_plain);
            let text = e.text.clone().or_else(|| extra("why")).or_else(|| e.set.get(field::NOTE)?.as_str().map(Into::into));
            let text = text.unwrap_or_default();
            let what = if e.kind == Kind::CREATE && bead.get(field::RECIPE).is_some() { "pour" } else { e.kind.as_str() };
            out.push(Happened {
                id: e.id.to_string(),
                at: e.at.clone(),
                by: e.by.as_str().to_owned(),
                what: what.to_owned(),
                about: about.clone(),
                text: crate::molecule::handin::one_line(text.lines().next().unwrap_or_default()),
            });
        }
    }
    for message in Mailbox::load(snapshot)?.all() {
        out.push(Happened {
            id: message.id.to_string(),
            at: message.at.clone(),
            by: message.by.clone(),
            what: "mail".to_owned(),
            about: message.to.join(", "),
            text: message.subject.clone(),
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
