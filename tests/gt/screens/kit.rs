//! A project with an eight-day convoy, a clock that the test sets, and the texts that were typed from the reference.

use bd_tests::{Output, Sandbox, Work};

pub const C: &str = "audit-trail";
pub const M: &str = "day3-workflow-refs";
pub const FILE: &str = ".beads/convoys/audit-trail/convoy.toml";

/// Prints TAP; a test that fails says where.
const RUN: &str = r##"#!/bin/sh
n=0
for t in tests/*.t; do
  n=$((n+1))
  if sh "$t"; then echo "ok $n - $t"; else echo "not ok $n - $t"; echo "# $t:1: it failed"; bad=1; fi
done
echo "1..$n"
exit ${bad:-0}
"##;

/// What people write: comments, numbers that nobody keeps up to date, an order of their own.
pub const CONVOY: &str = r#"# Eight days, one molecule a day (or two).
convoy_id = "audit-trail"
name = "Audit trail"
owner = "@lea"
status = "in_progress"   # people's word

[timeline]
total_days = 8
completed_days = 2       # counted, never read
progress_percent = 25.0

[teams]
involved_teams = ["gateway", "analysis", "workflow", "orchestrator"]

[teams.members]
workflow = ["wes"]
orchestrator = ["ona"]

[[molecules]]
id = "day1-gateway-fields"
status = "completed"     # before there was a store
[molecules.deliverables]
test_pass_rate = 100.0

[[molecules]]
id = "day2-provider-data"
status = "completed"
[molecules.deliverables]
test_pass_rate = 100.0

[[molecules]]
id = "day3-workflow-refs"
formula = "integration-test-full-validation"
team = "workflow"
[molecules.dependencies]
requires = ["day2-provider-data"]
blocks = ["day4-error-details"]   # no such molecule

[[molecules]]
id = "day4-5-error-details"
formula = "integration-test-full-validation"
team = "orchestrator"
[molecules.dependencies]
requires = ["day3-workflow-refs"]

[[molecules]]
id = "day6-timeout-config"
formula = "integration-test-full-validation"
[molecules.dependencies]
requires = ["day4-5-error-details"]

[[molecules]]
id = "day7-8-reconstruction"
formula = "integration-test-full-validation"
[molecules.dependencies]
requires = [
    "day3-workflow-refs",
    "day4-5-error-details",
    "day6-timeout-config",
]
"#;

const INPUTS: &str = r#"molecule_id = "day3-workflow-refs"
formula = "integration-test-full-validation"
convoy = "audit-trail"

[inputs]
authoritative_docs = ["docs/requirements/audit.md"]
business_requirements = ["BR-WE-013"]

[scope]
test_file = "tests/three.t"
event_types = ["workflow.selected", "workflow.executed"]

[team_coordination]
handoff_to = "orchestrator"

[vars]
unit_test_command = "sh run-tests.sh"
integration_test_command = ""
"#;

/// Fills a working tree with the project.
pub fn project(work: &Work) {
    work.write("run-tests.sh", RUN);
    work.write("src/code.sh", "answer() { echo 42; }\n");
    work.write("tests/one.t", "# BR-WE-013: a run names its workflow\ntest 1 = 1\n");
    work.write("tests/two.t", "test 2 = 2\n");
    work.write("docs/requirements/audit.md", "# Requirements\n\n- BR-WE-013: a run names its workflow.\n");
    // Each source of the formula but one.
    for path in [
        "docs/architecture/decisions/DD-1.md",
        "docs/development/SOC2/plan.md",
        "docs/development/business-requirements/TESTING_GUIDELINES.md",
        "test/integration/api/README.md",
    ] {
        work.write(path, "# A document\n");
    }
    work.write("lcov.info", "SF:src/code.sh\nLF:4\nLH:4\nend_of_record\n");
    work.write(FILE, CONVOY);
    work.write(".beads/convoys/audit-trail/molecules/day3-workflow-refs.toml", INPUTS);
    work.bd(&["init", "--prefix", "aud"]).ok();
    let config = work.read(".beads/config.toml");
    work.write(".beads/config.toml", format!("{config}\n[users]\nknown = [\"lea\", \"wes\", \"ona\"]\n"));
    work.commit_all("A project");
}

/// `gt` at a time of 2026-03-02, `hh:mm`.
pub fn at(work: &Work, time: &str, args: &[&str]) -> Output {
    work.gt_cmd(args).now(&format!("2026-03-02T{time}:00Z")).run()
}

/// A lone repository: the one who works, the one who decides.
pub fn world(sandbox: &Sandbox) -> (Work, Work) {
    let wes = sandbox.repo("lone").acting_as("wes");
    project(&wes);
    (wes.clone(), wes.acting_as("lea"))
}

/// A text as it was typed from the reference, its names filled in.
pub fn expected(name: &str, values: &[(&str, &str)]) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("gt/texts/expected").join(name);
    let mut text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for (key, value) in values {
        let place = format!("{{{key}}}");
        assert!(text.contains(&place), "{name} has no {place}");
        text = text.replace(&place, value);
    }
    let comment = text.starts_with('#');
    assert!(!text.contains('{'), "{name}: something is not filled in:\n{text}");
    if comment { text.lines().filter(|l| !l.starts_with('#')).map(|l| format!("{l}\n")).collect() } else { text }
}

/// Letter by letter; `more` stands below what the reference has.
#[track_caller]
pub fn same(got: &str, name: &str, values: &[(&str, &str)], more: &str) {
    let wanted = expected(name, values) + more;
    assert_eq!(got.trim_end(), wanted.trim_end(), "{name}\n--- got\n{got}\n--- wanted\n{wanted}");
}

/// Each line of the text somewhere.
#[track_caller]
pub fn says(got: &str, name: &str, values: &[(&str, &str)]) {
    for line in expected(name, values).lines() {
        assert!(got.contains(line), "{name}: `{line}` is not in\n{got}");
    }
}

/// The newest mail whose subject begins so, as its reader sees it, up to the line that says who wrote it.
pub fn mail(reader: &Work, time: &str, subject: &str) -> String {
    let inbox = at(reader, time, &["mail", "inbox", "--all", "--json"]).json();
    let all = inbox.as_array().cloned().unwrap_or_default();
    let found = all.iter().find(|m| m["subject"].as_str().is_some_and(|s| s.starts_with(subject)));
    let id = found.unwrap_or_else(|| panic!("no mail `{subject}` in {inbox}"))["id"].as_str().unwrap_or_default().to_owned();
    let read = at(reader, time, &["mail", "read", &id]);
    let text = read.ok();
    let end = text.rfind("\n\nFrom: ").or_else(|| text.rfind("\n\nArtifacts\n")).unwrap_or(text.len());
    let end = text.find("\n\nArtifacts\n").unwrap_or(end);
    text[..end].to_owned()
}
