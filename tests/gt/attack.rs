//! Ways around the gates of a molecule: each of them went through once.

use crate::kit::{RUN, repository, state, step};
use bd_tests::{Sandbox, Work};

/// Work with a criterion for people, a checkpoint, the tests, and an end with a word of the lead.
const STRICT: &str = r#"formula = "f"
version = 1
[vars.cmd]
description = "Runs the tests"
default = "sh run-tests.sh"
[[steps]]
id = "work"
title = "Work"
success_criteria = ["tests_pass = true", "neat = true"]
[[steps]]
id = "look"
title = "Look"
needs = ["work"]
requires_human_approval = true
[[steps]]
id = "check"
title = "Check"
kind = "validation"
needs = ["look"]
validation_commands = ["{{cmd}}"]
success_criteria = ["test_pass_rate = 100%"]
[progression_rules]
day_completion_criteria = ["All tests pass at 100%"]
"#;
/// The same name, and nothing but the first step.
const LOOSE: &str =
    "formula = \"f\"\nversion = 2\n[vars.cmd]\ndescription = \"x\"\n[[steps]]\nid = \"work\"\ntitle = \"{{cmd}}\"\n";

fn poured(sandbox: &Sandbox, command: &str) -> (Work, Work) {
    let wes = repository(sandbox, "lone").acting_as("wes");
    wes.write(".beads/formulas/f.toml", STRICT);
    let lea = wes.acting_as("lea");
    lea.gt(&["formula", "pour", "f", "--name", "m", "--var", &format!("cmd={command}")]).ok();
    lea.gt(&["molecule", "trust", "m"]).ok();
    (wes, lea)
}

fn worked(sandbox: &Sandbox) -> (Work, Work) {
    let (wes, lea) = poured(sandbox, "sh run-tests.sh");
    wes.gt(&["molecule", "attest", "m", "work", "--all"]).ok();
    wes.gt(&["molecule", "advance", "m", "work", "--note", "done"]).ok();
    (wes, lea)
}

