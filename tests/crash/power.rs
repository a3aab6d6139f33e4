//! What a power loss leaves: a torn journal, objects that never reached the disk.

use crate::stage::Stage;
use std::path::PathBuf;

// goal: T24 tier0
#[test]
fn a_torn_record_was_never_promised_and_is_cut() {
    let stage = Stage::new();
    let before = stage.lines();
    let journal = stage.ann.beads_dir().join("journal");
    let whole = std::fs::metadata(&journal).map_or(0, |m| m.len());
    assert_eq!(stage.act(&["create", "Torn"], "", Some("journal.append.after")).code(), 128 + 6);
    let torn = std::fs::metadata(&journal).expect("the journal").len();
    assert!(torn > whole + 100);
    stage.keep();
    for cut in [whole + 1, whole + 20, whole + (torn - whole) / 2, torn - 2, torn - 1] {
        stage.put_back();
        std::fs::File::options().write(true).open(&journal).and_then(|f| f.set_len(cut)).expect("the journal can be cut");
        let list = stage.ann.bd(&["list", "--all", "--json"]);
        assert!(!list.ok().contains("Torn"), "a torn record is read at {cut}");
        stage.ann.create("The next one", &[]);
        let now = stage.lines();
        assert!(now.is_superset(&before), "lost at {cut}");
        assert!(!now.iter().any(|l| l.contains("Torn")));
        assert_eq!(stage.ann.bd(&["doctor", "--json"]).code(), 0);
    }
}

/// The loose objects of a clone that only the state ref reaches, newest commits first.
fn objects_of_state(stage: &Stage, commits: usize) -> Vec<PathBuf> {
    let range = format!("refs/beads/state~{commits}..refs/beads/state");
    let out = stage.ann.git(&["rev-list", "--objects", &range]);
    let objects = stage.ann.common_dir().join("objects");
    let ids = out.lines().into_iter().filter_map(|l| l.split(' ').next()).map(str::to_owned).collect::<Vec<_>>();
    ids.iter().map(|id| objects.join(&id[..2]).join(&id[2..])).filter(|p| p.is_file()).collect()
}

fn empty(path: &PathBuf) {
    // git makes objects read-only; a crash does not ask.
    std::fs::remove_file(path).and_then(|()| std::fs::write(path, "")).expect("an object can be emptied");
}

// goal: T24 tier0
#[test]
fn objects_that_never_reached_the_disk_come_back_from_the_journal() {
    let stage = Stage::new();
    for n in 0..5 {
        stage.ann.create(&format!("Number {n}"), &[]);
    }
    let promised = stage.lines();
    stage.keep();
    let names = objects_of_state(&stage, 4);
    assert!(names.len() >= 8, "{names:?}");
    // Each object alone, and all of them.
    for lost in names.iter().map(std::slice::from_ref).chain([&names[..]]) {
        stage.put_back();
        lost.iter().for_each(empty);
        let list = stage.ann.bd(&["list", "--all", "--limit", "0", "--json"]);
        for n in 0..5 {
            assert!(list.ok().contains(&format!("Number {n}")), "{n} is missing after {lost:?}");
        }
        stage.ann.create("The next one", &[]);
        assert!(stage.lines().is_superset(&promised), "lost with {lost:?}");
        stage.ann.bd(&["sync"]).ok();
        let fsck = stage.ann.git(&["fsck", "--no-dangling", "--no-progress"]);
        assert!(fsck.succeeded(), "{lost:?}:\n{fsck}");
        let published = stage.published();
        assert!(promised.iter().all(|l| published.contains(l)));
    }
}
