//! Several writers.

use crate::{exchange, records};
use bd_tests::{Sandbox, Work};

// goal: T19 tier0
#[test]
fn t19_a_hand_off_is_not_overwritten_in_silence() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let id = ann.create("ruling", &["--description", "The ruling: use TOML."]);
    let guarded = ann.create("another ruling", &["--description", "The ruling: use JSON."]);
    exchange(&[&ann, &bob]);
    let said = bob.bd(&["update", &id, "--description", "Something else."]);
    said.ok();
    assert!(said.stderr().contains("ann"), "whose text it was is said: {}", said.stderr());
    let history = bob.bd(&["history", &id]).ok().to_owned();
    assert!(history.contains("The ruling: use TOML."), "it is one command away: {history}");
    assert!(history.contains("ann") && history.contains("bob"));
    bob.bd(&["undo"]).ok();
    assert_eq!(bob.show(&id)["description"], "The ruling: use TOML.");

    // A project that wants it refused.
    let config = bob.read(".beads/config.toml");
    bob.write(".beads/config.toml", format!("{config}\n[guard]\nreplace = \"refuse\"\n"));
    bob.commit_all("guard texts");
    bob.git(&["push", "-q"]).ok();
    bob.git(&["fetch", "-q"]).ok();
    let before = bob.rev("refs/beads/state");
    assert_ne!(bob.bd(&["update", &guarded, "--description", "Something else."]).code(), 0);
    assert_eq!(bob.rev("refs/beads/state"), before, "nothing was written");
    bob.bd(&["update", &guarded, "--append-notes", "adding is always allowed"]).ok();
    bob.bd(&["update", &guarded, "--description", "Something else.", "--replace"]).ok();
    assert!(bob.bd(&["history", &guarded]).ok().contains("The ruling: use JSON."));
}

// goal: T20 tier0
#[test]
fn t20_parallel_processes_lose_nothing() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    let beads: Vec<String> = (0..25).map(|n| ann.create(&format!("bead {n}"), &[])).collect();
    let run = |words: Vec<String>| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        ann.cmd(&words).free_running().spawn()
    };
    let own = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut creates = Vec::new();
    let mut others = Vec::new();
    for n in 0..50 {
        creates.push(run(own(&["create", &format!("parallel {n}"), "--json"])));
        if n < 20 {
            others.push(run(own(&["update", &beads[0], "--set-metadata", &format!("k{n}=v{n}")])));
        }
        if n < 10 {
            others.push(run(own(&["comment", &beads[1], &format!("comment {n}")])));
        }
        if n < 5 {
            others.push(run(own(&["ready", "--json"])));
        }
        if n < 2 {
            others.push(run(own(&["sync"])));
        }
    }
    let mut made = Vec::new();
    for process in creates {
        let out = process.wait();
        made.push(out.json()["id"].as_str().unwrap().to_owned());
    }
    for process in others {
        process.wait().ok();
    }
    let seen = records(&ann);
    assert_eq!(seen.len(), 75, "exit 0 = it is there, once");
    assert!(made.iter().all(|id| seen.contains_key(id)));
    let metadata = &seen[&beads[0]]["metadata"];
    assert!((0..20).all(|n| metadata[format!("k{n}")] == format!("v{n}")), "every key: {metadata}");
    assert_eq!(seen[&beads[1]]["comments"].as_array().map(Vec::len), Some(10));
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
}

fn race(first: &Work, second: &Work) {
    let id = first.create("wanted by both", &[]);
    exchange(&[first, second]);
    first.bd(&["claim", &id]).ok();
    second.bd(&["claim", &id]).ok();
    first.bd(&["sync"]).ok();
    let lost = second.bd(&["sync"]);
    lost.fails(6);
    assert!(lost.stderr().contains(first.actor()), "the winner is named: {}", lost.stderr());
    first.bd(&["sync"]).ok();
    for work in [first, second] {
        assert_eq!(work.show(&id)["assignee"], first.actor());
        assert!(!crate::ids(&work.bd(&["ready", "--json"]).json()).contains(&id), "it is not offered again");
        assert_eq!(work.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
    }
}

// goal: T21 tier0
#[test]
fn t21_a_claim_race_has_one_winner_in_both_orders() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    race(&ann, &bob);
    race(&bob, &ann);
}

// goal: T21 tier0
#[test]
fn t21_ten_clones_push_a_claim_at_once() {
    let sandbox = Sandbox::new();
    let (remote, ann, _bob) = sandbox.two_clones();
    let id = ann.create("wanted by ten", &[]);
    ann.bd(&["sync"]).ok();
    let clones: Vec<Work> = (0..10).map(|n| remote.clone_as(&format!("clone{n}"))).collect();
    let racing: Vec<_> = clones.iter().map(|c| c.cmd(&["claim", &id, "--push"]).free_running().spawn()).collect();
    let codes: Vec<i32> = racing.into_iter().map(|r| r.wait().code()).collect();
    assert_eq!(codes.iter().filter(|c| **c == 0).count(), 1, "exactly one is told that it won: {codes:?}");
    assert!(codes.iter().all(|c| *c == 0 || *c == 6), "the others are told that they lost: {codes:?}");
    let winner = clones[codes.iter().position(|c| *c == 0).unwrap()].actor().to_owned();
    for clone in clones.iter().chain([&ann]) {
        clone.bd(&["sync"]).ok();
        assert_eq!(clone.show(&id)["assignee"], winner.as_str());
    }
}

// goal: T24 tier0
#[test]
fn t24_a_lease_ends_once_and_the_work_comes_back() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let id = ann.create("a worker dies on it", &[]);
    exchange(&[&ann, &bob]);
    ann.bd(&["claim", &id, "--lease", "1h"]).ok();
    exchange(&[&ann, &bob]);
    assert!(!crate::ids(&bob.bd(&["ready", "--json"]).json()).contains(&id));
    bob.bd(&["claim", &id]).fails(6);
    let late = |words: &[&str]| bob.cmd(words).now("2040-01-01T00:00:00Z").run();
    assert!(crate::ids(&late(&["ready", "--json"]).json()).contains(&id), "the lease has ended by bob's clock");
    late(&["claim", &id, "--lease", "1h"]).ok();
    assert!(!crate::ids(&late(&["ready", "--json"]).json()).contains(&id), "and is offered once");
    bob.bd(&["sync"]).ok();
    ann.bd(&["sync"]).ok();
    assert_eq!(ann.show(&id)["assignee"], "bob");
    // The old holder's fencing number is refused.
    let stale = ann.bd(&["close", &id, "--epoch", "1"]);
    stale.fails(6);
    assert_ne!(ann.show(&id)["status"], "closed");
}

// goal: T24 tier0
#[test]
fn t24_no_lock_file_is_left_behind_by_a_killed_command() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    for point in ["journal.append.before", "journal.sync.after", "state.cas.before", "state.cas.after"] {
        let before = records(&ann).len();
        let died = ann.cmd(&["create", point]).fail_at(point).run();
        assert_ne!(died.code(), 0, "{point}");
        let after = records(&ann).len();
        assert!(after == before || after == before + 1, "{point}: the old or the new state");
        if point != "journal.append.before" {
            assert_eq!(after, before + 1, "{point}: what was synced is there");
        }
        assert!(!ann.path(".git/index.lock").exists());
        ann.create("the next command works", &[]);
        assert_eq!(records(&ann).len(), after + 1);
    }
}
