//! `bd show`: everything about one bead.

use super::graph;
use crate::error::Result;
use crate::fold::Bead;
use crate::model::{BeadId, DepType};
use crate::store::Snapshot;

/// A bead with its surroundings.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The bead.
    pub bead: Bead,
    /// The beads that its edges lead to, with the type.
    pub dependencies: Vec<(Bead, DepType)>,
    /// Edges that lead out of this store or to what nobody created here.
    pub elsewhere: Vec<(String, DepType)>,
    /// The beads that have an edge to it, with the type.
    pub dependents: Vec<(Bead, DepType)>,
}

impl Shown {
    /// The children.
    pub fn children(&self) -> impl Iterator<Item = &Bead> {
        self.dependents.iter().filter(|(_, kind)| *kind == DepType::PARENT_CHILD).map(|(bead, _)| bead)
    }
}

/// Gathers what is shown of a bead. Deleted ones are shown too.
pub fn show(snapshot: &Snapshot, id: &BeadId) -> Result<Shown> {
    let bead = snapshot.must(id)?;
    let (mut dependencies, mut elsewhere) = (Vec::new(), Vec::new());
    for edge in &bead.edges {
        let target = BeadId::new(&edge.edge.to).ok().map(|to| snapshot.bead(&to)).transpose()?.flatten();
        match target {
            Some(target) => dependencies.push((target, edge.edge.kind.clone())),
            None => elsewhere.push((edge.edge.to.clone(), edge.edge.kind.clone())),
        }
    }
    Ok(Shown { dependents: graph::dependents(snapshot, id)?, bead, dependencies, elsewhere })
}
