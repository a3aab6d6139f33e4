//! `bd dep add`.

use super::super::change::standing;
use super::super::graph;
use super::spec::DepSpec;
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::model::{BeadId, DepType, Edge, Kind};
use crate::query::{EdgeKind, GraphView, Refusal, RowEdge, Wait, check_edge, is_external};
use crate::store::Tx;

/// What happened to an edge.
#[derive(Clone, Debug)]
pub struct EdgeChange {
    /// The bead that has the edge.
    pub from: BeadId,
    /// The edge.
    pub edge: Edge,
    /// False if it was there (or gone) already.
    pub changed: bool,
    /// Things to say on stderr.
    pub notes: Vec<String>,
}

/// Adds an edge: `from` depends on what the spec names.
///
/// # Errors
/// No such bead; an edge to itself, to its own ancestor, or one that closes a circle (exit 2, naming it).
pub fn add(tx: &mut Tx<'_>, from: &str, spec: &DepSpec) -> Result<EdgeChange> {
    let bead = standing(tx, from)?;
    let edge = spec.resolve(tx)?;
    let there = bead.edges.iter().find(|e| e.edge.to == edge.to && e.edge.kind == edge.kind);
    if there.is_some_and(|e| e.edge.meta == edge.meta || edge.meta.is_none()) {
        return Ok(EdgeChange { from: bead.id, edge, changed: false, notes: vec!["the dependency is there already".to_owned()] });
    }
    check(tx, &bead, &edge)?;
    let mut event = tx.event(&bead.id, Kind::LINK)?;
    event.links.push(edge.clone());
    tx.push(event);
    Ok(EdgeChange { from: bead.id, edge, changed: true, notes: Vec::new() })
}

/// Checks that an edge closes no circle, with the edges that this mutation has already added.
///
/// # Errors
/// It does (exit 2).
pub fn check(tx: &Tx<'_>, bead: &Bead, edge: &Edge) -> Result<()> {
    let short = |id: &str| graph::short(tx.snapshot(), id);
    if is_external(&edge.to) {
        return Ok(());
    }
    if edge.to == bead.id.as_str() {
        return Err(Error::usage(format!("`{}` cannot depend on itself", short(&edge.to))));
    }
    let wait = (edge.kind == DepType::WAITS_FOR).then(|| Wait::of(edge));
    let row_edge = RowEdge { kind: edge.kind.clone(), to: edge.to.clone(), wait };
    let kind: EdgeKind = row_edge.edge_kind();
    if !kind.counts_in_cycles() {
        return Ok(());
    }
    let (from, to) = (bead.id.as_str(), row_edge.target());
    let found = if tx.pushed().is_empty() && tx.snapshot().row(&bead.id)?.is_some() {
        // Only what the search comes by is read.
        tx.snapshot().graph(|view| refusal(view, from, to, kind))?
    } else {
        let mut rows = graph::rows(tx.snapshot(), tx.store().config())?;
        let mut pushed: Vec<&BeadId> = tx.pushed().iter().map(|e| &e.bead).collect();
        pushed.sort();
        pushed.dedup();
        for id in pushed {
            // Of several rows with one id the last one counts.
            rows.extend(tx.bead(id)?.map(|bead| graph::row(&bead, tx.store().config())));
        }
        rows.push(graph::row(bead, tx.store().config()));
        refusal(&crate::query::Graph::new(rows), from, to, kind)
    };
    let Some((what, path)) = found else { return Ok(()) };
    let path: Vec<String> = path.iter().map(|id| short(id)).collect();
    let way = path.join(" -> ");
    Err(match what {
        Refusal::ToItself => Error::usage(format!("`{}` cannot depend on itself", short(from))),
        Refusal::ToAncestor => Error::usage(format!(
            "`{}` is above `{}`: a child that waits for its parent would wait for ever",
            short(to),
            short(from)
        ))
        .hint("A parent waits for its children by itself; it is not closed before them"),
        Refusal::Deadlock(_) => Error::usage(format!("these would wait for one another for ever: {way}"))
            .hint("A parent waits for its children by itself; `bd dep tree` shows what depends on what"),
        Refusal::Cycle(_) => Error::usage(format!("this would close a circle: {way}"))
            .hint("`bd dep tree` shows what depends on what; for a mere association use the type related"),
    })
}

/// Why an edge may not be added, with the names of the beads on the way.
fn refusal<V: GraphView + ?Sized>(view: &V, from: &str, to: &str, kind: EdgeKind) -> Option<(Refusal, Vec<String>)> {
    let found = check_edge(view, view.find(from)?, view.find(to)?, kind).err()?;
    let path = match &found {
        Refusal::Cycle(path) | Refusal::Deadlock(path) => path.iter().map(|n| view.name(*n).into_owned()).collect(),
        Refusal::ToItself | Refusal::ToAncestor => Vec::new(),
    };
    Some((found, path))
}

/// [`check`] for a bead that is being created with its edges.
///
/// # Errors
/// An edge closes a circle (exit 2): others may have named the new bead before it was there.
pub fn check_new(tx: &Tx<'_>, create: &crate::model::Event, edge: &Edge) -> Result<()> {
    let bead = crate::fold::fold_bead(&create.bead, &[create]);
    check(tx, &bead, edge)
}
