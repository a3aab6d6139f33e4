//! The graph of rows in memory.

use super::graph::{EdgeKind, GraphView, Node, Target, is_external};
use super::row::Row;
use std::borrow::Cow;

const MISSING: u32 = u32::MAX;
const EXTERNAL: u32 = u32::MAX - 1;

/// Rows sorted by id, with their edges resolved.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    rows: Vec<Row>,
    /// Where the targets of a row begin; one more than rows.
    starts: Vec<u32>,
    /// Parallel to the rows' edges: a number, [`MISSING`] or [`EXTERNAL`].
    targets: Vec<u32>,
    in_starts: Vec<u32>,
    incoming: Vec<(EdgeKind, u32)>,
}

impl Graph {
    /// Sorts the rows by id and resolves their edges. Of several rows with one id the last one counts.
    pub fn new(mut rows: Vec<Row>) -> Self {
        rows.reverse();
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        rows.dedup_by(|later, first| later.id == first.id);
        let mut starts = Vec::with_capacity(rows.len() + 1);
        let mut targets = Vec::new();
        let mut counts = vec![0u32; rows.len() + 1];
        for row in &rows {
            starts.push(targets.len() as u32);
            for edge in &row.edges {
                let target = edge.target();
                targets.push(match rows.binary_search_by(|r| r.id.as_str().cmp(target)) {
                    Ok(at) => {
                        counts[at + 1] += 1;
                        at as u32
                    }
                    Err(_) if is_external(target) => EXTERNAL,
                    Err(_) => MISSING,
                });
            }
        }
        starts.push(targets.len() as u32);
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        let in_starts = counts.clone();
        let mut incoming = vec![(EdgeKind::Free, 0); counts.last().copied().unwrap_or(0) as usize];
        for (from, row) in rows.iter().enumerate() {
            for (edge, target) in row.edges.iter().zip(&targets[starts[from] as usize..]) {
                if *target < EXTERNAL {
                    let slot = &mut counts[*target as usize];
                    incoming[*slot as usize] = (edge.edge_kind(), from as u32);
                    *slot += 1;
                }
            }
        }
        Self { rows, starts, targets, in_starts, incoming }
    }

    /// All rows, by id.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// One row.
    pub fn row(&self, i: usize) -> &Row {
        &self.rows[i]
    }

    /// The row of a bead.
    pub fn get(&self, id: &str) -> Option<&Row> {
        self.find(id).map(|i| &self.rows[i])
    }

    /// How many edges lead to the bead from beads that stand.
    pub fn dependents(&self, i: usize) -> usize {
        let mut n = 0;
        self.incoming(i, &mut |_, from| n += usize::from(self.rows[from].is_listed()));
        n
    }

    /// The children that stand, by number.
    pub fn children(&self, i: usize) -> Vec<usize> {
        let mut out = Vec::new();
        self.incoming(i, &mut |kind, from| {
            if kind == EdgeKind::ParentChild && self.rows[from].is_listed() {
                out.push(from);
            }
        });
        out.sort_unstable();
        out.dedup();
        out
    }
}

impl GraphView for Graph {
    fn find(&self, id: &str) -> Option<usize> {
        self.rows.binary_search_by(|r| r.id.as_str().cmp(id)).ok()
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn name(&self, i: usize) -> Cow<'_, str> {
        Cow::Borrowed(&self.rows[i].id)
    }

    fn node(&self, i: usize) -> Node {
        self.rows[i].node()
    }

    fn out(&self, i: usize, f: &mut dyn FnMut(EdgeKind, Target<'_>)) {
        for (edge, target) in self.rows[i].edges.iter().zip(&self.targets[self.starts[i] as usize..]) {
            let target = match *target {
                MISSING => Target::Missing(edge.target()),
                EXTERNAL => Target::External(edge.target()),
                at => Target::Bead(at as usize),
            };
            f(edge.edge_kind(), target);
        }
    }

    fn incoming(&self, i: usize, f: &mut dyn FnMut(EdgeKind, usize)) {
        for (kind, from) in &self.incoming[self.in_starts[i] as usize..self.in_starts[i + 1] as usize] {
            f(*kind, *from as usize);
        }
    }
}
