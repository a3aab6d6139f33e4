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
