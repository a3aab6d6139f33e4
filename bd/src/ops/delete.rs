//! `bd delete` and `bd restore`: an event, never a removal.

use super::change::{Done, check_text, done};
use super::graph;
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::model::{BeadId, Fields, Kind, Status, Value};
use crate::store::{Snapshot, Tx};

/// What a deletion would do.
#[derive(Clone, Debug, Default)]
pub struct Deletion {
    /// The beads that go, those that were named first.
    pub beads: Vec<Bead>,
    /// Beads that stay and have an edge to one that goes.
    pub orphaned: Vec<BeadId>,
    /// How many edges lose an end.
    pub edges: usize,
    /// How many labels go with their beads.
    pub labels: usize,
    /// How many events the beads have; they stay in the history.
    pub events: usize,
}

/// Looks at what a deletion would do. With `cascade` everything that has an edge to a deleted bead goes as well.
pub fn plan(snapshot: &Snapshot, ids: &[BeadId], cascade: bool) -> Result<Deletion> {
    let mut out = Deletion::default();
    let mut queue: Vec<BeadId> = ids.to_vec();
    let mut at = 0;
    while let Some(id) = queue.get(at).cloned() {
        at += 1;
        let bead = snapshot.must(&id)?;
        if bead.is_deleted() || out.beads.iter().any(|b| b.id == id) {
            continue;
        }
        if cascade {
            for (dependent, _) in graph::dependents(snapshot, &id)? {
                if !queue.contains(&dependent.id) {
                    queue.push(dependent.id);
                }
            }
        }
        out.beads.push(bead);
    }
    let going: Vec<BeadId> = out.beads.iter().map(|b| b.id.clone()).collect();
    for bead in &out.beads {
        out.edges += bead.edges.len();
        out.labels += bead.labels.len();
        out.events += bead.events.len();
        for (dependent, _) in graph::dependents(snapshot, &bead.id)? {
            if !going.contains(&dependent.id) {
                out.edges += 1;
                if !out.orphaned.contains(&dependent.id) {
                    out.orphaned.push(dependent.id);
                }
            }
        }
    }
    Ok(out)
}

/// Deletes a bead. One that is deleted already stays so.
///
/// # Errors
/// No such bead, or a reason that may not be stored.
pub fn delete(tx: &mut Tx<'_>, id: &str, reason: Option<&str>) -> Result<Done> {
    let bead = find(tx, id)?;
    if bead.is_deleted() {
        return Ok(Done { changed: false, ..done(tx, &bead.id, "Already deleted", "")? });
    }
    super::change::not_driven(tx, &bead, "deleting it")?;
    let mut fields = Fields::new().with("deleted", Value::of(&true));
    if let Some(reason) = reason.filter(|r| !r.trim().is_empty()) {
        check_text("delete_reason", reason)?;
        fields.set("delete_reason", Value::text(reason));
    }
    let mut event = tx.event(&bead.id, Kind::DELETE)?;
    // It answers for everything that is on the bead; what it has not seen stays visible as a conflict.
    event.on = bead.all_heads();
    event.set = fields;
    tx.push(event);
    done(tx, &bead.id, "Deleted", "")
}

/// Brings a deleted bead back.
///
/// # Errors
/// No such bead.
pub fn restore(tx: &mut Tx<'_>, id: &str) -> Result<Done> {
    let bead = find(tx, id)?;
    let torn = bead.conflicts().iter().any(|c| c.field == "deleted");
    if !bead.is_deleted() && !torn {
        return Ok(Done { changed: false, ..done(tx, &bead.id, "Not deleted", "")? });
    }
    let mut fields = Fields::new().with("deleted", Value::of(&false));
    if bead.get("delete_reason").is_some() {
        fields.set("delete_reason", Value::null());
    }
    if bead.status() == Status::TOMBSTONE {
        fields.set("status", Value::text(Status::OPEN.as_str()));
    }
    let mut event = tx.event(&bead.id, Kind::RESTORE)?;
    event.on = bead.heads(fields.iter().map(|(name, _)| name));
    event.set = fields;
    tx.push(event);
    done(tx, &bead.id, "Restored", "")
}

fn find(tx: &Tx<'_>, id: &str) -> Result<Bead> {
    let id = tx.resolve(id)?;
    tx.bead(&id)?.ok_or_else(|| Error::usage(format!("there is no bead `{id}`")))
}
