//! What a check makes of its gates' answers, and what becomes an event.

use super::judged::{SKIPS, check, command};
use bd_tests::Sandbox;

#[test]
fn an_error_blocks_as_a_failure_does_and_a_warning_does_not() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    let warn = |id: &str, run: &str| command(id, run) + "action = \"warn\"\n";
    work.write(".beads/gates.toml", [warn("a", "exit 1"), warn("b", "no-such-program-anywhere"), command("c", "true")].concat());
    let judged = check(&work, &["--all", "--trust-commands"]);
    assert_eq!((judged.code, judged.status("a"), judged.status("b"), judged.status("c")), (0, "fail", "error", "pass"));
    work.write(".beads/gates.toml", command("b", "no-such-program-anywhere"));
    let judged = check(&work, &["--all", "--trust-commands"]);
    assert_eq!((judged.code, judged.status("b")), (4, "error"), "a gate that could not run has not passed");
}

#[test]
fn what_needs_a_gate_that_failed_does_not_run() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    let mark = sandbox.path("ran");
    let after = command("after", &format!("touch '{}'", mark.display())) + "needs = [\"first\"]\n";
    work.write(".beads/gates.toml", [after, command("first", "exit 1")].concat());
    let judged = check(&work, &["--all", "--trust-commands"]);
    assert_eq!((judged.code, judged.status("first"), judged.status("after")), (4, "fail", "error"));
    assert!(judged.verdict("after")["why"].to_string().contains("needs `first`") && !mark.exists());
}

#[test]
fn a_gate_that_greps_and_fails_on_a_clean_tree_is_explained() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.write("test/a_test.go", "package a\n");
    work.write(".beads/gates.toml", command("sleeps", r"grep -r 'time\.Sleep' test/ && exit 1"));
    work.commit_all("A gate");
    let judged = check(&work, &["--all", "--trust-commands"]);
    let verdict = judged.verdict("sleeps");
    assert_eq!((judged.code, verdict["status"].as_str()), (4, Some("error")), "it is no pass either");
    assert!(verdict["why"].to_string().contains("clean tree") && verdict["advice"].to_string().contains("! grep"), "{verdict}");
}

#[test]
fn verdicts_become_events_where_a_bead_is_named_and_only_there() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    let id = ann.create("Work", &[]);
    let events = |work: &bd_tests::Work| work.bd(&["history", &id, "--json"]).stdout().matches("\"verdict\"").count();
    ann.write("a_test.go", SKIPS);
    ann.git(&["add", "a_test.go"]).ok();
    let before = ann.bd(&["status", "--json"]).json();
    assert_eq!(check(&ann, &["--staged"]).code, 4);
    assert_eq!(ann.bd(&["status", "--json"]).json(), before, "a check by itself writes nothing");
    assert_eq!(events(&ann), 0);
    assert_eq!(check(&ann, &["--staged", "--bead", &id]).code, 4);
    assert!(events(&ann) > 0);
    check(&ann, &["--staged", "--record"]);
    let listed: Vec<String> =
        ann.bd(&["list", "--all", "--json"]).json().as_array().unwrap().iter().map(|b| b["id"].to_string()).collect();
    assert_eq!(listed.len(), 1, "the store's own bead is no work: {listed:?}");
    assert!(!ann.bd(&["export"]).stdout().contains("_verdicts"));
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    assert_eq!(events(&bob), events(&ann), "the other clone has them too");
    assert!(bob.bd(&["conflicts", "--json"]).json().as_array().unwrap().is_empty());
}
