//! What the cycle check promises: edges that it lets through never deadlock, and those that it calls a deadlock would.

use crate::cases::cases;
use bd::fold::{Bead, State};
use bd::model::{Actor, BeadId, DepType, Edge, Event, EventId, Kind, Value};
use bd::query::{Categories, EdgeKind, Graph, Memo, Refusal, Row, check_edge, cycles, has_blocker, nothing_shipped};
use bd_tests::Rng;

fn world(edges: &[(usize, usize, DepType)], closed: &[bool]) -> Graph {
    let mut state = State::new();
    for (i, closed) in closed.iter().enumerate() {
        let bead = BeadId::new(&format!("b{i:02}")).unwrap();
        let mut event =
            Event::new(EventId(i as u128 + 1), "2026-01-01T00:00:00.000Z".into(), Actor::new("ann"), bead, Kind::CREATE);
        event = event.setting("title", Value::text("x"));
        if *closed {
            // With this outcome a conditional edge lets its source run.
            event = event.setting("status", Value::text("closed")).setting("outcome", Value::text("failed"));
        }
        let own = edges.iter().filter(|(from, ..)| *from == i);
        event.links = own.map(|(_, to, kind)| Edge::new(format!("b{to:02}"), kind.clone())).collect();
        state.add(event);
    }
    let row = |b: &Bead| Row::of(b, &Categories::built_in());
    Graph::new(state.beads().iter().map(row).collect())
}

/// Closes whatever is not blocked and has no open child, until nothing is left to close; true if all is closed.
fn drains(n: usize, edges: &[(usize, usize, DepType)]) -> bool {
    let mut closed = vec![false; n];
    loop {
        let graph = world(edges, &closed);
        let mut memo = Memo::new();
        let free = |i: &usize| !graph.row(*i).is_closed() && graph.children(*i).iter().all(|c| graph.row(*c).is_closed());
        let next: Vec<usize> = (0..n).filter(free).filter(|i| !has_blocker(&graph, *i, &nothing_shipped, &mut memo)).collect();
        if next.is_empty() {
            return closed.iter().all(|c| *c);
        }
        for i in next {
            closed[i] = true;
        }
    }
}

// goal: L5 tier1
#[test]
fn what_the_check_lets_through_can_be_finished_and_a_deadlock_cannot() {
    let refused = std::sync::Mutex::new([0usize; 3]);
    cases(2_000, |seed| {
        let mut rng = Rng::new(seed ^ 0xc1c1e);
        let n = 3 + rng.below(5);
        let kinds = [
            DepType::BLOCKS,
            DepType::PARENT_CHILD,
            DepType::PARENT_CHILD,
            DepType::WAITS_FOR,
            DepType::CONDITIONAL_BLOCKS,
            DepType::TRACKS,
        ];
        let mut edges = Vec::new();
        for _ in 0..rng.below(14) {
            let (from, to, kind) = (rng.below(n), rng.below(n), rng.one_of(&kinds));
            let graph = world(&edges, &vec![false; n]);
            let mut with = edges.clone();
            with.push((from, to, kind.clone()));
            let verdict = check_edge(&graph, from, to, EdgeKind::of(&kind, None));
            let after = world(&with, &vec![false; n]);
            match verdict {
                Ok(()) => {
                    assert!(cycles(&after).is_empty(), "{edges:?} + {with:?}");
                    edges = with;
                }
                Err(Refusal::ToItself) => assert_eq!(from, to),
                Err(Refusal::ToAncestor) => refused.lock().unwrap()[0] += 1,
                Err(Refusal::Cycle(path)) => {
                    assert_eq!((path[0], path[1], path[path.len() - 1]), (from, to, from));
                    for pair in path.windows(2) {
                        assert!(with.iter().any(|(a, b, _)| (*a, *b) == (pair[0], pair[1])), "{path:?} is no way in {with:?}");
                    }
                    assert!(!cycles(&after).is_empty());
                    refused.lock().unwrap()[1] += 1;
                }
                Err(Refusal::Deadlock(path)) => {
                    assert!(path.len() > 1 && path[0] == path[path.len() - 1] && path.contains(&from), "{path:?} in {with:?}");
                    assert!(!drains(n, &with), "{with:?} can be finished");
                    assert!(!cycles(&after).is_empty());
                    refused.lock().unwrap()[2] += 1;
                }
            }
        }
        let deciding: Vec<_> = edges.iter().filter(|(.., kind)| *kind != DepType::TRACKS).cloned().collect();
        assert!(drains(n, &deciding), "accepted, and cannot be finished: {edges:?}");
    });
    let refused = refused.into_inner().unwrap();
    assert!(refused.iter().all(|n| *n > 50), "too few of a kind were refused: {refused:?}");
}
