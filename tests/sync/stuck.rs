//! What a dead process or a silent host leaves must not need a person.

use crate::{program, records};
use bd_tests::{Output, Sandbox, Work};
use std::time::Duration;

/// The files of a clone's git folder that end in `.lock`.
fn locks(work: &Work) -> Vec<String> {
    let mut out = Vec::new();
    let mut dirs = vec![work.path(".git")];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                dirs.push(entry.path());
            } else if entry.path().extension().is_some_and(|e| e == "lock") {
                out.push(entry.path().display().to_string());
            }
        }
    }
    out
}

// goal: T13 tier0
#[test]
fn a_host_that_takes_the_connection_and_says_nothing_ends_in_exit_8_and_holds_no_lock() {
    let sandbox = Sandbox::new();
    let (remote, ann, _bob) = sandbox.two_clones();
    let id = ann.create("kept", &[]);
    let before = (ann.user_state(), records(&ann), remote.tip("beads"));
    // A shell that waits for a word that never comes, and one that is asked to end and does not care.
    let pipe = sandbox.path("pipe");
    sandbox.program_in("mkfifo".as_ref(), sandbox.root(), "ann", &[pipe.to_str().unwrap()]).run().ok();
    ann.git(&["config", "beads.share", "true"]).ok();
    ann.git(&["remote", "set-url", "origin", "ssh://silent.test/origin.git"]).ok();
    for deaf in ["", "trap '' TERM; "] {
        let shell = sandbox.path("silent");
        program(&shell, &format!("#!/bin/sh\n{deaf}exec 3<>{}\nread -r word <&3\n", pipe.display()));
        let run = |args: &[&str]| -> Output {
            ann.cmd(args).env("GIT_SSH_COMMAND", shell.display().to_string()).env("BD_NETWORK_TIMEOUT", "1").run()
        };
        for args in [&["sync"][..], &["claim", &id, "--push"]] {
            let out = run(args);
            out.fails(8);
            assert!(out.stderr().contains("no answer within 1 s") && out.stderr().contains("BD_NETWORK_TIMEOUT"), "{out}");
            assert!(!out.stderr().contains("panicked"), "{out}");
        }
    }
    assert_eq!((ann.user_state(), records(&ann), remote.tip("beads")), before, "nothing was claimed, published or touched");
    assert_eq!(locks(&ann), [""; 0]);
    ann.git(&["remote", "set-url", "origin", &remote.url()]).ok();
    // Let go of those that did not listen.
    std::fs::write(&pipe, "\n\n\n\n").unwrap();
    ann.bd(&["sync"]).ok();
    assert_ne!(remote.tip("beads"), before.2);
}

// goal: T13 tier0
#[test]
fn the_locks_of_a_killed_sync_on_any_ref_that_it_writes_are_removed_when_old_and_waited_for_when_fresh() {
    for name in ["refs/remotes/origin/beads", "refs/beads/published", "refs/beads/state"] {
        let sandbox = Sandbox::new();
        let (remote, ann, bob) = sandbox.two_clones();
        let told = bob.create("from bob", &[]);
        bob.bd(&["sync"]).ok();
        let id = ann.create("from ann", &[]);
        let lock = ann.path(".git").join(format!("{name}.lock"));
        std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
        std::fs::write(&lock, "").unwrap();
        let out = ann.bd(&["sync"]);
        if name != "refs/beads/published" {
            // Somebody may be at work: not ours to break, and the exit code says that trying again helps.
            out.fails(7);
        }
        assert!(lock.exists(), "{name}: a lock of the living was taken away\n{out}");
        age(&lock, Duration::from_secs(60));
        ann.bd(&["sync"]).ok();
        assert_eq!(locks(&ann), [""; 0], "{name}");
        ann.show(&told);
        assert_eq!(ann.git(&["rev-parse", "refs/remotes/origin/beads"]).line(), remote.tip("beads").unwrap(), "{name}");
        bob.bd(&["sync"]).ok();
        bob.show(&id);
    }
}

