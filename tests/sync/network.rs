//! The main job over http and ssh: git's own transports, with a server and a shell of the test's.

use crate::{program, records};
use bd_tests::{Door, HttpForge, Options, Output, Remote, Sandbox, Work};
use std::net::{Ipv4Addr, TcpListener};

/// What `ann:s3cret` sends.
const ANN: &str = "Basic YW5uOnMzY3JldA==";

/// A clone by some URL.
fn clone(sandbox: &Sandbox, url: &str, name: &str) -> Work {
    sandbox.git_in(sandbox.root(), name, &["clone", "--quiet", url, name]).run().ok();
    Work::new(sandbox.clone(), sandbox.path(name), name)
}

/// Two clones of one URL, with a published store.
fn two_clones(sandbox: &Sandbox, url: &str) -> (Work, Work) {
    let ann = clone(sandbox, url, "ann");
    ann.bd(&["init", "--publish"]).ok();
    ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
    ann.bd(&["sync"]).ok();
    let bob = clone(sandbox, url, "bob");
    bob.bd(&["init", "--publish"]).ok();
    bob.bd(&["sync"]).ok();
    (ann, bob)
}

/// Everything that a failed command must leave as it was.
fn state(work: &Work, remote: &Remote) -> impl PartialEq + std::fmt::Debug + use<> {
    let refs = work.git(&["for-each-ref"]).ok().to_owned();
    (refs, remote.git(&["for-each-ref"]).ok().to_owned(), work.user_state(), records(work))
}

/// The main job of two people, whatever carries it; returns the bead that both know.
fn main_job(sandbox: &Sandbox, remote: &Remote, url: &str) -> (Work, Work, String) {
    let (ann, bob) = two_clones(sandbox, url);
    let id = ann.create("Seen over the network", &["-d", "words", "-p", "1"]);
    let blocked = ann.create("Waits", &["--deps", &id]);
    let user = (ann.user_state(), bob.user_state());
    ann.bd(&["sync"]).ok();
    assert!(bob.bd(&["sync"]).ok().contains("Fetched"));
    assert_eq!(records(&ann), records(&bob));
    // Both edit, nobody has seen the other.
    ann.bd(&["comment", &id, "from ann"]).ok();
    bob.bd(&["update", &id, "--title", "Named by bob"]).ok();
    for work in [&ann, &bob, &ann] {
        work.bd(&["sync"]).ok();
    }
    assert_eq!(records(&ann), records(&bob));
    assert_eq!(ann.show(&id)["title"], "Named by bob");
    assert_eq!(bob.show(&blocked)["status"], "open");
    // More than http.postBuffer, which git sends in pieces.
    ann.write("long.txt", "0123456789 abcdef ".repeat(12_000));
    for n in 0..8 {
        ann.create(&format!("Long {n}"), &["--body-file", "long.txt"]);
    }
    std::fs::remove_file(ann.path("long.txt")).unwrap();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    assert_eq!(records(&ann), records(&bob));
    assert_eq!((ann.user_state(), bob.user_state()), user, "neither code nor branches nor the index");
    assert_eq!(remote.git(&["for-each-ref", "--format=%(refname)"]).lines(), ["refs/heads/beads", "refs/heads/main"]);
    (ann, bob, id)
}

