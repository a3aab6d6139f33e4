//! Importing: a plan of events from bytes (see [`crate::interchange::import`]), committed as one mutation.

use crate::error::{Error, Result};
use crate::interchange::import::{ImportOptions, plan as plan_import};
use crate::model::{BeadId, Event};
use crate::store::{Snapshot, Tx};

/// What an import did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Beads that nobody here knew.
    pub created: Vec<BeadId>,
    /// How many known beads it changes.
    pub updated: usize,
    /// How many records said nothing new.
    pub unchanged: usize,
    /// `bead field`, a line each: changed on both sides.
    pub conflicts: Vec<String>,
    /// Lines that were not taken, and why.
    pub skipped: Vec<String>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// Memories that are new or changed.
    pub memories: usize,
}

/// What an import would do.
///
/// # Errors
/// A line that cannot be read, named; a store that cannot.
pub fn plan(snapshot: &Snapshot, bytes: &[u8], deletions: bool) -> Result<Imported> {
    make(snapshot, bytes, deletions).map(|(done, _)| done)
}

/// Imports, all or nothing.
///
/// # Errors
/// As [`plan`].
pub fn import(tx: &mut Tx<'_>, bytes: &[u8], deletions: bool) -> Result<Imported> {
    let (done, events) = make(tx.snapshot(), bytes, deletions)?;
    for event in events {
        tx.push(event);
    }
    Ok(done)
}

fn make(snapshot: &Snapshot, bytes: &[u8], deletions: bool) -> Result<(Imported, Vec<Event>)> {
    // The lookup cannot fail; the first error that it met is told afterwards.
    let failed = std::cell::RefCell::new(None);
    let lookup = |id: &BeadId| {
        let found = || -> Result<_> {
            let Some(bead) = snapshot.bead(id)? else { return Ok(None) };
            Ok(Some((bead, snapshot.events(id)?.into_iter().map(|e| e.event).collect())))
        };
        found().unwrap_or_else(|e| {
            failed.borrow_mut().get_or_insert(e);
            None
        })
    };
    let plan = plan_import(bytes, ImportOptions { deletions, exported: None }, &lookup);
    if let Some(error) = failed.into_inner() {
        return Err(error);
    }
    let plan = plan.map_err(|e| Error::usage(e.to_string()))?;
    let done = Imported {
        created: plan.created,
        updated: plan.updated.len(),
        unchanged: plan.unchanged.len(),
        conflicts: plan.conflicts.iter().map(|c| format!("{} {}", c.id, c.field)).collect(),
        skipped: plan.skipped.iter().map(ToString::to_string).collect(),
        warnings: plan.warnings.iter().map(ToString::to_string).collect(),
        memories: plan.memories,
    };
    Ok((done, plan.events))
}
