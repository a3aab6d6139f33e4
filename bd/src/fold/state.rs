//! The fold itself.

use super::bead::{Bead, Comment, LiveEdge};
use super::redact::stub;
use super::register::{Head, Register};
use crate::model::{BeadId, Event, EventId, Kind, Value, parse_time};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A set of events, ready to be folded.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// By bead, then by id. One id with two different lines keeps both (STATE 3).
    events: BTreeMap<BeadId, BTreeMap<EventId, Vec<Event>>>,
}

impl State {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event. Adding one twice changes nothing.
    pub fn add(&mut self, event: Event) {
        let same = self.events.entry(event.bead.clone()).or_default().entry(event.id).or_default();
        if !same.contains(&event) {
            same.push(event);
            // Set semantics: what came first must not show.
            same.sort_by(by_name);
        }
    }

    /// Every bead that an event names, pseudo-beads and shadows included.
    pub fn ids(&self) -> impl Iterator<Item = &BeadId> {
        self.events.keys()
    }

    /// The events of a bead, by id.
    pub fn events(&self, id: &BeadId) -> impl Iterator<Item = &Event> {
        self.events.get(id).into_iter().flat_map(|m| m.values().flatten())
    }

    /// Folds one bead; `None` if no event names it.
    pub fn bead(&self, id: &BeadId) -> Option<Bead> {
        let events: Vec<&Event> = self.events.get(id)?.values().flatten().collect();
        Some(fold_bead(id, &events))
    }

    /// Folds every bead.
    pub fn beads(&self) -> Vec<Bead> {
        self.events.keys().filter_map(|id| self.bead(id)).collect()
    }
}

/// The order of the fold: by id; where one id has two lines, by line (which is then, and only then, written for it).
fn by_name(a: &Event, b: &Event) -> std::cmp::Ordering {
    a.id.cmp(&b.id).then_with(|| a.to_line().unwrap_or_default().cmp(&b.to_line().unwrap_or_default()))
}

/// Folds the events of one bead, in any order, duplicates allowed. Events of other beads are passed over.
pub fn fold_bead(id: &BeadId, events: &[&Event]) -> Bead {
    let mut own: Vec<&Event> = events.iter().copied().filter(|e| e.bead == *id).collect();
    own.sort_by(|a, b| by_name(a, b));
    own.dedup();
    let redacted: HashSet<EventId> = own.iter().filter(|e| e.kind == Kind::REDACT).flat_map(|e| e.ids.iter().copied()).collect();
    let mut stubs: Vec<Event> = own
        .iter()
        .map(|e| match redacted.contains(&e.id) && e.kind != Kind::REDACT {
            true => stub(e, &e.to_line().unwrap_or_default()),
            false => (*e).clone(),
        })
        .collect();
    // A clone that still has the full line and one that has the stub fold alike: what the line was is no part of the state
    // (and who wrote it with other spaces made another digest of it).
    if stubs.iter().any(Event::is_stub) {
        stubs.iter_mut().filter(|e| e.is_stub()).for_each(|e| e.extra.set("redacted", Value::null()));
        stubs.sort_by(by_name);
    }
    stubs.dedup();
    let mut bead = Bead {
        id: id.clone(),
        fields: registers(&stubs),
        labels: BTreeMap::new(),
        edges: Vec::new(),
        comments: Vec::new(),
        notes: Vec::new(),
        events: stubs.iter().map(|e| e.id).collect(),
        created: None,
        touched: None,
        shape: None,
        after_delete: Vec::new(),
    };
    bead.events.dedup();
    labels(&stubs, &mut bead);
    edges(&stubs, &mut bead);
    texts(&stubs, &mut bead);
    for event in &stubs {
        let head =
            || Head { id: event.id, kind: event.kind.clone(), by: event.by.clone(), at: event.at.clone(), value: Value::null() };
        if bead.created.is_none() && (event.kind == Kind::CREATE || event.kind == Kind::IMPORT) {
            bead.created = Some(head());
        }
        if event.kind == Kind::IMPORT {
            bead.shape = event.extra.get("shape").cloned().or(bead.shape.take());
        }
        // A comment that came with an import is part of what its record said, `updated_at` included.
        let imported = event.kind == Kind::IMPORT || event.extra.get("at_imported").is_some() || event.extra.get("meta").is_some();
        if !imported && bead.touched.as_deref().is_none_or(|t| parse_time(t) < parse_time(&event.at)) {
            bead.touched = Some(event.at.clone());
        }
    }
    bead.after_delete = after_delete(&stubs, &bead);
    bead
}

/// Per field the events that write it and that no other writer of it names.
fn registers(events: &[Event]) -> BTreeMap<Box<str>, Register> {
    let mut writers: BTreeMap<&str, Vec<(&Event, &Value)>> = BTreeMap::new();
    for event in events {
        for (field, value) in event.set.iter() {
            writers.entry(field).or_default().push((event, value));
        }
    }
    let mut out = BTreeMap::new();
    for (field, writers) in writers {
        let named: HashSet<EventId> =
            writers.iter().flat_map(|(e, _)| e.on.iter().copied().filter(move |id| *id != e.id)).collect();
        let head = |(e, v): &(&Event, &Value)| Head {
            id: e.id,
            kind: e.kind.clone(),
            by: e.by.clone(),
            at: e.at.clone(),
            value: (*v).clone(),
        };
        let mut heads: Vec<Head> = writers.iter().filter(|(e, _)| !named.contains(&e.id)).map(head).collect();
        if heads.is_empty() {
            // Only forged events can name each other in a ring: then all of them stand.
            heads = writers.iter().map(head).collect();
        }
        out.insert(field.into(), Register { heads });
    }
    out
}

