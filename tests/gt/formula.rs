//! Formulas: the commands of `gt formula` as people type them, the files that ship, and real files where they are at hand.

use bd_tests::schema::validate;
use bd_tests::{Sandbox, Work, compat_data, repository_root};
use gt::formula::{Library, Resolved, StepKind};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name, steps, ids with needs in parentheses; from reference 3.3 and the files named there, restated in tests/gt/formulas.
const TABLE: &[(&str, usize, &str)] = &[
    ("shiny", 5, "design, implement(design), review(implement), test(review), submit(test)"),
    (
        "shiny-enterprise",
        9,
        "design, implement.draft(design), implement.refine-1(implement.draft), implement.refine-2(implement.refine-1), \
         implement.refine-3(implement.refine-2), implement.refine-4(implement.refine-3), review(implement.refine-4), test(review), \
         submit(test)",
    ),
    (
        "shiny-secure",
        9,
        "design, implement-security-prescan(design), implement(implement-security-prescan), \
         implement-security-postscan(implement), review(implement-security-postscan), test(review), \
         submit-security-prescan(test), submit(submit-security-prescan), submit-security-postscan(submit)",
    ),
    (
        "towers-of-hanoi",
        9,
        "setup, move-1(setup), move-2(move-1), move-3(move-2), move-4(move-3), move-5(move-4), move-6(move-5), move-7(move-6), \
         verify(move-7)",
    ),
    (
        "rule-of-five",
        5,
        "target.draft, target.refine-1(target.draft), target.refine-2(target.refine-1), target.refine-3(target.refine-2), \
         target.refine-4(target.refine-3)",
    ),
    ("pancakes", 5, "dry, wet, combine(dry, wet), cook(combine), serve(cook)"),
];

/// More of the real files: only how many steps, and of which type.
const COUNTS: &[(&str, usize, &str)] = &[
    ("code-review", 11, "convoy"),
    ("cooking", 5, "workflow"),
    ("design", 7, "convoy"),
    ("feature-workflow", 5, "workflow"),
    ("integration-test-full-validation", 13, "workflow"),
    ("mol-convoy-feed", 5, "workflow"),
    ("mol-polecat-work", 8, "workflow"),
    ("mol-refinery-patrol", 13, "workflow"),
    ("pancakes", 5, "workflow"),
    ("ralph-demo", 1, "workflow"),
    ("release", 6, "workflow"),
    ("rule-of-five", 5, "expansion"),
    ("security-audit", 6, "aspect"),
    ("shiny", 5, "workflow"),
    ("shiny-enterprise", 9, "workflow"),
    ("shiny-secure", 9, "workflow"),
    ("tdd-cycle", 5, "expansion"),
    ("towers-of-hanoi", 9, "workflow"),
];

/// What is a fact of the APDC formula, not prose: for each step id, needs, kind, phase, TDD phase, minutes, way back.
const APDC: &[(&str, &str, StepKind, &str, &str, &str, &str)] = &[
    ("analysis", "", StepKind::Work, "analysis", "", "15-15", ""),
    ("analysis-checkpoint", "analysis", StepKind::Checkpoint, "analysis", "", "", "analysis"),
    ("plan", "analysis-checkpoint", StepKind::Work, "plan", "", "20-20", ""),
    ("plan-checkpoint", "plan", StepKind::Checkpoint, "plan", "", "", "plan"),
    ("infrastructure", "plan-checkpoint", StepKind::Work, "do", "", "10-10", ""),
    ("do-red", "infrastructure", StepKind::Work, "do", "red", "15-15", ""),
    ("do-green", "do-red", StepKind::Work, "do", "green", "20-20", ""),
    ("do-refactor", "do-green", StepKind::Work, "do", "refactor", "15-15", ""),
    ("test-validation", "do-refactor", StepKind::Validation, "check", "", "10-10", "do-refactor"),
    ("test-validation-checkpoint", "test-validation", StepKind::Checkpoint, "check", "", "", "do-refactor"),
    ("compliance-triage", "test-validation-checkpoint", StepKind::Compliance, "check", "", "30-45", ""),
    ("compliance-checkpoint", "compliance-triage", StepKind::Checkpoint, "check", "", "", "do-refactor"),
    ("document", "compliance-checkpoint", StepKind::Document, "check", "", "10-10", ""),
];

fn env() -> bd::env::Env {
    bd::env::Env::new("/".into(), BTreeMap::new())
}

fn own() -> Library {
    Library::of(&env(), None).with_folder(&repository_root().join("tests/gt/formulas"), "")
}

