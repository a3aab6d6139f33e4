//! Waits: beads of upstream's type `gate` that stand for a time, a person or an outside result.

use bd_tests::{Sandbox, Work};
use serde_json::Value;

fn start() -> (Sandbox, Work, String) {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    work.bd(&["init", "--prefix", "bd"]).ok();
    let held = work.create("Release", &[]);
    (sandbox, work, held)
}

fn wait(work: &Work, flags: &[&str]) -> String {
    let line: Vec<&str> = ["gate", "create"].iter().chain(flags).copied().chain(["--json"]).collect();
    let made = work.bd(&line).json();
    assert_eq!(made["issue_type"], "gate", "{made}");
    made["id"].as_str().expect("an id").to_owned()
}

fn ready(work: &Work) -> Vec<String> {
    let rows = work.bd(&["ready", "--json"]).json();
    rows.as_array().expect("an array").iter().filter_map(|r| r["id"].as_str()).map(str::to_owned).collect()
}

fn check(work: &Work, flags: &[&str]) -> Value {
    let line: Vec<&str> = ["gate", "check"].iter().chain(flags).copied().chain(["--json"]).collect();
    work.bd(&line).json()
}

// goal: S09 tier1
#[test]
fn a_wait_is_resolved_and_not_closed() {
    let (_sandbox, work, held) = start();
    let id = wait(&work, &["--type", "timer", "--timeout", "2h", "--blocks", &held]);
    for line in
        [vec!["close", id.as_str()], vec!["close", &id, "--outcome", "cancelled"], vec!["update", &id, "--status", "closed"]]
    {
        let out = work.bd(&line);
        out.fails(3);
        assert!(out.stderr().contains("bd gate resolve"), "{}", out.stderr());
        assert!(ready(&work).is_empty(), "{line:?}: what waits went on");
    }
    work.bd(&["gate", "resolve", &id]).ok();
    assert_eq!(ready(&work), [held]);
}

#[test]
fn a_person_ends_a_wait_and_what_it_held_is_ready() {
    let (_sandbox, work, held) = start();
    let id = wait(&work, &["--blocks", &held, "--reason", "the owner must agree"]);
    assert!(ready(&work).is_empty(), "neither the wait nor what it holds is work");
    assert_eq!(work.show(&id)["await_type"], "human");
    assert_eq!(work.bd(&["blocked", "--json"]).json()[0]["blocked_by"][0], id.as_str());
    assert_eq!(check(&work, &[])["resolved"], 0, "no check ends what a person decides");
    work.bd(&["gate", "resolve", &id, "--reason", "agreed"]).ok();
    assert_eq!(work.show(&id)["close_reason"], "agreed");
    assert_eq!(ready(&work), [held.clone()]);
    work.bd(&["gate", "resolve", &held]).fails(2);
    assert_eq!(work.show(&held)["status"], "open", "a task is no wait");
    assert_eq!(work.bd(&["gate", "list", "--json"]).json(), serde_json::json!([]));
}

#[test]
fn a_timer_ends_when_its_time_is_up_and_not_before() {
    let (_sandbox, work, held) = start();
    let id = wait(&work, &["--type", "timer", "--timeout", "2h", "--blocks", &held]);
    assert_eq!(work.show(&id)["timeout"], 7_200_000_000_000_i64, "nanoseconds, as upstream keeps them");
    let early = work.cmd(&["gate", "check", "--json"]).clock_off_by(3600).run().json();
    assert_eq!((early["checked"].as_u64(), early["resolved"].as_u64()), (Some(1), Some(0)));
    let dry = work.cmd(&["gate", "check", "--dry-run", "--json"]).clock_off_by(3 * 3600).run().json();
    assert_eq!((dry["resolved"].as_u64(), dry["dry_run"].as_bool()), (Some(1), Some(true)));
    assert_eq!(work.show(&id)["status"], "open", "a dry run ends nothing");
    work.cmd(&["gate", "check"]).clock_off_by(3 * 3600).run().ok();
    assert_eq!(work.show(&id)["status"], "closed");
    assert_eq!(ready(&work), [held]);
}

#[test]
fn a_bead_ends_a_wait_for_it() {
    let (_sandbox, work, held) = start();
    let first = work.create("First", &[]);
    let id = wait(&work, &["--type", "bead", "--await-id", &first, "--blocks", &held]);
    assert_eq!(check(&work, &[])["resolved"], 0);
    work.bd(&["close", &first]).ok();
    assert_eq!(check(&work, &["--type", "bead"])["resolved"], 1);
    assert_eq!(work.show(&id)["status"], "closed");
    work.bd(&["gate", "create", "--type", "bead"]).fails(2);
    work.bd(&["gate", "create", "--type", "nonsense"]).fails(2);
}

#[test]
fn only_success_ends_a_wait_for_a_run_and_what_cannot_be_asked_is_no_answer() {
    let (sandbox, work, held) = start();
    let id = wait(&work, &["--type", "gh:run", "--await-id", "42", "--blocks", &held]);
    let asked = |answer: Option<&str>| {
        let folder = sandbox.path("gh-bin");
        let _gone = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut cmd = work.cmd(&["gate", "check", "--json"]);
        if let Some(answer) = answer {
            let gh = folder.join("gh");
            std::fs::write(&gh, format!("#!/bin/sh\necho '{answer}'\n")).expect("a script");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).expect("a program");
            }
        }
        cmd = cmd.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
        cmd.run()
    };
    let skipped = asked(Some(r#"{"status":"completed","conclusion":"skipped"}"#));
    assert_eq!(skipped.json()["escalated"], 1);
    assert_eq!(work.show(&id)["status"], "open", "a skipped run has shown nothing");
    let broken = asked(Some("no JSON"));
    broken.fails(4);
    let said: Value = serde_json::from_str(broken.stdout()).expect("JSON beside the error");
    assert_eq!(said["errors"], 1);
    assert_eq!(work.show(&id)["status"], "open", "what could not be asked has not passed");
    assert_eq!(asked(Some(r#"{"status":"completed","conclusion":"success"}"#)).json()["resolved"], 1);
    assert_eq!(ready(&work), [held]);
}
