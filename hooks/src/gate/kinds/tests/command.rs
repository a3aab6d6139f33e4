use crate::Severity;
use crate::gate::lab::{Lab, gate};
use crate::gate::{Answer, Kind, Status};

/// What a command says that writes this text to `out.xml`, or to its standard output, and exits with `code`.
fn reported(lab: &Lab, report: &str, text: &str, code: i32) -> Answer {
    lab.write("report.in", text);
    let copy = if report.contains(':') { "cp report.in out.xml" } else { "cat report.in" };
    lab.says(&gate(&format!("kind = \"command\"\nrun = \"{copy}; exit {code}\"\nreport = \"{report}\"")))
}

const FAILS: &str = "<testsuite><testcase name=\"a\"/><testcase name=\"b\" file=\"src/b.py\" line=\"7\"><failure message=\"no\"/></testcase></testsuite>";

#[test]
fn without_a_report_the_exit_code_is_the_answer_and_that_is_said() {
    let lab = Lab::new();
    let of = |run: &str| lab.says(&gate(&format!("kind = \"command\"\nrun = '''{run}'''")));
    let passed = of("echo done");
    assert_eq!((passed.status, passed.why.as_str()), (Status::Pass, "it exited with 0; no report was read"));
    assert_eq!(passed.tail, "done");
    assert!(passed.counts.unwrap().exit_code_only);
    let failed = of("echo why; exit 3");
    assert_eq!((failed.status, failed.why.as_str()), (Status::Fail, "it exited with 3; no report was read"));
    assert!(failed.counts.unwrap().exit_code_only && failed.tail == "why");
    let trap = of("grep -q nothing-like-it /dev/null && exit 1");
    assert_eq!(trap.status, Status::Error, "{}", trap.why);
    assert!(!trap.advice.is_empty() && trap.counts.is_none());
}

#[test]
fn a_report_and_an_exit_code_both_have_to_say_yes() {
    let lab = Lab::new();
    let good = "<testsuite><testcase name=\"a\"/><testcase name=\"b\"/><testcase name=\"c\"><skipped/></testcase></testsuite>";
    let none = "<testsuite><testcase name=\"c\"><skipped/></testcase></testsuite>";
    for (text, code, status, why) in [
        (good, 0, Status::Pass, "2 of 3 tests passed, 1 skipped"),
        (good, 2, Status::Fail, "it exited with 2, although none of 3 tests failed, 1 skipped"),
        (FAILS, 1, Status::Fail, "1 of 2 tests failed"),
        (FAILS, 0, Status::Fail, "1 of 2 tests failed, although it exited with 0"),
        (none, 0, Status::Error, "no test ran, 1 skipped (it exited with 0)"),
        (&FAILS.replace("<testcase name=\"a\"/>", ""), 1, Status::Fail, "1 of 1 tests failed"),
    ] {
        let answer = reported(&lab, "junit:out.xml", text, code);
        assert_eq!((answer.status, answer.why.as_str()), (status, why), "{text}");
        assert!(answer.counts.is_some_and(|c| !c.exit_code_only));
    }
    let cut = reported(&lab, "junit:out.xml", "<testsuite>", 0);
    assert!(cut.status == Status::Error && cut.why.starts_with("its report says nothing: out.xml:"), "{}", cut.why);
    assert!(cut.why.ends_with("(it exited with 0)") && !cut.advice.is_empty(), "{}", cut.why);
}

#[test]
fn what_is_printed_is_a_report_too_however_long() {
    let lab = Lab::new();
    let many: String = (1..=6000).map(|n| format!("ok {n} - a test with a name of some length\n")).collect();
    let answer = reported(&lab, "tap", &format!("1..6000\n{many}"), 0);
    assert_eq!((answer.status, answer.why.as_str()), (Status::Pass, "6000 of 6000 tests passed"));
    // What is written to the standard error counts only in formats whose tools write there.
    let talk = "kind = \"command\"\nrun = \"(echo 1..1; echo ok 1) >&2\"\nreport = ";
    assert_eq!(lab.says(&gate(&format!("{talk}\"tap\""))).status, Status::Error);
    assert_eq!(lab.says(&gate(&format!("{talk}\"auto\""))).status, Status::Pass);
    let both = "kind = \"command\"\nrun = \"echo 1..1; echo ok 1; echo 'Bail out!' >&2\"\nreport = \"auto\"";
    assert_eq!(lab.says(&gate(both)).status, Status::Pass, "the standard output alone, where it is a report");
}

