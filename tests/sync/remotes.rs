use crate::{program, records};
use bd_tests::{Sandbox, Work};

#[test]
fn a_fork_reads_and_publishes_nothing() {
    let sandbox = Sandbox::new();
    let (upstream, ann, _bob) = sandbox.two_clones();
    let id = ann.create("upstream's", &[]);
    ann.bd(&["sync"]).ok();
    // The forge copies branches; the fork's own remote is another place.
    let fork = sandbox.path("fork.git");
    let (from, to) = (upstream.url(), fork.display().to_string());
    sandbox.git_in(sandbox.root(), "forge", &["clone", "--quiet", "--bare", &from, &to]).run().ok();
    sandbox.git_in(sandbox.root(), "eve", &["clone", "--quiet", &format!("file://{to}"), "eve"]).run().ok();
    let eve = Work::new(sandbox.clone(), sandbox.path("eve"), "eve");
    eve.create("the fork's", &[]);
    let tip = |dir: &std::path::Path| sandbox.git_in(dir, "forge", &["rev-parse", "beads"]).run().line();
    let before = (tip(&fork), tip(upstream.path()));
    let report = eve.bd(&["sync", "--json"]).json();
    assert_eq!((report["publishing"].as_bool(), report["unpublished"].as_u64()), (Some(false), Some(1)), "{report}");
    assert_eq!((tip(&fork), tip(upstream.path())), before);
    assert!(records(&eve).contains_key(&id), "and reads what upstream published");
    assert_eq!(records(&eve).len(), 2);
}

#[test]
fn an_empty_remote_is_refused_and_a_mirror_is_left_alone() {
    let sandbox = Sandbox::new();
    let remote = sandbox.empty_remote("origin");
    let ann = remote.clone_as("ann");
    ann.git(&["commit", "--quiet", "--allow-empty", "-m", "code"]).ok();
    ann.bd(&["init", "--publish"]).ok();
    ann.create("one", &[]);
    let out = ann.bd(&["sync"]);
    out.fails(8);
    assert!(out.stderr().contains("no other branch") && out.stderr().contains("Push the code first"), "{out}");
    assert_eq!(remote.git(&["for-each-ref"]).ok(), "");
    ann.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
    ann.bd(&["sync"]).ok();
    assert!(remote.tip("beads").is_some());
    let head = remote.git(&["symbolic-ref", "HEAD"]).line();
    assert_eq!(head, "refs/heads/main", "beads is not what people clone");
    ann.git(&["config", "remote.origin.mirror", "true"]).ok();
    ann.create("two", &[]);
    let tip = remote.tip("beads");
    assert_eq!(ann.bd(&["sync", "--json"]).json()["unpublished"], 1);
    assert_eq!(remote.tip("beads"), tip);
}

// goal: T13 tier0
#[test]
fn a_connection_that_breaks_leaves_everything_as_it_was() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    for n in 0..5 {
        ann.create(&format!("bead {n}"), &[]);
    }
    ann.bd(&["sync"]).ok();
    bob.create("bob's", &[]);
    let state = |w: &Work| (w.try_rev("refs/beads/state"), w.try_rev("refs/remotes/origin/beads"), w.user_state(), records(w));
    let before = state(&bob);
    // Cut while refs are asked for, cut while the pack comes, cut while ours goes.
    let cut = sandbox.bin().join("cut");
    let cuts = [
        ("uploadpack", "git-upload-pack --advertise-refs \"$@\" | head -c 60", "asking the remote"),
        (
            "uploadpack",
            "test -e asked || { touch asked; exec git-upload-pack \"$@\"; }\nhead -c 300 | git-upload-pack \"$@\"",
            "fetching",
        ),
        ("receivepack", "exit 1", "publishing"),
    ];
    for (which, script, step) in cuts {
        program(&cut, &format!("#!/bin/sh\ncd {}\n{script}\n", sandbox.path("tmp").display()));
        bob.git(&["config", &format!("remote.origin.{which}"), &cut.display().to_string()]).ok();
        let tip = remote.tip("beads");
        let out = bob.bd(&["sync"]);
        out.fails(8);
        assert!(out.stderr().contains(step), "{step}: {out}");
        assert_eq!(remote.tip("beads"), tip, "{step}");
        let now = state(&bob);
        if step == "publishing" {
            // Everything was fetched by then, and that is kept.
            assert_eq!((now.2, now.3.len()), (before.2.clone(), 6));
        } else {
            assert_eq!(now, before, "{step}");
        }
        bob.git(&["config", "--unset", &format!("remote.origin.{which}")]).ok();
    }
    bob.bd(&["sync"]).ok();
    assert_eq!(records(&bob).len(), 6);
    ann.bd(&["sync"]).ok();
    assert_eq!(records(&ann), records(&bob));
}

#[test]
fn a_remote_that_was_set_back_gets_its_events_again_and_is_told() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    ann.create("one", &[]);
    ann.bd(&["sync"]).ok();
    let early = remote.tip("beads").unwrap();
    ann.create("two", &[]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    remote.git(&["update-ref", "refs/heads/beads", &early]).ok();
    let out = bob.bd(&["sync"]);
    assert!(out.ok().contains("published 1 event"));
    assert!(out.stderr().contains("had lost 1 event"), "{out}");
    let tip = remote.tip("beads");
    ann.bd(&["sync"]).ok();
    assert_eq!(remote.tip("beads"), tip, "restored once");
    assert_eq!(records(&ann), records(&bob));
}

#[test]
fn a_clone_that_has_not_fetched_says_so_and_shows_no_empty_list() {
    let sandbox = Sandbox::new();
    let (remote, ann, _bob) = sandbox.two_clones();
    let id = ann.create("published", &[]);
    ann.bd(&["sync"]).ok();
    let cyd = remote.clone_with("cyd", &["--single-branch", "--depth=1"]);
    let out = cyd.bd(&["list", "--json"]);
    out.fails(8);
    assert_eq!(out.stdout(), "", "no empty list");
    cyd.bd(&["sync"]).ok();
    assert!(records(&cyd).contains_key(&id));
    cyd.create("from a shallow clone", &[]);
    cyd.bd(&["sync"]).ok();
    ann.bd(&["sync"]).ok();
    assert_eq!(records(&ann).len(), 2);
}

#[test]
fn without_a_remote_it_is_committed_locally() {
    let sandbox = Sandbox::new();
    let lone = sandbox.repo("lone");
    lone.bd(&["init"]).ok();
    lone.create("one", &[]);
    assert!(lone.bd(&["sync"]).ok().contains("Committed locally"));
    assert_eq!(lone.bd(&["status", "--json"]).json()["store"]["remote"], serde_json::Value::Null);
    assert_eq!(lone.git(&["for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes"]).lines(), ["refs/heads/main"]);
}

#[test]
fn mutations_are_published_in_the_background_where_the_project_says_so() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let tip = remote.tip("beads");
    ann.create("quiet", &[]);
    // Without the setting the background has nothing to publish.
    ann.bd(&["sync", "--background"]).ok();
    assert_eq!(remote.tip("beads"), tip);
    let config = ann.read(".beads/config.toml");
    let config = config.replace("[sync]", "[sync]\npush = \"each\"");
    assert!(config.contains("each"), "{config}");
    ann.write(".beads/config.toml", config);
    ann.commit_all("Publish each");
    ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
    let out = ann.bd(&["sync", "--background"]);
    assert_eq!((out.ok(), out.stderr()), ("", ""));
    assert_ne!(remote.tip("beads"), tip);
    bob.bd(&["sync"]).ok();
    assert_eq!(records(&bob).len(), 1);
}
