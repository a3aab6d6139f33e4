//! A repository whose tests are a shell script that prints TAP, and a molecule in it.

use bd::env::Env;
use bd::store::Store;
use bd_tests::{Sandbox, Work};
use gt::formula::{Estimate, OnFail, Progression, Recipe, Step, StepKind};
use gt::molecule::pour::{Pour, pour};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tests of the repository: one passes; the second is what `file` holds.
pub const RUN: &str = "#!/bin/sh\n# Prints TAP for every *.t file.\nn=0\nfor t in tests/*.t; do\n  n=$((n+1))\n  if sh \"$t\"; then echo \"ok $n - $t\"; else echo \"not ok $n - $t\"; bad=1; fi\ndone\necho \"1..$n\"\nexit ${bad:-0}\n";

/// A repository with one passing test and one code file, and beads in it.
pub fn repository(sandbox: &Sandbox, name: &str) -> Work {
    let work = sandbox.repo(name);
    seed(&work);
    work
}

/// Fills a working tree with a project, and makes the store.
pub fn seed(work: &Work) {
    work.write("run-tests.sh", RUN);
    work.write("tests/one.t", "test 1 = 1\n");
    work.write("src/code.sh", "answer() { echo 42; }\n");
    work.bd(&["init", "--prefix", "app"]).ok();
    work.commit_all("A project");
}

/// The thirteen steps of the APDC formula, as short as they can be.
pub fn apdc() -> Recipe {
    let step = |id: &str, kind: StepKind, needs: &[&str], phase: &str, minutes: u32| Step {
        id: id.to_owned(),
        title: id.replace('-', " "),
        kind,
        needs: needs.iter().map(|n| (*n).to_owned()).collect(),
        phase: Some(phase.to_owned()),
        estimate: (minutes > 0).then_some(Estimate { min: minutes, max: minutes }),
        ..Step::default()
    };
    let back = |mut s: Step, to: &str| {
        s.on_fail = Some(OnFail { goto: to.to_owned(), derived: true });
        s
    };
    let cp = |id: &str, need: &str, to: &str, phase: &str| {
        let mut s = back(step(id, StepKind::Checkpoint, &[need], phase, 0), to);
        s.timeout = Some("2h".to_owned());
        s.blocking = true;
        s
    };
    let words = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let mut red = step("do-red", StepKind::Work, &["infrastructure"], "do", 15);
    red.success_criteria = words(&["test_compiles = true", "test_fails_as_expected = true", "no_skip_calls = true"]);
    red.tdd_phase = Some("red".to_owned());
    let mut green = step("do-green", StepKind::Work, &["do-red"], "do", 20);
    green.success_criteria = words(&["tests_pass = true", "minimal_implementation = true"]);
    green.tdd_phase = Some("green".to_owned());
    let mut refactor = step("do-refactor", StepKind::Work, &["do-green"], "do", 15);
    refactor.tdd_phase = Some("refactor".to_owned());
    let mut validation = back(step("test-validation", StepKind::Validation, &["do-refactor"], "check", 10), "do-refactor");
    validation.validation_commands = words(&["sh run-tests.sh"]);
    validation.success_criteria =
        words(&["test_pass_rate = 100%", "no_skipped_tests = true", "no_time_sleep_before_assertions = true"]);
    Recipe {
        name: "apdc".to_owned(),
        version: "2.1".to_owned(),
        digest: "d1".to_owned(),
        steps: vec![
            step("analysis", StepKind::Work, &[], "analysis", 15),
            cp("analysis-checkpoint", "analysis", "analysis", "analysis"),
            step("plan", StepKind::Work, &["analysis-checkpoint"], "plan", 20),
            cp("plan-checkpoint", "plan", "plan", "plan"),
            step("infrastructure", StepKind::Work, &["plan-checkpoint"], "do", 10),
            red,
            green,
            refactor,
            validation,
            cp("test-validation-checkpoint", "test-validation", "do-refactor", "check"),
            step("compliance-triage", StepKind::Compliance, &["test-validation-checkpoint"], "check", 45),
            cp("compliance-checkpoint", "compliance-triage", "do-refactor", "check"),
            step("document", StepKind::Document, &["compliance-checkpoint"], "check", 10),
        ],
        progression: Progression {
            block_next_day_if: words(&["test_pass_rate < 100%", "test_validation_checkpoint_rejected"]),
            day_completion_criteria: words(&["All tests pass at 100%", "Compliance checkpoint approved"]),
        },
        ..Recipe::default()
    }
}

/// The store of a working tree, for what a test does without the command line.
pub fn store(work: &Work) -> Store {
    let mut vars = BTreeMap::from([("HOME".to_owned(), work.sandbox().path("home").display().to_string())]);
    vars.insert("BD_ACTOR".to_owned(), work.actor().to_owned());
    vars.insert("BD_NOW".to_owned(), "2026-03-01T09:00:00Z".to_owned());
    Store::open(Arc::new(Env::new(work.dir().to_owned(), vars))).expect("a store")
}

/// Pours a recipe.
pub fn pour_recipe(work: &Work, recipe: Recipe, name: &str, requires: &[&str]) {
    let store = store(work);
    let asked = Pour {
        recipe,
        name: name.to_owned(),
        owner: Some("@lea".to_owned()),
        team: Some("flow".to_owned()),
        requires: requires.iter().map(|r| (*r).to_owned()).collect(),
        tests_before: Some(1),
        ..Pour::default()
    };
    store.write(|tx| pour(tx, &asked)).expect("a molecule");
}

/// The state of a molecule.
pub fn state(work: &Work, name: &str) -> String {
    let json = work.gt(&["molecule", "status", name, "--json"]).json();
    json["state"].as_str().unwrap_or_default().to_owned()
}

/// The state of a step, and of its approval where it is a checkpoint.
pub fn step(work: &Work, name: &str, id: &str) -> (String, String, u64) {
    let json = work.gt(&["molecule", "status", name, "--json"]).json();
    let step = json["steps"].as_array().and_then(|s| s.iter().find(|s| s["id"] == id)).cloned().unwrap_or_default();
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    (text(&step["state"]), text(&step["checkpoint"]["state"]), step["attempt"].as_u64().unwrap_or(0))
}
