//! Scans of a change: what was there before, what the change made of it, what is judged by its name alone.

use crate::Severity;
use crate::diff::What;
use crate::gate::lab::{Lab, answer_of, gate};
use crate::gate::{Answer, Ask, Kind, Status, When};
use crate::scan::RuleSet;

const SKIPS: &str = "package a\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n}\n";
const TWICE: &str = "package a\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n\tt.Skip(\"later\")\n}\n";

fn scan(rule: &str) -> crate::gate::Gate {
    gate(&format!("kind = \"scan\"\nrule = \"{rule}\""))
}

/// What a rule says about what is staged, or about the last commit.
fn of(lab: &Lab, rule: &str, what: &What) -> Answer {
    let files = lab.changes(what);
    answer_of(&scan(rule), &lab.ask(what, &files))
}

fn last(lab: &Lab) -> What {
    What::Range { from: Some(lab.oid("HEAD~1")), to: lab.oid("HEAD") }
}

fn lines(answer: &Answer) -> Vec<(String, u32)> {
    answer.findings.iter().map(|f| (f.path.clone(), f.line)).collect()
}

#[test]
fn lines_that_a_change_brings_to_life_are_its_own() {
    let lab = Lab::new();
    let commented = SKIPS.replace("\tt.Skip", "/*\n\tt.Skip").replace("\n}\n", "\n*/\n}\n");
    lab.commit("a_test.go", &commented);
    lab.commit("a_test.go", &SKIPS.replace("\tt.Skip", "\n\tt.Skip").replace("\n}\n", "\n\n}\n"));
    let alive = of(&lab, "no-skip", &last(&lab));
    assert_eq!((alive.status, lines(&alive)), (Status::Fail, vec![("a_test.go".into(), 5)]));
    assert_eq!(alive.why, "1 place");
    // What was found in the file before is not found anew, as often as it was there.
    lab.commit("a_test.go", SKIPS);
    lab.commit("a_test.go", &format!("// a word\n{SKIPS}"));
    assert_eq!(of(&lab, "no-skip", &last(&lab)).status, Status::Pass);
    lab.commit("a_test.go", TWICE);
    assert_eq!(lines(&of(&lab, "no-skip", &last(&lab))).len(), 1, "the one that was added");
    let other = TWICE.replace("TestA", "TestB").replace("package a", "package b");
    lab.commit("a_test.go", &other);
    assert_eq!(of(&lab, "no-skip", &last(&lab)).status, Status::Pass, "both were there");
    lab.commit(
        "a_test.go",
        &SKIPS.replace("\tt.Skip(\"later\")", "/*\n\tt.Skip(\"later\")\n*/\n\tt.Skip(\"later\")\n/*\n\tt.Skip(\"later\")\n*/"),
    );
    lab.commit(
        "a_test.go",
        &SKIPS.replace("\tt.Skip(\"later\")", "\n\tt.Skip(\"later\")\n\n\tt.Skip(\"later\")\n\n\tt.Skip(\"later\")\n"),
    );
    assert_eq!(lines(&of(&lab, "no-skip", &last(&lab))).len(), 2, "one of three was alive before");
}

#[test]
fn a_file_that_becomes_a_test_by_its_name_is_judged_whole_and_one_that_was_only_moved_is_not() {
    let lab = Lab::new();
    lab.commit("helper.go", SKIPS);
    lab.run(&["mv", "helper.go", "helper_test.go"]);
    let renamed = of(&lab, "no-skip", &What::Staged);
    assert_eq!((renamed.status, lines(&renamed)), (Status::Fail, vec![("helper_test.go".into(), 4)]));
    lab.run(&["commit", "-q", "-m", "moved"]);
    lab.run(&["mv", "helper_test.go", "other_test.go"]);
    assert_eq!(of(&lab, "no-skip", &What::Staged).status, Status::Pass);
}