fn bead(work: &Work, id: &str) -> String {
    let json = work.gt(&["molecule", "status", "m", "--json"]).json();
    let step = json["steps"].as_array().and_then(|s| s.iter().find(|s| s["id"] == id)).cloned().unwrap_or_default();
    step["bead"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn nobody_moves_his_own_work_to_a_formula_that_asks_for_less() {
    let sandbox = Sandbox::new();
    let (wes, lea) = worked(&sandbox);
    wes.write(".beads/formulas/f.toml", LOOSE);
    let refused = wes.gt(&["molecule", "upgrade", "m"]);
    refused.fails(3);
    assert!(refused.stderr().contains("asks for less: "), "{}", refused.stderr());
    assert_eq!(state(&wes, "m"), "awaiting_checkpoint");
    // One command or criterion less is less as well; more is not.
    wes.write(".beads/formulas/f.toml", STRICT.replace("\"neat = true\"", "").replace("version = 1", "version = 3"));
    wes.gt(&["molecule", "upgrade", "m"]).fails(3);
    wes.write(
        ".beads/formulas/f.toml",
        STRICT.replace("\"{{cmd}}\"]", "\"true\"] # {{cmd}}").replace("version = 1", "version = 4"),
    );
    assert_ne!(wes.gt(&["molecule", "upgrade", "m"]).code(), 0);
    wes.write(".beads/formulas/f.toml", STRICT.replace("\"neat = true\"", "\"neat = true\", \"small = true\""));
    wes.gt(&["molecule", "upgrade", "m"]).ok();
    // Who did not work on it may, on record, and then leaves the work to others.
    lea.write(
        ".beads/formulas/f.toml",
        STRICT.replace("title = \"Check\"", "title = \"Check\"\nx_note = 1").replace(", \"neat = true\"", ""),
    );
    let moved = lea.gt(&["molecule", "upgrade", "m"]);
    moved.ok();
    assert!(moved.stderr().contains("asks for less"), "{}", moved.stderr());
    wes.acting_as("kim").gt(&["checkpoint", "approve", "m", "look"]).ok();
    lea.gt(&["molecule", "advance", "m", "check", "--note", "x"]).fails(3);
    wes.gt(&["molecule", "advance", "m", "check", "--note", "x"]).ok();
    assert_eq!(state(&wes, "m"), "completed");
}

#[test]
fn an_undo_of_a_reopening_is_no_approval() {
    let sandbox = Sandbox::new();
    let (wes, lea) = worked(&sandbox);
    lea.gt(&["checkpoint", "approve", "m", "look"]).ok();
    lea.gt(&["checkpoint", "reopen", "m", "look", "--reason", "wait"]).ok();
    wes.bd(&["undo", &bead(&wes, "look")]).ok();
    assert_ne!(step(&wes, "m", "look").0, "done");
    wes.gt(&["molecule", "advance", "m", "check", "--note", "x"]).fails(3);
    wes.gt(&["checkpoint", "approve", "m", "look"]).fails(3);
    // Whoever decides is not hindered by it.
    lea.gt(&["checkpoint", "approve", "m", "look"]).ok();
    assert_eq!(step(&wes, "m", "look").1, "approved");
}

#[test]
fn an_import_neither_approves_nor_attests_nor_loosens() {
    let sandbox = Sandbox::new();
    let (wes, lea) = worked(&sandbox);
    let look = bead(&wes, "look");
    let all = wes.bd(&["export"]);
    let line = all.ok().lines().find(|l| l.contains(&format!("{{\"id\":\"{look}\""))).unwrap_or_default().to_owned();
    wes.write("in.jsonl", &line);
    wes.bd(&["import", "in.jsonl"]).ok();
    wes.write("in.jsonl", line.replace("\"cp.state\":\"open\"", "\"cp.state\":\"approved\""));
    wes.bd(&["import", "in.jsonl"]).ok();
    assert_ne!(step(&wes, "m", "look").0, "done");
    wes.write("in.jsonl", line.replace("\"kind\":\"checkpoint\"", "\"kind\":\"work\""));
    wes.bd(&["import", "in.jsonl"]).ok();
    assert_ne!(wes.gt(&["molecule", "advance", "m", "look", "--note", "mine"]).code(), 0);
    wes.gt(&["molecule", "advance", "m", "check", "--note", "x"]).fails(3);
    assert_eq!(lea.gt(&["molecule", "status", "m", "--json"]).json()["missing"][0], "look");
    // The formula says again what is asked for.
    lea.gt(&["molecule", "upgrade", "m"]).ok();
    lea.gt(&["checkpoint", "approve", "m", "look"]).ok();
    wes.gt(&["molecule", "advance", "m", "check", "--note", "x"]).ok();
    assert_eq!(state(&wes, "m"), "completed");
}

#[test]
fn without_a_command_no_criterion_about_tests_passes() {
    let sandbox = Sandbox::new();
    let (wes, _) = poured(&sandbox, "");
    wes.gt(&["molecule", "attest", "m", "work", "--all"]).ok();
    // It was exit 70, and no way on.
    wes.gt(&["molecule", "advance", "m", "work", "--note", "x"]).fails(4);
    // Who works on it may name the command: that asks for more.
    wes.gt(&["molecule", "upgrade", "m", "--var", "cmd=sh run-tests.sh"]).ok();
    wes.gt(&["molecule", "trust", "m"]).ok();
    wes.gt(&["molecule", "advance", "m", "work", "--note", "x"]).ok();
}

#[test]
fn a_report_of_no_tests_or_of_a_part_of_them_does_not_pass() {
    let none = "echo 'running 0 tests'; echo 'test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s'";
    for (command, why) in [
        ("echo 1..0", "no test was run"),
        (none, "no test was run"),
        ("echo 'running 2 tests'", "not whole"),
        ("printf 'ok 1 - a\\n1..3\\n'", "its plan is 3 tests, and it has 1"),
        ("printf 'not ok 1 - a\\n1..1\\n'", "below 100%"),
        ("printf 'ok 1 - a # SKIP\\n1..1\\n'", "below 100%"),
    ] {
        let sandbox = Sandbox::new();
        let (wes, lea) = poured(&sandbox, "sh run-tests.sh");
        wes.gt(&["molecule", "attest", "m", "work", "--all"]).ok();
        wes.gt(&["molecule", "advance", "m", "work", "--note", "x"]).ok();
        lea.gt(&["checkpoint", "approve", "m", "look"]).ok();
        wes.write("run-tests.sh", format!("{command}\n"));
        let out = wes.gt(&["molecule", "advance", "m", "check", "--note", "x"]);
        out.fails(4);
        assert!(out.stderr().contains(why), "{command}: {}", out.stderr());
        assert_eq!(state(&wes, "m"), "needs_fix", "{command}");
        wes.write("run-tests.sh", RUN);
    }
}

#[test]
fn the_completion_commit_has_only_trailers_of_its_own_and_no_file_from_outside() {
    let sandbox = Sandbox::new();
    let work = repository(&sandbox, "lone");
    let text = "formula = \"g\"\nversion = \"1\\nSigned-off-by: mallory\"\n[[steps]]\nid = \"only\"\ntitle = \"Only\"\n";
    work.write(".beads/formulas/g.toml", text);
    work.gt(&["formula", "pour", "g", "--name", "m"]).ok();
    let outside = sandbox.path("outside");
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("compliance-x.md"), "not of this tree\n").unwrap();
    std::fs::create_dir_all(work.dir().join(".beads/molecules/m")).unwrap();
    std::os::unix::fs::symlink(&outside, work.dir().join(".beads/molecules/m/reports")).unwrap();
    let done = work.gt(&["molecule", "advance", "m", "only", "--note", "x"]);
    assert!(done.stderr().contains("it is a link"), "{}", done.stderr());
    std::fs::remove_file(work.dir().join(".beads/molecules/m/reports")).unwrap();
    work.gt(&["molecule", "record", "m", "--commit"]).ok();
    let message = work.git(&["log", "-1", "--format=%B"]);
    assert!(message.ok().contains("Formula: g v1 Signed-off-by: mallory"), "{}", message.stdout());
    assert!(!message.stdout().contains("\nSigned-off-by"), "{}", message.stdout());
    assert!(!work.git(&["ls-tree", "-r", "--name-only", "HEAD"]).ok().contains("compliance-x"));
}

#[test]
fn a_batch_closes_no_step_and_says_so_at_once() {
    let sandbox = Sandbox::new();
    let (wes, _) = poured(&sandbox, "sh run-tests.sh");
    let before = wes.git(&["rev-parse", "refs/beads/state"]).line();
    let line = format!("create \"beside\"\nclose {}\n", bead(&wes, "work"));
    // It waited for its own lock, and ended with 0 and nothing done.
    let out = wes.cmd(&["batch"]).env("BD_LOCK_TIMEOUT", "1").stdin(line).run();
    out.fails(3);
    assert!(out.stderr().contains("gt molecule status"), "{}", out.stderr());
    assert_eq!(wes.git(&["rev-parse", "refs/beads/state"]).line(), before);
    assert_eq!(state(&wes, "m"), "in_progress");
}

#[test]
fn a_molecule_is_not_hidden_by_another_type() {
    let sandbox = Sandbox::new();
    let (wes, _) = poured(&sandbox, "sh run-tests.sh");
    let molecule = wes.gt(&["molecule", "status", "m", "--json"]).json()["bead"].as_str().unwrap_or_default().to_owned();
    wes.bd(&["update", &molecule, "--type", "task"]).fails(3);
    wes.bd(&["update", &bead(&wes, "look"), "--type", "task"]).fails(3);
    wes.bd(&["update", &molecule, "--type", "molecule", "--priority", "1"]).ok();
    assert_eq!(state(&wes, "m"), "in_progress");
}

#[test]
fn two_formulas_under_one_name_are_nobodys_until_somebody_decides() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let wes = remote.clone_as("wes");
    crate::kit::seed(&wes);
    wes.bd(&["init", "--publish"]).ok();
    wes.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    wes.bd(&["sync"]).ok();
    let mal = remote.clone_as("mal");
    mal.bd(&["sync"]).ok();
    wes.write(".beads/formulas/f.toml", STRICT);
    mal.write(".beads/formulas/f.toml", LOOSE);
    wes.gt(&["formula", "pour", "f", "--name", "m"]).ok();
    mal.gt(&["formula", "pour", "f", "--name", "m", "--var", "cmd=x"]).ok();
    for work in [&wes, &mal, &wes] {
        work.bd(&["sync"]).ok();
    }
    assert_ne!(mal.gt(&["molecule", "advance", "m", "work", "--note", "mine"]).code(), 0);
    for work in [&wes, &mal] {
        assert_eq!(state(work, "m"), "in_progress");
        assert!(work.gt(&["molecule", "status", "m", "--json"]).json()["missing"].to_string().contains("work"));
    }
    wes.gt(&["molecule", "upgrade", "m", "--var", "cmd=sh run-tests.sh"]).ok();
    assert_eq!(step(&wes, "m", "look").1, "pending");
    assert_eq!(wes.gt(&["molecule", "status", "m", "--json"]).json()["missing"].as_array().map(Vec::len), Some(0));
}
