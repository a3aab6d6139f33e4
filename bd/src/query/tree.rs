//! Dependency trees, flattened for printing.

use super::graph::{GraphView, is_external};
use super::memory::Graph;
use crate::model::DepType;
use std::collections::HashSet;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// What the bead depends on.
    Down,
    /// What depends on the bead.
    Up,
    /// Both, downwards first.
    Both,
}

/// What to draw.
#[derive(Clone, Debug)]
pub struct TreeAsk {
    /// Which way.
    pub direction: Direction,
    /// How deep; the root is 0.
    pub depth: usize,
    /// Only these types; all if empty.
    pub types: Vec<DepType>,
    /// A bead that is reached on several ways each time, else where it is reached first.
    pub all_paths: bool,
}

/// The most nodes in a tree. Trees with all paths can grow without sense; what is cut is marked.
pub const MAX_NODES: usize = 10_000;

/// A line of the tree. Lines stand in the order of printing, children after their parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeNode {
    /// The name, also of what no bead has.
    pub id: String,
    /// The bead; `None` for other projects' capabilities and for dangling targets.
    pub bead: Option<usize>,
    /// How deep; the root is 0.
    pub depth: usize,
    /// The line above that it hangs on, by its place; `None` for the root.
    pub parent: Option<usize>,
    /// The edge that leads here.
    pub edge: Option<DepType>,
    /// True in the part that goes up.
    pub up: bool,
    /// There is more that is not drawn, because of the depth or [`MAX_NODES`].
    pub truncated: bool,
    /// The bead is drawn with its branches elsewhere, or hangs on itself.
    pub repeated: bool,
}

/// The tree of a bead. Ends on circles. Branches are ordered by name, then type. Deleted beads are left out.
pub fn tree(graph: &Graph, root: usize, ask: &TreeAsk) -> Vec<TreeNode> {
    let mut out = vec![TreeNode {
        id: graph.name(root).into_owned(),
        bead: Some(root),
        depth: 0,
        parent: None,
        edge: None,
        up: false,
        truncated: false,
        repeated: false,
    }];
    if ask.direction != Direction::Up {
        grow(graph, ask, false, &mut out);
    }
    if ask.direction != Direction::Down {
        grow(graph, ask, true, &mut out);
    }
    out
}

type Branch = (String, DepType, Option<usize>);

