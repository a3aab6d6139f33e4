//! The user's branches, index and files are the user's.

use crate::{exchange, ids, records};
use bd_tests::Sandbox;

// goal: T09 tier0
#[test]
fn t09_a_stale_worktree_takes_nothing_back() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let closed: Vec<String> = (0..20).map(|n| ann.create(&format!("to be closed {n}"), &[])).collect();
    let mine = ann.create("the worker's own", &[]);
    exchange(&[&ann, &bob]);
    bob.git(&["pull", "-q"]).ok();
    // Bob's branch forks here; then main goes on without him.
    bob.git(&["switch", "-q", "-c", "old-work"]).ok();
    let mut words = vec!["close"];
    words.extend(closed.iter().map(String::as_str));
    ann.bd(&words).ok();
    let new: Vec<String> = (0..15).map(|n| ann.create(&format!("new {n}"), &[])).collect();
    ann.bd(&["ride", "--all"]).ok();
    ann.git(&["push", "-q"]).ok();
    ann.bd(&["sync"]).ok();

    bob.commit_file("late.txt", "late\n");
    bob.bd(&["update", &mine, "--title", "done late"]).ok();
    bob.git(&["fetch", "-q"]).ok();
    bob.git(&["merge", "-q", "-m", "merge main", "origin/main"]).ok();
    bob.bd(&["ride", "--all"]).ok();
    let changed = bob.git(&["diff", "--name-status", "origin/main...HEAD", "--", ".beads"]).ok().to_owned();
    assert!(changed.lines().all(|l| l.starts_with("A\t.beads/events/")), "only his own facts: {changed}");
    let file = changed.split('\t').nth(1).unwrap().trim().to_owned();
    assert_eq!(bob.read(&file).lines().count(), 1, "one event rides: {}", bob.read(&file));
    bob.git(&["push", "-q", "origin", "old-work"]).ok();
    remote.forge().squash("main", "old-work").unwrap();

    exchange(&[&ann, &bob]);
    let fresh = remote.clone_as("fresh");
    for work in [&ann, &bob, &fresh] {
        let seen = records(work);
        assert!(closed.iter().all(|id| seen[id]["status"] == "closed"), "none of the twenty is open again");
        assert!(new.iter().all(|id| seen.contains_key(id)), "none of the fifteen is gone");
        assert_eq!(seen[&mine]["title"], "done late");
    }
}

// goal: T10 tier0
#[test]
fn t10_no_command_sweeps_up_staged_code() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let id = ann.create("a bead", &[]);
    exchange(&[&ann, &bob]);
    // Staged, partly staged, unstaged, untracked, and a merge in progress.
    ann.commit_file("code.txt", "1\n2\n3\n4\n5\n6\n7\n8\n");
    ann.git(&["switch", "-q", "-c", "side", "HEAD~1"]).ok();
    ann.commit_file("code.txt", "other\n");
    ann.git(&["switch", "-q", "main"]).ok();
    ann.write("staged.txt", "staged\n");
    ann.git(&["add", "staged.txt"]).ok();
    ann.write("staged.txt", "staged\nand more\n");
    ann.write("untracked.txt", "untracked\n");
    for merging in [false, true] {
        if merging {
            ann.git(&["stash", "-q", "-u"]).ok();
            assert_ne!(ann.git(&["merge", "side"]).code(), 0, "the merge must stop in a conflict");
        }
        let before = ann.user_state();
        ann.bd(&["update", &id, "--append-notes", "a note"]).ok();
        ann.bd(&["create", "another"]).ok();
        ann.bd(&["comment", &id, "a comment"]).ok();
        ann.bd(&["sync"]).ok();
        assert_eq!(ann.user_state(), before, "merging: {merging}");
        if merging {
            let ride = ann.bd(&["ride", "--all"]);
            assert_ne!(ride.code(), 0, "a ride waits until the merge is over");
            assert_eq!(ann.user_state(), before);
        }
    }
    let paths = ann.git(&["ls-tree", "-r", "--name-only", "refs/beads/state"]).ok().to_owned();
    assert!(paths.lines().all(|p| p.starts_with(".beads/events/")), "{paths}");
}

// goal: T10 tier0
#[test]
fn t10_a_ride_commits_beads_only() {
    let (_remote, ann, _bob) = Sandbox::new().two_clones();
    ann.create("a bead", &[]);
    ann.write("staged.txt", "staged\n");
    ann.git(&["add", "staged.txt"]).ok();
    ann.write("staged.txt", "staged, and more\n");
    let staged = ann.git(&["diff", "--cached", "--", "staged.txt"]).ok().to_owned();
    let loose = ann.git(&["diff", "--", "staged.txt"]).ok().to_owned();
    ann.bd(&["ride", "--all"]).ok();
    let touched = ann.git(&["show", "--name-only", "--format=", "HEAD"]).ok().to_owned();
    assert!(touched.lines().all(|p| p.starts_with(".beads/events/")), "{touched}");
    assert_eq!(ann.git(&["diff", "--cached", "--", "staged.txt"]).ok(), staged);
    assert_eq!(ann.git(&["diff", "--", "staged.txt"]).ok(), loose);
    assert_eq!(ann.git(&["status", "--porcelain", "--", ".beads"]).ok(), "", "our own files are clean");
}

