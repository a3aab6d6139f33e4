//! A molecule from its first step to its end, with everything that can come in between.

use crate::kit::{apdc, pour_recipe, repository, state, step};
use bd_tests::{Sandbox, Work};

const M: &str = "day3-refs";

fn ready(sandbox: &Sandbox) -> (Work, Work) {
    let worker = repository(sandbox, "lone").acting_as("wes");
    pour_recipe(&worker, apdc(), M, &[]);
    worker.gt(&["molecule", "trust", M]).ok();
    let lead = worker.acting_as("lea");
    (worker, lead)
}

fn hand_in(work: &Work, id: &str) {
    work.gt(&["molecule", "advance", M, id, "--note", "done"]).ok();
}

/// Up to the step before the validation, with a new failing test that then passes.
fn to_validation(worker: &Work, lead: &Work) {
    hand_in(worker, "analysis");
    lead.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    hand_in(worker, "plan");
    lead.gt(&["checkpoint", "approve", M, "plan-checkpoint"]).ok();
    hand_in(worker, "infrastructure");
    worker.write("tests/two.t", "test -f src/new.sh\n");
    hand_in(worker, "do-red");
    worker.write("src/new.sh", "echo new\n");
    worker.gt(&["molecule", "attest", M, "do-green", "--all", "--note", "one line"]).ok();
    hand_in(worker, "do-green");
    hand_in(worker, "do-refactor");
    worker.commit_all("The code");
}

// goal: W2 W3 W14 tier1
#[test]
fn a_molecule_goes_from_its_first_step_to_its_end() {
    let sandbox = Sandbox::new();
    let (worker, lead) = ready(&sandbox);
    assert_eq!(state(&worker, M), "in_progress");
    worker.gt(&["molecule", "advance", M, "plan", "--note", "x"]).fails(3);
    worker.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).fails(3);
    hand_in(&worker, "analysis");
    assert_eq!(state(&worker, M), "awaiting_checkpoint");
    // Who worked on it does not approve it, and a checkpoint is not handed in.
    worker.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).fails(3);
    worker.gt(&["molecule", "advance", M, "analysis-checkpoint", "--note", "x"]).fails(3);
    lead.gt(&["checkpoint", "approve", M, "analysis-checkpoint", "--note", "clear"]).ok();
    lead.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).fails(3);
    hand_in(&worker, "plan");
    lead.gt(&["checkpoint", "approve", M, "plan-checkpoint"]).ok();
    hand_in(&worker, "infrastructure");
    // Red needs a test that fails, green needs one that passes and somebody's word.
    worker.gt(&["molecule", "advance", M, "do-red", "--note", "x"]).fails(4);
    worker.write("tests/two.t", "test -f src/new.sh\n");
    hand_in(&worker, "do-red");
    worker.gt(&["molecule", "advance", M, "do-green", "--note", "x"]).fails(4);
    worker.write("src/new.sh", "echo new\n");
    worker.gt(&["molecule", "advance", M, "do-green", "--note", "x"]).fails(3);
    worker.gt(&["molecule", "attest", M, "do-green", "--all", "--note", "one line"]).ok();
    hand_in(&worker, "do-green");
    hand_in(&worker, "do-refactor");
    worker.commit_all("The code");
    hand_in(&worker, "test-validation");
    let shown = lead.gt(&["checkpoint", "show", M, "test-validation-checkpoint"]);
    assert!(shown.ok().contains("Total Tests: 2 (1 existing + 1 new)"), "{}", shown.stdout());
    lead.gt(&["checkpoint", "approve", M, "test-validation-checkpoint"]).ok();
    hand_in(&worker, "compliance-triage");
    lead.gt(&["checkpoint", "approve", M, "compliance-checkpoint"]).ok();
    assert_eq!(state(&worker, M), "in_progress");
    let last = worker.gt(&["molecule", "advance", M, "document", "--note", "written"]);
    assert!(last.ok().contains("Day 3 Complete - Handoff to Day 4"), "{}", last.stdout());
    assert_eq!(state(&worker, M), "completed");
    // The hand-over is a commit too: records only, with what it stands for.
    let commit = worker.git(&["show", "--name-only", "--format=%s%n%b", "HEAD"]);
    let commit = commit.ok();
    assert!(
        commit.starts_with("gt(complete): Day 3 - day3-refs\n") && commit.contains("\nGas-Town-Molecule: day3-refs\n"),
        "{commit}"
    );
    let files: Vec<&str> = commit.lines().skip_while(|l| !l.starts_with(".beads/")).collect();
    assert!(!files.is_empty() && files.iter().all(|f| f.starts_with(".beads/")), "{commit}");
    worker.gt(&["molecule", "advance", M, "document", "--note", "x"]).fails(3);
    worker.gt(&["molecule", "pause", M]).fails(3);
}

