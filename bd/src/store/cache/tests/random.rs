//! Random stores, random changes in between.

use super::super::image::Image;
use super::super::testing::World;
use super::{agree_as, commit_files, sealed};
use crate::model::Event;
use crate::store::journal::Journal;
use crate::store::tests::Lab;
use crate::store::{SealedName, Store, list_files};
use std::collections::BTreeMap;

const TRACKING: &str = "refs/remotes/origin/beads";
const MAIN: &str = "refs/remotes/origin/main";

fn own(store: &Store, lines: &[String]) {
    store
        .write(|tx| {
            lines.iter().for_each(|line| tx.push(Event::parse(line).unwrap()));
            Ok(())
        })
        .unwrap();
}

/// What another clone did: files on the tracking ref.
fn published(store: &Store, lines: &[String]) {
    let (name, bytes) = sealed(lines);
    commit_files(store, TRACKING, &BTreeMap::from([(name.state_path("events"), Some(bytes))]));
}

fn ride(store: &Store, lines: &[String]) {
    let (name, bytes) = sealed(lines);
    commit_files(store, MAIN, &BTreeMap::from([(format!("events/{name}"), Some(bytes))]));
}

/// All loose files of the tracking ref become a pack.
fn pack(store: &Store) {
    let Some(tip) = store.git().tip(TRACKING).unwrap() else { return };
    let mut files: BTreeMap<String, Option<Vec<u8>>> = BTreeMap::new();
    let mut all = Vec::new();
    for file in list_files(store.git(), tip).unwrap().into_iter().filter(|f| f.stream == "events") {
        let mut bytes = Vec::new();
        store.git().read_blob(file.oid, &mut bytes).unwrap();
        all.extend(bytes);
        files.insert(file.path(), None);
    }
    files.insert(SealedName::pack(&all).state_path("events"), Some(all));
    commit_files(store, TRACKING, &files);
}

fn trim(store: &Store) {
    let lock = store.lock().unwrap();
    store.commit_pending(&lock).unwrap();
    Journal::new(store.dir()).replace(&lock, &[]).unwrap();
    let marks = store.marks();
    store.set_marks(&crate::store::marks::Marks { at: crate::store::Spot::default(), ..marks });
}

/// Which image a store has.
fn image(store: &Store) -> u64 {
    Image::open(&store.dir().join("cache")).map_or(0, |i| i.head.salt)
}

/// Returns how often the image was made anew.
fn history(seed: u64, steps: usize) -> usize {
    let lab = Lab::new();
    lab.git(&["remote", "add", "origin", "file:///nowhere"]);
    let mut world = World::new(seed, 3, seed % 2 == 1);
    let mut last: Vec<String> = Vec::new();
    own(&lab.store(), &world.step(0));
    agree_as(&lab.store(), true, "first");
    let (mut known, mut rebuilt) = (image(&lab.store()), 0);
    for step in 0..steps {
        let store = lab.store();
        let action = world.rng.below(12);
        match action {
            0..=4 => own(&store, &world.step(0)),
            5..=6 => {
                last = world.step(1);
                last.extend(world.step(1));
                published(&store, &last);
            }
            7 => {
                last = world.step(2);
                ride(&store, &last);
            }
            8 if !last.is_empty() => published(&store, &last),
            9 => pack(&store),
            10 => trim(&store),
            _ => {
                commit_files(&store, MAIN, &BTreeMap::from([("other.txt".to_owned(), Some(step.to_string().into_bytes()))]));
            }
        }
        if world.rng.one_in(3) {
            world.meet(0, 1 + step % 2);
        }
        agree_as(&lab.store(), true, &format!("seed {seed}, step {step}, action {action}"));
        let now = image(&lab.store());
        rebuilt += usize::from(now != known);
        known = now;
    }
    rebuilt
}

#[test]
fn ordinary_histories() {
    for seed in [2, 4] {
        let rebuilt = history(seed, 40);
        // The first commit on the remote's default branch changes which branch is read.
        assert!(
            rebuilt <= 1,
            "seed {seed}: all of it is additions, and packs that hold what they replace, yet {rebuilt} new images"
        );
    }
}

#[test]
fn wild_histories() {
    for seed in [1, 3, 5] {
        let rebuilt = history(seed, 30);
        assert!(rebuilt < 12, "seed {seed}: only redactions and damage ask for a new image, not {rebuilt} of 30 changes");
    }
}
