//! Commands of the repository run only after this clone's user trusted the file as it is at the target.

use super::judged::{check, command};
use bd_tests::{Sandbox, Work};

const FILE: &str = ".beads/gates.toml";

/// Commits a gate whose program leaves a mark, and publishes it.
fn publish(ann: &Work, mark: &str) {
    ann.write(FILE, command("mark", &format!("touch '{}'", ann.sandbox().path(mark).display())));
    ann.commit_all(mark);
    ann.git(&["push", "--quiet", "origin", "main"]).ok();
}

fn untrusted(work: &Work) -> bool {
    let judged = check(work, &["--all"]);
    let verdict = judged.verdict("mark");
    let error = verdict["status"] == "error";
    assert_eq!(judged.code, if error { 4 } else { 0 }, "{verdict}");
    if error {
        assert!(verdict["advice"].to_string().contains("bd trust .beads/gates.toml"), "{verdict}");
    }
    error
}

#[test]
fn a_pull_that_changes_a_command_asks_again() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    publish(&ann, "first");
    bob.git(&["pull", "--quiet", "--rebase", "origin", "main"]).ok();
    assert!(untrusted(&bob), "nobody was asked");
    assert!(!sandbox.path("first").exists(), "it did not run");

    bob.bd(&["trust", FILE]).ok();
    assert!(!untrusted(&bob) && sandbox.path("first").exists());

    publish(&ann, "second");
    bob.git(&["fetch", "--quiet", "origin"]).ok();
    assert!(untrusted(&bob), "the version that decides is another one, though the working tree has the old one");
    assert!(!sandbox.path("second").exists());
    let rows = bob.bd(&["trust", "--json"]).json();
    let row = |branch: bool| rows.as_array().unwrap().iter().find(|r| r["branch"].is_string() == branch).unwrap().clone();
    assert_eq!((row(false)["trusted"].clone(), row(true)["trusted"].clone()), (true.into(), false.into()));

    bob.bd(&["trust", FILE]).ok();
    assert!(!untrusted(&bob) && sandbox.path("second").exists(), "the deciding version was trusted, before it is pulled");
    bob.git(&["pull", "--quiet", "--rebase", "origin", "main"]).ok();
    assert!(!untrusted(&bob), "the same bytes in the working tree ask nothing");
    bob.bd(&["trust", "--revoke", FILE]).ok();
    assert!(untrusted(&bob), "all trust is taken back");
}

#[test]
fn ci_vouches_by_a_flag_and_a_branch_s_own_commands_never_run() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    publish(&ann, "target");
    bob.git(&["pull", "--quiet", "--rebase", "origin", "main"]).ok();
    bob.git(&["switch", "--quiet", "--create", "feature"]).ok();
    bob.write(FILE, command("mark", &format!("touch '{}'", sandbox.path("branch").display())));
    bob.commit_all("Another command");
    let judged = check(&bob, &["origin/main..HEAD", "--trust-commands"]);
    assert_eq!((judged.code, judged.status("mark")), (0, "pass"));
    assert!(sandbox.path("target").exists() && !sandbox.path("branch").exists());
    assert!(untrusted(&bob), "the flag holds for one check");
}
