//! STATE 4: the fold is a function of the set of events.

use crate::cases::cases;
use crate::world::{Mask, World, places};
use bd::fold::{Bead, State, fold_bead, stub, stub_line};
use bd::model::{BeadId, Edge, Event, EventId, Kind};
use bd_tests::Rng;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const CASES: u64 = 10_000;

fn folded(events: &[Event]) -> Vec<Bead> {
    let mut state = State::new();
    for event in events {
        state.add(event.clone());
    }
    state.beads()
}

// goal: L1 tier1
#[test]
fn any_order_any_split_any_repetition_gives_one_state() {
    cases(CASES, |seed| {
        let world = World::new(seed, 1);
        let mut rng = Rng::new(seed ^ 1);
        let want = folded(&world.events);
        // Commutative and idempotent: any order, some of them several times.
        let mut events = world.events.clone();
        for _ in 0..rng.below(6) {
            events.extend((!world.events.is_empty()).then(|| rng.one_of(&world.events)));
        }
        rng.shuffle(&mut events);
        assert_eq!(folded(&events), want);
        let given: Vec<&Event> = events.iter().collect();
        let one_by_one: Vec<Bead> = world.beads().iter().map(|id| fold_bead(id, &given)).collect();
        assert_eq!(one_by_one, want);
        // Associative: clones that overlap, merged in any shape.
        let mut parts: Vec<Vec<Event>> = vec![Vec::new(); 1 + rng.below(4)];
        for event in &events {
            for _ in 0..=rng.below(2) {
                let part = rng.below(parts.len());
                parts[part].push(event.clone());
            }
        }
        while parts.len() > 1 {
            let other = parts.swap_remove(rng.below(parts.len()));
            let into = rng.below(parts.len());
            if rng.one_in(2) {
                parts[into].extend(other);
            } else {
                let mine = std::mem::replace(&mut parts[into], other);
                parts[into].extend(mine);
            }
        }
        assert_eq!(folded(&parts[0]), want);
    });
}

// goal: L2 tier1
#[test]
fn more_events_never_remove_a_bead() {
    cases(CASES, |seed| {
        let world = World::new(seed, 1);
        let mut order: Vec<usize> = (0..world.events.len()).collect();
        Rng::new(seed ^ 2).shuffle(&mut order);
        let mut state = State::new();
        let mut known: BTreeMap<BeadId, (bool, Vec<EventId>)> = BTreeMap::new();
        for place in order {
            let event = &world.events[place];
            state.add(event.clone());
            let bead = state.bead(&event.bead).expect("an event names it");
            let (existed, before) = known.insert(event.bead.clone(), (bead.exists(), bead.events.clone())).unwrap_or_default();
            assert!(bead.exists() || !existed, "{} is gone after {event:?}", event.bead);
            assert!(before.iter().all(|id| bead.events.contains(id)) && bead.events.contains(&event.id));
            // Neither is a comment or a note, unless a redaction or a rewriting that saw it took it away.
            assert_eq!(state.ids().count(), known.len());
        }
        let all: BTreeSet<BeadId> = state.beads().into_iter().map(|b| b.id).collect();
        assert_eq!(all, world.beads());
    });
}

fn head_ids(bead: &Bead, field: &str) -> BTreeSet<EventId> {
    bead.fields.get(field).map(|r| r.heads().iter().map(|h| h.id).collect()).unwrap_or_default()
}

