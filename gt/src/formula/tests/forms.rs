//! The forms in the wild, restated as short as they can be.

use super::*;

/// The APDC form: a text for a version, steps without titles, approval, commands, a report, and no word on ways back.
const APDC: &str = r#"description = "apdc"
version = "2.1"
tags = ["x"]
[[steps]]
id = "analysis"
description = "Read\nmore"
duration_estimate = "15m"
phase = "analysis"
[[steps]]
id = "analysis-checkpoint"
needs = ["analysis"]
requires_human_approval = true
blocking = true
timeout = "2h"
phase = "analysis"
approval_criteria = ["clear"]
[[steps]]
id = "plan"
needs = ["analysis-checkpoint"]
phase = "plan"
[[steps]]
id = "plan-checkpoint"
needs = ["plan"]
requires_human_approval = true
phase = "plan"
[[steps]]
id = "infrastructure"
needs = ["plan-checkpoint"]
validation_commands = ["make up"]
[[steps]]
id = "do-refactor"
needs = ["infrastructure"]
tdd_phase = "refactor"
[[steps]]
id = "test-validation"
needs = ["do-refactor"]
blocking = true
mandatory = true
validation_commands = ["make test"]
success_criteria = ["test_pass_rate = 100%"]
failure_handling = "block_progression"
[[steps]]
id = "test-validation-checkpoint"
needs = ["test-validation"]
requires_human_approval = true
phase = "check"
[[steps]]
id = "compliance-triage"
needs = ["test-validation-checkpoint"]
duration_estimate = "30-45m"
validation_categories = ["x"]
report_template = "t.md"
[[steps]]
id = "compliance-checkpoint"
needs = ["compliance-triage"]
requires_human_approval = true
phase = "check"
[[steps]]
id = "document"
needs = ["compliance-checkpoint"]
[quality_requirements]
test_pass_rate = "100%"
[progression_rules]
block_next_day_if = ["test_pass_rate < 100%"]
[metadata]
required_approvals = 4
"#;

#[test]
fn the_apdc_form() {
    let made = of(APDC);
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    let recipe = &made.recipe;
    assert_eq!((recipe.version.as_str(), recipe.extra["tags"][0].as_str()), ("2.1", Some("x")));
    let table: Vec<(&str, StepKind, Option<&str>)> =
        recipe.steps.iter().map(|s| (s.id.as_str(), s.kind, s.on_fail.as_ref().map(|b| b.goto.as_str()))).collect();
    use StepKind::{Checkpoint, Compliance, Document, Validation, Work};
    let want = [
        ("analysis", Work, None),
        ("analysis-checkpoint", Checkpoint, Some("analysis")),
        ("plan", Work, None),
        ("plan-checkpoint", Checkpoint, Some("plan")),
        ("infrastructure", Work, None),
        ("do-refactor", Work, None),
        ("test-validation", Validation, Some("do-refactor")),
        ("test-validation-checkpoint", Checkpoint, Some("do-refactor")),
        ("compliance-triage", Compliance, None),
        ("compliance-checkpoint", Checkpoint, Some("do-refactor")),
        ("document", Document, None),
    ];
    assert_eq!(table, want);
    assert!(recipe.steps.iter().filter_map(|s| s.on_fail.as_ref()).all(|b| b.derived));
    assert_eq!((recipe.steps[0].title.as_str(), recipe.steps[2].title.as_str()), ("Read", "plan"));
    assert_eq!(recipe.steps[8].estimate, Some(Estimate { min: 30, max: 45 }));
    assert_eq!((&recipe.quality["test_pass_rate"], &recipe.metadata["required_approvals"]), (&"100%".into(), &4.into()));
    assert_eq!(recipe.progression.block_next_day_if, ["test_pass_rate < 100%"]);
    assert_eq!(recipe.steps[6].extra["failure_handling"], "block_progression");
}

#[test]
fn a_validation_without_a_refactoring_goes_back_to_the_nearest_work() {
    let made = of(
        "[[steps]]\nid = \"a\"\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\n[[steps]]\nid = \"other\"\n[[steps]]\nid = \"v\"\nneeds = [\"b\"]\nkind = \"validation\"\n[[steps]]\nid = \"cp\"\nneeds = [\"v\"]\nrequires_human_approval = true\n[[steps]]\nid = \"lone\"\nrequires_human_approval = true\n",
    );
    let back = |id: &str| made.recipe.step(id).and_then(|s| s.on_fail.clone()).map(|b| b.goto);
    assert_eq!((back("v"), back("cp"), back("lone"), back("b")), (Some("b".into()), Some("b".into()), None, None));
}

#[test]
fn one_formula_in_toml_and_json() {
    let toml = "formula = \"f\"\nversion = 3\ntype = \"workflow\"\n[[steps]]\nid = \"a\"\ntitle = \"A\"\nmetadata = { x = 1.5, y = [true] }\npriority = 2\nlabels = [\"l\"]\n[[steps]]\nid = \"b\"\ndepends_on = [\"a\"]\nneeds = [\"a\"]\nacceptance = \"done\"\ninteractive = true\n";
    let json = r#"{"formula": "f", "version": 3, "type": "workflow", "extra_null": null, "steps": [
      {"id": "a", "title": "A", "metadata": {"x": 1.5, "y": [true]}, "priority": 2, "labels": ["l"]},
      {"id": "b", "depends_on": ["a"], "needs": ["a"], "acceptance": "done", "interactive": true}]}"#;
    let one = resolved(&[("f.toml", toml)], &[]).recipe;
    let two = resolved(&[("f.formula.json", json)], &[]).recipe;
    assert_eq!(one.steps, two.steps);
    assert_eq!((one.version.as_str(), one.steps[1].needs.len(), one.steps[0].extra["metadata"]["x"].as_f64()), ("3", 1, Some(1.5)));
}

#[test]
fn kinds_that_are_not_said() {
    let (_dir, library) = library(&[
        ("w.toml", "formula = \"w\"\n[[steps]]\nid = \"a\"\n"),
        ("e.formula.toml", "formula = \"e\"\n[[template]]\nid = \"{target}.a\"\n"),
        ("c.toml", "formula = \"c\"\n[[legs]]\nid = \"a\"\n"),
        ("a.toml", "formula = \"a\"\n[[aspects]]\nid = \"x\"\nfocus = \"y\"\n"),
        ("child.toml", "formula = \"child\"\nextends = [\"c\"]\n"),
    ]);
    let kinds: Vec<_> = ["w", "e", "c", "a", "child"].map(|n| library.examine(n, &BTreeMap::new()).unwrap().kind).to_vec();
    assert_eq!(kinds, [Kind::Workflow, Kind::Expansion, Kind::Convoy, Kind::Aspect, Kind::Convoy]);
    let listed: Vec<String> = library.list().iter().map(|e| format!("{} {:?}", e.name, e.steps)).collect();
    assert!(listed.contains(&"e Some(1)".to_owned()) && listed.contains(&"child Some(1)".to_owned()), "{listed:?}");
}

#[test]
fn two_files_of_one_name_and_a_name_that_is_not_that_of_the_file() {
    let text = "formula = \"g\"\n[[steps]]\nid = \"a\"\n";
    let made = resolved(&[("f.toml", text), ("f.formula.toml", text)], &[]);
    let words: Vec<&str> = made.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(words, ["f.toml is used, f.formula.toml is not", "this formula is found under the name of its file, `f`"]);
}