/// Both claim one bead at the same moment: one has it, the other is told who.
fn race(ann: &Work, bob: &Work, id: &str) {
    let start = |work: &Work| work.cmd(&["claim", id, "--push"]).free_running().spawn();
    let (first, second) = (start(ann), start(bob));
    let outs: [(Output, &Work, &Work); 2] = [(first.wait(), ann, bob), (second.wait(), bob, ann)];
    let winners: Vec<_> = outs.iter().filter(|(out, ..)| out.succeeded()).collect();
    assert_eq!(winners.len(), 1, "{}\n{}", outs[0].0, outs[1].0);
    let (out, loser, winner) = outs.iter().find(|(out, ..)| !out.succeeded()).unwrap();
    out.fails(6);
    assert!(out.stderr().contains(winner.actor()), "{out}");
    winner.bd(&["sync"]).ok();
    for work in [loser, winner] {
        assert_eq!(work.show(id)["assignee"], winner.actor());
        assert_eq!(work.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
    }
}

/// A command that needs the remote and does not get it: exit 8, a word of why, nothing changed here or there.
#[track_caller]
fn refused(work: &Work, remote: &Remote, args: &[&str], says: &[&str]) {
    let before = state(work, remote);
    // Waiting for a silent server is git's to end.
    let out = work.cmd(args).config("http.lowSpeedLimit", "1").config("http.lowSpeedTime", "1").run();
    out.fails(8);
    for say in says {
        assert!(out.stderr().contains(say), "`{say}` is not said\n{out}");
    }
    assert!(!out.stderr().contains("s3cret") && !out.stderr().contains("wr0ng"), "a secret is printed\n{out}");
    assert_eq!(out.stdout(), "", "{out}");
    assert_eq!(state(work, remote), before, "something changed\n{out}");
}

// goal: T13 T21 tier1
#[test]
fn the_main_job_over_http() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let forge = HttpForge::serve(sandbox.root());
    let (ann, bob, id) = main_job(&sandbox, &remote, &forge.url("origin.git"));
    race(&ann, &bob, &id);
    let asked = forge.asked();
    assert!(asked.iter().any(|a| a.contains("POST /origin.git/git-receive-pack")), "{asked:?}");
    assert!(asked.iter().any(|a| a.contains("POST /origin.git/git-upload-pack")), "{asked:?}");
    // What reads, and what writes here only, asks nobody.
    for args in [&["ready"][..], &["show", &id], &["list"], &["status"], &["comment", &id, "local"]] {
        ann.bd(args).ok();
    }
    assert_eq!(forge.asked(), [""; 0]);
}

// goal: T13 tier1
#[test]
fn an_http_forge_that_refuses_or_is_gone_changes_nothing_and_the_next_sync_goes_on() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let forge = HttpForge::serve(sandbox.root());
    let (ann, bob) = two_clones(&sandbox, &forge.url("origin.git"));
    let id = ann.create("Not published yet", &[]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    bob.create("By bob", &[]);
    // Publishing is chosen by place; here the places change and the choice does not.
    bob.git(&["config", "beads.share", "true"]).ok();
    let anonymous = forge.url("origin.git");
    let wrong = forge.url_for("ann", "wr0ng", "origin.git");
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let gone = format!("http://{closed}/origin.git");
    let password = || Door::Password(ANN.to_owned());
    for (door, url, says) in [
        (password(), &anonymous, &["asking the remote", "could not read Username", "bd sync"][..]),
        (password(), &wrong, &["asking the remote", "Authentication failed"]),
        (Door::Broken, &anonymous, &["asking the remote", "503"]),
        (Door::Silent, &anonymous, &["asking the remote", "too slow"]),
        (Door::Open, &gone, &["asking the remote", &closed.port().to_string()]),
        (Door::Open, &"http://nowhere.invalid/origin.git".to_owned(), &["asking the remote", "nowhere.invalid"]),
    ] {
        forge.set(door);
        bob.git(&["remote", "set-url", "origin", url]).ok();
        refused(&bob, &remote, &["sync"], says);
        refused(&bob, &remote, &["claim", &id, "--push"], says);
        refused(&bob, &remote, &["ready", "--claim", "--push"], says);
        // Without the network everything else works.
        bob.bd(&["comment", &id, "offline"]).ok();
        assert_eq!(bob.bd(&["ready", "--json"]).json().as_array().unwrap().len(), 2);
    }
    // Reading is allowed, publishing is not: what was fetched is kept.
    forge.set(Door::ReadOnly);
    bob.git(&["remote", "set-url", "origin", &anonymous]).ok();
    refused(&bob, &remote, &["sync"], &["publishing", "403"]);
    // `--push` that was refused gives the claim back.
    bob.bd(&["claim", &id, "--push"]).fails(8);
    assert_eq!(bob.show(&id)["status"], "open");
    forge.set(password());
    let error = bob.bd(&["sync", "--json"]).json_error();
    assert_eq!(error["code"], "remote", "{error}");
    // With the right words everything arrives, and no word of it is in what sync prints.
    bob.git(&["remote", "set-url", "origin", &forge.url_for("ann", "s3cret", "origin.git")]).ok();
    let out = bob.bd(&["sync"]);
    assert!(!out.ok().contains("s3cret") && !out.stderr().contains("s3cret"), "{out}");
    forge.set(Door::Open);
    ann.bd(&["sync"]).ok();
    assert_eq!(records(&ann), records(&bob));
    assert_eq!(ann.show(&id)["comments"].as_array().unwrap().len(), 6);
    assert_eq!(ann.show(&id)["status"], "open");
}

