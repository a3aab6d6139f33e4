//! What a report shows, in every format, and what it never shows.

use super::*;
use crate::gate::{Action, Waived};
use crate::results::{Counts, Failure};

fn finding(path: &str, line: u32, rule: &str, severity: Severity, excerpt: &str) -> Finding {
    Finding {
        path: path.into(),
        line,
        column: 5,
        rule: rule.into(),
        severity,
        message: format!("{rule} is broken"),
        advice: format!("Mend {rule}"),
        excerpt: excerpt.into(),
    }
}

fn verdict(gate: &str, status: Status, action: Action) -> Verdict {
    Verdict {
        gate: gate.into(),
        kind: "scan".into(),
        status,
        action,
        why: "the reason".into(),
        advice: String::new(),
        findings: Vec::new(),
        more: 0,
        waived: Vec::new(),
        counts: None,
        tail: String::new(),
        flaky: false,
        over_budget: false,
        seconds: 0.5,
        definition: "d".into(),
        code: None,
        inputs: String::new(),
        tool: "t".into(),
        reused: false,
    }
}

fn judged(files: usize) -> Judged {
    Judged { what: "origin/main..HEAD".into(), from: Oid::from_bytes(&[1; 20]), to: Oid::from_bytes(&[2; 20]), files }
}

/// A gate that fails with a waived and a warning place, one that could not run, one with failing tests, two that passed.
fn mixed() -> Report {
    let mut skip = verdict("no-skip", Status::Fail, Action::Block);
    skip.findings = vec![
        finding("a.go", 30, "no-skip", Severity::Medium, "later()"),
        finding("src/b test.go", 12, "no-skip", Severity::Critical, "t.Skip(\"x\")"),
    ];
    skip.waived = vec![Waived {
        finding: Some(finding("c.go", 3, "no-skip", Severity::Critical, "t.Skip()")),
        reason: "flaky server".into(),
        by: "ann".into(),
        until: Some("2026-12-01T00:00:00Z".into()),
        place: "bd-1".into(),
    }];
    let mut unit = verdict("unit", Status::Error, Action::Block);
    (unit.why, unit.advice) = ("its command is not trusted".into(), "Look at it and trust it".into());
    let mut tests = verdict("tests", Status::Fail, Action::Warn);
    let failure = Failure { name: "TestX".into(), file: Some("x_test.go".into()), line: 7, message: "want 1".into() };
    tests.counts = Some(Counts { passed: 1, failed: 1, failures: vec![failure], ..Counts::default() });
    tests.tail = "FAIL x\n".into();
    let passed = [verdict("large-file", Status::Pass, Action::Block), verdict("scope", Status::Skip, Action::Block)];
    let all: Vec<Verdict> = [skip, unit, tests].into_iter().chain(passed).collect();
    Report::new(When::Submit, judged(3), &all, vec!["gates of origin/main".into()])
}

fn text(report: &Report, most: usize) -> String {
    human(report, most).iter().map(|t| format!("{}\n", t.render(false))).collect()
}

