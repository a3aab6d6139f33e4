//! The scenarios 1 to 6.

use super::kit::{C, CONVOY, FILE, M, at, expected, mail, project, same, says, world};
use crate::kit::{state, step};
use bd_tests::{Sandbox, Work};

const ANALYSIS: &str = "+++
questions = [\"Do we test the refused workflow too?\", \"Must the ids match between the events?\"]
concerns = [\"The controller is asynchronous\"]
recommendation = [\"Test both events\"]
confidence = 85
artifacts = [\"br_mapping = docs/requirements/audit.md\", \"test_scope_definition = docs/requirements/audit.md\"]
+++
# Analysis Summary

- Business Requirements: BR-AUDIT-005, BR-WE-013
- Existing Tests: two similar patterns
";

const PLAN: &str = "+++
confidence = 90
artifacts = [\"test_plan = docs/plan.md\", \"mock_strategy = docs/plan.md\"]
+++
- Test File: tests/three.t
- Test Count: 3 specs

## TDD Sequence

1. RED: three failing tests
2. GREEN: emit the events

## Success Criteria

- Two events for each workflow

## Integration Points

- The controller emits, the store keeps

## Risk Mitigation

- Eventually() with 60 s
";

fn board(who: &Work, time: &str) -> String {
    at(who, time, &["convoy", "show", C]).ok().to_owned()
}

fn advance(wes: &Work, time: &str, step: &str, text: &str) {
    // Outside of the tree: what is validated is what is committed.
    let path = wes.sandbox().path("hand-in.md");
    std::fs::write(&path, text).expect("a hand-in");
    at(wes, time, &["molecule", "advance", M, step, "--summary", &path.display().to_string()]).ok();
}

fn approve(lea: &Work, time: &str, checkpoint: &str) {
    at(lea, time, &["checkpoint", "approve", M, checkpoint]).ok();
}

fn create(wes: &Work, time: &str) -> String {
    let inputs = ".beads/convoys/audit-trail/molecules/day3-workflow-refs.toml";
    let made = at(wes, time, &["molecule", "create", "--name", M, "--inputs", inputs, "--tests-before", "2"]);
    let text = made.ok().to_owned();
    at(wes, time, &["molecule", "trust", M]).ok();
    text
}

/// From the first step to the one before the validation.
fn to_validation(wes: &Work, lea: &Work) {
    advance(wes, "09:20", "analysis", ANALYSIS);
    approve(lea, "09:30", "analysis-checkpoint");
    advance(wes, "09:50", "plan", PLAN);
    approve(lea, "10:00", "plan-checkpoint");
    advance(wes, "10:10", "infrastructure", "Nothing but a shell");
    wes.write("tests/three.t", "test -f src/new.sh\n");
    advance(wes, "10:20", "do-red", "It fails");
    wes.write("src/new.sh", "true\n");
    at(wes, "10:30", &["molecule", "attest", M, "do-green", "--all", "--note", "one line"]).ok();
    advance(wes, "10:30", "do-green", "It passes");
    advance(wes, "10:40", "do-refactor", "Clean");
    wes.commit_all("The code of day 3");
}

/// Fills what a person has to judge in the compliance report.
fn judge(wes: &Work, path: &str) {
    let mut text = wes.read(path);
    for (empty, full) in
        [("recommendation = \"\"", "recommendation = \"APPROVE - safe to document\""), ("confidence = \"\"", "confidence = 95")]
    {
        assert!(text.contains(empty), "{text}");
        text = text.replacen(empty, full, 1);
    }
    while let Some((at, _)) = text.match_indices("-->\n\n<!-- /JUDGE -->").next() {
        text.insert_str(at + 4, "Looked at, and so.\n");
    }
    wes.write(path, text);
}

// goal: W1 W11 tier1
#[test]
fn scenario_1_a_convoy_is_made_of_a_file_and_the_file_stays() {
    let sandbox = Sandbox::new();
    let (wes, lea) = world(&sandbox);
    let made = at(&lea, "09:00", &["convoy", "create", "--id", C, "--config", FILE]);
    same(made.ok(), "convoy-created.txt", &[("convoy", C), ("done", "2"), ("total", "8"), ("pct", "25"), ("next", M)], "");
    same(&board(&lea, "09:00"), "board-before.txt", &[("convoy", C), ("teams", "4")], "");
    create(&wes, "09:05");
    advance(&wes, "09:20", "analysis", ANALYSIS);
    approve(&lea, "09:30", "analysis-checkpoint");
    at(&lea, "09:31", &["convoy", "render", C]).ok();
    assert_eq!(wes.read(FILE), CONVOY, "not a byte of what people wrote");
    at(&lea, "09:32", &["convoy", "edit", C, "set", "priority", "high"]).ok();
    let edited = wes.read(FILE);
    let rest: String = edited.lines().filter(|l| !l.starts_with("priority")).map(|l| format!("{l}\n")).collect();
    assert_eq!(rest, CONVOY, "an edit changes its own key only");
}

// goal: W2 W3 W5 W10 W14 tier1
#[test]
fn scenario_2_a_molecule_is_walked_to_its_end() {
    let sandbox = Sandbox::new();
    let (wes, lea) = world(&sandbox);
    at(&lea, "09:00", &["convoy", "create", "--config", FILE]).ok();
    let more = "Next: gt molecule trust day3-workflow-refs   # its commands run only after you have seen them\nNext: gt molecule next day3-workflow-refs --claim\n";
    same(&create(&wes, "09:05"), "molecule-created.txt", &[("molecule", M), ("version", "2.1")], more);
    at(&wes, "09:06", &["molecule", "next", M, "--claim"]).ok();
    at(&wes, "09:07", &["molecule", "update", M, "--note", "Reading the requirements"]).ok();
    let status = at(&wes, "09:08", &["molecule", "status", M]);
    let five: String = status.ok().lines().take(5).map(|l| format!("{l}\n")).collect();
    let values = [
        ("molecule", M),
        ("step", "analysis"),
        ("pct", "0"),
        ("i", "1"),
        ("n", "13"),
        ("eta", "15 minutes"),
        ("update", "Reading the requirements"),
    ];
    same(&five, "molecule-status.txt", &values, "");
    let running = [
        ("convoy", C),
        ("teams", "4"),
        ("step", "analysis"),
        ("pct", "0"),
        ("checkpoint", "analysis-checkpoint"),
        ("eta", "2026-03-02 09:23"),
    ];
    same(&board(&lea, "09:08"), "board-running.txt", &running, "");
    to_validation(&wes, &lea);
    // What the reader needs to answer stands below what the reference has.
    let below = |checkpoint: &str, until: &str, criteria: &[&str]| {
        let list: String = criteria.iter().map(|c| format!("- {c}\n")).collect();
        format!(
            "\nApproval Criteria:\n{list}\n⏰ Timeout: 2 hours (until 2026-03-02 {until}Z)\nView: gt checkpoint show {M} {checkpoint}\n"
        )
    };
    let criteria = [
        "The requirements are understood as they are meant",
        "What is tested and what is not is agreed",
        "No question is open that would change the plan",
    ];
    let got = mail(&lea, "10:41", "Day 3 Analysis");
    same(&got, "mail-analysis.txt", &[("owner", "@lea")], &below("analysis-checkpoint", "11:20", &criteria));
    let criteria = [
        "Every requirement in scope has a case",
        "What is replaced by a stand-in is what the testing guidelines allow",
        "The order of red and green can be followed",
        "Every place where the test meets the system is named",
    ];
    let got = mail(&lea, "10:41", "Day 3 Plan");
    same(
        &got,
        "mail-plan.txt",
        &[("owner", "@lea"), ("test_file", "tests/three.t")],
        &below("plan-checkpoint", "11:50", &criteria),
    );

    advance(&wes, "10:50", "test-validation", "+++\nconfidence = 95\n+++\n- All specs of the gap pass\n");
    let awaiting = [("convoy", C), ("teams", "4"), ("checkpoint", "test-validation-checkpoint"), ("eta", "2026-03-02 12:50")];
    same(&board(&lea, "10:51").replace("(open, until ", "(ETA: "), "board-awaiting.txt", &awaiting, "");
    let criteria = [
        "Nothing failed and nothing was skipped",
        "The output of the run was read, not only its last line",
        "No scan has a finding that is not waived",
        "The work is ready to be audited",
    ];
    let got = mail(&lea, "10:51", "Day 3 Tests");
    let values = [("owner", "@lea"), ("total", "3"), ("existing", "2"), ("new", "1")];
    same(&got, "mail-tests.txt", &values, &below("test-validation-checkpoint", "12:50", &criteria));
    approve(&lea, "11:00", "test-validation-checkpoint");

    at(&wes, "11:01", &["molecule", "next", M, "--claim"]).ok();
    let report = ".beads/convoys/audit-trail/molecules/day3-workflow-refs/reports/compliance-triage-2026-03-02.md";
    judge(&wes, report);
    advance(&wes, "11:40", "compliance-triage", "+++\nconcerns = [\"No performance test yet\"]\nconfidence = 95\n+++\n");
    let text = wes.read(report);
    let front: String = text.lines().take(5).map(|l| format!("{}\n", l.split(" # ").next().unwrap_or(l).trim_end())).collect();
    let values = [("critical", "0"), ("warnings", "0"), ("recommendation", "APPROVE - safe to document"), ("confidence", "95")];
    same(&format!("{front}+++\n"), "compliance-front.txt", &values, "");
    let headings: String =
        text.lines().filter_map(|l| l.strip_prefix("## ")?.split_once(". ")).map(|(_, t)| format!("{t}\n")).collect();
    same(&headings, "compliance-headings.txt", &[], "");
    let criteria = [
        "Nothing critical is open",
        "Each finding is mended or explained",
        "Each gap is closed or has a bead of its own",
        "The audit requirements are met",
    ];
    let values = [
        ("owner", "@lea"),
        ("warnings", "1"),
        ("coverage", "Complete (1/1)"),
        ("soc2", "judged in the report"),
        ("warning_1", "No performance test yet"),
        ("gap_1", "The source .cursor/rules/*.mdc matches no file"),
        ("recommendation", "safe to document"),
        ("report", report),
    ];
    let got = mail(&lea, "11:41", "Day 3 Compliance");
    same(&got, "mail-compliance.txt", &values, &below("compliance-checkpoint", "13:40", &criteria));
    approve(&lea, "11:50", "compliance-checkpoint");
    advance(&wes, "12:00", "document", "The reference of the workflow, with its edge");
    assert_eq!(state(&wes, M), "completed");
    same(&board(&lea, "12:01"), "board-after.txt", &[("convoy", C), ("teams", "4")], "");
    completed(&wes, &lea, report);
}

/// What is left of a day: the hand-off, the commit, the summary, the convoy's status.
fn completed(wes: &Work, lea: &Work, report: &str) {
    let implemented = ("implemented", "The reference of the workflow, with its edge");
    let values = [
        ("molecule", M),
        ("team", "@orchestrator"),
        implemented,
        ("passed", "3"),
        ("total", "3"),
        ("rate", "100"),
        ("compliance", "Validated"),
        ("next", "day4-5-error-details"),
        ("artifact", report),
        (
            "dependency",
            "day4-5-error-details may be created\n- day7-8-reconstruction needs day4-5-error-details, day6-timeout-config too",
        ),
    ];
    let got = mail(&wes.acting_as("ona"), "12:01", "Day 3 Complete");
    same(&got, "mail-handoff.txt", &values, "");
    let commit = wes.git(&["show", "--name-only", "--format=%B", "HEAD"]);
    says(commit.ok(), "completion-commit.txt", &[("molecule", M), ("version", "2.1"), ("convoy", C)]);
    let files = || commit.stdout().lines().rev().take_while(|l| !l.is_empty());
    assert!(files().count() > 5 && files().all(|f| f.starts_with(".beads/")), "{}", commit.stdout());
    let folder = format!(".beads/convoys/{C}/molecules/{M}");
    let day = wes.read(&format!("{folder}/DAY3_COMPLETE.md"));
    says(&day, "day-complete.txt", &[implemented, ("passed", "3"), ("total", "3"), ("report", report)]);
    at(lea, "12:02", &["convoy", "render", C]).ok();
    let read = |text: &str| -> serde_json::Value { toml_edit::de::from_str(text).expect("TOML") };
    let got = read(&wes.read(&format!(".beads/convoys/{C}/convoy-status.toml")));
    let wanted = read(&expected("convoy-status.toml.txt", &[("convoy", C), ("updated", "\"2026-03-02T12:02:00Z\"")]));
    for (table, keys) in wanted.as_object().expect("tables") {
        for (key, value) in keys.as_object().expect("a table") {
            match (&got[table][key], value) {
                // A convoy is open until it has landed (design, Convoys): a departure.
                (got, _) if key == "status" => assert_eq!(got, "open"),
                (got, serde_json::Value::Object(wanted)) => {
                    wanted.iter().for_each(|(k, v)| assert_eq!(&got[k], v, "{table}.{key}.{k}"));
                }
                (got, wanted) => assert_eq!(got, wanted, "{table}.{key}"),
            }
        }
    }
    assert_eq!(got["molecules"].as_object().map(serde_json::Map::len), Some(6));
}

// goal: W5 W6 W7 W9 tier1
#[test]
fn scenario_3_a_validation_that_fails_says_what_and_blocks_everything_behind_it() {
    let sandbox = Sandbox::new();
    let wes = sandbox.remote("origin").clone_as("wes");
    project(&wes);
    let lea = wes.acting_as("lea");
    wes.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
    wes.bd(&["hooks", "install"]).ok();
    at(&lea, "09:00", &["convoy", "create", "--config", FILE]).ok();
    create(&wes, "09:05");
    let next = [
        "molecule",
        "create",
        "--name",
        "day4-5-error-details",
        "--convoy",
        C,
        "--var",
        "unit_test_command=sh run-tests.sh",
        "--var",
        "integration_test_command=",
    ];
    assert!(at(&wes, "09:06", &next).ok().contains("Waits for: day3-workflow-refs"));
    to_validation(&wes, &lea);
    wes.write("tests/four.t", "false\n");
    let sleepy = "package x\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n\ttime.Sleep(5 * time.Second)\n\tif run() != 2 {\n\t\tt.Fatal()\n\t}\n}\n";
    wes.write("tests/a_test.go", sleepy);
    wes.git(&["add", "-A"]).ok();
    assert_eq!(wes.git(&["commit", "--quiet", "-m", "Not so fast"]).code(), 1, "the hook sees it at the commit already");
    wes.git(&["commit", "--quiet", "--no-verify", "-m", "Not so fast"]).ok();
    let pushed = wes.git(&["push", "--quiet", "origin", "HEAD:main"]);
    assert!(pushed.code() != 0 && pushed.stderr().contains("tests/a_test.go:4"), "{}", pushed.stderr());

    let failed = at(&wes, "11:00", &["molecule", "advance", M, "test-validation", "--note", "all green"]);
    failed.fails(4);
    let (sleep_advice, skip_advice) = (advice(&failed, 5), advice(&failed, 4));
    let values = [
        ("molecule", M),
        ("rate", "75"),
        ("failed", "1"),
        ("total", "4"),
        ("file", "tests/four.t"),
        ("line", "1"),
        ("skip_excerpt", "t.Skip(\"later\")"),
        ("skip_line", "4"),
        ("skip_advice", &skip_advice),
        ("sleep_excerpt", "time.Sleep(5 * time.Second)"),
        ("sleep_line", "5"),
        ("sleep_advice", &sleep_advice),
        ("action_1", "Read the output of each test that failed"),
        ("action_2", "Mend the code, or the test where the test is wrong"),
        ("action_3", "Run the validation again"),
        ("action_4", "Go on only when every test passes"),
    ];
    // A departure: which file a finding is in stands below it, since the line alone does not say.
    let places = |text: &str| {
        let (below, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|l| l.starts_with("  "));
        assert_eq!(below, ["  tests/a_test.go:4", "  tests/a_test.go:5"], "{text}");
        rest.iter().map(|l| format!("{l}\n")).collect::<String>()
    };
    let told = mail(&lea, "11:01", "🚨 day3-workflow-refs BLOCKED");
    let letter = told.split_once("\n\n").map(|(_, body)| body).unwrap_or_default();
    same(&places(letter), "alert.txt", &values, "");
    let printed = failed.stderr();
    let printed = &printed[printed.find("🚨 Gas Town Alert").unwrap_or_default()..];
    let end = printed.find("100% pass rate").map_or(printed.len(), |at| at + "100% pass rate".len());
    same(&places(&printed[..end]), "alert.txt", &values, "");
    blocked(&wes, &lea);

    wes.git(&["rm", "--quiet", "tests/a_test.go", "tests/four.t"]).ok();
    wes.commit_all("Mended");
    advance(&wes, "11:30", "do-refactor", "Mended");
    advance(&wes, "11:40", "test-validation", "All of it");
    assert_eq!(step(&wes, M, "test-validation-checkpoint").1, "open");
    wes.git(&["reset", "--quiet", "--soft", "origin/main"]).ok();
    wes.commit_all("Day 3, as one");
    wes.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
}

/// What the alert advises about the finding in a line.
fn advice(out: &bd_tests::Output, line: u32) -> String {
    let found = out.stderr().lines().find(|l| l.contains(&format!(" at line {line} ("))).unwrap_or_default();
    let text = found.split_once(&format!(" at line {line} (")).map_or("", |(_, rest)| rest).trim_end_matches(')');
    assert!(text.len() > 10, "no advice for line {line}: {}", out.stderr());
    text.to_owned()
}

/// The molecule went back, nobody can approve, and nothing behind it is ready.
fn blocked(wes: &Work, lea: &Work) {
    assert_eq!(state(wes, M), "needs_fix");
    let json = at(wes, "11:02", &["molecule", "status", M, "--json"]).json();
    assert_eq!((json["current_step"].as_str(), step(wes, M, "do-refactor").2), (Some("do-refactor"), 2));
    let refused = at(lea, "11:03", &["checkpoint", "approve", M, "test-validation-checkpoint"]);
    says(refused.fails(4).stderr(), "scenario-3-refused.txt", &[]);
    let ready = wes.bd(&["ready", "--json"]).json().to_string();
    let bead = |name: &str| {
        let json = at(wes, "11:03", &["molecule", "status", name, "--json"]).json();
        json["steps"][0]["bead"].as_str().unwrap_or_default().to_owned()
    };
    assert!(!ready.contains(&bead("day4-5-error-details")), "{ready}");
    let report = wes.read(&format!(".beads/convoys/{C}/molecules/{M}/reports/validation-2026-03-02.md"));
    let values = [
        ("molecule", M),
        ("total", "4"),
        ("failed", "1"),
        ("skipped", "0"),
        ("rate", "75"),
        ("file", "tests/four.t"),
        ("line", "1"),
        ("skip_file", "tests/a_test.go"),
        ("skip_line", "4"),
        ("sleep_file", "tests/a_test.go"),
        ("sleep_line", "5"),
    ];
    says(&report, "failure-report.txt", &values);
    let board = board(lea, "11:04");
    let values = [("convoy", C), ("teams", "4"), ("rate", "75"), ("eta", "2026-03-02 11:29")];
    same(&board, "board-needs-fix.txt", &values, "");
}

// goal: W3 W6 tier1
#[test]
fn scenario_4_a_rejection_has_a_reason_and_the_history_both_tries() {
    let sandbox = Sandbox::new();
    let (wes, lea) = world(&sandbox);
    at(&lea, "09:00", &["convoy", "create", "--config", FILE]).ok();
    create(&wes, "09:05");
    advance(&wes, "09:20", "analysis", ANALYSIS);
    at(&lea, "09:25", &["checkpoint", "reject", M, "analysis-checkpoint"]).fails(2);
    let reason = "The refused workflow is missing";
    at(&lea, "09:30", &["checkpoint", "reject", M, "analysis-checkpoint", "--reason", reason]).ok();
    assert_eq!((state(&wes, M).as_str(), step(&wes, M, "analysis").2), ("needs_fix", 2));
    advance(&wes, "09:40", "analysis", ANALYSIS);
    approve(&lea, "09:50", "analysis-checkpoint");
    let history = at(&lea, "09:51", &["molecule", "history", M, "--limit", "0"]);
    says(history.ok(), "scenario-4-history.txt", &[("reason", reason), ("lead", "lea")]);
    let count = |what: &str| history.stdout().lines().filter(|l| l.contains(what)).count();
    assert_eq!((count("advance   analysis "), count("open      analysis-checkpoint")), (2, 2), "{}", history.stdout());
}

// goal: W4 tier1
#[test]
fn scenario_5_a_deadline_passes_and_resuming_asks_again() {
    let sandbox = Sandbox::new();
    let (wes, lea) = world(&sandbox);
    at(&lea, "09:00", &["convoy", "create", "--config", FILE]).ok();
    create(&wes, "09:05");
    advance(&wes, "09:20", "analysis", ANALYSIS);
    let texts = expected("scenario-5-expired.txt", &[]);
    let words: Vec<&str> = texts.lines().collect();
    let says = |time: &str| {
        let list = at(&lea, time, &["checkpoint", "list", M]).ok().to_owned();
        list + at(&lea, time, &["molecule", "status", M]).ok()
    };
    let before = says("11:19");
    assert!(before.contains(words[2]) && !before.contains(words[0]) && !before.contains(words[1]), "{before}");
    let after = says("11:20");
    assert!(after.contains(words[0]) && after.contains(words[1]), "{after}");
    at(&lea, "11:21", &["checkpoint", "approve", M, "analysis-checkpoint"]).fails(3);
    at(&lea, "11:30", &["molecule", "resume", M]).ok();
    let again = says("11:31");
    assert!(again.contains(words[2]) && again.contains("1 h 59 min left") && !again.contains(words[1]), "{again}");
    assert_eq!(step(&wes, M, "analysis").2, 1, "no step went back");
    approve(&lea, "11:40", "analysis-checkpoint");
}

// goal: W3 W15 tier1
#[test]
fn scenario_6_one_clone_comments_and_the_other_approves() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let wes = remote.clone_as("wes");
    project(&wes);
    wes.bd(&["init", "--publish"]).ok();
    wes.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
    at(&wes, "09:00", &["convoy", "create", "--config", FILE]).ok();
    create(&wes, "09:05");
    advance(&wes, "09:20", "analysis", ANALYSIS);
    wes.bd(&["sync"]).ok();
    let clone = |name: &str| {
        let work = remote.clone_as(name);
        work.bd(&["init", "--publish"]).ok();
        work.bd(&["sync"]).ok();
        work
    };
    let (lea, mia) = (clone("lea"), clone("mia"));
    let comment = "The digest comes on day 6";
    at(&mia, "09:30", &["checkpoint", "comment", M, "analysis-checkpoint", "--text", comment]).ok();
    at(&lea, "09:31", &["checkpoint", "approve", M, "analysis-checkpoint", "--note", "clear"]).ok();
    for who in [&mia, &lea, &mia] {
        who.bd(&["sync"]).ok();
    }
    for who in [&mia, &lea] {
        let shown = at(who, "09:40", &["checkpoint", "show", M, "analysis-checkpoint"]);
        let values = [("approver", "lea"), ("commenter", "mia"), ("comment", comment)];
        says(shown.ok(), "scenario-6-two-clones.txt", &values);
        assert_eq!(step(who, M, "analysis-checkpoint").1, "approved");
    }
}

// goal: W3 W13 tier1
#[test]
fn a_notification_and_what_it_leads_to() {
    let sandbox = Sandbox::new();
    let (wes, lea) = world(&sandbox);
    at(&lea, "09:00", &["convoy", "create", "--config", FILE]).ok();
    create(&wes, "09:05");
    let log = sandbox.path("told");
    wes.gt(&["config", "set", "notifications.command", &format!("cat >> '{}'", log.display())]).ok();
    wes.gt(&["config", "set", "notifications.for", "all"]).ok();
    advance(&wes, "09:20", "analysis", ANALYSIS);
    at(&lea, "09:21", &["mail", "inbox"]).ok();
    let told = std::fs::read_to_string(&log).expect("an alert");
    let six: String = told.lines().take(6).map(|l| format!("{l}\n")).collect();
    same(&six, "notification.txt", &[("molecule", M)], "");
    let rest: Vec<&str> = told.lines().skip(6).collect();
    let [view, mail, to] = rest[..] else { panic!("{told}") };
    assert!(view.starts_with("View: gastown mail read "), "{told}");
    assert_eq!((mail, to), ("Mail: Day 3 Analysis Complete - Questions & Concerns", "To: @lea"));
    // What was asked stands below the head of the screen, and what decides below that.
    let shown = at(&lea, "09:22", &["checkpoint", "show", M, "analysis-checkpoint"]);
    let shown = shown.ok();
    let (from, to) =
        (shown.find("Analysis Summary:").expect("a summary"), shown.find("\n\nApproval Required:").expect("a question"));
    same(&shown[from..to], "checkpoint-show.txt", &[], "");
}
