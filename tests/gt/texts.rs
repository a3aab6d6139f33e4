//! The letters of a formula that says less than the shipped one: what is computed where nothing was handed in, and what is not said
//! where nothing is known. The whole letters, as the reference has them, are in `screens`.

use crate::kit::{apdc, pour_recipe, repository};
use crate::screens::expected;
use bd_tests::{Sandbox, Work};

const M: &str = "day3-refs";

/// The newest mail of a reader whose subject begins so: subject and text.
fn letter(reader: &Work, subject: &str) -> String {
    let inbox = reader.gt(&["mail", "inbox", "--all", "--json"]).json();
    let all = inbox.as_array().cloned().unwrap_or_default();
    let found = all.iter().find(|m| m["subject"].as_str().is_some_and(|s| s.starts_with(subject)));
    let id = found.unwrap_or_else(|| panic!("no mail `{subject}` in {inbox}"))["id"].as_str().unwrap_or_default().to_owned();
    let json = reader.gt(&["mail", "read", &id, "--json"]).json();
    format!("{}\n\n{}", json["subject"].as_str().unwrap_or_default(), json["body"].as_str().unwrap_or_default())
}

#[track_caller]
fn same(got: &str, wanted: &str) {
    assert_eq!(got.trim_end(), wanted.trim_end(), "\n--- got\n{got}\n--- wanted\n{wanted}");
}

const ANALYSIS: &str = "Day 3 Analysis Complete - Questions & Concerns

Analysis Summary:
Two requirements, one test.

Questions:
1. Which port?
2. Which user?

Concerns:
- The old runs

Recommendation:
- Test both

Confidence: 85%

Approval Required: Do you approve proceeding to PLAN phase?

⏰ Timeout: 2 hours (until 2026-03-01 11:00Z)
View: gt checkpoint show day3-refs analysis-checkpoint
";

const PLAN: &str = "Day 3 Plan Ready - Approval Required

Test Plan Summary:
One file, two cases.

TDD Sequence:
1. RED: do red
2. GREEN: do green
3. REFACTOR: do refactor

Success Criteria:
- test_compiles = true
- test_fails_as_expected = true
- no_skip_calls = true
- tests_pass = true
- minimal_implementation = true
- test_pass_rate = 100%
- no_skipped_tests = true
- no_time_sleep_before_assertions = true

Integration Points:
The shell.

Risk Mitigation:
None needed.

Confidence: 90%

Approval Required: Do you approve proceeding to implementation (DO phase)?

⏰ Timeout: 2 hours (until 2026-03-01 11:00Z)
View: gt checkpoint show day3-refs plan-checkpoint
";

const TESTS: &str = "Day 3 Tests Pass at 100% - Ready for Compliance Triage

Test Validation Results:
✅ Total Tests: 2 (1 existing + 1 new)
✅ Passed: 2
✅ Failed: 0
✅ Skipped: 0
✅ Pass Rate: 100%

Anti-Pattern Detection:
✅ No time.Sleep() detected
✅ No Skip() calls

Test Output Summary:
done

Approval Required: Proceed to compliance triage?

⏰ Timeout: 2 hours (until 2026-03-01 11:00Z)
View: gt checkpoint show day3-refs test-validation-checkpoint
";

const COMPLIANCE: &str = "Day 3 Compliance Triage Complete - Approval Required

Compliance Report Summary:
⚠️  Overall Status: no report was asked for
✅ Test Pass Rate: 100%

Key Findings:
✅ All tests pass at 100%
✅ No anti-patterns detected
done

Approval Required: Approve Day 3 completion and proceed to documentation?

⏰ Timeout: 2 hours (until 2026-03-01 11:00Z)
View: gt checkpoint show day3-refs compliance-checkpoint
";

const HANDOFF: &str = "Day 3 Complete - Handoff to Day 4

From: day3-refs (Polecat)

Day 3 Summary:
- Implemented: done
- Tests: 2/2 passing (100%)
- Next: nothing waits for it

Handoff Status: ✅ READY
";

// goal: W12 W14 tier1
#[test]
fn the_letters_of_a_formula_that_says_less() {
    let sandbox = Sandbox::new();
    let wes = repository(&sandbox, "lone").acting_as("wes");
    let lea = wes.acting_as("lea");
    pour_recipe(&wes, apdc(), M, &[]);
    wes.gt(&["molecule", "trust", M]).ok();
    let advance = |step: &str| wes.gt(&["molecule", "advance", M, step, "--note", "done"]);
    wes.write("a.md", "+++\nquestions = [\"Which port?\", \"Which user?\"]\nconcerns = [\"The old runs\"]\nrecommendation = \"Test both\"\nconfidence = 85\n+++\nTwo requirements, one test.\n");
    wes.gt(&["molecule", "advance", M, "analysis", "--summary", "a.md"]).ok();
    same(&letter(&lea, "Day 3 Analysis"), ANALYSIS);
    lea.gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    wes.write("a.md", "+++\nconfidence = \"90%\"\n+++\nOne file, two cases.\n\n## Integration Points\n\nThe shell.\n\n## Risk Mitigation\n\nNone needed.\n");
    wes.gt(&["molecule", "advance", M, "plan", "--summary", "a.md"]).ok();
    same(&letter(&lea, "Day 3 Plan"), PLAN);
    lea.gt(&["checkpoint", "approve", M, "plan-checkpoint"]).ok();
    advance("infrastructure").ok();
    wes.write("tests/two.t", "test -f src/new.sh\n");
    advance("do-red").ok();
    wes.write("src/new.sh", "true\n");
    wes.gt(&["molecule", "attest", M, "do-green", "--all"]).ok();
    advance("do-green").ok();
    wes.write("tests/three.t", "false\n");
    advance("do-refactor").ok();
    let failed = advance("test-validation");
    failed.fails(4);
    // Without remedies of its own the formula gets the reference's.
    let values = [("molecule", M), ("rate", "66.7"), ("failed", "1"), ("total", "3"), ("file", "tests/three.t"), ("line", "1")];
    let alert = expected("alert-clean.txt", &values).replace("three.t:1", "three.t");
    let subject = "🚨 day3-refs BLOCKED: Test pass rate below 100% (66.7%)";
    same(&letter(&lea, "🚨 day3-refs BLOCKED"), &format!("{subject}\n\n{alert}"));
    assert!(failed.stderr().contains(alert.trim_end()), "{}", failed.stderr());
    std::fs::remove_file(wes.path("tests/three.t")).expect("a test that goes");
    advance("do-refactor").ok();
    advance("test-validation").ok();
    same(&letter(&lea, "Day 3 Tests"), TESTS);
    lea.gt(&["checkpoint", "approve", M, "test-validation-checkpoint"]).ok();
    advance("compliance-triage").ok();
    same(&letter(&lea, "Day 3 Compliance"), COMPLIANCE);
    lea.gt(&["checkpoint", "approve", M, "compliance-checkpoint"]).ok();
    advance("document").ok();
    same(&letter(&lea, "Day 3 Complete"), HANDOFF);
    // What is printed around a letter.
    let shown = lea.gt(&["mail", "read", "1"]);
    let first: Vec<&str> = shown.ok().lines().take(4).collect();
    let head = ["📨 Gas Town Mail", "From: day3-refs (Polecat)", "To: @flow-team", "Subject: Day 3 Complete - Handoff to Day 4"];
    assert_eq!(first, head, "{}", shown.stdout());
}
