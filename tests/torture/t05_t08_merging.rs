//! Merging, on a forge that knows nothing about us.

use crate::{exchange, records};
use bd_tests::{Sandbox, Work};
use std::collections::BTreeSet;

/// Ten branches from one base; each makes one bead and edits one that was there; each rides.
fn ten_branches(ann: &Work) -> (Vec<String>, Vec<String>) {
    let old: Vec<String> = (0..10).map(|n| ann.create(&format!("old {n}"), &[])).collect();
    let mut new = Vec::new();
    for (n, edited) in old.iter().enumerate() {
        ann.git(&["switch", "-q", "-c", &format!("b{n}"), "main"]).ok();
        new.push(ann.create(&format!("new {n}"), &[]));
        ann.bd(&["update", edited, "--title", &format!("edited {n}")]).ok();
        ann.commit_file(&format!("code{n}.txt"), "code\n");
        ann.bd(&["ride", "--all"]).ok();
        ann.git(&["push", "-q", "origin", &format!("b{n}")]).ok();
    }
    ann.git(&["switch", "-q", "main"]).ok();
    (old, new)
}

fn all_land(method: &str) {
    // Publishing stays off: the rides are the only transport.
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let ann = remote.clone_as("ann");
    ann.bd(&["init", "--prefix", "t", "--no-publish"]).ok();
    ann.git(&["push", "-q", "origin", "main"]).ok();
    let (old, new) = ten_branches(&ann);
    for n in 0..10 {
        let branch = format!("b{n}");
        let landed = match method {
            "merge" => remote.forge().merge("main", &branch),
            "squash" => remote.forge().squash("main", &branch),
            _ => remote.forge().rebase("main", &branch),
        };
        assert!(landed.is_ok(), "{method} of {branch}: {landed:?}");
    }
    let fresh = remote.clone_as("fresh");
    let seen = records(&fresh);
    for (n, id) in old.iter().enumerate() {
        assert_eq!(seen[id]["title"], format!("edited {n}"), "{method}");
    }
    let known: BTreeSet<&String> = seen.keys().collect();
    assert_eq!(known, old.iter().chain(&new).collect(), "{method}: the union, no more and no less");
    assert_eq!(fresh.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
}

// goal: T05 tier0
#[test]
fn t05_every_pull_request_merges() {
    all_land("merge");
}

// goal: T05 tier0
#[test]
fn t05_every_pull_request_squashes() {
    all_land("squash");
}

// goal: T05 tier0
#[test]
fn t05_every_pull_request_rebases() {
    all_land("rebase");
}

// goal: T06 tier0
#[test]
fn t06_union_neither_duplicates_nor_resurrects() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let made: Vec<String> = (1..=5).map(|n| ann.create(&format!("number {n}"), &[])).collect();
    exchange(&[&ann, &bob]);
    ann.bd(&["delete", &made[2], "--force"]).ok();
    bob.bd(&["update", &made[3], "--title", "neighbour"]).ok();
    ann.bd(&["update", &made[0], "--priority", "0"]).ok();
    bob.bd(&["update", &made[0], "--title", "both edited"]).ok();
    exchange(&[&ann, &bob]);
    for work in [&ann, &bob] {
        let text = work.bd(&["export"]).ok().to_owned();
        let lines: Vec<&str> = text.lines().collect();
        let distinct: BTreeSet<&str> = lines.iter().copied().collect();
        assert_eq!((lines.len(), distinct.len()), (5, 5), "one record an id");
        let seen = records(work);
        assert_eq!(seen[&made[2]]["status"], "tombstone", "deleted stays deleted");
        assert_eq!(seen[&made[3]]["title"], "neighbour");
        assert_eq!((&seen[&made[0]]["priority"], &seen[&made[0]]["title"]), (&0.into(), &"both edited".into()));
        let listed = work.bd(&["list", "--all", "-n", "0", "--json"]).json();
        assert!(!crate::ids(&listed).contains(&made[2]));
    }
}

// goal: T07 tier0
#[test]
fn t07_markers_are_an_error_with_a_line_or_plain_data() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let markers = "<<<<<<< ours\na\n||||||| base\n=======\nb\n>>>>>>> theirs\n";
    let data = ann.create("a text with markers", &["--description", markers]);
    assert_eq!(ann.show(&data)["description"], markers, "markers in a text are data");
    let good = ann.create("good", &[]);

    // A ride on the default branch that a merge went wrong on.
    ann.bd(&["ride", "--all"]).ok();
    let ride = ann.git(&["ls-files", ".beads/events"]).line();
    let text = ann.read(&ride);
    ann.write(&ride, format!("<<<<<<< HEAD\n{text}=======\n>>>>>>> other\n"));
    ann.git(&["commit", "-q", "-am", "a merge gone wrong"]).ok();
    let seen = ann.bd(&["list", "--json"]).json();
    assert!(crate::ids(&seen).contains(&good), "no other bead is lost");
    let refused = ann.bd(&["update", &good, "--priority", "1"]);
    refused.fails(9);
    assert!(refused.stderr().contains(&ride.replace(".beads/events/", "")), "it names the file: {}", refused.stderr());
    let doctor = ann.bd(&["doctor"]);
    assert_ne!(doctor.code(), 0, "a doctor that finds damage does not end well");
    assert!(format!("{}{}", doctor.stdout(), doctor.stderr()).contains("line 1"));
    assert_ne!(ann.show(&good)["priority"], 1, "nothing was written");
}

// goal: T08 tier0
#[test]
fn t08_ids_minted_offline_never_meet() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let parent = ann.create("the parent", &["-t", "epic"]);
    exchange(&[&ann, &bob]);
    for work in [&ann, &bob] {
        // One batch a clone: 200 children, 2 000 others, comments on the parent.
        let mut batch = String::new();
        for n in 0..200 {
            batch.push_str(&format!("create \"child {n}\" --parent {parent}\n"));
        }
        for n in 0..2000 {
            batch.push_str(&format!("create \"free {n}\"\n"));
        }
        for n in 0..20 {
            batch.push_str(&format!("comment {parent} \"comment {n}\"\n"));
        }
        work.cmd(&["batch", "-"]).stdin(batch).run().ok();
    }
    exchange(&[&ann, &bob]);
    let seen = records(&ann);
    assert_eq!(seen.len(), 1 + 2 * 2200, "all beads of both, none twice");
    assert_eq!(seen, records(&bob));
    let children = ann.bd(&["children", &parent, "--json"]).json();
    assert_eq!(crate::ids(&children).len(), 400);
    assert_eq!(seen[&parent]["comments"].as_array().map(Vec::len), Some(40));
}
