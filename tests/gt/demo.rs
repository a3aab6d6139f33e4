//! `gt demo soc2` is played as it ships, and its numbers come from the tests in it.

use bd_tests::Sandbox;

// goal: X3 W6 W7 W14 W15 tier1
#[test]
fn the_story_comes_to_its_end() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("elsewhere");
    let before = work.user_state();
    let out = work.gt_cmd(&["demo", "soc2"]).free_running().run();
    let said = out.ok();
    for wanted in [
        "Progress: 2/8 days (25%)",
        "day3-workflow-refs BLOCKED",
        "Test pass rate below 100% (75%)",
        "✅ Total Tests: 4 (2 existing + 2 new)",
        "Convoy: soc2-audit-trail (37.5% complete, 3/8 days)",
        "Progress: 3/8 days (37.5%)",
        "### Work:",
        "### Gates: not blocked",
    ] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
    assert!(!said.contains("DEMO FAILED"));
    assert_eq!(work.user_state(), before, "the demo plays in a place of its own");
}

#[test]
fn one_assertion_that_changes_changes_the_numbers() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("elsewhere");
    let script = work.gt(&["demo", "soc2", "--print"]).ok().to_owned();
    let honest = "audit a pod/7 | grep -q '\"subject\":\"pod/7\"'";
    assert!(script.contains(honest));
    // It passes until the code of the day is there, and fails then.
    let changed = script.replace(honest, "! grep -q run_event src/audit.sh");
    work.write("story.sh", changed);
    let out = work.sandbox().program_in("/bin/sh".as_ref(), work.dir(), "lea", &["story.sh"]).free_running().run();
    assert!(!out.succeeded());
    let said = format!("{}{}", out.stdout(), out.stderr());
    assert!(said.contains("`do-green` is not handed in: not true: tests_pass = true"), "{said}");
    assert!(!said.contains("3/8 days"), "{said}");
}

#[test]
fn an_unknown_story_is_refused() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("elsewhere");
    let out = work.gt(&["demo", "nothing"]);
    out.fails(2);
    assert!(out.stderr().contains("soc2"), "{}", out.stderr());
}