// goal: T13 tier1
#[test]
fn a_branch_that_another_push_has_locked_at_this_moment_is_tried_again_and_a_dead_lock_is_named() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let id = ann.create("in time", &[]);
    // The first push meets a lock, the second finds it gone.
    let lock = remote.path().join("refs/heads/beads.lock");
    let hook = remote.path().join("hooks/pre-receive");
    let mark = sandbox.path("once");
    let (l, m) = (lock.display(), mark.display());
    program(&hook, &format!("#!/bin/sh\nif [ -e {m} ]; then rm -f {l}; else : >{m}; : >{l}; fi\n"));
    ann.bd(&["sync"]).ok();
    assert!(mark.exists(), "the push never met the lock");
    std::fs::remove_file(&hook).unwrap();
    bob.bd(&["sync"]).ok();
    bob.show(&id);
    // A lock that stays is the remote's to remove: said as what it is, nothing lost.
    let late = ann.create("too late", &[]);
    std::fs::write(&lock, "").unwrap();
    let tip = remote.tip("beads");
    let out = ann.cmd(&["sync"]).free_running().run();
    out.fails(8);
    assert!(out.stderr().contains("stays locked") && !out.stderr().contains("refuses"), "{out}");
    assert_eq!(remote.tip("beads"), tip);
    assert!(lock.exists(), "the remote's files are not ours");
    std::fs::remove_file(&lock).unwrap();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    bob.show(&late);
}

/// Makes a file older.
fn age(path: &std::path::Path, by: Duration) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let old = file.metadata().and_then(|m| m.modified()).unwrap() - by;
    file.set_modified(old).unwrap();
}

// goal: T18 tier1
#[test]
fn what_a_killed_write_left_among_the_objects_goes_when_it_is_old_and_only_what_is_ours() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    ann.create("one", &[]);
    let at = |name: &str| ann.path(".git/objects").join(name);
    for (name, aged) in [(".tmpAb3dE9", true), (".tmpFresh1", false), (".tmp-notes", true), ("tmp_obj_x", true)] {
        std::fs::write(at(name), "half").unwrap();
        if aged {
            age(&at(name), Duration::from_secs(7200));
        }
    }
    ann.bd(&["sync"]).ok();
    assert!(!at(".tmpAb3dE9").exists(), "it is left for ever");
    for stays in [".tmpFresh1", ".tmp-notes", "tmp_obj_x"] {
        assert!(at(stays).exists(), "{stays} may be somebody's");
    }
    ann.git(&["fsck", "--strict"]).ok();
}

// goal: T20 tier1
#[test]
fn a_spoiled_file_beside_the_events_is_named_and_set_aside_and_sync_goes_on() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    ann.create("Before", &[]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    // Somebody pushes mail and a run whose bytes are not what their names say.
    let index = sandbox.path("tmp/index");
    let git =
        |args: &[&str], stdin: &str| remote.git_cmd(args).env("GIT_INDEX_FILE", &index).stdin(stdin).run().ok().trim().to_owned();
    let blob = git(&["hash-object", "-w", "--stdin"], "{\"to\":\"bob\"}\nspoiled\n");
    git(&["read-tree", "beads"], "");
    let spoiled = [
        "mail/2026-01-01/20260101T0000-ffffffffffffffffffffffffffffffff.jsonl",
        "runs/r1/pack-00000000000000000000000000000000.jsonl",
    ];
    for name in spoiled {
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},.beads/{name}")], "");
    }
    let tree = git(&["write-tree"], "");
    let commit = git(&["commit-tree", "-p", "beads", "-m", "spoiled", &tree], "");
    git(&["update-ref", "refs/heads/beads", &commit], "");

    ann.create("After", &[]);
    ann.bd(&["sync"]).fails(9);
    let doctor = ann.bd(&["doctor"]);
    assert_eq!(doctor.code(), 9, "doctor must see what stops the sync: {doctor}");
    assert!(spoiled.iter().any(|name| doctor.stdout().contains(name)), "{doctor}");
    ann.bd(&["doctor", "--fix"]).ok();
    ann.bd(&["sync"]).ok();
    // What she publishes leaves the spoiled files out, and bob is not held up.
    bob.bd(&["sync"]).ok();
    ann.bd(&["sync"]).ok();
    assert!(bob.bd(&["list"]).ok().contains("After"));
    let there = remote.git(&["ls-tree", "-r", "--name-only", "beads"]).ok().to_owned();
    assert!(spoiled.iter().all(|name| !there.contains(name)), "not published on: {there}");
    let kept = remote.git(&["grep", "-h", "to.*bob", "beads", "--", ".beads/mail"]);
    assert!(kept.ok().contains("bob"), "the good line stays in force");
}
