use bd_tests::Sandbox;

// goal: T21 tier0
#[test]
fn a_pushed_claim_is_exclusive_in_both_orders_and_the_loser_holds_nothing() {
    for first in [0, 1] {
        let sandbox = Sandbox::new();
        let (remote, ann, bob) = sandbox.two_clones();
        let id = ann.create("wanted", &[]);
        ann.bd(&["sync"]).ok();
        bob.bd(&["sync"]).ok();
        let clones = [&ann, &bob];
        let (winner, loser) = (clones[first], clones[1 - first]);
        winner.bd(&["claim", &id, "--push"]).ok();
        let tip = remote.tip("beads");
        let out = loser.bd(&["claim", &id, "--push"]);
        out.fails(6);
        assert!(out.stderr().contains(winner.actor()), "{out}");
        assert_eq!(remote.tip("beads"), tip, "the loser publishes nothing");
        assert_eq!(loser.show(&id)["assignee"], winner.actor());
        assert_eq!(loser.bd(&["ready", "--json"]).json(), serde_json::json!([]), "it is offered to nobody");
    }
}

// goal: T21 tier0
#[test]
fn a_claim_that_cannot_be_published_is_given_back() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let id = ann.create("wanted", &[]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    crate::program(&remote.path().join("hooks/pre-receive"), "#!/bin/sh\necho no >&2\nexit 1\n");
    let before = bob.user_state();
    bob.bd(&["claim", &id, "--push"]).fails(8);
    assert_eq!(bob.show(&id)["status"], "open");
    assert_ne!(bob.show(&id)["assignee"], "bob");
    assert_eq!(bob.user_state(), before);
    std::fs::remove_file(remote.path().join("hooks/pre-receive")).unwrap();
    ann.bd(&["claim", &id, "--push"]).ok();
    // The release that bob kept must not touch ann's claim.
    bob.bd(&["sync"]).ok();
    ann.bd(&["sync"]).ok();
    for clone in [&ann, &bob] {
        assert_eq!(clone.show(&id)["assignee"], "ann");
        assert_eq!(clone.show(&id)["status"], "in_progress");
    }
}

#[test]
fn ready_claims_and_publishes_another_bead_for_each_clone() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    for n in 0..2 {
        ann.create(&format!("bead {n}"), &[]);
    }
    ann.bd(&["sync"]).ok();
    let one = ann.bd(&["ready", "--claim", "--push", "--json"]).json();
    let two = bob.bd(&["ready", "--claim", "--push", "--json"]).json();
    assert_ne!(one[0]["id"], two[0]["id"]);
    assert_eq!(ann.bd(&["ready", "--claim", "--push", "--json"]).json(), serde_json::json!([]));
    ann.bd(&["sync"]).ok();
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
}

#[test]
fn a_claim_is_not_pushed_from_where_publishing_was_not_chosen() {
    let sandbox = Sandbox::new();
    let (remote, ann, _bob) = sandbox.two_clones();
    let id = ann.create("wanted", &[]);
    ann.bd(&["sync"]).ok();
    ann.git(&["config", "beads.share", "false"]).ok();
    let tip = remote.tip("beads");
    ann.bd(&["claim", &id, "--push"]).fails(8);
    assert_eq!(ann.show(&id)["status"], "open");
    assert_eq!(remote.tip("beads"), tip);
}

/// Two clones of one person, both with the bead `wanted`.
fn one_person(sandbox: &Sandbox) -> (bd_tests::Remote, bd_tests::Work, bd_tests::Work, String) {
    let (remote, ann, _bob) = sandbox.two_clones();
    let path = sandbox.path("ann-again");
    sandbox.git_in(sandbox.root(), "ann", &["clone", "--quiet", &remote.url(), "ann-again"]).run().ok();
    let again = bd_tests::Work::new(sandbox.clone(), path, "ann");
    again.bd(&["init", "--publish"]).ok();
    let id = ann.create("wanted", &[]);
    ann.bd(&["sync"]).ok();
    again.bd(&["sync"]).ok();
    (remote, ann, again, id)
}

// goal: T21 tier0
#[test]
fn two_clones_of_one_person_do_not_both_win_a_pushed_claim() {
    let sandbox = Sandbox::new();
    let (remote, ann, again, id) = one_person(&sandbox);
    ann.bd(&["claim", &id, "--push"]).ok();
    let tip = remote.tip("beads");
    let out = again.bd(&["claim", &id, "--push"]);
    out.fails(6);
    assert!(out.stderr().contains("another clone"), "{out}");
    assert_eq!(remote.tip("beads"), tip, "the loser publishes nothing");
    again.bd(&["claim", &id, "--renew"]).fails(6);
    // The clone that has it may say so again, and the person may move the work on purpose.
    ann.bd(&["claim", &id, "--push"]).ok();
    again.bd(&["claim", &id, "--push", "--take-over", "--reason", "at the other desk"]).ok();
    ann.bd(&["sync"]).ok();
    ann.bd(&["claim", &id]).fails(6);
}

// goal: T21 tier0
#[test]
fn of_two_unseen_claims_by_one_name_the_second_to_sync_is_told_and_the_first_stands() {
    let sandbox = Sandbox::new();
    let (_remote, ann, again, id) = one_person(&sandbox);
    ann.bd(&["claim", &id]).ok();
    again.bd(&["claim", &id]).ok();
    ann.bd(&["sync"]).ok();
    let out = again.bd(&["sync"]);
    out.fails(6);
    assert!(out.stderr().contains("ann holds") && out.stderr().contains("another clone"), "{out}");
    again.bd(&["sync"]).ok();
    ann.bd(&["sync"]).ok();
    for clone in [&ann, &again] {
        assert_eq!(clone.show(&id)["assignee"], "ann");
        assert_eq!(clone.show(&id)["status"], "in_progress");
        assert_eq!(clone.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
    }
    ann.bd(&["claim", &id, "--renew"]).ok();
    again.bd(&["claim", &id, "--renew"]).fails(6);
}

// goal: T21 tier0
#[test]
fn at_the_same_moment_one_of_two_clones_of_one_person_wins() {
    let sandbox = Sandbox::new();
    let (_remote, ann, again, id) = one_person(&sandbox);
    let start = |work: &bd_tests::Work| work.cmd(&["claim", &id, "--push"]).free_running().spawn();
    let (first, second) = (start(&ann), start(&again));
    let outs = [first.wait(), second.wait()];
    assert_eq!(outs.iter().filter(|o| o.succeeded()).count(), 1, "{}\n{}", outs[0], outs[1]);
    outs.iter().find(|o| !o.succeeded()).unwrap().fails(6);
}