/// An `ssh` that runs here what it is asked to run there, and notes how it was called.
fn shell(sandbox: &Sandbox, name: &str) {
    let log = sandbox.path("tmp/ssh.log").display().to_string();
    let text = format!(
        "#!/bin/sh\n\
         echo \"{name} $*\" >>'{log}'\n\
         while :; do case \"$1\" in -o|-p) shift 2;; -*) shift;; *) break;; esac; done\n\
         host=$1; shift\n\
         case $host in *refused*) echo \"$host: Permission denied (publickey).\" >&2; exit 255;;\n\
         *down*) echo \"ssh: connect to host $host port 22: Connection refused\" >&2; exit 255;; esac\n\
         exec sh -c \"$*\"\n"
    );
    program(&sandbox.bin().join(name), &text);
}

// goal: T13 T21 tier1
#[test]
fn the_main_job_over_ssh() {
    // The user's own choice of a program, and the plain one.
    for (name, own) in [("connect", true), ("ssh", false)] {
        let mut options = Options::default().config("ssh.variant", "ssh");
        if own {
            options.env.push(("GIT_SSH_COMMAND".to_owned(), name.to_owned()));
        }
        let sandbox = options.build();
        shell(&sandbox, name);
        let remote = sandbox.remote("origin");
        let url = format!("ssh://git@forge.test:2222{}", remote.path().display());
        let (ann, bob, id) = main_job(&sandbox, &remote, &url);
        race(&ann, &bob, &id);
        let log = std::fs::read_to_string(sandbox.path("tmp/ssh.log")).unwrap();
        let calls = |word: &str| log.lines().filter(|l| l.contains(word)).count();
        assert!(calls("git-receive-pack") > 3 && calls("-p 2222 git@forge.test") > 9, "{log}");
        assert!(log.lines().all(|l| l.starts_with(name)), "another program was called\n{log}");
        // Nobody is asked at a terminal that is not there; the user's own command is left as it is.
        assert_eq!(calls("BatchMode=yes") > 0, !own, "{log}");
        // The short form of an address.
        ann.git(&["remote", "set-url", "origin", &format!("forge.test:{}", remote.path().display())]).ok();
        ann.bd(&["sync", "--no-push"]).ok();
    }
}

// goal: T13 tier0
#[test]
fn an_ssh_host_that_refuses_or_is_gone_changes_nothing_and_the_next_sync_goes_on() {
    let sandbox = Options::default().config("ssh.variant", "ssh").build();
    shell(&sandbox, "ssh");
    let remote = sandbox.remote("origin");
    let url = |host: &str| format!("ssh://git@{host}{}", remote.path().display());
    let (ann, bob) = two_clones(&sandbox, &url("forge.test"));
    let id = ann.create("Published", &[]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    bob.create("By bob", &[]);
    bob.git(&["config", "beads.share", "true"]).ok();
    for (url, say) in [
        (url("refused.test"), "Permission denied (publickey)"),
        (url("down.test"), "Connection refused"),
        (format!("{}/no-such.git", url("forge.test")), "no-such.git"),
    ] {
        bob.git(&["remote", "set-url", "origin", &url]).ok();
        refused(&bob, &remote, &["sync"], &["asking the remote", say, "bd sync"]);
        refused(&bob, &remote, &["claim", &id, "--push"], &[say]);
    }
    bob.git(&["remote", "set-url", "origin", &url("forge.test")]).ok();
    // A place where there is no ssh at all.
    std::fs::rename(sandbox.bin().join("ssh"), sandbox.path("tmp/ssh.away")).unwrap();
    let out = bob.cmd(&["sync"]).env("GIT_SSH_COMMAND", "no-such-program").run();
    out.fails(8);
    std::fs::rename(sandbox.path("tmp/ssh.away"), sandbox.bin().join("ssh")).unwrap();
    bob.bd(&["sync"]).ok();
    ann.bd(&["sync"]).ok();
    assert_eq!(records(&ann), records(&bob));
    assert_eq!(records(&ann).len(), 2);
}
