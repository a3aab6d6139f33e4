//! `bd claim`, `bd release`

use crate::{ids, store};

#[test]
fn one_holder_and_the_other_is_told_who() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &[]);
    let json = ann.bd(&["claim", &id, "--json"]).json();
    assert_eq!((&json[0]["assignee"], &json[0]["status"]), (&"ann".into(), &"in_progress".into()));
    let out = bob.bd(&["claim", &id]);
    out.fails(6);
    assert!(out.stderr().contains("ann holds it") && !out.stderr().contains("take-over"), "{out}");
    ann.bd(&["claim", &id]).ok();
    assert_eq!(ann.show(&id)["claim"]["epoch"], 1, "claiming what one holds is a heartbeat");
    bob.bd(&["claim", &id, "--renew"]).fails(6);
    bob.bd(&["release", &id]).fails(6);
    assert_eq!(ann.show(&id)["assignee"], "ann");
}

#[test]
fn release_gives_back_and_the_epoch_rises_with_the_next_claim() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &[]);
    ann.bd(&["claim", &id]).ok();
    ann.bd(&["release", &id, "--reason", "lunch"]).ok();
    let shown = ann.show(&id);
    assert!(shown["status"] == "open" && shown.get("assignee").is_none(), "{shown}");
    assert!(ids(&bob.bd(&["ready", "--json"]).json()).contains(&id));
    bob.bd(&["claim", &id]).ok();
    assert_eq!(bob.show(&id)["claim"]["epoch"], 2);
    ann.bd(&["close", &id, "--epoch", "1"]).fails(6);
    assert_ne!(ann.show(&id)["status"], "closed");
    bob.bd(&["close", &id, "--epoch", "2"]).ok();
}

#[test]
fn a_take_over_needs_a_reason_while_the_lease_runs_and_none_after() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &[]);
    ann.bd(&["claim", &id, "--lease", "1h"]).ok();
    bob.bd(&["claim", &id, "--take-over"]).fails(6);
    assert_eq!(ann.show(&id)["assignee"], "ann");
    bob.bd(&["claim", &id, "--take-over", "--reason", "ann is ill"]).ok();
    assert_eq!(bob.show(&id)["claim"]["epoch"], 2);
    assert!(bob.bd(&["history", &id]).ok().contains("ann is ill"));
    let late = ann.cmd(&["claim", &id]).now("2030-01-01T00:00:00Z").run();
    late.ok();
    assert!(late.stderr().contains("bob"), "the lease that ended is named: {late}");
    assert_eq!(ann.show(&id)["claim"]["epoch"], 3);
}

#[test]
fn what_is_closed_or_anothers_is_not_claimed() {
    let (_sandbox, ann) = store();
    let (done, hers) = (ann.create("done", &[]), ann.create("hers", &["-a", "carol"]));
    ann.bd(&["close", &done]).ok();
    ann.bd(&["claim", &done]).fails(6);
    let out = ann.bd(&["claim", &hers]);
    out.fails(6);
    assert!(out.stderr().contains("carol"));
    ann.acting_as("carol").bd(&["claim", &hers]).ok();
    ann.bd(&["claim", &done, "--lease", "soon"]).fails(2);
    assert!(ann.show(&done).get("claim").is_none_or(|c| c["holder"].is_null()));
}

#[test]
fn ready_claim_takes_the_first_and_each_actor_gets_another() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let (second, first) = (ann.create("second", &["-p", "2"]), ann.create("first", &["-p", "0"]));
    assert_eq!(ids(&ann.bd(&["ready", "--claim", "--json"]).json()), [first]);
    assert_eq!(ids(&bob.bd(&["ready", "--claim", "--json"]).json()), [second]);
    assert_eq!(bob.bd(&["ready", "--claim", "--json"]).json(), serde_json::json!([]));
    bob.bd(&["ready", "--claim", "--fail-empty"]).fails(1);
}

#[test]
fn a_lease_that_no_calendar_holds_is_refused_and_not_for_ever() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &[]);
    for lease in ["9000000d", "99999999999999999w", "-1h", "h"] {
        ann.bd(&["claim", &id, &format!("--lease={lease}")]).fails(2);
    }
    assert_eq!(ann.show(&id)["status"], "open");
}

#[test]
fn a_wrong_epoch_says_which_one_counts() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &[]);
    let says = |out: bd_tests::Output, words: &[&str]| {
        out.fails(6);
        assert!(words.iter().all(|w| out.stderr().contains(w)), "{words:?}: {out}");
    };
    says(ann.bd(&["claim", &id, "--epoch", "1"]), &["was never given out", "nobody ever claimed it"]);
    ann.bd(&["claim", &id]).ok();
    ann.bd(&["claim", &id, "--renew", "--epoch", "1"]).ok();
    says(
        ann.bd(&["claim", &id, "--renew", "--epoch", "7"]),
        &["epoch 7", "never given out", "the current epoch is 1", "ann holds it"],
    );
    says(bob.bd(&["claim", &id, "--renew", "--epoch", "1"]), &["is not yours", "ann holds it"]);
    bob.bd(&["claim", &id, "--take-over", "--reason", "ann is ill"]).ok();
    for line in [
        &["claim", &id, "--renew", "--epoch", "1"][..],
        &["claim", &id, "--epoch", "1"],
        &["update", &id, "--epoch", "1", "--priority", "0"],
    ] {
        says(ann.bd(line), &["epoch 1", "is over", "the current epoch is 2", "bob holds it", "took the bead over"]);
    }
    assert_eq!(ann.show(&id)["claim"]["holder"], "bob");
    assert_eq!(ann.show(&id)["priority"], 2, "nothing was changed");
}
