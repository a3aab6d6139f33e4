//! What a verdict says, and what of an answer it keeps.

use super::evaluate::evaluate_with;
use super::lab::{Lab, definitions};
use super::*;
use crate::diff::What;
use crate::results::Counts;
use crate::{Finding, Severity};
use std::sync::atomic::{AtomicUsize, Ordering};

const CI: Options<'static> = Options { waivers: &NoWaivers, trust_commands: true, only: &[], reuse: true };
const COMMAND: &str = "kind = \"command\"\nrun = \"true\"\n";

fn answered(keys: &str, answers: &[Answer], waivers: &dyn Waivers) -> Verdict {
    let lab = Lab::new();
    let off = parse(None, Vec::new())
        .unwrap()
        .gates
        .iter()
        .map(|g| format!("[[gate]]\nid = \"{}\"\naction = \"off\"\n", g.id))
        .collect::<String>();
    let all = definitions(&format!("[[gate]]\nid = \"g\"\nwhen = [\"push\"]\n{keys}\n{off}"));
    let asked = AtomicUsize::new(0);
    let asker = |gates: &[&Gate], _: &Ask<'_>, _: kinds::Run<'_>| {
        gates.iter().map(|_| answers[asked.fetch_add(1, Ordering::SeqCst)].clone()).collect()
    };
    let what = What::Staged;
    evaluate_with(&all, &lab.ask(&what, &[]), &Options { waivers, ..CI }, &asker).unwrap().verdicts()[0].clone()
}

fn full(status: Status) -> Answer {
    Answer { tail: "the end".into(), ..Answer::new(status, "so").advise("do it") }
}

fn counted(failed: u64) -> Answer {
    Answer { counts: Some(Counts { failed, ..Counts::default() }), ..full(Status::Fail) }
}

#[test]
fn a_dead_canary_shows_what_it_printed() {
    let keys = format!("{COMMAND}canary_env = {{ BREAK = \"1\", OTHER = \"2\" }}");
    let dead = answered(&keys, &[full(Status::Pass)], &NoWaivers);
    assert_eq!(dead.why, "the gate is dead: it passes with BREAK, OTHER set too");
    assert_eq!((dead.tail.as_str(), dead.advice.as_str()), ("the end", "Mend the gate, or its `canary_env`"));
    let lost = answered(&keys, &[full(Status::Error)], &NoWaivers);
    assert_eq!((lost.why.as_str(), lost.tail.as_str()), ("its canary could not run: so", "the end"));
    assert_eq!(lost.advice, "The program has to run and to fail");
}

#[test]
fn a_pass_on_the_second_run_says_so() {
    let flaky = answered(&format!("{COMMAND}retry = true"), &[full(Status::Fail), full(Status::Pass)], &NoWaivers);
    assert_eq!((flaky.why.as_str(), flaky.flaky, flaky.tail.as_str()), ("so, on its second run", true, "the end"));
}

#[test]
fn the_red_step_says_what_was_expected() {
    let keys = format!("{COMMAND}expect = \"fail\"");
    let of = |answer: Answer| answered(&keys, &[answer], &NoWaivers);
    let write = "Write the test that fails before the code that makes it pass";
    let report = "Name its report, like `report = \"junit:out/*.xml\"`";
    for (answer, status, why, advice) in [
        (full(Status::Pass), Status::Fail, "it was expected to fail, and passed: so", write),
        (counted(0), Status::Error, "it was expected to fail by a failing test, and no test failed: so", "do it"),
        (full(Status::Fail), Status::Error, "it failed, and no report says that it was by a failing test", report),
        (counted(2), Status::Pass, "2 tests fail, as expected", "do it"),
        (full(Status::Error), Status::Error, "so", "do it"),
        (full(Status::Skip), Status::Skip, "so", "do it"),
    ] {
        let verdict = of(answer);
        assert_eq!((verdict.status, verdict.why.as_str(), verdict.advice.as_str()), (status, why, advice));
        assert_eq!(verdict.tail, "the end", "what it printed is kept");
    }
    let plain = answered(&format!("{COMMAND}expect = \"pass\""), &[counted(2)], &NoWaivers);
    assert_eq!((plain.status, plain.why.as_str()), (Status::Fail, "so"));
}

struct OfB;
impl Waivers for OfB {
    fn waives(&self, _: &Gate, finding: Option<&Finding>) -> Option<Waived> {
        let finding = finding.filter(|f| f.path == "b")?;
        Some(Waived { finding: Some(finding.clone()), reason: "known".into(), by: "ann".into(), until: None, place: "x".into() })
    }
}

struct All;
impl Waivers for All {
    fn waives(&self, _: &Gate, finding: Option<&Finding>) -> Option<Waived> {
        Some(Waived { finding: finding.cloned(), reason: "because".into(), by: "ann".into(), until: None, place: "x".into() })
    }
}

#[test]
fn a_scan_says_how_many_stand_warn_and_were_waived() {
    let scan = "kind = \"scan\"\nrule = \"no-skip\"";
    let finding = |path: &str, severity| Finding {
        path: path.into(),
        line: 3,
        column: 1,
        rule: "no-skip".into(),
        severity,
        message: "skipped".into(),
        advice: String::new(),
        excerpt: String::new(),
    };
    let of = |all: &[(&str, Severity)], waivers: &dyn Waivers| {
        let findings = all.iter().map(|(path, severity)| finding(path, *severity)).collect();
        let verdict = answered(scan, &[Answer { findings, ..full(Status::Fail) }], waivers);
        (verdict.status, verdict.why, verdict.waived.len())
    };
    use Severity::{High, Low};
    let all = [("a", High), ("a", Low), ("b", High)];
    assert_eq!(of(&all, &OfB), (Status::Fail, "1 from high upwards, 1 below, 1 waived".into(), 1));
    assert_eq!(of(&all[1..2], &OfB), (Status::Pass, "1 below high that only warn".into(), 0));
    assert_eq!(of(&all[2..], &OfB), (Status::Pass, "nothing stands that is not waived (1)".into(), 1));
    assert_eq!(of(&all[1..], &OfB), (Status::Pass, "1 below high that only warn".into(), 1));
    assert_eq!(of(&[all[0], all[2]], &OfB), (Status::Fail, "1 from high upwards, 0 below, 1 waived".into(), 1));
    assert_eq!(of(&all[..2], &NoWaivers), (Status::Fail, "1 from high upwards, 1 below, 0 waived".into(), 0));
    assert_eq!(of(&all[..1], &NoWaivers), (Status::Fail, "so".into(), 0));
}

#[test]
fn a_whole_gate_that_is_waived_says_by_whom_and_is_over_no_budget() {
    let over = Answer { over_budget: true, ..full(Status::Fail) };
    let waived = answered(COMMAND, &[over.clone()], &All);
    assert_eq!((waived.status, waived.why.as_str(), waived.over_budget), (Status::Pass, "so; waived by ann: because", false));
    assert_eq!(waived.waived.len(), 1);
    let stands = answered(COMMAND, &[over], &NoWaivers);
    assert!(stands.over_budget && stands.seconds >= 0.0 && !stands.reused && stands.more == 0);
    assert_eq!((stands.gate.as_str(), stands.kind.as_str(), stands.action), ("g", "command", Action::Block));
}
