//! Two clones decide without having seen each other; one decides while the other comments; a formula that moves on.

use crate::kit::{apdc, pour_recipe, seed, state, step};
use bd_tests::{Sandbox, Work};

const M: &str = "day1-x";

/// Two clones with a molecule that waits for its first approval.
fn waiting(sandbox: &Sandbox) -> (Work, Work) {
    let remote = sandbox.remote("origin");
    let wes = remote.clone_as("wes");
    seed(&wes);
    wes.bd(&["init", "--publish"]).ok();
    wes.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    pour_recipe(&wes, apdc(), M, &[]);
    wes.gt(&["molecule", "advance", M, "analysis", "--note", "read"]).ok();
    wes.bd(&["sync"]).ok();
    let other = remote.clone_as("other");
    other.bd(&["sync"]).ok();
    (wes, other)
}

fn meet(one: &Work, other: &Work) {
    for work in [one, other, one] {
        work.bd(&["sync"]).ok();
    }
}

// goal: W3 W15 tier1
#[test]
fn two_decisions_that_did_not_see_each_other_contest_until_one_names_both() {
    let sandbox = Sandbox::new();
    let (wes, other) = waiting(&sandbox);
    let (lea, kim) = (wes.acting_as("lea"), other.acting_as("kim"));
    lea.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    kim.gt(&["checkpoint", "reject", M, "analysis-checkpoint", "--reason", "too short"]).ok();
    meet(&wes, &other);
    for work in [&wes, &other] {
        assert_eq!(step(work, M, "analysis").0, "ready", "the way back stands: what was rejected is not done");
        assert_ne!(step(work, M, "analysis-checkpoint").1, "approved");
        work.acting_as("wes").gt(&["molecule", "advance", M, "plan", "--note", "x"]).fails(3);
        // Nobody is asked for a decision that would be refused: the work comes first.
        assert_eq!(work.gt(&["checkpoint", "list", "--json"]).json(), serde_json::json!([]));
        assert!(!work.acting_as("lea").gt(&["prime"]).ok().contains("You are asked"), "lea is asked too early");
    }
    // The work is handed in again: the two answers are still both there, and nobody's counts.
    wes.gt(&["molecule", "advance", M, "analysis", "--note", "longer"]).ok();
    assert_eq!(step(&wes, M, "analysis-checkpoint").1, "contested");
    assert_eq!(wes.gt(&["checkpoint", "list", "--json"]).json()[0]["state"], "contested");
    wes.gt(&["molecule", "advance", M, "plan", "--note", "x"]).fails(3);
    // bd offers nothing behind it either, and says why.
    for work in [&wes, &other] {
        let plan = bead(work, "plan");
        assert!(!work.bd(&["ready", "--json"]).ok().contains(&plan), "bd offers what waits for a contested checkpoint");
        let why = work.bd(&["ready", "--explain", &plan, "--json"]).ok().to_owned();
        let why: serde_json::Value = serde_json::from_str(&why).unwrap();
        assert!(why.to_string().contains("two decided differently about"), "{why}");
        assert!(work.bd(&["blocked", "--json"]).ok().contains(&plan));
    }
    let doctor = wes.gt(&["doctor"]);
    doctor.fails(1);
    assert!(doctor.stdout().contains("two decided differently"), "{}", doctor.stdout());
    lea.gt(&["checkpoint", "approve", M, "analysis-checkpoint", "--note", "both were heard"]).ok();
    meet(&wes, &other);
    for work in [&wes, &other] {
        assert_eq!(step(work, M, "analysis-checkpoint").1, "approved");
        assert_eq!(state(work, M), "in_progress");
    }
}

// goal: W3 W15 tier1
#[test]
fn one_comments_the_other_approves_and_both_are_kept() {
    let sandbox = Sandbox::new();
    let (wes, other) = waiting(&sandbox);
    let (lea, kim) = (wes.acting_as("lea"), other.acting_as("kim"));
    kim.gt(&["checkpoint", "comment", M, "analysis-checkpoint", "--text", "What about errors?"]).ok();
    lea.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    meet(&wes, &other);
    for work in [&wes, &other] {
        assert_eq!(step(work, M, "analysis-checkpoint").1, "approved");
        let shown = work.gt(&["checkpoint", "show", M, "analysis-checkpoint"]);
        assert!(shown.ok().contains("What about errors?"), "{}", shown.stdout());
    }
}

