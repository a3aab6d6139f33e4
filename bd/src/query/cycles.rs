//! Circles: none may be added, and those that a merge brought together are listed (docs/concepts/dependencies.md).
//!
//! Two graphs are looked at. *Edges*: every directed edge as it stands. *Waits*: what the rules of `ready` and the rule
//! that a parent is closed after its children come to, between the beginning and the end of each bead. A circle of waits
//! is a deadlock, also where no circle of edges is to be seen (a child waits for something that waits for its parent).

use super::graph::{EdgeKind, GraphView, Node, Target};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

/// Why an edge may not be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// From a bead to itself.
    ToItself,
    /// From a child to its own ancestor, besides `parent-child` and `waits-for`: the child would wait for what waits for it.
    ToAncestor,
    /// It would close this circle of edges: the beads in order, from the edge's source over its target back to the source.
    Cycle(Vec<usize>),
    /// These beads would wait for one another for ever; begins and ends with the same bead.
    Deadlock(Vec<usize>),
}

/// The view with one more edge.
struct With<'v, V: ?Sized> {
    view: &'v V,
    from: usize,
    to: usize,
    kind: EdgeKind,
}

impl<V: GraphView + ?Sized> GraphView for With<'_, V> {
    fn find(&self, id: &str) -> Option<usize> {
        self.view.find(id)
    }
    fn len(&self) -> usize {
        self.view.len()
    }
    fn name(&self, i: usize) -> Cow<'_, str> {
        self.view.name(i)
    }
    fn node(&self, i: usize) -> Node {
        self.view.node(i)
    }
    fn out(&self, i: usize, f: &mut dyn FnMut(EdgeKind, Target<'_>)) {
        self.view.out(i, f);
        if i == self.from {
            f(self.kind, Target::Bead(self.to));
        }
    }
    fn incoming(&self, i: usize, f: &mut dyn FnMut(EdgeKind, usize)) {
        self.view.incoming(i, f);
        if i == self.to {
            f(self.kind, self.from);
        }
    }
}

/// A step over an edge: to every bead that stands.
fn edges<V: GraphView + ?Sized>(view: &V, i: usize, f: &mut dyn FnMut(usize)) {
    view.out(i, &mut |kind, target| {
        if let Target::Bead(at) = target
            && kind.counts_in_cycles()
            && view.node(at).stands()
        {
            f(at);
        }
    });
}

/// The beginning of a bead in the graph of waits.
fn begin(i: usize) -> usize {
    2 * i
}

/// The end of a bead in the graph of waits.
fn end(i: usize) -> usize {
    2 * i + 1
}

/// A step in the graph of waits: what must have happened before. Only live beads are waited for.
/// `waits-for` with `any-children` is left out: no one child is waited for.
fn waits<V: GraphView + ?Sized>(view: &V, at: usize, f: &mut dyn FnMut(usize)) {
    let i = at / 2;
    if at == end(i) {
        f(begin(i));
        children(view, i, i, &mut |child| f(end(child)));
        return;
    }
    view.out(i, &mut |kind, target| {
        let Target::Bead(to) = target else { return };
        match kind {
            _ if to == i => {}
            EdgeKind::ParentChild if view.node(to).is_live() => f(begin(to)),
            EdgeKind::Blocks | EdgeKind::Conditional if view.node(to).is_live() => f(end(to)),
            EdgeKind::WaitsAll if view.node(to).stands() => children(view, to, i, &mut |child| f(end(child))),
            _ => {}
        }
    });
}

/// The live children of a bead, but for one.
fn children<V: GraphView + ?Sized>(view: &V, of: usize, but: usize, f: &mut dyn FnMut(usize)) {
    view.incoming(of, &mut |kind, child| {
        if kind == EdgeKind::ParentChild && child != but && view.node(child).is_live() {
            f(child);
        }
    });
}

type Step<'s> = &'s dyn Fn(usize, &mut dyn FnMut(usize));

/// A shortest way over at least one step, both ends included.
fn way(from: usize, to: usize, step: Step<'_>) -> Option<Vec<usize>> {
    let mut came: HashMap<usize, usize> = HashMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        step(at, &mut |next| {
            if let std::collections::hash_map::Entry::Vacant(slot) = came.entry(next) {
                slot.insert(at);
                queue.push_back(next);
            }
        });
        if came.contains_key(&to) {
            let mut path = vec![to];
            loop {
                let before = *came.get(path.last()?)?;
                path.push(before);
                if before == from {
                    path.reverse();
                    return Some(path);
                }
            }
        }
    }
    None
}

/// True if `ancestor` is reached from the bead over `parent-child`. Names say nothing: `bd-a3f8.1` is opaque (STATE 3).
pub fn is_ancestor<V: GraphView + ?Sized>(view: &V, ancestor: usize, i: usize) -> bool {
    let mut seen = HashSet::from([i]);
    let mut queue = vec![i];
    while let Some(at) = queue.pop() {
        view.out(at, &mut |kind, target| {
            if let (EdgeKind::ParentChild, Target::Bead(parent)) = (kind, target)
                && seen.insert(parent)
            {
                queue.push(parent);
            }
        });
    }
    ancestor != i && seen.contains(&ancestor)
}