/// Observed-remove: a removal takes away the adds that it names, and no others.
fn removed<'a, T>(events: &'a [Event], of: impl Fn(&'a Event) -> &'a [T]) -> HashMap<EventId, Vec<&'a T>> {
    let mut out: HashMap<EventId, Vec<&T>> = HashMap::new();
    for event in events {
        for item in of(event) {
            for add in &event.on {
                out.entry(*add).or_default().push(item);
            }
        }
    }
    out
}

fn labels(events: &[Event], bead: &mut Bead) {
    let gone = removed(events, |e| &e.unlabels);
    for event in events {
        for label in &event.labels {
            // A redacted removal names the label by its digest.
            let named =
                |gone: &&String| *gone == label || gone.starts_with("sha256:") && **gone == super::redact::label_digest(label);
            if !gone.get(&event.id).is_some_and(|labels| labels.iter().any(named)) {
                let adds = bead.labels.entry(label.clone()).or_default();
                if adds.last() != Some(&event.id) {
                    adds.push(event.id);
                }
            }
        }
    }
}

fn edges(events: &[Event], bead: &mut Bead) {
    let gone = removed(events, |e| &e.unlinks);
    let mut live: BTreeMap<(String, String), LiveEdge> = BTreeMap::new();
    for event in events {
        for edge in &event.links {
            let same = |other: &&crate::model::Edge| other.to == edge.to && other.kind == edge.kind;
            if gone.get(&event.id).is_some_and(|edges| edges.iter().any(same)) {
                continue;
            }
            let key = (edge.to.clone(), edge.kind.as_str().to_owned());
            let new = LiveEdge {
                edge: edge.clone(),
                adds: vec![event.id],
                by: event.by.clone(),
                at: event.at.clone(),
                kind: event.kind.clone(),
            };
            match live.get_mut(&key) {
                Some(old) => {
                    let mut adds = std::mem::take(&mut old.adds);
                    adds.push(event.id);
                    adds.dedup();
                    *old = LiveEdge { adds, ..new };
                }
                None => {
                    live.insert(key, new);
                }
            }
        }
    }
    bead.edges = live.into_values().collect();
}

fn texts(events: &[Event], bead: &mut Bead) {
    // A note that the shown value of `notes` has seen is part of that value.
    let seen: BTreeSet<EventId> = match bead.fields.get("notes") {
        Some(register) => {
            let heads: HashSet<EventId> = register.heads.iter().map(|h| h.id).collect();
            events.iter().filter(|e| heads.contains(&e.id)).flat_map(|e| e.on.iter().copied()).collect()
        }
        None => BTreeSet::new(),
    };
    // A rewriting of `notes` that a later one replaced had seen its notes as well.
    let seen: BTreeSet<EventId> =
        events.iter().filter(|e| e.set.get("notes").is_some()).flat_map(|e| e.on.iter().copied()).chain(seen).collect();
    let any_withdrawn = events.iter().any(|e| e.kind == Kind::UNCOMMENT);
    for event in events {
        let Some(text) = &event.text else { continue };
        let at =
            event.extra.get("at_imported").and_then(Value::as_str).map_or_else(|| event.at.clone(), std::borrow::Cow::into_owned);
        let meta = event.extra.get("meta").cloned();
        let comment = Comment { id: event.id, by: event.by.clone(), at, text: text.clone(), meta };
        if event.kind == Kind::COMMENT {
            if !(any_withdrawn && withdrawn(events, event.id, &mut Vec::new())) {
                bead.comments.push(comment);
            }
        } else if event.kind == Kind::NOTE && !seen.contains(&event.id) {
            bead.notes.push(comment);
        }
    }
    let by_time = |c: &Comment| (parse_time(&c.at), c.id);
    bead.comments.sort_by_key(by_time);
    bead.notes.sort_by_key(by_time);
}

/// True if a standing `uncomment` names the event. An `uncomment` that another one names does not stand (undo of an undo).
fn withdrawn(events: &[Event], id: EventId, above: &mut Vec<EventId>) -> bool {
    // Only forged events can name each other in a ring.
    if above.contains(&id) {
        return false;
    }
    above.push(id);
    let out = events.iter().any(|e| e.kind == Kind::UNCOMMENT && e.on.contains(&id) && !withdrawn(events, e.id, above));
    above.pop();
    out
}

/// Heads that a standing deletion has not seen and that have not seen it.
fn after_delete(events: &[Event], bead: &Bead) -> Vec<Head> {
    if !bead.is_deleted() {
        return Vec::new();
    }
    let Some(register) = bead.fields.get("deleted") else { return Vec::new() };
    let deletes: HashSet<EventId> = register.heads.iter().map(|h| h.id).collect();
    let mut known: HashSet<EventId> = deletes.clone();
    for event in events {
        if deletes.contains(&event.id) {
            known.extend(&event.on);
        }
    }
    let mut out = Vec::new();
    for event in events {
        if known.contains(&event.id) || event.on.iter().any(|id| deletes.contains(id)) || event.kind == Kind::REDACT {
            continue;
        }
        let standing = |id: EventId| {
            bead.fields.values().any(|r| r.heads.iter().any(|h| h.id == id))
                || bead.labels.values().flatten().any(|a| *a == id)
                || bead.edges.iter().any(|e| e.adds.contains(&id))
                || bead.comments.iter().chain(&bead.notes).any(|c| c.id == id)
        };
        if standing(event.id) {
            let value = event.text.as_deref().map_or_else(|| Value::of(&event.set), Value::text);
            out.push(Head { id: event.id, kind: event.kind.clone(), by: event.by.clone(), at: event.at.clone(), value });
        }
    }
    out
}