// goal: W5 W6 W9 tier1
#[test]
fn a_failed_validation_goes_back_and_blocks() {
    let sandbox = Sandbox::new();
    let (worker, lead) = ready(&sandbox);
    to_validation(&worker, &lead);
    worker.write("tests/three_test.go", "package x\nimport (\"testing\"; \"time\")\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n\ttime.Sleep(time.Second)\n\tif 1 != 2 { t.Fatal() }\n}\n");
    worker.write("tests/four.t", "false\n");
    worker.commit_all("Broken");
    let failed = worker.gt(&["molecule", "advance", M, "test-validation", "--note", "all good"]);
    failed.fails(4);
    let said = failed.stderr().to_owned();
    for wanted in [
        "day3-refs BLOCKED",
        "Test pass rate below 100% (66.7%)",
        "Failed Tests: 1/3",
        "t.Skip",
        "time.Sleep",
        "Day 4 start BLOCKED",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert_eq!(state(&worker, M), "needs_fix");
    assert_eq!(step(&worker, M, "do-refactor").0, "ready");
    assert_eq!(step(&worker, M, "do-refactor").2, 2);
    assert_eq!((step(&worker, M, "test-validation").0.as_str(), step(&worker, M, "test-validation").2), ("failed", 1));
    assert_eq!(step(&worker, M, "test-validation-checkpoint").1, "blocked");
    lead.gt(&["checkpoint", "approve", M, "test-validation-checkpoint"]).fails(4);
    lead.gt(&["checkpoint", "approve", M, "test-validation-checkpoint", "--override", "--reason", "hurry"]).fails(4);
    worker.gt(&["molecule", "advance", M, "test-validation", "--note", "x"]).fails(3);
    worker.git(&["rm", "-q", "tests/three_test.go", "tests/four.t"]).ok();
    worker.commit_all("Mended");
    hand_in(&worker, "do-refactor");
    assert_eq!(step(&worker, M, "test-validation").2, 2, "it is asked in its next try");
    hand_in(&worker, "test-validation");
    assert_eq!((step(&worker, M, "test-validation").0.as_str(), step(&worker, M, "test-validation").2), ("done", 2));
    assert_eq!(state(&worker, M), "awaiting_checkpoint");
    assert_eq!(step(&worker, M, "test-validation-checkpoint").1, "open");
}

// goal: W3 W6 tier1
#[test]
fn a_rejection_needs_a_reason_and_goes_back() {
    let sandbox = Sandbox::new();
    let (worker, lead) = ready(&sandbox);
    hand_in(&worker, "analysis");
    lead.gt(&["checkpoint", "reject", M, "analysis-checkpoint"]).fails(2);
    lead.gt(&["checkpoint", "comment", M, "analysis-checkpoint", "--text", "Which port?"]).ok();
    worker.write("a.md", "+++\nquestions = [\"None left\"]\nconfidence = 90\n+++\nPort 80.\n");
    worker.gt(&["checkpoint", "revise", M, "analysis-checkpoint", "--summary", "a.md"]).ok();
    let shown = lead.gt(&["checkpoint", "show", M, "analysis-checkpoint"]);
    for wanted in ["Port 80.", "Confidence: 90%", "Which port?", "1. None left"] {
        assert!(shown.ok().contains(wanted), "{wanted}: {}", shown.stdout());
    }
    lead.gt(&["checkpoint", "reject", M, "analysis-checkpoint", "--reason", "Port 443"]).ok();
    assert_eq!(state(&worker, M), "needs_fix");
    assert_eq!(step(&worker, M, "analysis").0, "ready");
    assert_eq!(step(&worker, M, "analysis-checkpoint").1, "rejected");
    lead.gt(&["checkpoint", "reopen", M, "analysis-checkpoint", "--reason", "80 is right"]).ok();
    assert_eq!(state(&worker, M), "awaiting_checkpoint");
    lead.gt(&["checkpoint", "reject", M, "analysis-checkpoint", "--reason", "Port 443 after all"]).ok();
    hand_in(&worker, "analysis");
    lead.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    let history = worker.gt(&["molecule", "history", M]);
    for wanted in ["reject", "go-back", "revise", "comment", "reopen", "approve", "Port 443 after all"] {
        assert!(history.ok().contains(wanted), "{wanted}: {}", history.stdout());
    }
}

// goal: W4 tier1
#[test]
fn a_passed_deadline_pauses_and_resume_opens_again() {
    let sandbox = Sandbox::new();
    let (worker, lead) = ready(&sandbox);
    hand_in(&worker, "analysis");
    let late = "2026-03-01T15:00:00Z";
    let at = |work: &Work, args: &[&str]| work.gt_cmd(args).now(late).run();
    assert_eq!(at(&worker, &["molecule", "status", M, "--json"]).json()["state"], "paused");
    at(&lead, &["checkpoint", "approve", M, "analysis-checkpoint"]).fails(3);
    let ticked = at(&worker, &["tick"]);
    assert!(ticked.ok().contains("nobody decided about day3-refs/analysis-checkpoint in time"), "{}", ticked.stdout());
    assert_eq!(at(&worker, &["tick", "--json"]).json()["expired"], serde_json::json!([]));
    assert_eq!(step(&worker, M, "analysis").0, "done", "no step goes back");
    at(&worker, &["molecule", "resume", M]).ok();
    at(&lead, &["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    // The same by the checkpoint itself.
    let later = "2026-03-01T23:00:00Z";
    at(&worker, &["molecule", "advance", M, "plan", "--note", "done"]).ok();
    let at = |work: &Work, args: &[&str]| work.gt_cmd(args).now(later).run();
    at(&worker, &["tick"]).ok();
    at(&worker, &["checkpoint", "reopen", M, "plan-checkpoint", "--reason", "x"]).fails(3);
    at(&lead, &["checkpoint", "reopen", M, "plan-checkpoint", "--reason", "I was away"]).ok();
    assert_eq!(at(&worker, &["molecule", "status", M, "--json"]).json()["state"], "awaiting_checkpoint");
    at(&lead, &["checkpoint", "approve", M, "plan-checkpoint"]).ok();
}

// goal: W7 tier1
#[test]
fn what_requires_another_waits_for_it() {
    let sandbox = Sandbox::new();
    let (worker, lead) = ready(&sandbox);
    pour_recipe(&worker, apdc(), "day4-next", &[M]);
    assert_eq!(state(&worker, "day4-next"), "waiting");
    worker.gt(&["molecule", "advance", "day4-next", "analysis", "--note", "x"]).fails(3);
    let first = |work: &Work| {
        let json = work.bd(&["ready", "--json"]).json();
        json.as_array()
            .map(|a| a.iter().filter_map(|b| b["title"].as_str().map(str::to_owned)).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    assert_eq!(first(&worker), ["day3-refs: analysis"]);
    // Whoever cuts the edge has not lifted what it was poured with.
    let bead =
        |name: &str| worker.gt(&["molecule", "status", name, "--json"]).json()["bead"].as_str().unwrap_or_default().to_owned();
    worker.bd(&["dep", "remove", &bead("day4-next"), &bead(M)]).ok();
    assert_eq!(state(&worker, "day4-next"), "waiting");
    to_validation(&worker, &lead);
    hand_in(&worker, "test-validation");
    lead.gt(&["checkpoint", "approve", M, "test-validation-checkpoint"]).ok();
    hand_in(&worker, "compliance-triage");
    lead.gt(&["checkpoint", "approve", M, "compliance-checkpoint"]).ok();
    hand_in(&worker, "document");
    assert_eq!(state(&worker, "day4-next"), "in_progress");
    assert_eq!(first(&worker), ["day4-next: analysis"]);
}

#[test]
fn tests_that_no_command_runs_are_no_pass() {
    let sandbox = Sandbox::new();
    let work = repository(&sandbox, "lone").acting_as("wes");
    let poured = work.gt(&["formula", "pour", "bugfix", "--name", "fix", "--var", "bug=login"]);
    poured.ok();
    assert!(poured.stderr().contains("no command runs them"), "{}", poured.stderr());
    let before = work.rev("refs/beads/state");
    let refused = work.gt(&["molecule", "advance", "fix", "reproduce", "--note", "it fails"]);
    refused.fails(4);
    assert!(refused.stderr().contains("no command runs them"), "{}", refused.stderr());
    assert_eq!(work.rev("refs/beads/state"), before);
    // The command is named later, has to be trusted, and then decides.
    work.gt(&["molecule", "upgrade", "fix", "--var", "test_command=sh run-tests.sh"]).ok();
    work.gt(&["molecule", "advance", "fix", "reproduce", "--note", "it fails"]).fails(4);
    work.gt(&["molecule", "trust", "fix"]).ok();
    work.gt(&["molecule", "advance", "fix", "reproduce", "--note", "it does not fail"]).fails(4);
    work.write("tests/two.t", "false\n");
    work.gt(&["molecule", "advance", "fix", "reproduce", "--note", "it fails"]).ok();
}
