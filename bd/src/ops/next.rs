//! What comes after a close: what it set free, and the next step of a molecule.

use super::{Done, graph};
use crate::config::Config;
use crate::error::Result;
use crate::model::BeadId;
use crate::query::{Ask, GraphView, SortKey, StatusClass};
use crate::store::{Snapshot, Tx};

/// The beads that are ready now and depended on one of these, most urgent first.
pub fn set_free(snapshot: &Snapshot, config: &Config, closed: &[BeadId], now: i64) -> Result<Vec<BeadId>> {
    let view = graph::graph(snapshot, config)?;
    let mut near: Vec<usize> = Vec::new();
    for id in closed {
        if let Some(number) = view.find(id.as_str()) {
            near.extend(crate::query::affected(&view, number).into_iter().filter(|n| *n != number));
        }
    }
    near.sort_unstable();
    near.dedup();
    let mut memo = crate::query::Memo::new();
    let mut rows: Vec<_> =
        near.into_iter().filter(|n| crate::query::is_ready(&view, *n, &Ask::at(now), &mut memo)).map(|n| view.row(n)).collect();
    SortKey::Priority.sort(&mut rows, false, now);
    rows.iter().map(|row| Ok(BeadId::new(&row.id)?)).collect()
}

/// Where a molecule stands after one of its steps was closed.
#[derive(Clone, Debug)]
pub struct Continued {
    /// The molecule, or whatever parent the step has.
    pub molecule: BeadId,
    /// The next step that is ready.
    pub next: Option<BeadId>,
    /// True if every step is closed.
    pub complete: bool,
}

/// Looks for the next step below the parent of a closed step; `None` if it has no parent.
pub fn next_step(snapshot: &Snapshot, config: &Config, closed: &BeadId, now: i64) -> Result<Option<Continued>> {
    let bead = snapshot.must(closed)?;
    let Some(parent) = bead.parent().and_then(|p| BeadId::new(p).ok()) else { return Ok(None) };
    let view = graph::graph(snapshot, config)?;
    let Some(number) = view.find(parent.as_str()) else { return Ok(None) };
    let children = view.children(number);
    let complete = children.iter().all(|c| view.row(*c).class == StatusClass::Done);
    let mut memo = crate::query::Memo::new();
    let ask = Ask { any_type: true, ..Ask::at(now) };
    let mut ready: Vec<_> =
        children.into_iter().filter(|c| crate::query::is_ready(&view, *c, &ask, &mut memo)).map(|c| view.row(c)).collect();
    SortKey::Priority.sort(&mut ready, false, now);
    let next = ready.first().map(|row| BeadId::new(&row.id)).transpose()?;
    Ok(Some(Continued { molecule: parent, next, complete }))
}

/// Claims the next step.
///
/// # Errors
/// As [`super::claim::claim`].
pub fn advance(tx: &mut Tx<'_>, next: &BeadId) -> Result<Done> {
    super::claim::claim(tx, next.as_str(), &super::claim::ClaimRequest::default())
}