#[test]
fn people_see_what_blocks_first_then_warnings_waivers_and_the_sum() {
    let expected = "\
src/b test.go:12:5: critical: no-skip is broken [no-skip]
    t.Skip(\"x\")
    -> Mend no-skip
a.go:30:5: warning (medium): no-skip is broken [no-skip]
    later()
unit: could not be run: its command is not trusted
    -> Look at it and trust it
tests: warning (failed): the reason
    x_test.go:7: TestX: want 1
    | FAIL x
c.go:3:5: waived by ann until 2026-12-01: flaky server [no-skip; bd-1]
note: gates of origin/main

3 files of origin/main..HEAD judged at submit
Blocked: failed: no-skip, could not be run: unit, 1 of 5 gates passed, 1 skipped, 1 waived, 1 warning
";
    assert_eq!(text(&mixed(), 20), expected);
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let mut v = verdict("g", Status::Fail, Action::Block);
    v.findings = (1..=30).map(|n| finding("a.go", n, "r", Severity::High, "")).collect();
    v.more = 2;
    let report = Report::new(When::Commit, judged(1), &[v], Vec::new());
    let cut = text(&report, 20);
    assert_eq!(cut.matches("a.go:").count(), 20);
    assert_eq!(cut.matches("-> Mend r").count(), 1, "advice is given once");
    assert!(cut.contains("… 12 findings more"), "{cut}");
    assert_eq!(text(&report, 0).matches("a.go:").count(), 30);
    assert_eq!(json(&report)["gates"][0]["findings"].as_array().unwrap().len(), 30, "programs get all of them");
}

#[test]
fn nothing_to_judge_is_said() {
    let report = Report::new(When::Commit, judged(0), &[verdict("g", Status::Skip, Action::Block)], Vec::new());
    assert_eq!(text(&report, 20), "Nothing to judge: no file in origin/main..HEAD\nNot blocked: 0 of 1 gate passed, 1 skipped\n");
}

/// What looks like a secret, put together here so that no scanner takes this file for a leak.
fn secret() -> String {
    format!("ghp_{}", "a1B2c3D4e5F6".repeat(3))
}

fn hostile() -> Report {
    let mut v = verdict("g\u{1b}[31m", Status::Fail, Action::Block);
    let mut f = finding("x\n\u{202e}.go", 1, "r", Severity::High, &format!("token := \"{}\"", secret()));
    f.message = "<img src=x> @everyone [click](http://x)\u{7}".into();
    let mut waived = f.clone();
    waived.path = "w.go".into();
    v.findings = vec![f];
    v.waived = vec![Waived { finding: Some(waived), reason: secret(), by: "b\u{9b}".into(), until: None, place: "w.go:1".into() }];
    let mut command = verdict("c", Status::Fail, Action::Block);
    command.tail = format!("one\u{1b}]0;t\u{7}\n{}\n```\n</details>\n@all\n", secret());
    command.counts = Some(Counts {
        failed: 1,
        failures: vec![Failure { name: "T\u{1b}".into(), message: secret(), ..Failure::default() }],
        ..Counts::default()
    });
    Report::new(When::Submit, judged(1), &[v, command], vec![secret()])
}

#[test]
fn no_format_shows_a_secret_or_acts_on_a_terminal() {
    let report = hostile();
    let all = [
        text(&report, 0),
        markdown(&report),
        bd::ui::json::pretty(&json(&report)).unwrap(),
        bd::ui::json::pretty(&sarif(&report)).unwrap(),
    ];
    for shown in &all {
        assert!(!shown.contains(&secret()) && !shown.contains("ghp_"), "{shown}");
        assert!(!shown.contains(|c: char| c != '\n' && (c.is_control() || c == '\u{202e}')), "{shown:?}");
    }
    assert!(all[0].contains("one\\u{1b}") && all[0].contains("| (not shown"), "the other lines are there: {}", all[0]);
    let md = &all[1];
    assert!(!md.contains("<img") && !md.contains("@everyone") && !md.contains("](http"), "{md}");
    let fence = md.find("````text").unwrap();
    assert!(
        md[fence + 8..].find("\n````\n").unwrap() > md[fence + 8..].find("\n</details>\n@all").unwrap(),
        "inside the fence: {md}"
    );
}

#[test]
fn json_says_of_each_finding_whether_it_blocks() {
    let value = json(&mixed());
    assert_eq!(value["blocked"], true);
    let skip = &value["gates"][0];
    assert_eq!((skip["findings"][0]["blocks"].as_bool(), skip["findings"][1]["blocks"].as_bool()), (Some(false), Some(true)));
    assert_eq!(value["totals"]["warnings"], 1);
    assert_eq!(value["totals"]["waived"], 1);
    assert_eq!(value["judged"]["from"], "01".repeat(20));
    let low = mixed().block_at("no-skip", Severity::Medium);
    assert_eq!(json(&low)["gates"][0]["findings"][0]["blocks"], true, "as its gate says");
    assert!(schema()["properties"]["gates"]["items"]["required"].as_array().unwrap().contains(&"findings".into()));
}

#[test]
fn sarif_has_places_suppressions_and_notifications() {
    let log = sarif(&mixed());
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let levels: Vec<_> = results.iter().map(|r| r["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["warning", "error", "error"]);
    let at = |n: usize| &results[n]["locations"][0]["physicalLocation"];
    assert_eq!(at(1)["artifactLocation"]["uri"], "src/b%20test.go");
    assert_eq!(at(1)["region"]["startLine"], 12);
    assert!(results[0]["suppressions"].as_array().unwrap().is_empty(), "what stands is not suppressed");
    let waived = &results[2]["suppressions"][0];
    assert_eq!((waived["kind"].as_str(), waived["status"].as_str()), (Some("external"), Some("accepted")));
    assert!(waived["justification"].as_str().unwrap().starts_with("flaky server (waived by ann"));
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false, "a gate could not be run");
    let said = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(said.len(), 2, "no-skip has places");
    assert!(said[0]["message"]["text"].as_str().unwrap().contains("unit could not be run"));
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!((rules.len(), rules[0]["id"].as_str()), (1, Some("no-skip")));
}

#[test]
fn a_fingerprint_outlives_lines_above_it_and_tells_equal_lines_apart() {
    let prints = |lines: &[u32]| -> Vec<String> {
        let mut v = verdict("g", Status::Fail, Action::Block);
        v.findings = lines.iter().map(|n| finding("a.go", *n, "r", Severity::High, "t.Skip()")).collect();
        let log = sarif(&Report::new(When::Submit, judged(1), &[v], Vec::new()));
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|r| r["partialFingerprints"]["place/v1"].as_str().unwrap().to_owned()).collect()
    };
    let before = prints(&[3, 9]);
    assert_ne!(before[0], before[1]);
    assert_eq!(before, prints(&[14, 20]));
}

#[test]
fn paths_that_are_no_text_become_uris_of_their_bytes() {
    let mut v = verdict("g", Status::Fail, Action::Block);
    v.findings = vec![finding("\"caf\\351 %.go\"", 1, "r", Severity::High, "é")];
    let log = sarif(&Report::new(When::Submit, judged(1), &[v], Vec::new()));
    let at = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(at["artifactLocation"]["uri"], "caf%E9%20%25.go");
    assert!(at["region"].get("startColumn").is_none(), "bytes are not characters there");
}
