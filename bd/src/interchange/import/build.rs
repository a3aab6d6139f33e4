//! Events from records: derived names, bounded lines, the first import of a bead.

use super::super::shape::{Shape, edge_name};
use super::finding::Finding;
use super::incoming::{Incoming, Said};
use crate::model::{Actor, BeadId, Edge, Event, EventError, EventId, Fields, Kind, Value, format_time, parse_time};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Gives an event the name that follows from what it says, so that every clone that imports the same record onto the
/// same state writes the same line (STATE 3).
fn seal(mut event: Event, at: Timestamp, nth: usize) -> Result<Event, EventError> {
    event.id = EventId(0);
    let line = event.to_line()?;
    let mut hash = Sha256::new();
    hash.update(line.as_bytes());
    if nth > 0 {
        // The same words twice in one record are two comments.
        hash.update(nth.to_be_bytes());
    }
    let digest = hash.finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    event.id = EventId::new(at.as_millisecond(), random);
    Ok(event)
}

/// [`seal`], and where the line would be too long several events that share the payload between them.
pub(super) fn seal_all(event: Event, at: Timestamp, line: usize) -> Result<Vec<Event>, Finding> {
    let id = event.bead.clone();
    match seal(event.clone(), at, 0) {
        Ok(event) => Ok(vec![event]),
        Err(EventError::TooLong(_)) => match halves(&event) {
            Some([one, two]) => {
                let mut all = seal_all(one, at, line)?;
                all.extend(seal_all(two, at, line)?);
                Ok(all)
            }
            None => Err(Finding::of(line, id.as_str(), "one value is longer than a line of the store may be (1 MiB)")),
        },
        Err(e) => Err(Finding::of(line, id.as_str(), e.to_string())),
    }
}