// goal: T11 tier0
#[test]
fn t11_rebase_bisect_stash_and_checkout_stay_clean() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    ann.git(&["switch", "-q", "-c", "work"]).ok();
    for n in 0..30 {
        ann.create(&format!("bead {n}"), &[]);
        ann.commit_file(&format!("f{n}.txt"), "x\n");
        if n % 3 == 0 {
            ann.bd(&["ride", "--all"]).ok();
        }
    }
    let clean = |what: &str| assert_eq!(ann.git(&["status", "--porcelain"]).ok(), "", "{what}");
    clean("before");
    ann.git(&["switch", "-q", "main"]).ok();
    clean("checkout of a branch without the rides");
    ann.commit_file("main.txt", "x\n");
    ann.create("on main", &[]);
    ann.bd(&["ride", "--all"]).ok();
    ann.git(&["switch", "-q", "work"]).ok();
    ann.git_cmd(&["rebase", "-i", "main"]).env("GIT_SEQUENCE_EDITOR", "true").run().ok();
    clean("rebase over thirty commits");
    ann.write("f1.txt", "changed\n");
    ann.git(&["stash", "-q"]).ok();
    ann.create("during a stash", &[]);
    ann.git(&["stash", "pop", "-q"]).ok();
    ann.git(&["checkout", "-q", "--", "f1.txt"]).ok();
    clean("stash");
    ann.git(&["bisect", "start", "-q", "HEAD", "HEAD~20"]).ok();
    ann.git(&["bisect", "good"]).ok();
    ann.create("during a bisect", &[]);
    ann.git(&["bisect", "reset"]).ok();
    clean("bisect");
    assert_eq!(records(&ann).len(), 33, "nothing was lost on the way");
}

// goal: T12 tier0
#[test]
fn t12_a_bare_clone_with_worktrees() {
    let sandbox = Sandbox::new();
    let (remote, ann, _bob) = sandbox.two_clones();
    let first = ann.create("from ann", &[]);
    ann.bd(&["sync"]).ok();
    let bare = remote.clone_with("bare", &["--bare"]);
    bare.git(&["worktree", "add", "-q", "-b", "one", "../one"]).ok();
    bare.git(&["worktree", "add", "-q", "-b", "two", "../two"]).ok();
    let one = bd_tests::Work::new(sandbox.clone(), sandbox.path("one"), "carol");
    let two = bd_tests::Work::new(sandbox.clone(), sandbox.path("two"), "dave");
    assert!(ids(&two.bd(&["ready", "--json"]).json()).contains(&first));
    let id = one.create("made in one", &[]);
    assert!(ids(&two.bd(&["ready", "--json"]).json()).contains(&id), "seen in the other worktree");
    let worktrees = bare.git(&["worktree", "list"]).ok().lines().count();
    two.bd(&["sync"]).ok();
    assert_eq!(bare.git(&["worktree", "list"]).ok().lines().count(), worktrees, "no hidden worktree");
    ann.bd(&["sync"]).ok();
    assert!(records(&ann).contains_key(&id));
}

// goal: T13 tier0
#[test]
fn t13_a_failed_sync_changes_nothing() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    ann.git(&["switch", "-q", "-c", "fresh-branch"]).ok();
    let made: Vec<String> = (0..12).map(|n| ann.create(&format!("bead {n}"), &[])).collect();
    bob.create("bob's", &[]);
    bob.bd(&["sync"]).ok();
    let state = || (ann.git(&["rev-parse", "refs/beads/state"]).line(), ann.user_state(), records(&ann));
    let before = state();
    let gone = remote.path().with_extension("gone");
    std::fs::rename(remote.path(), &gone).unwrap();
    let out = ann.bd(&["sync"]);
    out.fails(8);
    assert!(out.stderr().contains("asking the remote"), "the step is named: {}", out.stderr());
    assert_eq!(state(), before);
    std::fs::rename(&gone, remote.path()).unwrap();

    // A protected branch: the remote refuses every push.
    let hook = remote.path().join("hooks").join("pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho protected >&2\nexit 1\n").unwrap();
    make_executable(&hook);
    let tip = remote.tip("beads");
    let out = ann.bd(&["sync"]);
    out.fails(8);
    assert_eq!(remote.tip("beads"), tip, "the remote is as it was");
    let seen = records(&ann);
    assert!(made.iter().all(|id| seen.contains_key(id) && seen[id]["status"] == "open"), "nothing is inferred deleted");
    std::fs::remove_file(&hook).unwrap();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    assert_eq!(records(&bob), records(&ann));
}

fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
