//! `bd claim` asks the gates of the moment `claim`, and starts nothing where there are none.

use bd_tests::{Output, Sandbox, Work};

const FILE: &str = ".beads/gates.toml";

/// A repository with these gates, trusted or not, and a bead.
fn work(sandbox: &Sandbox, gates: &str, trusted: bool) -> (Work, String) {
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    work.write(FILE, gates);
    work.write("src.txt", "one\n");
    work.commit_all("Gates");
    if trusted {
        work.bd(&["trust", FILE]).ok();
    }
    let id = work.create("Work", &[]);
    (work, id)
}

fn gate(run: &str, more: &str) -> String {
    format!("[[gate]]\nid = \"calm\"\nkind = \"command\"\nrun = \"{run}\"\nwhen = [\"claim\"]\n{more}")
}

#[track_caller]
fn refused(work: &Work, id: &str, out: &Output, why: &str) {
    out.fails(4);
    assert!(out.stderr().contains("cannot be claimed") && out.stderr().contains(why), "{}", out.stderr());
    assert_eq!(work.show(id)["status"], "open");
}

#[test]
fn a_claim_is_refused_while_a_gate_of_that_moment_fails() {
    let sandbox = Sandbox::new();
    let (work, id) = work(&sandbox, &gate("test -f calm.txt", ""), true);
    let state = work.rev("refs/beads/state");
    refused(&work, &id, &work.bd(&["claim", &id]), "calm");
    refused(&work, &id, &work.bd(&["update", &id, "--claim"]), "calm");
    refused(&work, &id, &work.cmd(&["batch"]).stdin(format!("claim {id}\n")).run(), "calm");
    let next = work.bd(&["ready", "--claim"]);
    next.fails(4);
    assert!(next.stderr().contains("nothing can be claimed"), "{}", next.stderr());
    let told = work.bd(&["claim", &id, "--json"]);
    assert_eq!(told.fails(4).stdout(), "");
    assert!(told.json_error()["error"].as_str().unwrap().contains("cannot be claimed"), "{}", told.stderr());
    assert_eq!(work.rev("refs/beads/state"), state, "nothing was written");
    work.bd(&["claim", "no-such-bead"]).fails(2);

    work.write("calm.txt", "");
    work.git(&["add", "calm.txt"]).ok();
    let claimed = work.bd(&["claim", &id, "--json"]);
    claimed.ok();
    assert!(claimed.json().is_array() || claimed.json().is_object(), "only our own words are on stdout");
    assert_eq!(work.show(&id)["status"], "in_progress");
    // A heartbeat asks nothing.
    std::fs::remove_file(work.path("calm.txt")).unwrap();
    work.bd(&["claim", &id, "--renew"]).ok();
}

#[test]
fn a_gate_that_cannot_run_or_is_not_done_in_time_refuses_and_one_that_warns_does_not() {
    let sandbox = Sandbox::new();
    let (lone, id) = work(&sandbox, &gate("true", ""), false);
    refused(&lone, &id, &lone.bd(&["claim", &id]), "calm");
    lone.write(FILE, gate("sleep 60", "timeout = \"1s\"\n"));
    lone.commit_all("It hangs");
    lone.bd(&["trust", FILE]).ok();
    refused(&lone, &id, &lone.bd(&["claim", &id]), "calm");
    lone.write(FILE, gate("no-such-program-anywhere", ""));
    lone.commit_all("It is not there");
    lone.bd(&["trust", FILE]).ok();
    refused(&lone, &id, &lone.bd(&["claim", &id]), "calm");
    // Who asks is not there.
    refused(&lone, &id, &lone.cmd(&["claim", &id]).env("PATH", "/nowhere").run(), "not installed");
    lone.write(FILE, "[[gate]\n");
    lone.commit_all("It cannot be read");
    assert_eq!(lone.bd(&["claim", &id]).code(), 0, "no word of a claim");
    lone.bd(&["release", &id]).ok();
    lone.write(FILE, "[[gate] # claim\n");
    lone.commit_all("It cannot be read, and may ask");
    refused(&lone, &id, &lone.bd(&["claim", &id]), "");
    lone.write(FILE, gate("false", "action = \"warn\"\n"));
    lone.commit_all("It warns");
    lone.bd(&["trust", FILE]).ok();
    lone.bd(&["claim", &id]).ok();
}

#[test]
fn nothing_is_started_where_no_gate_is_asked_at_claim() {
    let sandbox = Sandbox::new();
    let other = "[[gate]]\nid = \"a\"\nkind = \"command\"\nrun = \"false\"\nwhen = [\"work\"]\n";
    let (lone, id) = work(&sandbox, other, true);
    lone.cmd(&["claim", &id]).env("PATH", "/nowhere").run().ok();
    // What decides is the branch: a file that is only in the working tree neither adds a gate nor takes one away.
    let second = lone.create("More", &[]);
    lone.write(FILE, gate("false", ""));
    lone.bd(&["claim", &second]).ok();
    lone.bd(&["release", &second]).ok();
    lone.commit_all("Now it decides");
    lone.bd(&["trust", FILE]).ok();
    lone.write(FILE, other);
    refused(&lone, &second, &lone.bd(&["claim", &second]), "calm");
}
