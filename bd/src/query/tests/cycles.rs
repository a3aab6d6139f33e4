use super::super::*;
use super::{graph, row};
use crate::model::DepType;

fn names(g: &Graph, path: &[usize]) -> Vec<String> {
    path.iter().map(|i| g.name(*i).into_owned()).collect()
}

fn check(g: &Graph, from: &str, to: &str, kind: EdgeKind) -> Result<(), Refusal> {
    check_edge(g, g.find(from).unwrap(), g.find(to).unwrap(), kind)
}

#[test]
fn a_circle_is_refused_and_named() {
    let g = graph([
        row("a").edge(DepType::BLOCKS, "b"),
        row("b").edge(DepType::TRACKS, "c"),
        row("c").edge(DepType::PARENT_CHILD, "d"),
        row("d"),
        row("e").edge(DepType::RELATES_TO, "a"),
    ]);
    let Err(Refusal::Cycle(path)) = check(&g, "d", "a", EdgeKind::Blocks) else { panic!("a circle over four edges") };
    assert_eq!(names(&g, &path), ["d", "a", "b", "c", "d"]);
    assert_eq!(check(&g, "d", "a", EdgeKind::Free), Ok(()));
    assert_eq!(check(&g, "a", "e", EdgeKind::Blocks), Ok(()));
    assert_eq!(check(&g, "a", "d", EdgeKind::Blocks), Ok(()));
    assert_eq!(check(&g, "a", "a", EdgeKind::Free), Err(Refusal::ToItself));
    assert_eq!(check(&g, "c", "d", EdgeKind::Blocks), Err(Refusal::ToAncestor));
    assert!(cycles(&g).is_empty());
}

#[test]
fn a_wait_for_ones_own_follower_is_a_deadlock() {
    // w waits for the children of s; the child k waits for w.
    let rows = || [row("w").edge(DepType::WAITS_FOR, "s"), row("s"), row("k").edge(DepType::BLOCKS, "w")];
    let g = graph(rows());
    let Err(Refusal::Deadlock(path)) = check(&g, "k", "s", EdgeKind::ParentChild) else { panic!("k and w wait for each other") };
    assert_eq!(names(&g, &path), ["k", "w", "k"]);
    let [w, s, k] = rows();
    let merged = graph([w, s, k.edge(DepType::PARENT_CHILD, "s")]);
    assert_eq!(cycles(&merged).iter().map(|c| names(&merged, c)).collect::<Vec<_>>(), [["k", "w"]]);
    let g = graph([row("w"), row("s"), row("k").edge(DepType::BLOCKS, "w").edge(DepType::PARENT_CHILD, "s")]);
    assert!(matches!(check(&g, "w", "s", EdgeKind::WaitsAll), Err(Refusal::Deadlock(_))));
    assert_eq!(check(&g, "w", "s", EdgeKind::WaitsAny), Ok(()));
    // A step may wait for its siblings.
    let g = graph([row("s"), row("k").edge(DepType::PARENT_CHILD, "s"), row("w").edge(DepType::PARENT_CHILD, "s")]);
    assert_eq!(check(&g, "w", "s", EdgeKind::WaitsAll), Ok(()));
}

#[test]
fn a_child_that_waits_for_what_waits_for_its_parent_is_a_deadlock() {
    let g = graph([row("epic"), row("x").edge(DepType::PARENT_CHILD, "epic"), row("after").edge(DepType::BLOCKS, "epic")]);
    let Err(Refusal::Deadlock(path)) = check(&g, "x", "after", EdgeKind::Blocks) else { panic!("the epic is closed after x") };
    assert_eq!(names(&g, &path), ["x", "after", "epic", "x"]);
    assert_eq!(check(&g, "x", "after", EdgeKind::Directed), Ok(()));
    let closed = graph([
        row("epic").with_status("closed"),
        row("x").edge(DepType::PARENT_CHILD, "epic"),
        row("after").edge(DepType::BLOCKS, "epic"),
    ]);
    assert_eq!(check(&closed, "x", "after", EdgeKind::Blocks), Ok(()));
}

#[test]
fn merged_circles_are_listed_once_each() {
    let mut gone = row("g").edge(DepType::BLOCKS, "h");
    gone.deleted = true;
    let g = graph([
        row("a").edge(DepType::BLOCKS, "b"),
        row("b").edge(DepType::BLOCKS, "a"),
        row("c").edge(DepType::BLOCKS, "a"),
        row("x").edge(DepType::BLOCKS, "y"),
        row("y").edge(DepType::BLOCKS, "z"),
        row("z").edge(DepType::BLOCKS, "x").edge(DepType::BLOCKS, "y"),
        row("s").edge(DepType::BLOCKS, "s"),
        gone,
        row("h").edge(DepType::BLOCKS, "g"),
    ]);
    let found: Vec<_> = cycles(&g).iter().map(|c| names(&g, c)).collect();
    assert_eq!(found, [vec!["a", "b"], vec!["s"], vec!["x", "y", "z"]]);
}

#[test]
fn a_long_chain_does_not_exhaust_the_stack() {
    let rows = (0..20_000).map(|n| row(&format!("c{n:06}")).edge(DepType::BLOCKS, &format!("c{:06}", n + 1)));
    let g = graph(rows);
    assert!(cycles(&g).is_empty());
    let Err(Refusal::Cycle(path)) = check(&g, "c019999", "c000000", EdgeKind::Blocks) else { panic!("a circle") };
    assert_eq!(path.len(), 20_001);
}
