//! Rows of the gap table (gastown.md 10.5) that the scenarios do not show.

use super::kit::{C, FILE, M, at, world};
use crate::kit::{repository, state};
use bd_tests::Sandbox;

const FORMULA: &str = r#"formula = "ruled"
version = 1
[[steps]]
id = "work"
title = "Work"
[[steps]]
id = "check"
title = "Check"
kind = "validation"
needs = ["work"]
validation_commands = ["sh run-tests.sh"]
success_criteria = ["test_pass_rate = 100%"]
[progression_rules]
day_completion_criteria = ["All tests pass at 100%", "The operators were told"]
[blocking_conditions]
skipped_tests_detected = true
budget_exceeded = true
"#;

// goal: W7 W8 tier1
#[test]
fn g8_a_rule_that_no_machine_understands_holds_the_next_molecule_until_a_person_attests() {
    let sandbox = Sandbox::new();
    let wes = repository(&sandbox, "lone").acting_as("wes");
    let lea = wes.acting_as("lea");
    wes.write(".beads/formulas/ruled.toml", FORMULA);
    wes.gt(&["convoy", "create", "--id", "q", "--name", "Q"]).ok();
    let file = ".beads/convoys/q/convoy.toml";
    wes.write(file, wes.read(file) + "\n[blocking_conditions]\nsomebody_on_leave = true\nanti_patterns_detected = true\n");
    wes.commit_all("Rules");
    for (name, requires) in [("one", ""), ("two", "one")] {
        let mut args = vec!["formula", "pour", "ruled", "--name", name, "--convoy", "q"];
        if !requires.is_empty() {
            args.extend(["--requires", requires]);
        }
        wes.gt(&args).ok();
    }
    wes.gt(&["molecule", "trust", "one"]).ok();
    wes.gt(&["molecule", "advance", "one", "work", "--note", "done"]).ok();
    let last = wes.gt(&["molecule", "advance", "one", "check", "--note", "done"]);
    last.ok();
    let open = ["The operators were told", "budget_exceeded", "somebody_on_leave"];
    for sentence in open {
        assert!(last.stderr().contains(sentence), "{sentence}: {}", last.stderr());
    }
    for computed in ["All tests pass at 100%", "skipped_tests_detected", "anti_patterns_detected"] {
        assert!(!last.stderr().contains(computed), "what a machine can judge is not asked: {}", last.stderr());
    }
    assert_eq!((state(&wes, "one").as_str(), state(&wes, "two").as_str()), ("in_progress", "waiting"));
    wes.gt(&["molecule", "advance", "two", "work", "--note", "x"]).fails(3);
    lea.gt(&["molecule", "attest", "one", "--all", "--note", "read, and so"]).ok();
    assert_eq!((state(&wes, "one").as_str(), state(&wes, "two").as_str()), ("completed", "in_progress"));
}

// goal: W1 W2 W3 tier1
#[test]
fn g1_a_molecule_is_files_that_a_reviewer_can_read() {
    let sandbox = Sandbox::new();
    let (wes, lea) = world(&sandbox);
    at(&lea, "09:00", &["convoy", "create", "--config", FILE]).ok();
    let inputs = ".beads/convoys/audit-trail/molecules/day3-workflow-refs.toml";
    at(&wes, "09:05", &["molecule", "create", "--name", M, "--inputs", inputs, "--tests-before", "2"]).ok();
    let note = wes.sandbox().path("a.md");
    std::fs::write(&note, "+++\nquestions = [\"Which?\"]\nconfidence = 85\n+++\nRead.\n").expect("a hand-in");
    at(&wes, "09:20", &["molecule", "advance", M, "analysis", "--summary", &note.display().to_string()]).ok();
    at(&lea, "09:25", &["checkpoint", "comment", M, "analysis-checkpoint", "--text", "The name"]).ok();
    at(&lea, "09:30", &["checkpoint", "approve", M, "analysis-checkpoint", "--note", "clear"]).ok();
    at(&wes, "09:31", &["molecule", "record", M]).ok();
    let folder = format!(".beads/convoys/{C}/molecules/{M}");
    let read = |name: &str| -> serde_json::Value { toml_edit::de::from_str(&wes.read(&format!("{folder}/{name}"))).expect("TOML") };
    let molecule = read("molecule.toml");
    for (key, value) in [
        ("molecule_id", M),
        ("formula", "integration-test-full-validation"),
        ("formula_version", "2.1"),
        ("convoy", C),
        ("owner", "@lea"),
        ("team", "workflow"),
        ("state", "in_progress"),
        ("current_step", "plan"),
    ] {
        assert_eq!(molecule[key], value, "{key} in {molecule}");
    }
    let steps = molecule["step"].as_array().expect("steps");
    assert_eq!((steps.len(), steps[0]["id"].as_str(), steps[0]["state"].as_str()), (13, Some("analysis"), Some("done")));
    let checkpoint = read("checkpoints/analysis-checkpoint.toml");
    assert_eq!((checkpoint["state"].as_str(), checkpoint["confidence"].as_u64()), (Some("approved"), Some(85)));
    assert_eq!((checkpoint["questions"][0].as_str(), checkpoint["criteria"].as_array().map(Vec::len)), (Some("Which?"), Some(3)));
    let events: Vec<(&str, &str)> = checkpoint["event"]
        .as_array()
        .expect("events")
        .iter()
        .map(|e| (e["kind"].as_str().unwrap_or_default(), e["actor"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(events, [("open", "wes"), ("comment", "lea"), ("approve", "lea")]);
}
