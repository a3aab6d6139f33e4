//! The limits of STATE 8 that hold on every machine.

use super::store;
use bd_tests::{Work, counts};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

fn files(dir: &Path, into: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => files(&path, into),
            path => drop(into.insert(path)),
        }
    }
}

fn all_files(work: &Work) -> BTreeSet<PathBuf> {
    let mut out = BTreeSet::new();
    files(&work.common_dir(), &mut out);
    out
}

// goal: P5 tier1
#[test]
fn a_mutation_makes_few_objects_and_files_and_syncs_once_at_the_most() {
    let (sandbox, work) = store();
    let id = work.create("The first", &[]);
    work.bd(&["list"]).ok();
    let other = work.create("The second", &[]);
    let mutations: [&[&str]; 6] = [
        &["create", "One more"],
        &["update", &id, "--priority", "1"],
        &["comment", &id, "A remark"],
        &["dep", "add", &id, &other],
        &["close", &other],
        &["update", &id, "--description", "Longer than it was"],
    ];
    let program = sandbox.path("bin/bd");
    for args in mutations {
        let before = all_files(&work);
        match counts(&work, &program, args) {
            Some(counted) => {
                assert!(counted.syncs <= 1, "{args:?}: {counted:?}");
                assert!(counted.created <= 11, "{args:?}: {counted:?}");
                assert!(counted.calls <= 900, "{args:?}: {counted:?}");
            }
            None => drop(work.bd(args)),
        }
        let new: Vec<PathBuf> = all_files(&work).difference(&before).cloned().collect();
        let objects = new.iter().filter(|p| p.components().any(|c| c.as_os_str() == "objects")).count();
        assert!((1..=6).contains(&objects), "{args:?}: {objects} new objects: {new:#?}");
        assert!(new.len() <= 11, "{args:?}: {new:#?}");
    }
}

// goal: P5 tier1
#[test]
fn looking_asks_little_of_the_system_and_makes_nothing() {
    let (sandbox, work) = store();
    let script: String = (0..60).map(|n| format!("create \"Bead {n}\"\n")).collect();
    work.cmd(&["batch"]).stdin(script).run().ok();
    let id = work.create("The last", &[]);
    work.git(&["gc", "--quiet"]).ok();
    let looks: [&[&str]; 3] = [&["ready"], &["list"], &["show", &id]];
    for args in looks {
        work.bd(args).ok();
        let before = all_files(&work);
        let Some(counted) = counts(&work, &sandbox.path("bin/bd"), args) else {
            let _closed = writeln!(std::io::stderr(), "no strace here: the system calls of {args:?} are not counted");
            continue;
        };
        assert!(counted.calls <= 250, "{args:?}: {counted:?}");
        assert_eq!((counted.syncs, counted.created, counted.objects), (0, 0, 0), "{args:?}");
        assert_eq!(all_files(&work), before, "{args:?}");
    }
}