#[test]
fn a_failing_test_is_a_finding_at_its_place() {
    let lab = Lab::new();
    lab.commit("src/b.py", "x\n");
    let answer = reported(&lab, "junit:out.xml", FAILS, 1);
    assert_eq!(answer.findings.len(), 1);
    let found = &answer.findings[0];
    assert_eq!((found.path.as_str(), found.line, found.column, found.rule.as_str()), ("src/b.py", 7, 1, "g"));
    assert_eq!((found.severity, found.message.as_str()), (Severity::High, "`b` failed: no"));
    let quiet = reported(&lab, "junit:out.xml", &FAILS.replace(" message=\"no\"", "").replace(" line=\"7\"", ""), 1);
    assert_eq!((quiet.findings[0].line, quiet.findings[0].message.as_str()), (1, "`b` failed"));
    let top = lab.dir();
    let rooted = reported(&lab, "junit:out.xml", &FAILS.replace("src/b.py", &format!("{}/src/b.py", top.display())), 1);
    assert_eq!(rooted.findings[0].path, "src/b.py");
    // By the last part of its path alone, as long as one tracked file fits; else by the package in the test's name.
    let by_end = |name: &str, file: &str| {
        let text = FAILS.replace("name=\"b\"", &format!("name=\"{name}\"")).replace("src/b.py", file);
        reported(&lab, "junit:out.xml", &text, 1).findings.into_iter().map(|f| f.path).collect::<Vec<_>>()
    };
    assert_eq!(by_end("b", "b.py"), ["src/b.py"]);
    assert!(by_end("b", "c.py").is_empty() && by_end("b", "rc/b.py").is_empty() && by_end("b", "../r/out.txt").is_empty());
    lab.commit("lib/b.py", "x\n");
    assert!(by_end("b", "b.py").is_empty(), "two fit");
    assert_eq!(by_end("example.com/lib: TestB", "b.py"), ["lib/b.py"]);
    std::fs::remove_file(top.join("src/b.py")).unwrap();
    assert_eq!(by_end("b", "src/b.py"), ["src/b.py"], "tracked, if not there now");
}

#[test]
fn what_a_report_quotes_shows_no_secret() {
    let lab = Lab::new();
    lab.commit("src/b.py", "x\n");
    let token = format!("ghp_{}", "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5");
    let text =
        FAILS.replace("message=\"no\"", &format!("message=\"used {token}\"")).replace("name=\"b\"", &format!("name=\"{token}\""));
    let answer = reported(&lab, "junit:out.xml", &text, 1);
    assert_eq!(answer.findings.len(), 1);
    let failure = &answer.counts.as_ref().unwrap().failures[0];
    assert!(failure.name.contains("redacted") && failure.message.contains("redacted"), "{failure:?}");
    assert!(answer.findings[0].message.contains("redacted") && !format!("{answer:?}").contains("aB3dE5"));
}

#[test]
fn a_report_that_cannot_be_meant_is_an_error_before_anything_runs() {
    let lab = Lab::new();
    for report in ["nonsense", "junit:a["] {
        let mut g = gate("kind = \"command\"\nrun = \"touch ran\"");
        g.kind = Kind::Command { run: "touch ran".to_owned(), report: Some(report.to_owned()) };
        let answer = lab.says(&g);
        assert_eq!((answer.status, answer.advice.as_str()), (Status::Error, "Mend `report` of the gate"));
        assert!(!lab.dir().join("ran").exists());
    }
}
