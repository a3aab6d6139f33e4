//! Where a bead stands, so that one field of a record can be judged against it.

use super::super::keys::{is_empty, is_same};
use super::super::record::{RecordOptions, record};
use super::history::History;
use super::incoming::Incoming;
use crate::fold::{Bead, LiveEdge, fold_bead};
use crate::model::{Edge, Event, EventId, Fields, Kind, Value, parse_time};
use std::collections::HashSet;

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Stays: the record says nothing new.
    Keep,
    /// Stays: the record repeats a value that was replaced here since.
    Stale,
    /// Only the record changed it.
    Take,
    /// Both changed it.
    Clash,
    /// The record may bring back what was redacted.
    Redacted,
}

/// A bead, the base to compare with, and what the record has proven to know.
pub(super) struct Ground<'a> {
    pub bead: &'a Bead,
    pub history: History<'a>,
    /// What the imports alone say.
    pub base: Option<Bead>,
    /// The bead as the export was that the record was made from, where the caller knows it.
    pub exported: Option<Bead>,
    /// What an export would write now.
    pub ours: Fields,
    /// What the record was made from: the export, else the last import.
    pub was: Option<Fields>,
    seen: HashSet<EventId>,
}

impl<'a> Ground<'a> {
    pub fn new(bead: &'a Bead, events: &'a [Event], exported: Option<Bead>, theirs: &Incoming) -> Self {
        let history = History::new(events);
        let base = base_of(bead, events);
        let ours = record(bead, RecordOptions::EXPORT);
        let was = exported.as_ref().or(base.as_ref()).map(|b| record(b, RecordOptions::EXPORT));
        let seen = if theirs.whole && exported.is_none() { seen(theirs, events, &ours, &history) } else { HashSet::new() };
        Self { bead, history, base, exported, ours, was, seen }
    }

    /// Judges a field that the record has (`Some`) or says to be empty (`None`).
    pub fn judge(&self, key: &str, theirs: Option<&Value>) -> Verdict {
        self.judge_with(key, theirs, self.was.as_ref(), self.ours.get(key))
    }

    /// [`Ground::judge`] with the base (`None`: there is none) and the value of the fold given.
    pub fn judge_with(&self, key: &str, theirs: Option<&Value>, was: Option<&Fields>, ours: Option<&Value>) -> Verdict {
        let repeats = match was {
            Some(was) => is_same(key, theirs, was.get(key)),
            None => is_empty(key, theirs),
        };
        if repeats || is_same(key, theirs, ours) {
            return Verdict::Keep;
        }
        if self.history.redacted(key, theirs) {
            return Verdict::Redacted;
        }
        if was.is_some_and(|was| is_same(key, was.get(key), ours)) || self.knew(key, ours) {
            return Verdict::Take;
        }
        if self.exported.is_none() && self.history.said_since(key, theirs, self.base.as_ref()) {
            return Verdict::Stale;
        }
        Verdict::Clash
    }

    /// True if the record has seen what stands in a field, or nothing stands there.
    fn knew(&self, key: &str, ours: Option<&Value>) -> bool {
        let mut heads = match key {
            "assignee" => self.bead.heads(["assignee", "claim"]),
            "status" => self.bead.heads(["status", "deleted"]),
            key => self.bead.heads([key]),
        };
        if heads.is_empty() && !is_empty(key, ours) {
            if !matches!(key, "title" | "status" | "priority" | "issue_type") {
                // It follows from other events; no single one can be named.
                return false;
            }
            // What nobody wrote stands since the creation.
            heads.extend(self.bead.created.as_ref().map(|c| c.id));
        }
        heads.iter().all(|h| self.seen.contains(h))
    }

    /// The heads of some fields that the record is known to come after.
    pub fn base_heads(&self, keys: &[&str]) -> Vec<EventId> {
        let heads = |bead: &Option<Bead>| bead.as_ref().map(|b| b.heads(keys.iter().copied())).unwrap_or_default();
        [heads(&self.base), heads(&self.exported)].concat()
    }

    /// The adds of the base that hold a label up; `None` if the record cannot have seen the label.
    pub fn label_base(&self, label: &str) -> Option<Vec<EventId>> {
        let adds = |bead: &Option<Bead>| bead.as_ref().and_then(|b| b.labels.get(label).cloned());
        self.adds_seen(adds(&self.base), adds(&self.exported), self.bead.labels.get(label))
    }

    /// The edge in the base, and its adds there; `None` if the record cannot have seen the edge.
    pub fn edge_base(&self, edge: &Edge) -> Option<Vec<EventId>> {
        let adds = |bead: &Option<Bead>| bead.as_ref().and_then(|b| find(b, edge)).map(|e| e.adds.clone());
        self.adds_seen(adds(&self.base), adds(&self.exported), find(self.bead, edge).map(|e| &e.adds))
    }

    fn adds_seen(
        &self,
        base: Option<Vec<EventId>>,
        exported: Option<Vec<EventId>>,
        now: Option<&Vec<EventId>>,
    ) -> Option<Vec<EventId>> {
        if self.exported.is_some() {
            return exported.map(|e| [e, base.unwrap_or_default()].concat());
        }
        let knew = now.filter(|adds| adds.iter().all(|a| self.seen.contains(a))).cloned();
        match (base, knew) {
            (None, None) => None,
            (base, knew) => Some([base.unwrap_or_default(), knew.unwrap_or_default()].concat()),
        }
    }

