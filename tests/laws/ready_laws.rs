//! `ready`, `blocked` and `explain` agree with the page's naive reading, on random graphs and on the real files.

use crate::cases::cases;
use crate::ready_oracle::{Oracle, Reason, Said, TABLE};
use crate::{graphs, real};
use bd::fold::Bead;
use bd::model::Category;
use bd::query::{Ask, Categories, Graph, GraphView, Memo, Row, Rule, Who, affected, explain, is_blocked, is_ready};
use bd_tests::Rng;
use std::collections::{BTreeMap, BTreeSet};

fn custom() -> BTreeMap<String, Category> {
    [("review", Category::Wip), ("shipped", Category::Done), ("triage", Category::Active), ("parked", Category::Frozen)]
        .map(|(name, category)| (name.to_owned(), category))
        .into()
}

fn rows(beads: &[Bead]) -> Vec<Row> {
    let categories = Categories::with_custom(custom());
    beads.iter().map(|b| Row::of(b, &categories)).collect()
}

/// What the library says, in the oracle's words.
fn said(graph: &Graph, i: usize, ask: &Ask<'_>, memo: &mut Memo) -> Said {
    let told = explain(graph, i, ask);
    let name = |who: &Who| match who {
        Who::Bead(at) => graph.name(*at).into_owned(),
        Who::External(capability) => capability.clone(),
    };
    let place = |rule: Rule| TABLE.iter().position(|name| *name == rule.name()).expect("a blocking rule");
    let reasons: Vec<Reason> =
        told.blockers.iter().map(|b| (b.distance, graph.name(b.via).into_owned(), place(b.rule), name(&b.by))).collect();
    assert!(reasons.is_sorted(), "the nearest reason stands first: {reasons:?}");
    let said = Said {
        rule: told.rule.name(),
        ready: is_ready(graph, i, ask, memo),
        blocked: is_blocked(graph, i, ask.external, memo),
        by: told.by.as_ref().map(name),
        reasons: reasons.into_iter().collect(),
        dangling: told.dangling.iter().map(|(_, name)| name.clone()).collect(),
    };
    assert_eq!(said.ready, told.is_ready());
    assert_eq!(said.blocked, told.is_blocked());
    assert!(!(said.ready && said.blocked), "{} is ready and blocked", graph.name(i));
    let sentence = told.sentence(graph);
    assert!(!sentence.contains('{') && said.by.iter().all(|by| sentence.contains(by.as_str())), "{sentence}");
    said
}

fn compare(beads: &[Bead], now: i64, flags: [bool; 3], shipped: &BTreeSet<String>) -> BTreeMap<&'static str, usize> {
    let [ephemeral, any_type, deferred] = flags;
    let graph = Graph::new(rows(beads));
    let external = |capability: &str| shipped.contains(capability);
    let ask = Ask { now, ephemeral, any_type, deferred, external: &external };
    let by_name = beads.iter().map(|b| (b.id.as_str().to_owned(), b)).collect();
    let oracle = Oracle { beads: by_name, custom: custom(), now, ephemeral, any_type, deferred, shipped: shipped.clone() };
    let mut memo = Memo::new();
    let mut counts = BTreeMap::new();
    assert_eq!(graph.len(), beads.len());
    for i in 0..graph.len() {
        let said = said(&graph, i, &ask, &mut memo);
        assert_eq!(said, oracle.say(&graph.name(i)), "{}", graph.name(i));
        *counts.entry(said.rule).or_default() += 1;
    }
    counts
}

// goal: L5 tier1
#[test]
fn ready_is_one_computation_on_random_graphs() {
    let seen = std::sync::Mutex::new(BTreeMap::<&str, usize>::new());
    cases(10_000, |seed| {
        let mut rng = Rng::new(seed);
        let beads = graphs::beads(&mut rng);
        let shipped = if rng.one_in(2) { BTreeSet::from(["external:web:login".to_owned()]) } else { BTreeSet::new() };
        let counts = compare(&beads, graphs::NOW, [rng.one_in(3), rng.one_in(3), rng.one_in(4)], &shipped);
        let mut seen = seen.lock().unwrap();
        for (rule, n) in counts {
            *seen.entry(rule).or_default() += n;
        }
    });
    let seen = seen.into_inner().unwrap();
    for rule in Rule::ALL {
        let n = seen.get(rule.name()).copied().unwrap_or(0);
        assert!(n >= 100, "the random graphs hardly try `{}` ({n} beads)", rule.name());
    }
}

// goal: L5 tier1
#[test]
fn ready_is_one_computation_on_the_real_files() {
    for (name, beads, now) in real::files() {
        for flags in [[false; 3], [true; 3]] {
            let counts = compare(&beads, now, flags, &BTreeSet::new());
            assert_eq!(counts.values().sum::<usize>(), beads.len(), "{name}");
            assert!(counts.get("ready").is_some_and(|n| *n > 0), "{name}: {counts:?}");
        }
    }
}

/// What is kept of an answer when nothing near the bead has changed.
fn verdict(graph: &Graph, id: &str, ask: &Ask<'_>) -> Option<(bool, bool)> {
    let i = graph.find(id)?;
    Some((is_ready(graph, i, ask, &mut Memo::new()), is_blocked(graph, i, ask.external, &mut Memo::new())))
}

// goal: L5 tier1
#[test]
fn only_what_is_called_affected_changes() {
    let (changed, moved) = (std::sync::atomic::AtomicUsize::new(0), std::sync::atomic::AtomicUsize::new(0));
    cases(10_000, |seed| {
        let mut rng = Rng::new(seed ^ 0x5eed);
        let before = rows(&graphs::beads(&mut rng));
        let other = rows(&graphs::beads(&mut rng));
        let mut after = before.clone();
        let place = rng.below(after.len());
        let id = after[place].id.clone();
        // The row of this bead in another world: its edges and all it says change.
        match other.into_iter().find(|r| r.id == id) {
            Some(row) => after[place] = row,
            None => after[place].deleted = !after[place].deleted,
        }
        let (before, after) = (Graph::new(before), Graph::new(after));
        let ask = Ask::at(graphs::NOW);
        let mut may: BTreeSet<String> = BTreeSet::new();
        for graph in [&before, &after] {
            may.extend(affected(graph, graph.find(&id).unwrap()).into_iter().map(|i| graph.name(i).into_owned()));
        }
        for i in 0..before.len() {
            let name = before.name(i);
            if verdict(&before, &name, &ask) != verdict(&after, &name, &ask) {
                assert!(may.contains(&*name), "{name} changed with {id}, but is not called affected");
                changed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                moved.fetch_add(usize::from(*name != *id), std::sync::atomic::Ordering::Relaxed);
            }
        }
    });
    assert!(changed.into_inner() > 1000 && moved.into_inner() > 500, "the changes hardly change anything");
}
