//! The short ones of users.md 5.26 that concern the tracker.

use crate::{exchange, ids, records};
use bd_tests::{Options, Sandbox};

// goal: S03 tier0
#[test]
fn empty_input_does_not_erase_a_description() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let id = ann.create("a bead", &["--description", "precious"]);
    let out = ann.cmd(&["update", &id, "--body-file", "-"]).stdin("").run();
    assert_ne!(out.code(), 0, "an empty stdin is an accident");
    assert_eq!(ann.show(&id)["description"], "precious");
}

// goal: S04 tier1
#[test]
fn a_bad_label_aborts_the_whole_create() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    ann.bd(&["create", "a bead", "--labels", "ok,bad\u{7}label"]).fails(2);
    assert!(records(&ann).is_empty(), "no half of it");
}

// goal: S05 tier1
#[test]
fn a_missing_id_is_an_error_with_every_verb() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let id = ann.create("a bead", &[]);
    for words in [
        &["show", "t-zzzz"][..],
        &["update", "t-zzzz", "--priority", "1"],
        &["close", "t-zzzz"],
        &["comment", "t-zzzz", "x"],
        &["history", "t-zzzz"],
        &["claim", "t-zzzz"],
        &["dep", "add", &id, "t-zzzz"],
        &["show", &id, "t-zzzz"],
    ] {
        let out = ann.bd(words);
        out.fails(2);
        assert!(out.stderr().contains("t-zzzz"), "{words:?}: {}", out.stderr());
    }
    assert_eq!(records(&ann).len(), 1);
}

// goal: S06 tier1
#[test]
fn nothing_ever_waits_for_an_answer() {
    let ann = Sandbox::new().repo("ann");
    // Standard input is closed in the sandbox: a prompt would fail or hang.
    for words in [&["init"][..], &["init", "--prefix", "t"], &["doctor"], &["prime"], &["sync"], &["setup", "claude", "--check"]] {
        let out = ann.bd(words);
        assert!(!out.stdout().contains("[y/N]") && !out.stderr().contains("[y/N]"), "{words:?}");
    }
}

// goal: S08 tier1
#[test]
fn a_parent_with_open_children_is_not_closed() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let parent = ann.create("parent", &["-t", "epic"]);
    let child = ann.create("child", &["--parent", &parent]);
    let refused = ann.bd(&["close", &parent]);
    refused.fails(3);
    assert!(refused.stderr().contains(&child[..6]), "it names the child: {}", refused.stderr());
    assert_eq!(ann.show(&parent)["status"], "open");
    ann.bd(&["close", &child]).ok();
    ann.bd(&["close", &parent]).ok();
}

// goal: S10 tier1
#[test]
fn a_fork_carries_no_beads_and_publishes_none() {
    let sandbox = Sandbox::new();
    let (upstream, ann, _bob) = sandbox.two_clones();
    ann.create("upstream's", &[]);
    ann.bd(&["sync"]).ok();
    let fork = sandbox.path("fork.git");
    sandbox.git_in(sandbox.root(), "carol", &["clone", "-q", "--bare", &upstream.url(), &fork.to_string_lossy()]).run().ok();
    sandbox.git_in(sandbox.root(), "carol", &["clone", "-q", &fork.to_string_lossy(), "carol"]).run().ok();
    let carol = bd_tests::Work::new(sandbox.clone(), sandbox.path("carol"), "carol");
    let tips = || sandbox.git_in(&fork, "carol", &["for-each-ref"]).run().ok().to_owned();
    let before = tips();
    carol.create("carol's own", &[]);
    let said = carol.bd(&["sync"]);
    said.ok();
    assert_eq!(tips(), before, "nothing is published to a fork: {}", said.stderr());
    carol.git(&["switch", "-q", "-c", "pr"]).ok();
    carol.commit_file("fix.txt", "fix\n");
    carol.git(&["push", "-q", "origin", "pr"]).ok();
    let files = carol.git(&["diff", "--name-only", "origin/main...pr"]).ok().to_owned();
    assert!(!files.contains(".beads"), "{files}");
}

// goal: S11 tier1
#[test]
fn shallow_partial_sparse_and_submodule_clones() {
    let sandbox = Sandbox::with(Options::default().config("uploadpack.allowFilter", "true"));
    let (remote, ann, _bob) = sandbox.two_clones();
    let id = ann.create("seen everywhere", &["--description", "a text"]);
    ann.bd(&["sync"]).ok();
    let shallow = remote.clone_with("shallow", &["--depth=1", "--no-single-branch"]);
    let partial = remote.clone_with("partial", &["--filter=blob:none"]);
    let sparse = remote.clone_with("sparse", &["--sparse"]);
    for work in [&shallow, &partial, &sparse] {
        assert_eq!(work.show(&id)["description"], "a text", "{}", work.actor());
        let own = work.create(&format!("by {}", work.actor()), &[]);
        work.bd(&["sync"]).ok();
        ann.bd(&["sync"]).ok();
        assert!(records(&ann).contains_key(&own), "{}", work.actor());
    }
    let single = remote.clone_with("single", &["--single-branch"]);
    let out = single.bd(&["list", "--json"]);
    out.fails(8);
    assert_eq!(out.stdout(), "", "published state that was not fetched is never an empty list");
    single.bd(&["sync"]).ok();
    assert!(ids(&single.bd(&["list", "--json"]).json()).contains(&id));
    let top = sandbox.repo("top");
    top.git(&["submodule", "--quiet", "add", &remote.url(), "sub"]).ok();
    let sub = top.below("sub");
    sub.bd(&["sync"]).ok();
    assert!(ids(&sub.bd(&["list", "--json"]).json()).contains(&id));
    assert_eq!(
        top.git(&["status", "--porcelain", "--ignore-submodules=none"]).ok().lines().count(),
        2,
        "only the submodule itself"
    );
}