/// The payload in two events of about the same length; both name the same heads. `None` if nothing is left to part.
fn halves(event: &Event) -> Option<[Event; 2]> {
    enum Unit<'a> {
        Field(&'a str, &'a Value),
        Label(&'a String),
        Unlabel(&'a String),
        Link(&'a Edge),
        Unlink(&'a Edge),
    }
    let mut units: Vec<(usize, Unit)> = event.set.iter().map(|(n, v)| (n.len() + v.json().len(), Unit::Field(n, v))).collect();
    let edge = |e: &Edge| e.to.len() + e.meta.as_ref().map_or(0, |m| m.json().len());
    units.extend(event.labels.iter().map(|l| (l.len(), Unit::Label(l))));
    units.extend(event.unlabels.iter().map(|l| (l.len(), Unit::Unlabel(l))));
    units.extend(event.links.iter().map(|e| (edge(e), Unit::Link(e))));
    units.extend(event.unlinks.iter().map(|e| (edge(e), Unit::Unlink(e))));
    if units.len() < 2 {
        return None;
    }
    let mut bare = event.clone();
    (bare.set, bare.labels, bare.unlabels, bare.links, bare.unlinks) = (Fields::new(), vec![], vec![], vec![], vec![]);
    let mut out = [bare.clone(), bare];
    // The shape is said once.
    out[1].extra = Fields::new();
    let total: usize = units.iter().map(|(len, _)| len).sum();
    let (last, mut sum) = (units.len() - 1, 0);
    for (place, (len, unit)) in units.into_iter().enumerate() {
        let half = &mut out[usize::from(place > 0 && (place == last || sum + len > total / 2))];
        sum += len;
        match unit {
            Unit::Field(name, value) => half.set.set(name, value.clone()),
            Unit::Label(label) => half.labels.push(label.clone()),
            Unit::Unlabel(label) => half.unlabels.push(label.clone()),
            Unit::Link(edge) => half.links.push(edge.clone()),
            Unit::Unlink(edge) => half.unlinks.push(edge.clone()),
        }
    }
    Some(out)
}

/// An event of kind `import` about a bead, without payload and name.
pub(super) fn import_event(id: &BeadId, at: Timestamp, by: Option<&str>) -> Event {
    let by = Actor::new(by.filter(|b| !b.is_empty()).unwrap_or("import"));
    Event::new(EventId(0), format_time(at), by, id.clone(), Kind::IMPORT)
}

/// One comment of a record. `nth` counts equal ones.
pub(super) fn comment_event(id: &BeadId, said: &Said, record: Timestamp, nth: usize, line: usize) -> Result<Event, Finding> {
    let at = said.time().unwrap_or(record);
    let by = Actor::new(&said.field("author").filter(|a| !a.is_empty()).unwrap_or_else(|| "import".to_owned()));
    let mut event = Event::new(EventId(0), format_time(at), by, id.clone(), Kind::COMMENT);
    event.text = Some(said.text.clone());
    if let Some(own) = said.field("created_at") {
        event.extra.set("at_imported", Value::text(&own));
    }
    event.extra.set("meta", Value::of(&said.meta));
    seal(event, at, nth).map_err(|e| Finding::of(line, id.as_str(), format!("a comment: {e}")))
}

/// All comments of a record, equal ones told apart.
pub(super) fn comment_events(record: &Incoming) -> Result<Vec<Event>, Finding> {
    let at = record.time();
    let mut seen: Vec<&Said> = Vec::new();
    let mut out = Vec::new();
    for said in record.comments.items() {
        let nth = seen.iter().filter(|s| **s == said).count();
        seen.push(said);
        out.push(comment_event(&record.id, said, at, nth, record.line)?);
    }
    Ok(out)
}

/// The shape of a record whose comments became these events.
pub(super) fn shape_of(record: &Incoming, comments: &[Event], absent: Vec<String>) -> Shape {
    let labels: Vec<String> = record.labels.items().cloned().collect();
    let own_labels: Vec<String> = labels.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    let mut edges: Vec<_> = record.edges.items().collect();
    let names: Vec<String> = edges.iter().map(|e| edge_name(e)).collect();
    edges.sort_by(|a, b| (&a.to, a.kind.as_str()).cmp(&(&b.to, b.kind.as_str())));
    edges.dedup_by(|a, b| a.to == b.to && a.kind == b.kind);
    let own_edges: Vec<String> = edges.iter().map(|e| edge_name(e)).collect();
    // The fold's order: by time, then by event.
    let time = |e: &Event| match e.extra.get("at_imported").and_then(Value::as_str) {
        Some(own) => parse_time(&own),
        None => parse_time(&e.at),
    };
    let mut by_time: Vec<_> = comments.iter().map(|e| (time(e), e.id)).collect();
    let said: Vec<String> = comments.iter().map(|e| e.id.to_string()).collect();
    by_time.sort_unstable();
    let own_said: Vec<String> = by_time.iter().map(|(_, id)| id.to_string()).collect();
    Shape {
        absent,
        labels: record.labels.shape(&labels, &own_labels),
        dependencies: record.edges.shape(&names, &own_edges),
        comments: record.comments.shape(&said, &own_said),
    }
}

/// The events of beads that nobody here knew: the records of one id, the one that counts last. Earlier ones stay in
/// the history, replaced.
pub(super) fn fresh(records: &[Incoming]) -> Result<Vec<Event>, Finding> {
    let mut out: Vec<Event> = Vec::new();
    for record in records {
        let at = record.time();
        let by = record.text("created_by").or_else(|| record.text("deleted_by"));
        let mut event = import_event(&record.id, at, by.as_deref());
        event.set = record.fields.clone();
        if record.deletion && out.is_empty() {
            // Upstream made its tombstones from such lines in this way.
            for (key, value) in
                [("title", Some(Value::text("(deleted)"))), ("created_at", record.fields.get("deleted_at").cloned())]
            {
                if let (None, Some(value)) = (event.set.get(key), value) {
                    event.set.set(key, value);
                }
            }
        }
        event.labels = record.labels.items().cloned().collect();
        event.labels.sort();
        event.labels.dedup();
        event.links = record.edges.items().cloned().collect();
        let mut absent = Vec::new();
        for earlier in out.iter().filter(|e| e.kind == Kind::IMPORT) {
            event.on.push(earlier.id);
            if record.whole {
                for (key, _) in earlier.set.iter().filter(|(k, _)| record.fields.get(k).is_none()) {
                    absent.push(key.to_owned());
                    event.set.set(key, Value::null());
                }
                let gone = earlier.labels.iter().filter(|l| !event.labels.contains(l));
                event.unlabels.extend(gone.cloned());
                let linked = |e: &&Edge| event.links.iter().any(|l| l.to == e.to && l.kind == e.kind);
                let gone: Vec<_> = earlier.links.iter().filter(|e| !linked(e)).cloned().collect();
                event.unlinks.extend(gone);
            }
        }
        absent.sort();
        absent.dedup();
        event.on.sort_unstable();
        let comments = comment_events(record)?;
        let shape = shape_of(record, &comments, absent);
        // A later record of the same id that is plain has to say so.
        if !shape.is_plain() || !out.is_empty() {
            event.extra.set("shape", shape.value());
        }
        out.extend(seal_all(event, at, record.line)?);
        out.extend(comments);
    }
    let mut seen = BTreeSet::new();
    out.retain(|e| seen.insert(e.id));
    Ok(out)
}
