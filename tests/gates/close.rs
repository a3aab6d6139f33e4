//! `bd close` reads verdicts: a bead that needs gates is closed only where they passed for what HEAD is.

use bd::env::Env;
use bd::model::Kind;
use bd::ops::verdicts::{self, TOOL, Verdict};
use bd::store::Store;
use bd_tests::{Output, Sandbox, Work};
use std::collections::BTreeMap;
use std::sync::Arc;

const GATES: &str = "[[gate]]\nid = \"tests\"\nkind = \"command\"\nrun = \"true\"\nwhen = [\"work\"]\n";

fn work(sandbox: &Sandbox) -> (Work, String) {
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    work.write(".beads/gates.toml", GATES);
    work.write("src.txt", "one\n");
    work.commit_all("A gate");
    let id = work.create("Needs its tests", &[]);
    work.bd(&["gate", "require", &id, "tests"]).ok();
    (work, id)
}

fn store(work: &Work) -> Store {
    let vars = BTreeMap::from([("HOME".to_owned(), work.sandbox().path("home").display().to_string())]);
    Store::open(Arc::new(Env::new(work.dir().to_owned(), vars))).expect("a store")
}

/// Records what the gate said about HEAD, as the evaluator does.
fn said(work: &Work, id: &str, status: &str, shape: impl Fn(&mut Verdict)) {
    let store = store(work);
    let code = verdicts::head_code(store.git()).expect("a readable HEAD").expect("a commit").to_string();
    let definition = verdicts::definitions(&store).expect("definitions").get("tests").cloned().unwrap_or_default();
    let mut verdict = Verdict {
        gate: "tests".to_owned(),
        definition,
        code,
        status: status.to_owned(),
        tool: TOOL.to_owned(),
        ..Verdict::default()
    };
    shape(&mut verdict);
    let id = bd::model::BeadId::new(id).expect("an id");
    store.write(|tx| verdicts::record(tx, Kind::VERDICT, Some(&id), &verdict)).expect("a verdict");
}

#[track_caller]
fn refused(work: &Work, id: &str, out: &Output, why: &str) {
    out.fails(4);
    assert!(out.stderr().contains("tests") && out.stderr().contains(why), "{}", out.stderr());
    assert!(out.stderr().contains("bd gate check") && out.stderr().contains("--bead"), "{}", out.stderr());
    assert_eq!(work.show(id)["status"], "open");
}

#[test]
fn a_bead_that_needs_a_gate_is_closed_by_its_pass_and_by_nothing_else() {
    let sandbox = Sandbox::new();
    let (work, id) = work(&sandbox);
    let free = work.create("Needs nothing", &[]);
    let state = work.rev("refs/beads/state");
    refused(&work, &id, &work.bd(&["close", &id]), "was not asked");
    refused(&work, &id, &work.bd(&["close", &id, "--force"]), "was not asked");
    refused(&work, &id, &work.bd(&["update", &id, "--status", "closed"]), "was not asked");
    refused(&work, &id, &work.cmd(&["batch"]).stdin(format!("close {free}\nclose {id}\n")).run(), "was not asked");
    assert_eq!(work.rev("refs/beads/state"), state, "nothing was written, not even the other line of the batch");
    assert_eq!(work.show(&free)["status"], "open");
    said(&work, &id, "fail", |_| ());
    refused(&work, &id, &work.bd(&["close", &id]), "says fail");
    said(&work, &id, "pass", |v| v.gate = "other".to_owned());
    refused(&work, &id, &work.bd(&["close", &id]), "says fail");
    said(&work, &id, "pass", |_| ());
    work.bd(&["close", &id]).ok();
    assert_eq!(work.show(&id)["status"], "closed");
    assert!(work.bd(&["history", &id]).stdout().contains("tests"), "{}", work.bd(&["history", &id]).stdout());
}

