//! Edges and nodes in memory, while an image is made; and what is asked of any graph.

use super::row::{FOREVER, NEVER, Standing};
use crate::query::{EdgeKind, GraphView, Memo, Node, StatusClass, Target, has_blocker, nothing_shipped};
use std::borrow::Cow;

/// An edge to a name that no bead has.
pub const MISSING: u32 = u32::MAX;
/// An edge to another project.
pub const EXTERNAL: u32 = u32::MAX - 1;

/// One resolved edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Out {
    /// The number of a bead, [`MISSING`] or [`EXTERNAL`].
    pub target: u32,
    /// What it means.
    pub kind: EdgeKind,
}

impl Out {
    /// The bytes that it takes in the cache.
    pub const LEN: usize = 5;

    /// Appends it.
    pub fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.target.to_le_bytes());
        out.push(self.kind as u8);
    }

    /// Reads it.
    pub fn take(take: &mut super::wire::Take<'_>) -> super::wire::Read<Self> {
        let target = take.u32()?;
        let kind = *EdgeKind::ALL.get(usize::from(take.u8()?)).ok_or(super::wire::Broken)?;
        Ok(Self { target, kind })
    }
}

/// The graph of an image that is being made. It knows no names: nothing that is asked of it needs them.
pub struct Edges {
    /// By bead.
    pub standing: Vec<Standing>,
    /// Where a bead's edges begin; one more than beads.
    pub starts: Vec<u32>,
    /// Outgoing edges.
    pub outs: Vec<Out>,
    /// Where a bead's incoming edges begin; one more than beads.
    pub in_starts: Vec<u32>,
    /// Incoming edges: what they mean, and from where.
    pub ins: Vec<Out>,
}

impl Edges {
    /// Turns the outgoing edges round.
    pub fn new(standing: Vec<Standing>, starts: Vec<u32>, outs: Vec<Out>) -> Self {
        let mut counts = vec![0u32; standing.len() + 1];
        for out in outs.iter().filter(|o| o.target < EXTERNAL) {
            counts[out.target as usize + 1] += 1;
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        let in_starts = counts.clone();
        let mut ins = vec![Out { target: MISSING, kind: EdgeKind::Free }; counts.last().copied().unwrap_or(0) as usize];
        for from in 0..standing.len() {
            for out in &outs[starts[from] as usize..starts[from + 1] as usize] {
                if out.target < EXTERNAL {
                    let slot = &mut counts[out.target as usize];
                    ins[*slot as usize] = Out { target: from as u32, kind: out.kind };
                    *slot += 1;
                }
            }
        }
        Self { standing, starts, outs, in_starts, ins }
    }

    /// Finds out what no clock changes.
    pub fn judge(&mut self) {
        let mut memo = Memo::new();
        for at in 0..self.standing.len() {
            let (blocked, deferred_until) = judge(self, at, &mut memo);
            self.standing[at].blocked = blocked;
            self.standing[at].deferred_until = deferred_until;
        }
    }
}

/// Whether a bead is held back by a dependency, and until when it or an ancestor is put off.
pub fn judge<V: GraphView + ?Sized>(view: &V, at: usize, memo: &mut Memo) -> (bool, i64) {
    (has_blocker(view, at, &nothing_shipped, memo), deferred_until(view, at))
}

/// Until when the bead itself is put off.
fn own_deferral(node: Node) -> i64 {
    match node.defer_until {
        Some(until) => until,
        None if node.class == StatusClass::Deferred => FOREVER,
        None => NEVER,
    }
}

/// The latest date of the bead and of the live ancestors that it inherits from: what [`crate::query::is_deferred`]
/// says for every time at once.
fn deferred_until<V: GraphView + ?Sized>(view: &V, at: usize) -> i64 {
    let mut until = own_deferral(view.node(at));
    let mut queue = Vec::new();
    let mut seen = vec![at];
    let parents = |of: usize, queue: &mut Vec<usize>| {
        view.out(of, &mut |kind, target| {
            if let (EdgeKind::ParentChild, Target::Bead(parent)) = (kind, target) {
                queue.push(parent);
            }
        });
    };
    parents(at, &mut queue);
    while let Some(parent) = queue.pop() {
        if seen.contains(&parent) {
            continue;
        }
        seen.push(parent);
        let node = view.node(parent);
        if node.is_live() {
            until = until.max(own_deferral(node));
            parents(parent, &mut queue);
        }
    }
    until
}

impl GraphView for Edges {
    fn find(&self, _: &str) -> Option<usize> {
        None
    }

    fn len(&self) -> usize {
        self.standing.len()
    }

    fn name(&self, _: usize) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn node(&self, i: usize) -> Node {
        self.standing[i].node
    }

    fn out(&self, i: usize, f: &mut dyn FnMut(EdgeKind, Target<'_>)) {
        for out in &self.outs[self.starts[i] as usize..self.starts[i + 1] as usize] {
            f(
                out.kind,
                match out.target {
                    MISSING => Target::Missing(""),
                    EXTERNAL => Target::External(""),
                    at => Target::Bead(at as usize),
                },
            );
        }
    }

    fn incoming(&self, i: usize, f: &mut dyn FnMut(EdgeKind, usize)) {
        for from in &self.ins[self.in_starts[i] as usize..self.in_starts[i + 1] as usize] {
            f(from.kind, from.target as usize);
        }
    }
}