#[test]
fn a_mark_that_was_there_is_not_told_of_a_change_elsewhere() {
    let lab = Lab::new();
    let marked = SKIPS.replace("(\"later\")", "(\"later\") // gate:allow no-skip -- why");
    lab.commit("a_test.go", &marked);
    lab.commit("a_test.go", &format!("{marked}// more\n"));
    let elsewhere = of(&lab, "no-skip", &last(&lab));
    assert_eq!((elsewhere.status, elsewhere.waived.len()), (Status::Pass, 0));
    lab.commit("a_test.go", &marked.replace("later", "now"));
    let own = of(&lab, "no-skip", &last(&lab));
    assert_eq!((own.status, own.waived.len(), own.waived[0].by.as_str()), (Status::Pass, 1, "a mark in the code"));
    // Taken away: the line below was there before, and is at fault now.
    lab.commit("a_test.go", &SKIPS.replace("\tt.Skip", "\t// gate:allow no-skip -- why\n\tt.Skip"));
    lab.commit("a_test.go", SKIPS);
    assert_eq!(lines(&of(&lab, "no-skip", &last(&lab))), [("a_test.go".into(), 4)]);
}

#[test]
fn while_a_merge_is_concluded_only_the_lines_of_nobody_count() {
    let lab = Lab::new();
    lab.commit("a_test.go", &format!("/*\n{SKIPS}*/\n"));
    lab.run(&["checkout", "-q", "-b", "side"]);
    lab.commit("a_test.go", &format!("\n{SKIPS}\n"));
    lab.run(&["checkout", "-q", "main"]);
    lab.commit("b.txt", "b\n");
    lab.run(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    assert_eq!(of(&lab, "no-skip", &What::Staged).status, Status::Skip);
    lab.write("a_test.go", &format!("\n{SKIPS}\n// mended\n"));
    lab.run(&["add", "-A"]);
    assert_eq!(of(&lab, "no-skip", &What::Staged).status, Status::Pass, "side had it");
}

#[test]
fn size_is_judged_whole_and_what_was_too_large_before_may_stay_only_untouched() {
    let lab = Lab::new();
    let large = "0123456789abcdef\n".repeat(330_000);
    lab.commit("big.txt", &large);
    assert_eq!(lines(&of(&lab, "large-file", &last(&lab))), [("big.txt".into(), 1)]);
    lab.commit("big.txt", &format!("{large}one more\n"));
    assert_eq!(of(&lab, "large-file", &last(&lab)).status, Status::Fail, "it is touched and too large");
    lab.run(&["mv", "big.txt", "moved.txt"]);
    assert_eq!(of(&lab, "large-file", &What::Staged).status, Status::Pass, "as it was");
    // Above 32 MiB a file of the working tree is not read at all.
    std::fs::File::create(lab.dir().join("moved.txt")).unwrap().set_len(33 << 20).unwrap();
    let all = of(&lab, "large-file", &What::All);
    assert_eq!((all.status, all.findings.len(), all.findings[0].severity), (Status::Fail, 1, all.findings[0].severity));
    assert!(all.findings[0].message.contains("33.0 MiB"), "{}", all.findings[0].message);
    assert_eq!(of(&lab, "no-skip", &What::All).status, Status::Pass);
    lab.write("moved.txt", "small\n<<<<<<< HEAD\n");
    assert_eq!(of(&lab, "conflict-markers", &What::All).status, Status::Fail);
}

#[test]
fn events_are_judged_by_what_they_hold_and_links_and_removals_are_not_read() {
    let lab = Lab::new();
    let good = "{\"a\":1}\n";
    let name = bd::store::SealedName::loose(good.as_bytes(), "2026-11-21T02:17:00Z").to_string();
    let path = format!(".beads/mail/{name}");
    lab.commit(&path, good);
    assert_eq!(of(&lab, "beads", &last(&lab)).status, Status::Pass);
    lab.commit(&path, "{\"a\":2}\n");
    let changed = of(&lab, "beads", &last(&lab));
    assert_eq!((changed.status, lines(&changed)), (Status::Fail, vec![(path.clone(), 1)]));
    lab.run(&["rm", "-q", &path]);
    assert_eq!(of(&lab, "beads", &What::Staged).status, Status::Pass);
    lab.run(&["commit", "-q", "-m", "gone"]);
    std::fs::create_dir_all(lab.dir().join(".beads/mail")).unwrap();
    std::os::unix::fs::symlink("x", lab.dir().join(&path)).unwrap();
    lab.run(&["add", "-A"]);
    assert_eq!(lines(&of(&lab, "beads", &What::Staged)), [(path.clone(), 1)], "a link");
    // The same name elsewhere is none of it.
    lab.commit(&format!("mail/{name}"), "{\"a\":3}\n");
    assert!(lines(&of(&lab, "beads", &last(&lab))).iter().all(|(p, _)| *p == path));
    // A skip in a removed test, and in a link to one, is nobody's.
    lab.commit("a_test.go", SKIPS);
    lab.run(&["rm", "-q", "a_test.go"]);
    std::os::unix::fs::symlink("x", lab.dir().join("b_test.go")).unwrap();
    lab.run(&["add", "-A"]);
    assert_eq!(of(&lab, "no-skip", &What::Staged).status, Status::Pass);
}

#[test]
fn gates_that_cannot_be_asked_together_are_asked_one_by_one() {
    let lab = Lab::new();
    lab.commit("a_test.go", SKIPS);
    let what = last(&lab);
    let files = lab.changes(&what);
    let ask = lab.ask(&what, &files);
    let (good, mut unknown, mut globs) = (scan("no-skip"), scan("no-skip"), scan("no-skip"));
    unknown.kind = Kind::Scan { rule: "no-such".to_owned() };
    globs.paths = vec!["a[".to_owned()];
    let all = super::super::scan::answers(&[&good, &unknown, &globs], &ask, &RuleSet::built_in());
    assert_eq!(all.iter().map(|a| a.status).collect::<Vec<_>>(), [Status::Fail, Status::Error, Status::Error]);
    assert!(all[1].why.contains("no rule `no-such`") && all[2].why.starts_with("its paths cannot be used"), "{all:?}");
    assert_eq!(answer_of(&unknown, &ask).status, Status::Error);
}

#[test]
fn what_cannot_be_read_is_counted_and_only_where_the_gate_looks() {
    let lab = Lab::new();
    lab.commit("a_test.go", SKIPS);
    let what = last(&lab);
    let mut files = lab.changes(&what);
    let gone = bd::git::Oid::from_bytes(&[9; 20]);
    for path in ["b_test.go", "c_test.go", "d_test.go"] {
        files.push(crate::diff::FileChange { path: path.into(), blob: gone, ..files[0].clone() });
    }
    let said = |paths: &str| answer_of(&gate(&format!("kind = \"scan\"\nrule = \"no-skip\"\n{paths}")), &lab.ask(&what, &files));
    let all = said("");
    assert_eq!(all.status, Status::Error);
    assert!(all.why.starts_with("not everything could be read: b_test.go:") && all.why.ends_with("(and 2 more)"), "{}", all.why);
    let one = said("paths = [\"d*\"]");
    assert!(one.status == Status::Error && !one.why.contains("more"), "{}", one.why);
    assert_eq!(said("paths = [\"a*\"]").status, Status::Fail);
    // Before the change it cannot be read either: then nobody knows what is new.
    let old = [crate::diff::FileChange { old_blob: gone, lines: crate::Lines::from_sorted([1]), ..files[0].clone() }];
    let unknown = answer_of(&scan("no-skip"), &lab.ask(&what, &old));
    assert!(unknown.status == Status::Error && unknown.why.contains("a_test.go:"), "{}", unknown.why);
}

#[test]
fn at_land_a_mark_of_the_change_itself_counts_for_nothing() {
    let lab = Lab::new();
    lab.commit("a_test.go", &SKIPS.replace("(\"later\")", "(\"later\") // gate:allow no-skip -- why"));
    let what = last(&lab);
    let files = lab.changes(&what);
    let authors = ["ann".to_owned(), "bob".to_owned()];
    let at = |when| answer_of(&scan("no-skip"), &Ask { when, authors: &authors, ..lab.ask(&what, &files) });
    let push = at(When::Push);
    assert_eq!((push.status, push.waived[0].by.as_str(), push.waived[0].place.as_str()), (Status::Pass, "ann, bob", "a_test.go:4"));
    let land = at(When::Land);
    assert_eq!((land.status, land.findings[0].severity), (Status::Fail, Severity::Critical));
    assert!(land.findings[0].advice.ends_with("the mark in line 4 came with this change and does not count here"));
}