// goal: X4 tier1
#[test]
fn a_secret_is_refused_on_write() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let secret = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let out = ann.bd(&["create", "a bead", "--description", &format!("token: {secret}")]);
    assert_ne!(out.code(), 0);
    assert!(!out.stderr().contains(&secret), "it is not repeated");
    assert!(records(&ann).is_empty());
    let all = ann.git(&["rev-list", "--all", "--objects"]).ok().to_owned();
    assert!(
        !ann.beads_dir().join("journal").exists()
            || !String::from_utf8_lossy(&std::fs::read(ann.beads_dir().join("journal")).unwrap()).contains(&secret),
        "{all}"
    );
}

// goal: S12 tier0
#[test]
fn a_clock_wrong_by_years_changes_no_outcome() {
    for wrong in ["1970-01-01T00:00:01Z", "2040-01-01T00:00:00Z"] {
        let (_remote, ann, bob) = Sandbox::new().two_clones();
        let id = ann.create("a bead", &[]);
        exchange(&[&ann, &bob]);
        bob.cmd(&["update", &id, "--title", "bob saw ann's title"]).now(wrong).run().ok();
        bob.cmd(&["sync"]).now(wrong).run().ok();
        ann.bd(&["sync"]).ok();
        assert_eq!(ann.show(&id)["title"], "bob saw ann's title", "{wrong}: what saw the old value replaces it");
        ann.bd(&["update", &id, "--title", "ann saw bob's"]).ok();
        exchange(&[&ann, &bob]);
        assert_eq!(bob.show(&id)["title"], "ann saw bob's", "{wrong}: a clock in the future wins nothing");
        assert_eq!(bob.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
    }
}

// goal: S01 tier2
#[test]
fn prime_is_small_with_a_thousand_beads_and_two_hundred_memories() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let mut batch = String::new();
    for n in 0..1000 {
        batch.push_str(&format!("create \"bead number {n} with a title of some length\" -p {}\n", n % 5));
    }
    for n in 0..200 {
        batch.push_str(&format!("remember \"memory {n}: always do the thing that was agreed on\" --key m{n}\n"));
    }
    ann.cmd(&["batch", "-"]).stdin(batch).run().ok();
    let prime = ann.bd(&["prime"]).ok().to_owned();
    assert!(prime.len() <= 2048, "{} bytes", prime.len());
    for word in ["bd ready", "bd claim", "bd close", "bd sync"] {
        assert!(prime.contains(word), "an agent can work from it: {word} is missing in\n{prime}");
    }
    assert!(!prime.contains("number 999"), "it does not grow with the backlog");
    let ready = ann.bd(&["ready"]).ok().to_owned();
    assert!(ready.lines().count() < 30 && ready.contains("more"), "{ready}");
}

// goal: T10 tier0
#[test]
fn init_then_nothing_leaves_the_tree_clean() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    assert_eq!(ann.git(&["status", "--porcelain"]).ok(), "");
    ann.create("a bead", &[]);
    ann.bd(&["sync"]).ok();
    assert_eq!(ann.git(&["status", "--porcelain"]).ok(), "", "no command writes into the tree");
    assert!(!ann.exists(".beads/issues.jsonl"));
}

// goal: S14 tier1
#[test]
fn ready_serves_the_oldest_within_a_priority() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let low = ann.create("old and low", &["-p", "3"]);
    let first = ann.create("older", &["-p", "1"]);
    let second = ann.create("newer", &["-p", "1"]);
    let urgent = ann.create("newest and urgent", &["-p", "0"]);
    let order = ids(&ann.bd(&["ready", "--json"]).json());
    assert_eq!(order, [urgent, first, second, low], "newest first would starve the old");
}

// goal: S13 tier1
#[test]
fn no_derived_number_is_stored() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let parent = ann.create("parent", &[]);
    exchange(&[&ann, &bob]);
    for work in [&ann, &bob] {
        work.create("child", &["--parent", &parent]);
        work.bd(&["comment", &parent, "counted by nobody"]).ok();
    }
    exchange(&[&ann, &bob]);
    let listed = ann.bd(&["list", "--json", "--id", &parent]).json();
    assert_eq!((&listed[0]["comment_count"], &listed[0]["dependent_count"]), (&2.into(), &2.into()), "counted when asked");
    let stored = ann.git(&["grep", "-h", "-e", "count", "refs/beads/state"]);
    assert!(!stored.stdout().contains("_count\""), "{}", stored.stdout());
}

// goal: S02 tier2
#[test]
fn prime_does_not_grow_with_history() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let id = ann.create("the one that is open", &[]);
    let before = ann.bd(&["prime"]).ok().len();
    let mut batch = String::new();
    for n in 0..100 {
        batch.push_str(&format!("comment {id} \"comment {n}\"\n"));
        batch.push_str(&format!("create \"closed {n}\" --id t-closed{n}\nclose t-closed{n} --reason done\n"));
    }
    ann.cmd(&["batch", "-"]).stdin(batch).run().ok();
    let after = ann.bd(&["prime"]).ok().len();
    assert!(after <= before + 40, "{before} bytes before, {after} after");
}