#[test]
fn a_pass_holds_for_one_code_and_one_definition() {
    let sandbox = Sandbox::new();
    let (work, id) = work(&sandbox);
    said(&work, &id, "pass", |_| ());
    work.commit_file("src.txt", "two\n");
    refused(&work, &id, &work.bd(&["close", &id]), "code has changed");
    said(&work, &id, "pass", |_| ());
    work.write(".beads/gates.toml", GATES.replace("true", "make test"));
    work.commit_all("Another definition");
    refused(&work, &id, &work.bd(&["close", &id]), "definition has changed");
    said(&work, &id, "pass", |_| ());
    // What is below .beads is about the work and not the work.
    work.commit_file(".beads/formulas/x.toml", "a = 1\n");
    work.bd(&["close", &id]).ok();
}

#[test]
fn what_is_given_up_needs_no_gate_and_what_is_not_required_any_more_neither() {
    let sandbox = Sandbox::new();
    let (work, id) = work(&sandbox);
    work.bd(&["close", &id, "--outcome", "cancelled"]).ok();
    let other = work.create("Another", &[]);
    work.bd(&["gate", "require", &other, "tests", "no-sleep"]).ok();
    work.bd(&["gate", "require", &other, "tests", "--remove"]).ok();
    let out = work.bd(&["close", &other]);
    out.fails(4);
    assert!(out.stderr().contains("no-sleep") && !out.stderr().contains("tests"), "{}", out.stderr());
    said(&work, &other, "pass", |v| v.gate = "no-sleep".to_owned());
    work.bd(&["close", &other]).ok();
    let third = work.create("A third", &[]);
    work.bd(&["gate", "require", &third, "no-sleep"]).ok();
    said(&work, &third, "pass", |v| (v.gate, v.tool) = ("no-sleep".to_owned(), "bd-gate 0.0.1".to_owned()));
    work.bd(&["close", &third]).fails(4);
    work.bd(&["gate", "require", &third, "no-such-gate"]).fails(2);
}

#[test]
fn the_command_that_a_refusal_names_makes_the_close_possible() {
    let sandbox = Sandbox::new();
    let (work, id) = work(&sandbox);
    let out = work.bd(&["close", &id]);
    refused(&work, &id, &out, "was not asked");
    let named = out.stderr().split('`').find(|part| part.starts_with("bd gate check")).expect("a command").to_owned();
    let words: Vec<&str> = named.split(' ').skip(1).collect();
    // Nobody trusted the program yet: that is an error, it is recorded, and an error is no pass.
    assert_eq!(work.bd(&words).code(), 4);
    refused(&work, &id, &work.bd(&["close", &id]), "says error");
    work.bd(&["trust", ".beads/gates.toml"]).ok();
    work.bd(&words).ok();
    work.bd(&["close", &id]).ok();
    let said = work.bd(&["gate", "verdicts", "--bead", &id, "--json"]).json();
    let said: Vec<&str> = said.as_array().expect("an array").iter().filter_map(|v| v["status"].as_str()).collect();
    assert_eq!(said, ["error", "pass"]);
}

#[test]
fn what_lands_is_recorded_and_what_is_only_looked_at_is_not() {
    let sandbox = Sandbox::new();
    let (work, _) = work(&sandbox);
    let state = work.rev("refs/beads/state");
    work.bd(&["gate", "check", "HEAD~1..HEAD"]).ok();
    assert_eq!(work.rev("refs/beads/state"), state, "a check of CI writes nothing");
    work.bd(&["gate", "check", "HEAD~1..HEAD", "--when", "land"]).ok();
    assert_ne!(work.rev("refs/beads/state"), state);
    let said = work.bd(&["gate", "verdicts", "--json"]).json();
    let said = said.as_array().expect("an array");
    assert!(!said.is_empty() && said.iter().all(|v| v["status"] != "fail"), "{said:?}");
    // Without a store there is nowhere to write to, and the same is judged.
    let plain = sandbox.repo("plain");
    plain.commit_file("b.txt", "b\n");
    plain.bd(&["gate", "check", "HEAD~1..HEAD", "--when", "land"]).ok();
    assert!(!plain.git(&["rev-parse", "--verify", "--quiet", "refs/beads/state"]).succeeded());
}
