//! The index fold says what the exact fold says, or nothing.

use super::{Folder, encode_any, encoded_id};
use crate::fold::fold_bead;
use crate::model::{Category, Event};
use crate::query::{Categories, Row};
use crate::store::cache::testing::World;

fn both(name: &crate::model::BeadId, lines: &[String], categories: &Categories) -> (Option<Row>, Row) {
    let events: Vec<Event> = lines.iter().map(|l| Event::parse(l).unwrap()).collect();
    let exact = Row::of(&fold_bead(name, &events.iter().collect::<Vec<_>>()), categories);
    let mut encoded: Vec<Vec<u8>> = Vec::new();
    for line in lines {
        let mut out = Vec::new();
        assert_eq!(encode_any(line, &mut out).unwrap(), name.as_str());
        encoded.push(out);
    }
    encoded.sort_by_key(|e| encoded_id(e));
    let twice = encoded.windows(2).any(|w| encoded_id(&w[0]) == encoded_id(&w[1]));
    let slices: Vec<&[u8]> = encoded.iter().map(Vec::as_slice).collect();
    let lean = if twice { None } else { Folder::new(categories).fold(name.as_str(), &slices) };
    (lean, exact)
}

#[test]
fn random_histories_fold_alike() {
    let categories = Categories::with_custom([("review", Category::Wip), ("shipped", Category::Done)]);
    let (mut folded, mut declined) = (0, 0);
    for seed in 0..200 {
        let mut world = World::new(seed, 3, true);
        for _ in 0..40 {
            let clone = world.rng.below(3);
            world.step(clone);
            if world.rng.one_in(4) {
                world.meet(clone, (clone + 1) % 3);
            }
        }
        for (bead, lines) in world.by_bead() {
            match both(&bead, &lines, &categories) {
                (Some(lean), exact) => {
                    folded += 1;
                    assert_eq!(lean, exact, "seed {seed}: {}", lines.join("\n"));
                }
                (None, _) => declined += 1,
            }
        }
    }
    assert!(folded > 700 && declined > 150, "both ways are exercised: {folded} and {declined}");
}

#[test]
fn an_ordinary_history_never_needs_the_exact_fold() {
    let categories = Categories::built_in();
    for seed in 0..60 {
        let mut world = World::new(seed, 1, false);
        for _ in 0..60 {
            world.step(0);
        }
        for (bead, lines) in world.by_bead() {
            let (lean, exact) = both(&bead, &lines, &categories);
            let unknown_twice = lines.iter().filter(|l| l.contains("x_custom")).count() > 1
                || lines.iter().filter(|l| l.contains("y\\\"odd")).count() > 1;
            // Two creates with one id, and a deletion that a later change did not know of, are no ordinary history.
            let created_twice =
                lines.iter().filter(|l| l.contains("\"do\":\"create\"") || l.contains("\"do\":\"import\"")).count() > 1;
            let withdrawn = lines.iter().any(|l| l.contains("\"do\":\"uncomment\""));
            if !withdrawn && !unknown_twice && !created_twice && !exact.deleted {
                assert_eq!(lean.as_ref(), Some(&exact), "seed {seed}: {}", lines.join("\n"));
            }
        }
    }
}
