use crate::Lines;
use crate::diff::{FileChange, What};
use crate::gate::lab::{Lab, answer_of, file, gate};
use crate::gate::{Answer, Status};

/// A file that three lines were added to.
fn longer(path: &str) -> FileChange {
    FileChange { lines: Lines::from_sorted([1, 2, 9]), ..file(path) }
}

fn of(lab: &Lab, keys: &str, files: &[FileChange]) -> Answer {
    answer_of(&gate(&format!("kind = \"scope\"\n{keys}")), &lab.ask(&What::Staged, files))
}

#[test]
fn what_is_gone_or_no_file_adds_no_lines_and_is_a_touched_path_all_the_same() {
    let lab = Lab::new();
    let all = [longer("a"), FileChange { removed: true, ..longer("b") }, FileChange { special: true, ..longer("c") }];
    let lines = of(&lab, "max_lines = 3", &all);
    assert_eq!((lines.status, lines.why.as_str()), (Status::Pass, "3 files, all of them in scope"));
    let more = of(&lab, "max_lines = 3", &[longer("a"), longer(".beads/events/x"), longer("z")]);
    assert_eq!((more.status, more.why.as_str()), (Status::Fail, "1 places outside of the scope"));
    assert_eq!(more.findings[0].message, "the change adds 6 lines; at most 3 are allowed");
    assert_eq!(of(&lab, "max_files = 2", &all).findings[0].message, "the change touches 3 files; at most 2 are allowed");
    assert_eq!(of(&lab, "max_files = 3", &all).status, Status::Pass);
    // No number is no limit.
    assert_eq!(of(&lab, "deny = [\"x\"]", &all).status, Status::Pass);
    let closed = of(&lab, "allow = [\"c\"]\ndeny = [\"b\"]\nseverity = \"low\"", &all);
    let told: Vec<_> = closed.findings.iter().map(|f| (f.path.as_str(), f.severity, f.message.contains("closed"))).collect();
    assert_eq!(told, [("a", crate::Severity::Low, false), ("b", crate::Severity::Low, true)]);
}