    /// Everything that stands and that the record has seen.
    pub fn seen_heads(&self) -> impl Iterator<Item = EventId> {
        self.bead.all_heads().into_iter().filter(|h| self.seen.contains(h))
    }

    /// True if something that the record adds was here since the base, and was taken away.
    pub fn was_removed(&self, made: impl Fn(&Event) -> bool) -> bool {
        self.exported.is_none() && self.history.linked_since(self.base.as_ref(), made)
    }
}

/// The edge of a bead with the same target and type.
pub(super) fn find<'a>(bead: &'a Bead, edge: &Edge) -> Option<&'a LiveEdge> {
    bead.edges.iter().find(|e| e.edge.to == edge.to && e.edge.kind == edge.kind)
}

/// What the imports alone say, if there was one.
pub(super) fn base_of(bead: &Bead, events: &[Event]) -> Option<Bead> {
    let imported: Vec<&Event> = events.iter().filter(|e| e.kind == Kind::IMPORT || e.extra.get("meta").is_some()).collect();
    imported.iter().any(|e| e.kind == Kind::IMPORT).then(|| fold_bead(&bead.id, &imported))
}

/// Events of ours that the writer of a record must have had: an export is the fold of whole events, so a value that
/// only one event wrote, or a comment by its number, proves that event and all that it builds on.
fn seen(theirs: &Incoming, events: &[Event], ours: &Fields, history: &History) -> HashSet<EventId> {
    let same_time = |key: &str| {
        let time = |v: Option<&Value>| v.and_then(Value::as_str).and_then(|t| parse_time(&t)).map(jiff::Timestamp::as_millisecond);
        let at = time(theirs.fields.get(key));
        at.is_some() && at == time(ours.get(key))
    };
    if !same_time("created_at") {
        return HashSet::new();
    }
    if same_time("updated_at") {
        // Made from what stands now, and edited by hand.
        return events.iter().map(|e| e.id).collect();
    }
    let once = |key: &str, value: &Value| events.iter().filter(|e| e.set.get(key).is_some_and(|v| v == value)).count() == 1;
    let proven = events.iter().filter(|event| {
        event.kind == Kind::CREATE
            || event.set.iter().any(|(key, value)| {
                // Short values (a status, a priority) may be the same by chance.
                value.json().len() > 12 && is_same(key, theirs.fields.get(key), Some(value)) && once(key, value)
            })
            || (event.kind == Kind::COMMENT
                && theirs.comments.items().any(|said| {
                    let number = said.meta.get("id").and_then(Value::as_i64);
                    number == i64::try_from(super::super::comment_number(event.id)).ok()
                }))
    });
    history.past(proven.map(|e| e.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Actor, BeadId};

    fn event(n: u128, kind: Kind, on: &[u128]) -> Event {
        let at = format!("2026-01-01T00:00:{n:02}.000Z");
        let mut event = Event::new(EventId(n), at, Actor::new("ann"), BeadId::new("bd-1").unwrap(), kind);
        event.on = on.iter().map(|n| EventId(*n)).collect();
        event
    }

    fn judge(events: &[Event], key: &str, theirs: &str, record: &[(&str, &str)]) -> Verdict {
        let bead = fold_bead(&BeadId::new("bd-1").unwrap(), &events.iter().collect::<Vec<_>>());
        let mut incoming = Incoming::partial(1, bead.id.clone());
        incoming.whole = true;
        for (key, value) in record {
            incoming.fields.set(key, Value::text(value));
        }
        incoming.fields.set(key, Value::text(theirs));
        Ground::new(&bead, events, None, &incoming).judge(key, incoming.fields.get(key))
    }

    const CREATED: (&str, &str) = ("created_at", "2026-01-01T00:00:01Z");
    const LATER: (&str, &str) = ("updated_at", "2026-02-01T00:00:00Z");

    #[test]
    fn an_edit_of_an_export_of_ours_is_taken_where_it_must_have_seen_what_stands() {
        let create = event(1, Kind::CREATE, &[]).setting("title", Value::text("first title"));
        let local =
            event(2, Kind::SET, &[1]).setting("title", Value::text("second title")).setting("design", Value::text("a long design"));
        assert_eq!(judge(std::slice::from_ref(&create), "title", "theirs", &[CREATED, LATER]), Verdict::Take);
        let both = [create, local];
        // The record holds the design that came with the second title: it has seen that title.
        assert_eq!(judge(&both, "title", "theirs", &[CREATED, LATER, ("design", "a long design")]), Verdict::Take);
        // It need not have seen it: both stand.
        assert_eq!(judge(&both, "title", "theirs", &[CREATED, LATER]), Verdict::Clash);
        // It is an old export.
        assert_eq!(judge(&both, "title", "first title", &[CREATED, LATER]), Verdict::Stale);
        // It went back to the old title on purpose.
        assert_eq!(judge(&both, "title", "first title", &[CREATED, LATER, ("design", "a long design")]), Verdict::Take);
        // Another bead of the same name proves nothing.
        assert_eq!(judge(&both, "title", "theirs", &[("created_at", "2020-01-01T00:00:00Z"), LATER]), Verdict::Clash);
    }
}