/// The real files, if this run has them: their folders, each with the names in it.
fn real() -> Option<Vec<(PathBuf, Vec<String>)>> {
    let root = compat_data()?.join("formulas");
    let folders = ["apdc", "beads", "gascity", "gastown"].map(|f| root.join(f));
    let names = |folder: &Path| -> Vec<String> {
        let files = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut names: Vec<String> = files
            .filter_map(|f| Library::name_of(f.ok()?.file_name().to_str()?).map(str::to_owned))
            // The convoy beside the formula is no formula.
            .filter(|n| n != "convoy")
            .collect();
        names.sort();
        names
    };
    Some(folders.into_iter().map(|f| (f.clone(), names(&f))).collect())
}

fn look(library: &Library, name: &str) -> Resolved {
    library.examine(name, &BTreeMap::new()).unwrap_or_else(|e| panic!("{e}"))
}

fn drawn(resolved: &Resolved) -> String {
    let one = |s: &gt::formula::Step| if s.needs.is_empty() { s.id.clone() } else { format!("{}({})", s.id, s.needs.join(", ")) };
    resolved.recipe.steps.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn hold(library: &Library, name: &str, steps: usize, want: &str) {
    let found = look(library, name);
    assert_eq!(found.recipe.steps.len(), steps, "{name}");
    assert_eq!(drawn(&found), want, "{name}");
}

#[test]
fn the_forms_in_the_wild_come_to_the_steps_of_the_table() {
    for (name, steps, want) in TABLE {
        hold(&own(), name, *steps, want);
    }
    let Some(folders) = real() else { return notice() };
    let mut seen = Vec::new();
    for (folder, names) in folders {
        let library = Library::of(&env(), None).with_folder(&folder, "");
        for name in names {
            let found = look(&library, &name);
            seen.push((name.clone(), found.recipe.steps.len(), found.kind.as_str()));
            assert!(found.warnings.is_empty(), "{name}: {:?}", found.warnings);
            if let Some((_, steps, want)) = TABLE.iter().find(|(n, ..)| *n == name) {
                hold(&library, &name, *steps, want);
            }
        }
    }
    seen.sort();
    let want: Vec<(String, usize, &str)> = COUNTS.iter().map(|(n, s, k)| ((*n).to_owned(), *s, *k)).collect();
    assert_eq!(seen, want);
}

fn notice() {
    use std::io::Write as _;
    let _closed = std::io::stderr().write_all(b"BD_COMPAT_DATA is not set: the real formulas were not tried\n");
}

#[test]
fn the_shipped_apdc_formula_has_the_facts_of_the_table_and_of_the_real_one() {
    let ours = look(&Library::of(&env(), None), "integration-test-full-validation");
    let table: Vec<_> = APDC
        .iter()
        .map(|(id, needs, kind, phase, tdd, minutes, back)| {
            (
                (*id).to_owned(),
                (*needs).to_owned(),
                *kind,
                (*phase).to_owned(),
                (*tdd).to_owned(),
                (*minutes).to_owned(),
                (*back).to_owned(),
            )
        })
        .collect();
    assert_eq!(facts(&ours), table);
    let recipe = &ours.recipe;
    let counts = |id: &str| {
        let s = recipe.step(id).expect("a step");
        [
            s.approval_criteria.len(),
            s.success_criteria.len(),
            s.validation_categories.len(),
            s.anti_pattern_checks.len(),
            s.outputs.len(),
            s.authoritative_sources.len(),
        ]
    };
    assert_eq!(counts("analysis-checkpoint"), [3, 0, 0, 0, 0, 0]);
    assert_eq!(counts("compliance-triage"), [0, 0, 8, 7, 4, 6]);
    assert_eq!(counts("test-validation")[1], 6);
    assert_eq!((recipe.version.as_str(), recipe.checkpoints().count()), ("2.1", 4));
    assert_eq!((recipe.progression.block_next_day_if.len(), recipe.progression.day_completion_criteria.len()), (4, 5));
    let commands: Vec<&String> = recipe.steps.iter().flat_map(|s| &s.validation_commands).collect();
    assert_eq!(commands, ["make test-unit", "make test-integration"]);
    assert!(!commands.iter().any(|c| c.contains("grep")), "a scan is no grep");
    let Some(folders) = real() else { return notice() };
    let theirs = look(&Library::of(&env(), None).with_folder(&folders[0].0, ""), "integration-test-full-validation");
    assert_eq!(facts(&theirs), table);
    assert_eq!((&theirs.recipe.metadata, &theirs.recipe.quality), (&recipe.metadata, &recipe.quality));
    assert_eq!((&theirs.recipe.version, &theirs.recipe.progression), (&recipe.version, &recipe.progression));
    for (a, b) in theirs.recipe.steps.iter().zip(&recipe.steps) {
        let same = |s: &gt::formula::Step| {
            (
                (s.success_criteria.clone(), s.authoritative_sources.clone(), s.validation_categories.clone()),
                (s.inputs.clone(), s.outputs.clone(), s.report_template.clone(), s.timeout.clone()),
                (s.blocking, s.mandatory, s.extra.get("failure_handling").cloned()),
                (s.approval_criteria.len(), s.rejection_actions.len(), s.remediation_steps.len()),
            )
        };
        assert_eq!(same(a), same(b), "{}", a.id);
        assert!(a.anti_pattern_checks.is_empty() || a.anti_pattern_checks == b.anti_pattern_checks, "{}", a.id);
        assert_ne!(a.description, b.description, "{}: the words are our own", a.id);
    }
}

type Facts = (String, String, StepKind, String, String, String, String);

fn facts(resolved: &Resolved) -> Vec<Facts> {
    let fact = |s: &gt::formula::Step| {
        let minutes = s.estimate.map(|e| format!("{}-{}", e.min, e.max)).unwrap_or_default();
        let back = s.on_fail.as_ref().map(|b| b.goto.clone()).unwrap_or_default();
        (
            s.id.clone(),
            s.needs.join(" "),
            s.kind,
            s.phase.clone().unwrap_or_default(),
            s.tdd_phase.clone().unwrap_or_default(),
            minutes,
            back,
        )
    };
    resolved.recipe.steps.iter().map(fact).collect()
}

fn json(work: &Work, words: &[&str]) -> Value {
    let mut line = vec!["formula"];
    line.extend(words);
    line.push("--json");
    let value = work.gt(&line).json();
    let sub = gt::cli::subs("formula").iter().find(|s| s.name == words[0]).expect("a verb");
    let schema = sub.shape.expect("a schema")();
    validate(&schema, &value).unwrap_or_else(|why| panic!("{words:?}: {why}"));
    value
}

#[test]
fn list_show_graph_and_their_json() {
    let work = Sandbox::new().repo("work");
    let list = json(&work, &["list"]);
    assert_eq!(list.as_array().map(Vec::len), Some(5));
    assert!(work.gt(&["formula", "list"]).ok().contains("tdd-feature"));
    let show = json(&work, &["show", "tdd-feature", "--var", "feature=search"]);
    assert_eq!(show["steps"][0]["title"], "Design search");
    assert_eq!((&show["checkpoints"], &show["commands_need_trust"]), (&2.into(), &false.into()));
    let text = work.gt(&["formula", "show", "integration-test-full-validation"]).ok().to_owned();
    assert!(text.contains("test-validation-checkpoint  checkpoint  check"), "{text}");
    assert!(text.contains("do-refactor (derived)") && text.contains("13 steps, 2h25m-2h40m, 4 checkpoints"), "{text}");
    let graph = json(&work, &["graph", "release"]);
    assert_eq!(graph["edges"].as_array().map(Vec::len), Some(7 + 3));
    for (format, first) in [("text", "1  - bump-version"), ("mermaid", "flowchart TD"), ("dot", "digraph \"release\" {")] {
        assert!(work.gt(&["formula", "graph", "release", "--format", format]).ok().starts_with(first));
    }
    assert_eq!(work.gt(&["formula", "graph", "release", "--format", "svg"]).code(), 2);
    for wrong in [
        &["show", "tdd-feature", "--var", "feature"][..],
        &["show", "tdd-feature", "--var", "x=1"],
        &["show", "../x"],
        &["show", "no.toml"],
    ] {
        let mut line = vec!["formula"];
        line.extend(wrong);
        assert_eq!(work.gt(&line).code(), 2, "{wrong:?}");
    }
    // Outside of a repository there are still the user's and the built-in ones.
    let empty = work.sandbox().path("empty");
    let out = work.sandbox().program_in(&work.sandbox().bin().join("gt"), &empty, "ann", &["formula", "list"]).run();
    assert!(out.ok().contains("built-in"));
    assert!(work.git(&["status", "--porcelain"]).ok().is_empty(), "looking writes nothing");
}

#[test]
fn new_and_eject_write_a_file_that_is_right_and_never_over_one() {
    let work = Sandbox::new().repo("work");
    assert_eq!(json(&work, &["new", "mine"])["path"], ".beads/formulas/mine.toml");
    let check = json(&work, &["check", "mine"]);
    assert_eq!((&check[0]["ok"], &check[0]["warnings"]), (&true.into(), &serde_json::json!([])));
    let text = work.read(".beads/formulas/mine.toml");
    assert!(text.starts_with("# A formula") && text.contains("formula = \"mine\""), "{text}");
    json(&work, &["eject", "bugfix"]);
    let built_in = std::fs::read_to_string(repository_root().join("formulas/bugfix.toml")).expect("a shipped formula");
    assert_eq!(work.read(".beads/formulas/bugfix.toml"), built_in);
    assert_eq!(json(&work, &["show", "bugfix"])["tier"], "project");
    work.write(".beads/formulas/other.formula.json", "{}");
    for wrong in [
        &["new", "mine"][..],
        &["new", "bugfix"],
        &["new", "other"],
        &["eject", "bugfix"],
        &["eject", "nope"],
        &["new", "../out"],
        &["new", "a/b"],
        &["new", "--", "-x"],
        &["new", "a\u{1b}b"],
        &["new", ""],
        &["--readonly", "new", "fresh"],
    ] {
        let mut line = vec!["formula"];
        line.extend(wrong);
        let out = work.gt(&line);
        assert_eq!(out.code(), 2, "{wrong:?}: {}", out.stderr());
        assert!(!out.stderr().contains('\u{1b}'));
    }
    assert_eq!(work.read(".beads/formulas/mine.toml"), text, "nothing was written over");
    assert!(!work.path("out.toml").exists() && !work.path(".beads/formulas/fresh.toml").exists());
}

#[test]
fn check_says_what_is_wrong_and_where_and_ends_with_2() {
    let work = Sandbox::new().repo("work");
    work.gt(&["formula", "check"]).ok();
    work.write(
        ".beads/formulas/bad.toml",
        "formula = \"bad\"\n\n[[steps]]\nid = \"build\"\nneeds = [\"tset\"]\n\n[[steps]]\nid = \"test\"\ntitle = \"{{what}}\"\n",
    );
    work.write(".beads/formulas/odd.toml", "formula = \"odd\"\ncolour = 1\n[[steps]]\nid = \"a\"\n");
    let out = work.gt(&["formula", "check"]);
    assert_eq!(out.code(), 2);
    let want = "error: the formula `bad` has 2 errors\n  .beads/formulas/bad.toml:5:10: step `build` needs unknown step: tset\n    |\n  5 | needs = [\"tset\"]\n    |          ^^^^^^\n    = did you mean `test`?\n  .beads/formulas/bad.toml:9:10: unknown variable `what`\n    |\n  9 | title = \"{{what}}\"\n    |          ^^^^^^^^\n";
    assert!(out.stderr().contains(want), "{}", out.stderr());
    assert!(out.stderr().contains("odd.toml:2:1: a formula has no key `colour`"), "{}", out.stderr());
    assert!(out.stdout().contains("ok odd  1 step") && !out.stdout().contains("bad"), "{}", out.stdout());
    let out = work.gt(&["formula", "check", "--json"]);
    assert_eq!(out.code(), 2);
    let all: Value = serde_json::from_str(out.stdout()).expect("JSON");
    let bad = all.as_array().and_then(|a| a.iter().find(|o| o["name"] == "bad")).expect("the wrong one");
    assert_eq!((&bad["errors"][0]["line"], &bad["errors"][0]["column"]), (&5.into(), &10.into()));
    // A file by its path, also one that the library would not find; a name that is none.
    work.write("elsewhere/f.formula.toml", "formula = \"f\"\nextends = [\"g\"]\n");
    work.write("elsewhere/g.toml", "formula = \"g\"\n[[steps]]\nid = \"a\"\n");
    assert_eq!(json(&work, &["check", "elsewhere/f.formula.toml"])[0]["steps"], 1, "its neighbours are found");
    assert_eq!(json(&work, &["show", ".beads/formulas/odd.toml"])["tier"], "project");
    for wrong in ["elsewhere/none.toml", "elsewhere", "README.md", "nobody", "bad"] {
        assert_eq!(work.gt(&["formula", "check", "odd", wrong]).code(), 2, "{wrong}");
        assert_eq!(work.gt(&["formula", "check", "odd", wrong, "--json"]).code(), 2, "{wrong}");
    }
    assert!(work.gt(&["formula", "list"]).ok().contains("wrong: "), "a wrong one does not hide the others");
}
