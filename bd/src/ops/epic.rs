//! `bd epic`: beads with children, and how far they are.

use super::close::{CloseRequest, close};
use super::graph;
use crate::config::Config;
use crate::error::Result;
use crate::model::{BeadId, Category};
use crate::query::{closable, progress};
use crate::store::{Snapshot, Tx};

/// How far an epic is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpicProgress {
    /// The epic.
    pub id: BeadId,
    /// Its children that stand.
    pub children: usize,
    /// Those that are closed.
    pub closed: usize,
    /// True if it has children and all of them are closed.
    pub eligible: bool,
}

/// The open epics by id, those without children too.
pub fn epics(snapshot: &Snapshot, config: &Config) -> Result<Vec<EpicProgress>> {
    let graph = graph::graph(snapshot, config)?;
    let mut out = Vec::new();
    for (number, row) in graph.rows().iter().enumerate() {
        if row.issue_type != "epic" || !row.is_listed() || config.category(&row.status) == Category::Done {
            continue;
        }
        let (children, closed) = progress(&graph, number);
        out.push(EpicProgress { id: BeadId::new(&row.id)?, children, closed, eligible: closable(&graph, number) });
    }
    Ok(out)
}

/// Closes the epics whose children are all closed; an epic that this makes closable comes next. Returns their names.
///
/// # Errors
/// What speaks against closing one (exit 3): then none is closed.
pub fn close_eligible(tx: &mut Tx<'_>) -> Result<Vec<BeadId>> {
    let mut out: Vec<BeadId> = Vec::new();
    let open = epics(tx.snapshot(), tx.store().config())?;
    loop {
        let before = out.len();
        for epic in &open {
            if out.contains(&epic.id) || epic.children == 0 {
                continue;
            }
            let children = graph::children(tx.snapshot(), &epic.id)?;
            let done = |c: &crate::fold::Bead| out.contains(&c.id) || tx.store().config().category(&c.status()) == Category::Done;
            if children.iter().all(done) {
                let request = CloseRequest { reason: Some("all its children are closed".into()), ..CloseRequest::default() };
                close(tx, epic.id.as_str(), &request)?;
                out.push(epic.id.clone());
            }
        }
        if out.len() == before {
            return Ok(out);
        }
    }
}