// goal: W15 tier1
#[test]
fn two_approvals_are_no_contest() {
    let sandbox = Sandbox::new();
    let (wes, other) = waiting(&sandbox);
    wes.acting_as("lea").gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    other.acting_as("kim").gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    meet(&wes, &other);
    for work in [&wes, &other] {
        assert_eq!(step(work, M, "analysis-checkpoint").1, "approved");
        assert_eq!(step(work, M, "plan").0, "ready");
        assert!(work.bd(&["ready", "--json"]).ok().contains(&bead(work, "plan")), "nor for bd");
    }
}

fn bead(work: &Work, step: &str) -> String {
    let json = work.gt(&["molecule", "status", M, "--json"]).json();
    let step = json["steps"].as_array().and_then(|all| all.iter().find(|s| s["id"] == step)).cloned().unwrap_or_default();
    step["bead"].as_str().unwrap_or_default().to_owned()
}

const FIRST: &str =
    "formula = \"two\"\nversion = 1\n[[steps]]\nid = \"a\"\ntitle = \"A\"\n[[steps]]\nid = \"b\"\ntitle = \"B\"\nneeds = [\"a\"]\n";
const SECOND: &str = "formula = \"two\"\nversion = 2\n[[steps]]\nid = \"a\"\ntitle = \"A\"\n[[steps]]\nid = \"mid\"\ntitle = \"Mid\"\nneeds = [\"a\"]\n[[steps]]\nid = \"b\"\ntitle = \"B\"\nneeds = [\"mid\"]\n";
const THIRD: &str = "formula = \"two\"\nversion = 3\n[[steps]]\nid = \"b\"\ntitle = \"B\"\n";

#[test]
fn a_molecule_moves_to_a_newer_formula_where_what_is_done_allows_it() {
    let sandbox = Sandbox::new();
    let work = crate::kit::repository(&sandbox, "lone");
    work.write(".beads/formulas/two.toml", FIRST);
    work.gt(&["formula", "pour", "two", "--name", "m"]).ok();
    work.gt(&["molecule", "upgrade", "m"]).fails(2);
    work.gt(&["molecule", "advance", "m", "a", "--note", "done"]).ok();
    work.write(".beads/formulas/two.toml", THIRD);
    let refused = work.gt(&["molecule", "upgrade", "m"]);
    refused.fails(3);
    assert!(refused.stderr().contains("`a` is begun or done"), "{}", refused.stderr());
    work.write(".beads/formulas/two.toml", SECOND);
    work.gt(&["molecule", "upgrade", "m"]).ok();
    assert_eq!(step(&work, "m", "a").0, "done");
    assert_eq!(step(&work, "m", "b").0, "pending");
    let ready = work.bd(&["ready", "--json"]).json();
    let titles: Vec<&str> = ready.as_array().unwrap().iter().filter_map(|b| b["title"].as_str()).collect();
    assert_eq!(titles, ["m: Mid"]);
    work.gt(&["molecule", "advance", "m", "mid", "--note", "done"]).ok();
    work.gt(&["molecule", "advance", "m", "b", "--note", "done"]).ok();
    assert_eq!(state(&work, "m"), "completed");
}

// goal: W8 tier1
#[test]
fn bd_close_on_a_step_is_handing_it_in_and_nothing_gets_around_it() {
    let sandbox = Sandbox::new();
    let work = crate::kit::repository(&sandbox, "lone").acting_as("wes");
    pour_recipe(&work, apdc(), M, &[]);
    let bead = |id: &str| {
        let json = work.gt(&["molecule", "status", M, "--json"]).json();
        let step = json["steps"].as_array().unwrap().iter().find(|s| s["id"] == id).unwrap().clone();
        step["bead"].as_str().unwrap().to_owned()
    };
    work.bd(&["close", &bead("plan"), "--reason", "x"]).fails(3);
    work.bd(&["close", &bead("analysis"), "--reason", "read all of it"]).ok();
    assert_eq!(step(&work, M, "analysis").0, "done");
    assert_eq!(step(&work, M, "analysis-checkpoint").1, "open");
    let checkpoint = bead("analysis-checkpoint");
    for args in [
        &["close", checkpoint.as_str(), "--force"][..],
        &["update", &checkpoint, "--status", "closed"],
        &["delete", &checkpoint, "--force"],
        &["close", &bead("analysis-checkpoint"), "--outcome", "cancelled"],
    ] {
        let before = work.rev("refs/beads/state");
        let out = work.bd(args);
        assert!(out.code() == 3, "{args:?}: {} {}", out.code(), out.stderr());
        assert_eq!(work.rev("refs/beads/state"), before, "{args:?} changed something");
    }
    let molecule = work.gt(&["molecule", "status", M, "--json"]).json()["bead"].as_str().unwrap().to_owned();
    work.bd(&["close", &molecule, "--force"]).fails(3);
    assert_eq!(state(&work, M), "awaiting_checkpoint");
}