fn branches(graph: &Graph, at: usize, up: bool, ask: &TreeAsk) -> Vec<Branch> {
    let wanted = |kind: &DepType| ask.types.is_empty() || ask.types.contains(kind);
    let mut out: Vec<Branch> = Vec::new();
    if up {
        let mut sources = Vec::new();
        graph.incoming(at, &mut |_, from| sources.push(from));
        sources.dedup();
        let name = graph.name(at);
        for from in sources.into_iter().filter(|from| graph.row(*from).is_listed()) {
            let row = graph.row(from);
            let edges = row.edges.iter().filter(|e| e.target() == name && wanted(&e.kind));
            out.extend(edges.map(|e| (row.id.clone(), e.kind.clone(), Some(from))));
        }
    } else {
        for edge in graph.row(at).edges.iter().filter(|e| wanted(&e.kind)) {
            let to = edge.target();
            match graph.find(to) {
                Some(found) if graph.row(found).deleted => {}
                Some(found) => out.push((to.to_owned(), edge.kind.clone(), Some(found))),
                None => out.push((to.to_owned(), edge.kind.clone(), None)),
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

fn grow(graph: &Graph, ask: &TreeAsk, up: bool, out: &mut Vec<TreeNode>) {
    let Some(root) = out.first().and_then(|n| n.bead) else { return };
    let mut drawn = HashSet::from([root]);
    // Places in `out` from the root to the node that is being looked at, with the branches still to draw (reversed).
    let mut first = branches(graph, root, up, ask);
    if ask.depth == 0 {
        out[0].truncated |= !first.is_empty();
        return;
    }
    first.reverse();
    let mut work: Vec<(usize, Vec<Branch>)> = vec![(0, first)];
    while let Some((place, todo)) = work.last_mut() {
        let place = *place;
        let Some((id, kind, bead)) = todo.pop() else {
            work.pop();
            continue;
        };
        if out.len() >= MAX_NODES {
            out[place].truncated = true;
            work.pop();
            continue;
        }
        let depth = out[place].depth + 1;
        let on_the_way = bead.is_some_and(|b| work.iter().any(|(p, _)| out[*p].bead == Some(b)));
        let seen = bead.is_some_and(|b| !drawn.insert(b));
        let mut next = match bead {
            Some(b) => branches(graph, b, up, ask),
            None => Vec::new(),
        };
        let repeated = on_the_way || (seen && !ask.all_paths && !next.is_empty());
        let truncated = !repeated && depth >= ask.depth && !next.is_empty();
        out.push(TreeNode { id, bead, depth, parent: Some(place), edge: Some(kind), up, truncated, repeated });
        if !repeated && !truncated && !next.is_empty() {
            next.reverse();
            work.push((out.len() - 1, next));
        }
    }
}

impl TreeNode {
    /// True for a target that is neither a bead nor another project's capability.
    pub fn is_dangling(&self) -> bool {
        self.bead.is_none() && !is_external(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{graph, row};
    use super::*;

    fn drawn(graph: &Graph, root: &str, direction: Direction, depth: usize, all_paths: bool) -> String {
        let ask = TreeAsk { direction, depth, types: Vec::new(), all_paths };
        let mut out = Vec::new();
        for node in tree(graph, graph.find(root).unwrap(), &ask) {
            let marks = [(node.up, "^"), (node.truncated, "…"), (node.repeated, "*"), (node.is_dangling(), "?")];
            let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
            out.push(format!("{}{}{marks}", ".".repeat(node.depth), node.id));
        }
        out.join(" ")
    }

    #[test]
    fn down_up_both_with_limits_and_circles() {
        let mut gone = row("gone");
        gone.deleted = true;
        let g = graph([
            row("a")
                .edge(DepType::BLOCKS, "b")
                .edge(DepType::BLOCKS, "c")
                .edge(DepType::BLOCKS, "lost")
                .edge(DepType::BLOCKS, "gone"),
            row("b").edge(DepType::BLOCKS, "d"),
            row("c").edge(DepType::BLOCKS, "d"),
            row("d").edge(DepType::BLOCKS, "e"),
            row("e"),
            row("x").edge(DepType::BLOCKS, "y"),
            row("y").edge(DepType::BLOCKS, "x").edge(DepType::TRACKS, "e"),
            gone,
        ]);
        assert_eq!(drawn(&g, "a", Direction::Down, 50, false), "a .b ..d ...e .c ..d* .lost?");
        assert_eq!(drawn(&g, "a", Direction::Down, 50, true), "a .b ..d ...e .c ..d ...e .lost?");
        assert_eq!(drawn(&g, "a", Direction::Down, 1, false), "a .b… .c… .lost?");
        assert_eq!(drawn(&g, "a", Direction::Down, 0, false), "a…");
        assert_eq!(drawn(&g, "d", Direction::Up, 50, false), "d .b^ ..a^ .c^ ..a^");
        assert_eq!(drawn(&g, "d", Direction::Both, 1, false), "d .e .b^… .c^…");
        assert_eq!(drawn(&g, "x", Direction::Down, 50, true), "x .y ..e ..x*");
        let only = TreeAsk { direction: Direction::Down, depth: 9, types: vec![DepType::TRACKS], all_paths: false };
        assert_eq!(tree(&g, g.find("y").unwrap(), &only).len(), 2);
    }

    #[test]
    fn a_tree_of_all_paths_stays_bounded() {
        let rows = (0..40).map(|n| {
            let mut r = row(&format!("n{n:02}"));
            for to in n + 1..40 {
                r = r.edge(DepType::BLOCKS, &format!("n{to:02}"));
            }
            r
        });
        let g = graph(rows);
        let ask = TreeAsk { direction: Direction::Down, depth: 50, types: Vec::new(), all_paths: true };
        let nodes = tree(&g, 0, &ask);
        assert_eq!(nodes.len(), MAX_NODES);
        assert!(nodes.iter().any(|n| n.truncated));
    }
}