/// Whether the edge `from -> to` of a kind may be added. For a `waits-for`, `to` is its spawner.
///
/// # Errors
/// Why not.
pub fn check_edge<V: GraphView + ?Sized>(view: &V, from: usize, to: usize, kind: EdgeKind) -> Result<(), Refusal> {
    if from == to {
        return Err(Refusal::ToItself);
    }
    if !kind.counts_in_cycles() {
        return Ok(());
    }
    let waiting = matches!(kind, EdgeKind::ParentChild | EdgeKind::WaitsAll | EdgeKind::WaitsAny);
    if !waiting && is_ancestor(view, to, from) {
        return Err(Refusal::ToAncestor);
    }
    let with = With { view, from, to, kind };
    if let Some(path) = way(to, from, &|at, f| edges(&with, at, f)) {
        return Err(Refusal::Cycle(std::iter::once(from).chain(path).collect()));
    }
    // Every new wait begins or ends at the edge's source; a circle through one of them leads through either of these.
    for place in [begin(from), end(from)] {
        if let Some(path) = way(place, place, &|at, f| waits(&with, at, f)) {
            return Err(Refusal::Deadlock(beads_of(&path)));
        }
    }
    Ok(())
}

/// The beads of a way through the graph of waits, a bead once where its beginning and end follow each other.
fn beads_of(path: &[usize]) -> Vec<usize> {
    let mut out: Vec<usize> = path.iter().map(|at| at / 2).collect();
    out.dedup();
    if out.len() > 1 && out.first() != out.last() {
        out.extend(out.first().copied());
    }
    out
}

/// A shortest circle of every knot of beads that lead to or wait for one another, each beginning with its first bead by
/// name and without repeating it, ordered by that. Empty where nobody merged two edges that close a circle.
pub fn cycles<V: GraphView + ?Sized>(view: &V) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = Vec::new();
    let over_edges: Step<'_> = &|at, f| {
        if view.node(at).stands() {
            edges(view, at, f);
        }
    };
    for knot in knots(view.len(), over_edges) {
        out.extend(circle(view, &knot, over_edges, &|at| at));
    }
    let over_waits: Step<'_> = &|at, f| {
        if view.node(at / 2).is_live() {
            waits(view, at, f);
        }
    };
    for knot in knots(2 * view.len(), over_waits) {
        let Some(found) = circle(view, &knot, over_waits, &|at| at / 2) else { continue };
        let same = |known: &Vec<usize>| known.len() <= found.len() && known.iter().all(|i| found.contains(i));
        if !out.iter().any(same) {
            out.push(found);
        }
    }
    out.sort_by(|a, b| a.iter().map(|i| view.name(*i)).cmp(b.iter().map(|i| view.name(*i))));
    out
}

/// A shortest circle inside a knot, through its first bead by name.
fn circle<V: GraphView + ?Sized>(view: &V, knot: &[usize], step: Step<'_>, bead: &dyn Fn(usize) -> usize) -> Option<Vec<usize>> {
    let inside: HashSet<usize> = knot.iter().copied().collect();
    let first = knot.iter().copied().min_by(|a, b| view.name(bead(*a)).cmp(&view.name(bead(*b))).then(a.cmp(b)))?;
    let inner: Step<'_> = &|at, f| {
        let mut nexts = Vec::new();
        step(at, &mut |next| nexts.push(next));
        nexts.retain(|next| inside.contains(next));
        nexts.sort_by(|a, b| view.name(bead(*a)).cmp(&view.name(bead(*b))).then(a.cmp(b)));
        nexts.into_iter().for_each(f);
    };
    let mut path: Vec<usize> = way(first, first, inner)?.into_iter().map(bead).collect();
    path.dedup();
    if path.len() > 1 && path.first() == path.last() {
        path.pop();
    }
    Some(path)
}

/// The strongly connected parts with more than one member, or with a step to itself (Tarjan's algorithm, without
/// recursion: chains of 100 000 beads are legal).
fn knots(len: usize, step: Step<'_>) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut order = vec![NEW; len];
    let mut low = vec![0; len];
    let mut on_stack = vec![false; len];
    let (mut stack, mut out, mut counter) = (Vec::new(), Vec::new(), 0);
    let nexts_of = |at: usize| {
        let mut nexts = Vec::new();
        step(at, &mut |next| nexts.push(next));
        nexts
    };
    for root in 0..len {
        if order[root] != NEW {
            continue;
        }
        let mut work: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut enter = Some(root);
        loop {
            if let Some(at) = enter.take() {
                order[at] = counter;
                low[at] = counter;
                counter += 1;
                stack.push(at);
                on_stack[at] = true;
                work.push((at, nexts_of(at)));
            }
            let Some((at, nexts)) = work.last_mut() else { break };
            let at = *at;
            if let Some(next) = nexts.pop() {
                if order[next] == NEW {
                    enter = Some(next);
                } else if on_stack[next] {
                    low[at] = low[at].min(order[next]);
                }
                continue;
            }
            work.pop();
            if let Some((above, _)) = work.last() {
                low[*above] = low[*above].min(low[at]);
            }
            if low[at] == order[at] {
                let mut knot = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    knot.push(member);
                    if member == at {
                        break;
                    }
                }
                if knot.len() > 1 || nexts_of(at).contains(&at) {
                    out.push(knot);
                }
            }
        }
    }
    out
}
