//! What a bead's events know about a value.

use super::super::keys::is_same;
use crate::fold::Bead;
use crate::model::{Claim, Event, EventId, Kind, Value};
use std::collections::{HashMap, HashSet};

/// The events of one bead, to be asked whether a record only repeats what is known and replaced.
pub(super) struct History<'a> {
    by_id: HashMap<EventId, Vec<&'a Event>>,
    redacted: HashSet<EventId>,
}

impl<'a> History<'a> {
    pub fn new(events: &'a [Event]) -> Self {
        let mut by_id: HashMap<EventId, Vec<&Event>> = HashMap::new();
        for event in events {
            by_id.entry(event.id).or_default().push(event);
        }
        let named = events.iter().filter(|e| e.kind == Kind::REDACT).flat_map(|e| e.ids.iter().copied());
        let redacted = named.chain(events.iter().filter(|e| e.is_stub()).map(|e| e.id)).collect();
        Self { by_id, redacted }
    }

    /// True if the event is known.
    pub fn has(&self, id: EventId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// The events in `heads` and all that they build on.
    pub fn past(&self, heads: impl IntoIterator<Item = EventId>) -> HashSet<EventId> {
        let mut out = HashSet::new();
        let mut todo: Vec<EventId> = heads.into_iter().collect();
        while let Some(id) = todo.pop() {
            if out.insert(id) {
                todo.extend(self.by_id.get(&id).into_iter().flatten().flat_map(|e| e.on.iter().copied()));
            }
        }
        out
    }

    fn since(&self, past: HashSet<EventId>) -> impl Iterator<Item = &'a Event> + use<'a, '_> {
        self.by_id.iter().filter(move |(id, _)| !past.contains(id)).flat_map(|(_, events)| events.iter().copied())
    }

    /// True if somebody set the field to this value after the last import: then the record is an older export of ours,
    /// and what stands now has seen and replaced it (or is it).
    pub fn said_since(&self, key: &str, value: Option<&Value>, base: Option<&Bead>) -> bool {
        let past = self.past(base.map(|b| b.heads([key])).unwrap_or_default());
        self.since(past)
            .any(|event| event.set.get(key).is_some_and(|set| is_same(key, Some(set), value)) || implied(event, key, value))
    }

    /// True if a text was taken out of the field, and the record may be what brings it back.
    pub fn redacted(&self, key: &str, value: Option<&Value>) -> bool {
        let Some(value) = value else { return false };
        self.redacted.iter().filter_map(|id| self.by_id.get(id)).flatten().any(|event| match event.set.get(key) {
            // Of a stub only the name of the field is left: which text it was cannot be said any more.
            Some(gone) => gone.is_null() || is_same(key, Some(gone), Some(value)),
            None => false,
        })
    }

    /// True if a label was added or an edge made after the last import (and is gone, if it does not stand).
    pub fn linked_since(&self, base: Option<&Bead>, made: impl Fn(&Event) -> bool) -> bool {
        let past = self.past(base.map(|b| b.events.clone()).unwrap_or_default());
        self.since(past).any(made)
    }

    /// True if a comment with this number is known: then the record is an export of ours.
    pub fn comment_number(&self, number: i64) -> bool {
        self.by_id.iter().any(|(id, events)| {
            i64::try_from(super::super::comment_number(*id)) == Ok(number) && events.iter().any(|e| e.kind == Kind::COMMENT)
        })
    }
}

/// What a record says in another way than the event: defaults of a new bead, deletions, claims.
fn implied(event: &Event, key: &str, value: Option<&Value>) -> bool {
    let text = value.and_then(Value::as_str);
    let fresh = event.kind == Kind::CREATE && event.set.get(key).is_none();
    match key {
        "status" if text.as_deref() == Some("tombstone") => event.set.get("deleted").and_then(Value::as_bool) == Some(true),
        "status" => fresh && text.as_deref() == Some("open"),
        "issue_type" => fresh && text.as_deref() == Some("task"),
        "priority" => fresh && value.and_then(Value::as_i64) == Some(2),
        "assignee" => match event.set.get("claim").and_then(Value::decode::<Claim>) {
            Some(claim) => {
                claim.holder.as_ref().map(crate::model::Actor::as_str).unwrap_or_default() == text.as_deref().unwrap_or_default()
            }
            None => false,
        },
        _ => false,
    }
}
