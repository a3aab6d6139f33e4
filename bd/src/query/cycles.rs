//! Cycles: none may be added, and those that a merge brought together are listed (docs/concepts/dependencies.md).

use super::graph::{EdgeKind, GraphView, Target};
use std::collections::{HashMap, HashSet, VecDeque};

/// Why an edge may not be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// From a bead to itself.
    ToItself,
    /// From a child to its own ancestor, besides `parent-child`: the child would wait for what waits for it.
    ToAncestor,
    /// It would close this circle: the beads in order, from the edge's source over its target back to the source.
    Cycle(Vec<usize>),
}

/// What the bead waits for in one step: its targets, and for `waits-for` with `all-children` also the children that it
/// waits for, so that a wait for one's own successor is a cycle. Deleted beads and shadows lead nowhere.
fn step<V: GraphView + ?Sized>(view: &V, i: usize, f: &mut dyn FnMut(usize)) {
    view.out(i, &mut |kind, target| {
        let Target::Bead(at) = target else { return };
        if !kind.counts_in_cycles() {
            return;
        }
        if view.node(at).stands() {
            f(at);
        }
        if kind == EdgeKind::WaitsAll {
            awaited(view, i, at, f);
        }
    });
}

/// The children of the spawner that the waiting bead waits for.
fn awaited<V: GraphView + ?Sized>(view: &V, waiting: usize, spawner: usize, f: &mut dyn FnMut(usize)) {
    view.incoming(spawner, &mut |kind, child| {
        if kind == EdgeKind::ParentChild && child != waiting && view.node(child).stands() {
            f(child);
        }
    });
}

/// A shortest way from any of `from` to `to`, both included.
fn way<V: GraphView + ?Sized>(view: &V, from: &[usize], to: usize) -> Option<Vec<usize>> {
    let mut came: HashMap<usize, usize> = HashMap::new();
    let mut queue: VecDeque<usize> = from.iter().copied().collect();
    let starts: HashSet<usize> = from.iter().copied().collect();
    let mut found = starts.contains(&to);
    while let (false, Some(at)) = (found, queue.pop_front()) {
        step(view, at, &mut |next| {
            if !starts.contains(&next) && !came.contains_key(&next) {
                came.insert(next, at);
                queue.push_back(next);
                found |= next == to;
            }
        });
    }
    if !found {
        return None;
    }
    let mut path = vec![to];
    while let Some(before) = path.last().and_then(|at| came.get(at)) {
        path.push(*before);
    }
    path.reverse();
    Some(path)
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
    if kind != EdgeKind::ParentChild && is_ancestor(view, to, from) {
        return Err(Refusal::ToAncestor);
    }
    let mut starts = vec![to];
    if kind == EdgeKind::WaitsAll {
        awaited(view, from, to, &mut |child| starts.push(child));
    }
    if let Some(path) = way(view, &starts, from) {
        return Err(Refusal::Cycle(std::iter::once(from).chain(path).collect()));
    }
    if kind == EdgeKind::ParentChild {
        // Whoever waits for all children of `to` would wait for `from` as well.
        let mut waiting = Vec::new();
        view.incoming(to, &mut |kind, source| {
            if kind == EdgeKind::WaitsAll && source != from && view.node(source).stands() {
                waiting.push(source);
            }
        });
        for source in waiting {
            if let Some(path) = way(view, &[from], source) {
                return Err(Refusal::Cycle(std::iter::once(source).chain(path).collect()));
            }
        }
    }
    Ok(())
}

/// A shortest cycle of every knot of beads that wait for one another, each beginning with its first bead by name and
/// without repeating it; ordered by that bead. Empty in a store in which nobody merged two edges that close a circle.
pub fn cycles<V: GraphView + ?Sized>(view: &V) -> Vec<Vec<usize>> {
    let mut out = Vec::new();
    for knot in knots(view) {
        let inside: HashSet<usize> = knot.iter().copied().collect();
        let Some(first) = knot.iter().copied().min_by(|a, b| view.name(*a).cmp(&view.name(*b))) else { continue };
        let mut came: HashMap<usize, usize> = HashMap::new();
        let mut queue = VecDeque::from([first]);
        while let Some(at) = queue.pop_front() {
            let mut nexts = Vec::new();
            step(view, at, &mut |next| nexts.push(next));
            nexts.sort_by(|a, b| view.name(*a).cmp(&view.name(*b)));
            for next in nexts.into_iter().filter(|n| inside.contains(n)) {
                if let std::collections::hash_map::Entry::Vacant(slot) = came.entry(next) {
                    slot.insert(at);
                    queue.push_back(next);
                }
            }
            if came.contains_key(&first) {
                break;
            }
        }
        let mut path = Vec::new();
        let mut at = came.get(&first).copied();
        while let Some(i) = at {
            path.push(i);
            at = (i != first).then(|| came.get(&i).copied()).flatten();
        }
        path.reverse();
        out.push(path);
    }
    out.sort_by(|a, b| a.first().map(|i| view.name(*i)).cmp(&b.first().map(|i| view.name(*i))));
    out
}

/// The strongly connected parts with more than one bead, or with an edge to itself (Tarjan's algorithm, without
/// recursion: chains of 100 000 beads are legal).
fn knots<V: GraphView + ?Sized>(view: &V) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut order = vec![NEW; view.len()];
    let mut low = vec![0; view.len()];
    let mut on_stack = vec![false; view.len()];
    let (mut stack, mut out, mut counter) = (Vec::new(), Vec::new(), 0);
    for root in 0..view.len() {
        if order[root] != NEW || !view.node(root).stands() {
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
                let mut nexts = Vec::new();
                step(view, at, &mut |next| nexts.push(next));
                work.push((at, nexts));
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
                let mut alone = true;
                step(view, at, &mut |next| alone &= next != at);
                if knot.len() > 1 || !alone {
                    out.push(knot);
                }
            }
        }
    }
    out
}
