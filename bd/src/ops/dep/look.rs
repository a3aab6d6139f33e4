//! `bd dep list`, `tree`, `cycles`.

use super::super::graph;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::model::{BeadId, DepType};
use crate::query::{Direction, GraphView, TreeAsk, TreeNode};
use crate::store::Snapshot;

/// One edge as `dep list` shows it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The name at the other end.
    pub id: String,
    /// The bead at the other end, if there is one.
    pub bead: Option<Bead>,
    /// The type.
    pub kind: DepType,
}

/// What a bead depends on (`down`), or what depends on it.
///
/// # Errors
/// No such bead.
pub fn list(snapshot: &Snapshot, id: &BeadId, down: bool, kind: Option<&DepType>) -> Result<Vec<Listed>> {
    let bead = snapshot.must(id)?;
    let wanted = |k: &DepType| kind.is_none_or(|kind| kind == k);
    let mut out = Vec::new();
    if down {
        for edge in bead.edges.iter().filter(|e| wanted(&e.edge.kind)) {
            let target = BeadId::new(&edge.edge.to).ok().map(|to| snapshot.bead(&to)).transpose()?.flatten();
            out.push(Listed { id: edge.edge.to.clone(), bead: target, kind: edge.edge.kind.clone() });
        }
    } else {
        for (bead, kind) in graph::dependents(snapshot, id)?.into_iter().filter(|(_, k)| wanted(k)) {
            out.push(Listed { id: bead.id.as_str().to_owned(), bead: Some(bead), kind });
        }
    }
    Ok(out)
}

/// The lines of a dependency tree, and the rows of the beads in it.
pub struct Tree {
    /// In the order of printing.
    pub nodes: Vec<TreeNode>,
    /// The graph that the nodes' numbers belong to.
    pub graph: crate::query::Graph,
}

/// The tree of a bead.
///
/// # Errors
/// No such bead.
pub fn tree(snapshot: &Snapshot, config: &Config, id: &BeadId, ask: &TreeAsk) -> Result<Tree> {
    let graph = graph::graph(snapshot, config)?;
    let root = graph::number(&graph, id)?;
    Ok(Tree { nodes: crate::query::tree(&graph, root, ask), graph })
}

/// Reads `down`, `up`, `both`.
///
/// # Errors
/// Anything else (exit 2).
pub fn direction(text: &str) -> Result<Direction> {
    Ok(match text {
        "down" => Direction::Down,
        "up" => Direction::Up,
        "both" => Direction::Both,
        other => return Err(Error::usage(format!("there is no direction `{}`", other.escape_debug())).hint("down, up or both")),
    })
}

/// Circles that two clones made together, each as the ids in order.
pub fn cycles(snapshot: &Snapshot, config: &Config) -> Result<Vec<Vec<String>>> {
    let graph = graph::graph(snapshot, config)?;
    let name = |number: &usize| graph.name(*number).into_owned();
    Ok(crate::query::cycles(&graph).iter().map(|circle| circle.iter().map(name).collect()).collect())
}
