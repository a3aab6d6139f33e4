//! Rows and the graph between them: the one place that builds them, so that a faster source can take its place.

use super::words;
use crate::config::Config;
use crate::error::Result;
use crate::fold::Bead;
use crate::model::{BeadId, DepType};
use crate::query::{Graph, GraphView, Row};
use crate::store::Snapshot;

/// The rows of every bead, and what is deleted as well, by id.
pub fn rows(snapshot: &Snapshot, _config: &Config) -> Result<Vec<Row>> {
    snapshot.rows()
}

/// The graph of all rows.
pub fn graph(snapshot: &Snapshot, config: &Config) -> Result<Graph> {
    Ok(Graph::new(rows(snapshot, config)?))
}

/// The row of one bead.
pub fn row(bead: &Bead, config: &Config) -> Row {
    Row::of(bead, &words::categories(config))
}

/// The beads that stand and have an edge to this one, with its type, by id.
pub fn dependents(snapshot: &Snapshot, id: &BeadId) -> Result<Vec<(Bead, DepType)>> {
    let mut out = Vec::new();
    for source in snapshot.sources_of(id)?.iter().filter(|s| *s != id) {
        let Some(bead) = snapshot.bead(source)?.filter(|b| !b.is_deleted()) else { continue };
        for edge in bead.edges.iter().filter(|e| e.edge.to == id.as_str()) {
            out.push((bead.clone(), edge.edge.kind.clone()));
        }
    }
    Ok(out)
}

/// The children that stand, by id.
pub fn children(snapshot: &Snapshot, id: &BeadId) -> Result<Vec<Bead>> {
    let all = dependents(snapshot, id)?;
    Ok(all.into_iter().filter(|(_, kind)| *kind == DepType::PARENT_CHILD).map(|(bead, _)| bead).collect())
}

/// Names for people: the shortest unique ones.
pub fn short(snapshot: &Snapshot, id: &str) -> String {
    BeadId::new(id).map_or_else(|_| id.to_owned(), |id| snapshot.short(&id))
}

/// The number of a bead in a graph of its own store.
pub fn number(graph: &Graph, id: &BeadId) -> Result<usize> {
    graph.find(id.as_str()).ok_or_else(|| missing(id))
}

/// What is said where there is no such bead.
pub fn missing(id: &BeadId) -> crate::error::Error {
    crate::error::Error::usage(format!("there is no bead `{id}`"))
}
