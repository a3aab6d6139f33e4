//! `bd dep remove`, `relate`, `unrelate`.

use super::super::change::standing;
use super::super::graph;
use super::add::{EdgeChange, add};
use super::spec::DepSpec;
use crate::error::{Error, Result};
use crate::fold::LiveEdge;
use crate::model::{DepType, Edge, Kind};
use crate::store::Tx;

/// Removes the edges from one bead to another, all of them or those of one type.
///
/// # Errors
/// No such bead, or no such edge (exit 2).
pub fn remove(tx: &mut Tx<'_>, from: &str, to: &str, kind: Option<&DepType>) -> Result<Vec<EdgeChange>> {
    let bead = standing(tx, from)?;
    // The target may be deleted, or never have been here: then its whole name counts.
    let to = tx.resolve(to).map_or_else(|_| to.to_owned(), |id| id.as_str().to_owned());
    let fits = |e: &&LiveEdge| e.edge.to == to && kind.is_none_or(|k| *k == e.edge.kind);
    let edges: Vec<&LiveEdge> = bead.edges.iter().filter(fits).collect();
    if edges.is_empty() {
        let short = |id: &str| graph::short(tx.snapshot(), id);
        let what = kind.map_or_else(String::new, |k| format!(" ({})", k.as_str()));
        return Err(Error::usage(format!(
            "`{}` does not depend on `{}`{what}",
            short(bead.id.as_str()),
            short(&to).escape_debug()
        ))
        .hint("`bd dep list` shows what it depends on"));
    }
    let mut event = tx.event(&bead.id, Kind::UNLINK)?;
    let mut out = Vec::new();
    for live in edges {
        event.on.extend(&live.adds);
        let edge = Edge::new(live.edge.to.clone(), live.edge.kind.clone());
        event.unlinks.push(edge.clone());
        out.push(EdgeChange { from: bead.id.clone(), edge, changed: true, notes: Vec::new() });
    }
    event.on.sort_unstable();
    event.on.dedup();
    tx.push(event);
    Ok(out)
}

/// Ties two beads together in both directions.
///
/// # Errors
/// As [`add`].
pub fn relate(tx: &mut Tx<'_>, one: &str, other: &str) -> Result<EdgeChange> {
    let out = add(tx, one, &DepSpec::new(DepType::RELATES_TO, other))?;
    let back = add(tx, &out.edge.to, &DepSpec::new(DepType::RELATES_TO, out.from.as_str()))?;
    Ok(EdgeChange { changed: out.changed || back.changed, ..out })
}

/// Ends [`relate`], whichever side it was written on.
///
/// # Errors
/// No such bead, or neither side is related to the other (exit 2).
pub fn unrelate(tx: &mut Tx<'_>, one: &str, other: &str) -> Result<EdgeChange> {
    let there = remove(tx, one, other, Some(&DepType::RELATES_TO));
    let back = remove(tx, other, one, Some(&DepType::RELATES_TO));
    match (there, back) {
        (Err(error), Err(_)) => Err(error),
        (Ok(mut edges), _) | (Err(_), Ok(mut edges)) => edges.pop().ok_or_else(|| Error::internal("no edge was removed")),
    }
}