// goal: L3 tier1
#[test]
fn a_write_stands_until_somebody_who_saw_it_changes_it() {
    let tried = std::sync::atomic::AtomicUsize::new(0);
    cases(CASES, |seed| {
        let world = World::new(seed, 1);
        let mut rng = Rng::new(seed ^ 3);
        if world.events.is_empty() {
            return;
        }
        let mine = rng.below(world.events.len());
        let event = &world.events[mine];
        // Any others that neither name it nor redact it.
        let others = World::those(world.all(), |i| {
            let other = &world.events[i];
            !other.on.contains(&event.id) && !other.ids.contains(&event.id) && other.id != event.id
        });
        let chosen: Mask = others & (rng.next() | rng.next());
        let bead = world.state(chosen | 1 << mine).bead(&event.bead).expect("my own event names it");
        for (field, value) in event.set.iter() {
            let register = &bead.fields[field];
            let head = register.heads().iter().find(|h| h.id == event.id).expect("my write is a head");
            assert_eq!(head.value, *value);
            if register.heads().iter().all(|h| h.value == *value) {
                assert_eq!(register.shown().value, *value);
            }
            tried.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        assert!(event.labels.iter().all(|l| bead.labels[l].contains(&event.id)));
        for edge in &event.links {
            assert!(bead.edges.iter().any(|e| e.edge.to == edge.to && e.edge.kind == edge.kind && e.adds.contains(&event.id)));
        }
        if let Some(text) = &event.text {
            assert!(bead.comments.iter().chain(&bead.notes).any(|c| c.id == event.id && c.text == *text));
        }
    });
    assert!(tried.into_inner() > CASES as usize / 2);
}

// goal: L3 tier1
#[test]
fn what_stands_is_what_nobody_names() {
    let conflicts = std::sync::atomic::AtomicUsize::new(0);
    cases(CASES, |seed| {
        let world = World::new(seed, 1);
        let mask = if seed % 2 == 0 { world.all() } else { world.clones[0] };
        for bead in world.state(mask).beads() {
            let fields: BTreeSet<&str> = places(mask).flat_map(|i| world.events[i].set.iter().map(|(n, _)| n)).collect();
            for field in fields {
                assert_eq!(head_ids(&bead, field), world.ids(world.heads(mask, &bead.id, field)), "{} {field}", bead.id);
            }
            for label in places(mask).flat_map(|i| &world.events[i].labels) {
                let adds: BTreeSet<EventId> = bead.labels.get(label).into_iter().flatten().copied().collect();
                assert_eq!(adds, world.ids(world.label_adds(mask, &bead.id, label)), "{} {label}", bead.id);
            }
            for edge in places(mask).flat_map(|i| &world.events[i].links) {
                let same = |e: &&bd::fold::LiveEdge| e.edge.to == edge.to && e.edge.kind == edge.kind;
                let adds: BTreeSet<EventId> = bead.edges.iter().filter(same).flat_map(|e| e.adds.iter().copied()).collect();
                assert_eq!(adds, world.ids(world.edge_adds(mask, &bead.id, edge)), "{} {edge:?}", bead.id);
            }
            conflicts.fetch_add(bead.conflicts().len(), std::sync::atomic::Ordering::Relaxed);
        }
    });
    assert!(conflicts.into_inner() > 1000, "the histories hardly conflict");
}

/// What stands on a bead, events named by their place in the history instead of their ids.
type Shape = (BTreeMap<String, BTreeSet<usize>>, BTreeMap<String, BTreeSet<usize>>, Vec<(Edge, BTreeSet<usize>)>, BTreeSet<usize>);

fn shapes(world: &World) -> BTreeMap<BeadId, Shape> {
    let mut place: HashMap<EventId, usize> = HashMap::new();
    for (i, event) in world.events.iter().enumerate() {
        place.entry(event.id).or_insert(i);
    }
    let at = |ids: &[EventId]| ids.iter().map(|id| place[id]).collect::<BTreeSet<_>>();
    let shape = |bead: &Bead| {
        let heads = |r: &bd::fold::Register| at(&r.heads().iter().map(|h| h.id).collect::<Vec<_>>());
        let edge = |e: &bd::fold::LiveEdge| (Edge::new(e.edge.to.clone(), e.edge.kind.clone()), at(&e.adds));
        (
            bead.fields.iter().map(|(name, r)| (name.to_string(), heads(r))).collect(),
            bead.labels.iter().map(|(name, adds)| (name.clone(), at(adds))).collect(),
            bead.edges.iter().map(edge).collect(),
            at(&bead.comments.iter().chain(&bead.notes).map(|c| c.id).collect::<Vec<_>>()),
        )
    };
    world.state(world.all()).beads().iter().map(|b| (b.id.clone(), shape(b))).collect()
}

// goal: L3, S12 tier1
#[test]
fn clocks_decide_nothing_about_what_stands() {
    cases(CASES, |seed| {
        let (one, other) = (World::new(seed, 1), World::new(seed, 2));
        assert_eq!(one.events.len(), other.events.len());
        assert_eq!(shapes(&one), shapes(&other));
        assert!(one.events.is_empty() || one.events[0].id != other.events[0].id);
    });
}

// goal: L1 tier1
#[test]
fn a_redaction_is_equal_on_full_lines_and_on_stubs() {
    let redactions = std::sync::atomic::AtomicUsize::new(0);
    cases(CASES, |seed| {
        let world = World::new(seed, 1);
        let mut rng = Rng::new(seed ^ 4);
        let redacted = world.redacted(world.all());
        let want = folded(&world.events);
        let mut events = Vec::new();
        for (i, event) in world.events.iter().enumerate() {
            let line = event.to_line().expect("a line");
            // Another implementation may have written it with other spaces.
            let raw = if rng.one_in(3) { line.replacen("\"do\":", "\"do\": ", 1) } else { line.clone() };
            let short = Event::parse(&stub_line(&raw)).expect("a stub is an event");
            assert_eq!(short, stub(event, &raw));
            assert!(!stub_line(&line).contains("secret"), "{line}");
            // This clone has the full line, that one the stub, a third one both.
            match if redacted >> i & 1 == 1 { rng.below(3) } else { 0 } {
                0 => events.push(event.clone()),
                1 => events.push(short),
                _ => events.extend([short, event.clone()]),
            }
        }
        rng.shuffle(&mut events);
        let got = folded(&events);
        assert_eq!(got, want);
        // Nothing of the text is left anywhere in the state; what the redaction did not name still is.
        let shown = format!("{got:?}");
        for i in places(redacted) {
            let line = world.events[i].to_line().expect("a line");
            for secret in line.split('"').filter(|part| part.starts_with("secret ")) {
                let elsewhere = |j: usize| {
                    redacted >> j & 1 == 0 && world.events[j].to_line().expect("a line").contains(&format!("\"{secret}\""))
                };
                assert!(!shown.contains(&format!("\"{secret}\"")) || (0..world.events.len()).any(elsewhere), "{secret} shows");
            }
            redactions.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        assert!(world.events.iter().all(|e| e.kind != Kind::REDACT || got.iter().any(|b| b.events.contains(&e.id))));
    });
    assert!(redactions.into_inner() > 1000);
}
