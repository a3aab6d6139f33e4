use super::evaluate::evaluate_with;
use super::kinds::Run;
use super::lab::file;
use super::target::{Found, Tree};
use super::*;
use crate::diff::{FileChange, What};
use crate::results::Counts;
use crate::{Finding, Lines, Severity};
use bd::env::Env;
use bd::git::{Git, Oid};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A repository with nothing in it, made without git.
struct Place {
    dir: tempfile::TempDir,
    env: Env,
    git: Box<dyn Git>,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["objects", "refs/heads", "beads"] {
            std::fs::create_dir_all(dir.path().join(".git").join(folder)).unwrap();
        }
        std::fs::write(dir.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        std::fs::write(dir.path().join(".git/config"), "[core]\n\trepositoryformatversion = 0\n\tbare = false\n").unwrap();
        let env = Env::new(dir.path().to_owned(), BTreeMap::new());
        let git = bd::git::open(&env).unwrap();
        Self { dir, env, git }
    }

    fn ask<'a>(&'a self, files: &'a [FileChange], code: Option<Oid>) -> Ask<'a> {
        Ask {
            env: &self.env,
            git: &*self.git,
            store: None,
            when: When::Push,
            what: &What::Staged,
            files,
            code,
            top: self.dir.path(),
            bead: None,
            authors: &[],
        }
    }
}

fn definitions(text: &str) -> Definitions {
    let off: String = layers::parse(None, Vec::new())
        .unwrap()
        .gates
        .iter()
        .map(|g| format!("[[gate]]\nid = \"{}\"\naction = \"off\"\n", g.id))
        .collect();
    let found = Found { tree: Tree::Working("/nowhere".into()), text: format!("{text}{off}") };
    layers::parse(Some(&found), Vec::new()).unwrap_or_else(|Problems(p)| panic!("{p:#?}"))
}

fn command(id: &str, more: &str) -> String {
    format!("[[gate]]\nid = \"{id}\"\nkind = \"command\"\nrun = \"true\"\nwhen = [\"push\"]\n{more}\n")
}

fn finding(path: &str, severity: Severity) -> Finding {
    Finding {
        path: path.to_owned(),
        line: 3,
        column: 1,
        rule: "no-skip".to_owned(),
        severity,
        message: "skipped".to_owned(),
        advice: String::new(),
        excerpt: String::new(),
    }
}

/// One answer for each gate.
fn each(
    one: &(dyn Fn(&Gate, &Ask<'_>, Run<'_>) -> Answer + Sync),
) -> impl Fn(&[&Gate], &Ask<'_>, Run<'_>) -> Vec<Answer> + Sync + '_ {
    |gates, ask, run| gates.iter().map(|gate| one(gate, ask, run)).collect()
}

const CI: Options<'static> = Options { waivers: &NoWaivers, trust_commands: true, only: &[], reuse: true };

/// What comes out of one command, which answers as told, in turn.
fn of_command(more: &str, answers: &[Answer]) -> (Verdict, usize) {
    let place = Place::new();
    let asked = AtomicUsize::new(0);
    let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| answers[asked.fetch_add(1, Ordering::SeqCst)].clone();
    let outcome = evaluate_with(&definitions(&command("g", more)), &place.ask(&[], None), &CI, &each(&asker)).unwrap();
    assert_eq!(outcome.verdicts().len(), 1);
    (outcome.verdicts()[0].clone(), asked.into_inner())
}

fn said(status: Status) -> Answer {
    Answer::new(status, "so")
}

fn counted(status: Status, failed: u64, exit_code_only: bool) -> Answer {
    Answer { counts: Some(Counts { passed: 1, failed, exit_code_only, ..Counts::default() }), ..said(status) }
}

#[test]
fn a_failed_program_is_run_once_more_and_a_pass_is_then_flaky() {
    let (verdict, runs) = of_command("retry = true", &[said(Status::Fail), said(Status::Pass)]);
    assert_eq!((verdict.status, verdict.flaky, runs), (Status::Pass, true, 2));
    assert!(verdict.warns());
    let (verdict, runs) = of_command("retry = true", &[said(Status::Fail), said(Status::Error)]);
    assert_eq!((verdict.status, verdict.flaky, runs), (Status::Fail, false, 2));
    for (more, first) in [("retry = true", Status::Pass), ("retry = true", Status::Error), ("", Status::Fail)] {
        let (verdict, runs) = of_command(more, &[said(first)]);
        assert_eq!((verdict.status, verdict.flaky, runs), (first, false, 1));
    }
}

#[test]
fn a_canary_that_passes_or_cannot_run_makes_the_gate_an_error() {
    let more = "canary_env = { BREAK = \"1\" }";
    let (verdict, runs) = of_command(more, &[said(Status::Fail), said(Status::Pass)]);
    assert_eq!((verdict.status, runs), (Status::Pass, 2));
    for (canary, word) in [(Status::Pass, "is dead"), (Status::Skip, "is dead"), (Status::Error, "could not run")] {
        let (verdict, runs) = of_command(more, &[said(canary)]);
        assert_eq!((verdict.status, runs), (Status::Error, 1));
        assert!(verdict.why.contains(word) && verdict.blocks(), "{}", verdict.why);
    }
    let place = Place::new();
    let seen = Mutex::new(Vec::new());
    let asker = |_: &Gate, _: &Ask<'_>, run: Run<'_>| {
        seen.lock().unwrap().push(run.vars.clone());
        said(if run.vars.is_empty() { Status::Pass } else { Status::Fail })
    };
    evaluate_with(&definitions(&command("g", more)), &place.ask(&[], None), &CI, &each(&asker)).unwrap();
    let vars = BTreeMap::from([("BREAK".to_owned(), "1".to_owned())]);
    assert_eq!(*seen.lock().unwrap(), [vars, BTreeMap::new()], "the real run has none of them");
}

#[test]
fn the_red_step_must_fail_and_by_a_failing_test() {
    let of = |answer: Answer| of_command("expect = \"fail\"", &[answer]).0;
    let red = of(counted(Status::Fail, 2, false));
    assert_eq!((red.status, red.why.as_str()), (Status::Pass, "2 tests fail, as expected"));
    let green = of(said(Status::Pass));
    assert_eq!(green.status, Status::Fail);
    assert!(green.why.contains("passed: so") && !green.advice.is_empty(), "{}", green.why);
    // What could not be built is no failing test; beside one, the test counts.
    let broken = |failed, broken| Answer { counts: Some(Counts { failed, broken, ..Counts::default() }), ..said(Status::Fail) };
    assert_eq!(of(broken(1, 1)).status, Status::Error);
    let both = of(broken(3, 1));
    assert_eq!((both.status, both.why.as_str()), (Status::Pass, "2 tests fail, as expected"));
    for not_proven in [counted(Status::Fail, 0, false), counted(Status::Fail, 2, true), said(Status::Fail), said(Status::Error)] {
        assert_eq!(of(not_proven.clone()).status, Status::Error, "{not_proven:?}");
    }
}

#[test]
fn a_gate_that_breaks_down_is_an_error_and_the_others_go_on() {
    let place = Place::new();
    let asker = |gate: &Gate, _: &Ask<'_>, _: Run<'_>| {
        assert!(gate.id != "b", "no {}", gate.id);
        said(Status::Pass)
    };
    let text = [command("a", ""), command("b", ""), command("c", "")].concat();
    let outcome = evaluate_with(&definitions(&text), &place.ask(&[], None), &CI, &each(&asker)).unwrap();
    let found: Vec<(&str, Status)> = outcome.verdicts().iter().map(|v| (v.gate.as_str(), v.status)).collect();
    assert_eq!(found, [("a", Status::Pass), ("b", Status::Error), ("c", Status::Pass)]);
    assert!(outcome.blocked() && outcome.verdicts()[1].why.contains("no b"), "{}", outcome.verdicts()[1].why);
}

#[test]
fn a_panic_of_a_waiver_neither_hangs_nor_passes() {
    struct Broken;
    impl Waivers for Broken {
        fn waives(&self, gate: &Gate, _: Option<&Finding>) -> Option<Waived> {
            panic!("no waivers for {}", gate.id)
        }
    }
    let place = Place::new();
    let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| said(Status::Fail);
    let text = [command("a", ""), command("b", "needs = [\"a\"]"), command("c", "")].concat();
    let outcome =
        evaluate_with(&definitions(&text), &place.ask(&[], None), &Options { waivers: &Broken, ..CI }, &each(&asker)).unwrap();
    let found: Vec<Status> = outcome.verdicts().iter().map(|v| v.status).collect();
    assert_eq!(found, [Status::Error; 3]);
}

#[test]
fn needs_come_first_and_what_needs_a_gate_that_did_not_pass_is_an_error() {
    let place = Place::new();
    let order = Mutex::new(Vec::new());
    let asker = |gate: &Gate, _: &Ask<'_>, _: Run<'_>| {
        order.lock().unwrap().push(gate.id.clone());
        said(if gate.id == "bad" { Status::Fail } else { Status::Pass })
    };
    let land = "when = [\"land\"]";
    let text = [
        command("last", "needs = [\"first\"]"),
        command("first", "").replace("when = [\"push\"]", land),
        command("after-bad", "needs = [\"bad\"]"),
        command("bad", "action = \"warn\""),
        command("elsewhere", "").replace("when = [\"push\"]", land),
        command("after-skip", "needs = [\"skips\"]"),
        command("skips", "paths = [\"docs/**\"]"),
        command("gone", "action = \"off\""),
        command("after-gone", "needs = [\"gone\"]"),
    ]
    .concat();
    let files = [file("src/a.rs")];
    let outcome = evaluate_with(&definitions(&text), &place.ask(&files, None), &CI, &each(&asker)).unwrap();
    let found: Vec<(&str, Status)> = outcome.verdicts().iter().map(|v| (v.gate.as_str(), v.status)).collect();
    use Status::{Error, Fail, Pass, Skip};
    assert_eq!(
        found,
        [
            ("last", Pass),
            ("first", Pass),
            ("after-bad", Error),
            ("bad", Fail),
            ("after-skip", Pass),
            ("skips", Skip),
            ("after-gone", Error)
        ],
        "a need is asked whatever its own moment; another moment's gate is not"
    );
    let order = order.into_inner().unwrap();
    let at = |id: &str| order.iter().position(|o| o == id);
    assert!(at("first") < at("last") && at("after-bad").is_none() && at("skips").is_none(), "{order:?}");
    assert!(outcome.verdicts()[2].why.contains("`bad`, which says fail"), "{}", outcome.verdicts()[2].why);
    assert!(outcome.verdicts()[6].why.contains("which is off"));
}

#[test]
fn two_gates_run_side_by_side() {
    let place = Place::new();
    let meet = std::sync::Barrier::new(2);
    let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| {
        // Nobody comes through here alone.
        meet.wait();
        said(Status::Pass)
    };
    let text = [command("a", ""), command("b", "")].concat();
    let outcome = evaluate_with(&definitions(&text), &place.ask(&[], None), &CI, &each(&asker)).unwrap();
    assert!(!outcome.blocked());
}

#[test]
fn findings_block_from_block_at_upwards_and_waivers_take_them_away() {
    struct OfB;
    impl Waivers for OfB {
        fn waives(&self, _: &Gate, finding: Option<&Finding>) -> Option<Waived> {
            let finding = finding.filter(|f| f.path == "b")?;
            let (reason, by, place) = ("known".to_owned(), "ann".to_owned(), "x".to_owned());
            Some(Waived { finding: Some(finding.clone()), reason, by, until: None, place })
        }
    }
    let place = Place::new();
    let of = |more: &str, findings: Vec<Finding>, waivers: &dyn Waivers| {
        let text = format!("[[gate]]\nid = \"s\"\nkind = \"scan\"\nrule = \"no-skip\"\nwhen = [\"push\"]\n{more}\n");
        let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| Answer { findings: findings.clone(), ..said(Status::Fail) };
        let options = Options { waivers, ..CI };
        evaluate_with(&definitions(&text), &place.ask(&[file("a")], None), &options, &each(&asker)).unwrap().verdicts()[0].clone()
    };
    use Severity::{Critical, High, Low, Medium};
    let status = |more: &str, severity| of(more, vec![finding("a", severity)], &NoWaivers).status;
    assert_eq!([Low, Medium, High, Critical].map(|s| status("", s)), [Status::Pass, Status::Pass, Status::Fail, Status::Fail]);
    assert_eq!(status("block_at = \"medium\"", Medium), Status::Fail);
    assert_eq!(status("block_at = \"critical\"", High), Status::Pass);
    assert_eq!(status("severity = \"low\"", Critical), Status::Pass);
    let low = of("", vec![finding("a", Low)], &NoWaivers);
    assert!(low.warns() && low.findings.len() == 1 && low.why.contains("only warn"), "{}", low.why);

    let waived = of("", vec![finding("b", High)], &OfB);
    assert_eq!((waived.status, waived.findings.len(), waived.waived.len()), (Status::Pass, 0, 1));
    let one_stands = of("", vec![finding("a", High), finding("b", High)], &OfB);
    assert_eq!((one_stands.status, one_stands.findings.len(), one_stands.waived.len()), (Status::Fail, 1, 1));
}

#[test]
fn what_could_not_be_found_out_cannot_be_waived() {
    struct All;
    impl Waivers for All {
        fn waives(&self, _: &Gate, finding: Option<&Finding>) -> Option<Waived> {
            let (reason, by, place) = ("because".to_owned(), "ann".to_owned(), "x".to_owned());
            Some(Waived { finding: finding.cloned(), reason, by, until: None, place })
        }
    }
    let place = Place::new();
    for (status, comes) in [(Status::Fail, Status::Pass), (Status::Error, Status::Error)] {
        let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| said(status);
        let outcome =
            evaluate_with(&definitions(&command("g", "")), &place.ask(&[], None), &Options { waivers: &All, ..CI }, &each(&asker))
                .unwrap();
        assert_eq!(outcome.verdicts()[0].status, comes);
        assert_eq!(outcome.verdicts()[0].waived.len(), usize::from(comes == Status::Pass));
    }
}

#[test]
fn untouched_paths_are_skipped_and_a_move_touches_both_ends() {
    let place = Place::new();
    let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| said(Status::Pass);
    let of = |files: &[FileChange]| {
        let all = definitions(&command("g", "paths = [\"src/**\"]"));
        evaluate_with(&all, &place.ask(files, None), &CI, &each(&asker)).unwrap().verdicts()[0].status
    };
    assert_eq!(of(&[]), Status::Skip);
    assert_eq!(of(&[file("docs/a")]), Status::Skip);
    assert_eq!(of(&[file("docs/a"), file("src/a")]), Status::Pass);
    assert_eq!(of(&[FileChange { old_path: Some("src/a".to_owned()), ..file("docs/a") }]), Status::Pass);
    assert_eq!(of(&[FileChange { removed: true, ..file("src/a") }]), Status::Pass);
}

#[test]
fn named_gates_alone_are_no_proof_and_unknown_or_closed_ones_are_refused() {
    let place = Place::new();
    let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| said(Status::Pass);
    let text = [command("a", ""), command("b", "needs = [\"a\"]"), command("closed", "action = \"off\"")].concat();
    let all = definitions(&text);
    let code = Oid::from_bytes(&[7; 20]);
    let of = |only: &[String]| evaluate_with(&all, &place.ask(&[], code), &Options { only, ..CI }, &each(&asker));
    assert!(of(&[]).unwrap().all_passed().is_some());
    let part = of(&["b".to_owned()]).unwrap();
    assert_eq!((part.verdicts().len(), part.all_passed()), (2, None), "with what it needs, and no proof");
    assert_eq!(of(&["closed".to_owned()]).unwrap_err().kind.exit_code(), 2);
    assert!(of(&["aa".to_owned()]).unwrap_err().hints[0].contains("`a`"));
}

#[test]
fn commands_need_trust_and_no_store_means_none() {
    let place = Place::new();
    let asked = AtomicUsize::new(0);
    let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| {
        asked.fetch_add(1, Ordering::SeqCst);
        said(Status::Pass)
    };
    let distrust = Options { trust_commands: false, ..CI };
    let scope = "[[gate]]\nid = \"s\"\nkind = \"scope\"\nallow = [\"a\"]\nwhen = [\"push\"]\n";
    let text = [&command("g", ""), scope].concat();
    let outcome = evaluate_with(&definitions(&text), &place.ask(&[], None), &distrust, &each(&asker)).unwrap();
    assert_eq!(outcome.verdicts()[0].status, Status::Error);
    assert!(outcome.verdicts()[0].advice.contains("bd trust .beads/gates.toml") && outcome.blocked());
    assert_eq!((outcome.verdicts()[1].status, asked.into_inner()), (Status::Pass, 1), "what runs no program needs none");
}

#[test]
fn an_equal_key_takes_an_earlier_pass_and_nothing_else() {
    let place = Place::new();
    let code = |n: u8| Oid::from_bytes(&[n; 20]);
    let of = |text: &str, code: Option<Oid>, options: &Options<'_>, answer: Answer| {
        let asked = AtomicUsize::new(0);
        let asker = |_: &Gate, _: &Ask<'_>, _: Run<'_>| {
            asked.fetch_add(1, Ordering::SeqCst);
            answer.clone()
        };
        let outcome = evaluate_with(&definitions(text), &place.ask(&[], code), options, &each(&asker)).unwrap();
        let verdict = outcome.verdicts()[0].clone();
        assert_eq!(verdict.reused, asked.into_inner() == 0);
        verdict
    };
    let (g, pass, fail) = (command("g", ""), said(Status::Pass), said(Status::Fail));
    assert!(!of(&g, code(1), &CI, pass.clone()).reused);
    let again = of(&g, code(1), &CI, fail.clone());
    assert!(again.reused && again.status == Status::Pass);
    let warns = of(&command("g", "action = \"warn\""), code(1), &CI, fail.clone());
    assert!(!warns.reused, "another definition");
    assert!(!of(&g, code(2), &CI, pass.clone()).reused, "other code");
    assert!(!of(&g, None, &CI, pass.clone()).reused && !of(&g, None, &CI, pass.clone()).reused, "code in no tree");
    assert!(!of(&g, code(1), &Options { reuse: false, ..CI }, fail.clone()).reused, "asked anew");
    assert!(!of(&g, code(1), &CI, pass.clone()).reused, "what came out last was no pass");
    for bad in [fail, said(Status::Error), Answer { flaky: true, ..pass.clone() }] {
        of(&g, code(3), &CI, bad.clone());
        assert!(!of(&g, code(3), &CI, bad).reused);
    }
    let human = "[[gate]]\nid = \"h\"\nkind = \"human\"\nwhen = [\"push\"]\n";
    of(human, code(4), &CI, pass.clone());
    assert!(!of(human, code(4), &CI, pass.clone()).reused, "a person is asked every time");

    let folder = place.dir.path().join(".git/beads/cache/gates");
    for entry in std::fs::read_dir(&folder).unwrap() {
        std::fs::write(entry.unwrap().path(), "{\"gate\":").unwrap();
    }
    assert!(!of(&g, code(2), &CI, pass).reused, "a damaged cache is none");
    assert_eq!(super::latest(&*place.git, When::Push).len(), 1);
    assert!(super::latest(&*place.git, When::Land).is_empty());
}

#[test]
fn a_scope_is_kept() {
    let place = Place::new();
    let of = |keys: &str, files: &[FileChange]| {
        let text = format!("[[gate]]\nid = \"s\"\nkind = \"scope\"\nwhen = [\"push\"]\n{keys}\n");
        let outcome = evaluate(&definitions(&text), &place.ask(files, None), &CI).unwrap();
        let v = &outcome.verdicts()[0];
        (v.status, v.findings.iter().map(|f| f.path.clone()).collect::<Vec<_>>())
    };
    let inside = "allow = [\"src/**\"]\ndeny = [\"src/secret/**\"]";
    assert_eq!(of(inside, &[file("src/a"), file(".beads/events/x.jsonl")]), (Status::Pass, vec![]));
    let out = [file("src/a"), file("b"), file("src/secret/k"), file(".beads/gates.toml")];
    assert_eq!(of(inside, &out).1, ["b", "src/secret/k", ".beads/gates.toml"]);
    let moved = FileChange { old_path: Some("b".to_owned()), ..file("src/a") };
    assert_eq!(of(inside, &[moved]), (Status::Fail, vec!["b".to_owned()]));
    assert_eq!(of("max_files = 1", &[file("a"), file(".beads/events/x")]).0, Status::Pass);
    assert_eq!(of("max_files = 1", &[file("a"), file("b")]), (Status::Fail, vec!["b".to_owned()]));
    let some = FileChange { lines: Lines::from_sorted([1, 2, 9]), ..file("a") };
    assert_eq!(of("max_lines = 3", &[some.clone()]).0, Status::Pass);
    assert_eq!(of("max_lines = 2", &[some]).0, Status::Fail);
    std::fs::write(place.dir.path().join("new"), "1\n2\n3").unwrap();
    assert_eq!(of("max_lines = 2", &[file("new")]).0, Status::Fail);
    assert_eq!(of("max_lines = 3", &[file("new")]).0, Status::Pass);
    assert_eq!(of("max_lines = 3", &[file("not-there")]).0, Status::Error, "what cannot be counted has not passed");
}

/// All scans on files of the working tree, through the scanner itself.
fn scanned(place: &Place, text: &str, when: When, what: &What, files: &[FileChange]) -> Vec<Verdict> {
    let found = Found { tree: Tree::Working("/nowhere".into()), text: text.to_owned() };
    let all = layers::parse(Some(&found), Vec::new()).unwrap();
    let ask = Ask { when, what, authors: &["ann".to_owned()], ..place.ask(files, None) };
    evaluate(&all, &ask, &CI).unwrap().verdicts().to_vec()
}

fn of<'a>(verdicts: &'a [Verdict], id: &str) -> &'a Verdict {
    verdicts.iter().find(|v| v.gate == id).unwrap_or_else(|| panic!("no verdict of {id}"))
}

const SKIPS: &str = "package a\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n}\n";

#[test]
fn scans_go_over_the_files_together_and_each_gate_gets_its_own() {
    let place = Place::new();
    std::fs::write(place.dir.path().join("a_test.go"), SKIPS).unwrap();
    std::fs::write(place.dir.path().join("b_test.go"), SKIPS).unwrap();
    let also =
        "[[gate]]\nid = \"only-b\"\nkind = \"scan\"\nrule = \"no-skip\"\npaths = [\"b*\"]\nseverity = \"low\"\nwhen = [\"push\"]\n";
    let files = [file("a_test.go"), file("b_test.go")];
    let verdicts = scanned(&place, also, When::Push, &What::All, &files);
    let skip = of(&verdicts, "no-skip");
    let places: Vec<(&str, u32)> = skip.findings.iter().map(|f| (f.path.as_str(), f.line)).collect();
    assert_eq!((skip.status, places.as_slice()), (Status::Fail, [("a_test.go", 4), ("b_test.go", 4)].as_slice()));
    assert!(skip.blocks() && !skip.advice.is_empty());
    assert_eq!(skip.why, "2 places", "nothing is said of what is below and waived where nothing is");
    let b = of(&verdicts, "only-b");
    assert_eq!((b.status, b.findings.len(), b.findings[0].severity), (Status::Pass, 1, Severity::Low));
    for quiet in ["no-sleep", "secrets", "conflict-markers", "large-file", "beads"] {
        assert_eq!(of(&verdicts, quiet).status, Status::Pass, "{quiet}");
    }
    let untouched = [FileChange { lines: Lines::from_sorted([1, 2]), ..file("a_test.go") }];
    assert_eq!(of(&scanned(&place, "", When::Push, &What::Staged, &untouched), "no-skip").status, Status::Pass);
    assert_eq!(of(&scanned(&place, "", When::Push, &What::Staged, &[]), "no-skip").status, Status::Skip);
    let lost = scanned(&place, "", When::Push, &What::All, &[file("a_test.go"), file("gone.go")]);
    assert_eq!(of(&lost, "no-skip").status, Status::Error, "what cannot be read may hold anything");
    let many: Vec<FileChange> = (0..200).map(|n| file(if n % 2 == 0 { "a_test.go" } else { "b_test.go" })).collect();
    let found = of(&scanned(&place, "", When::Push, &What::All, &many), "no-skip").findings.len();
    assert_eq!(found, 200, "threads lose nothing");
}

#[test]
fn a_mark_in_the_code_counts_until_it_comes_to_landing_it() {
    let place = Place::new();
    let marked = SKIPS.replace("\tt.Skip", "\t// gate:allow no-skip -- the service is down until May\n\tt.Skip");
    std::fs::write(place.dir.path().join("a_test.go"), &marked).unwrap();
    let range = What::Range { from: None, to: Oid::from_bytes(&[1; 20]).unwrap() };
    let new = [file("a_test.go")];
    let at = |when, files: &[FileChange]| of(&scanned(&place, "", when, &range, files), "no-skip").clone();
    let submit = at(When::Submit, &new);
    assert_eq!((submit.status, submit.waived.len()), (Status::Pass, 1));
    assert_eq!((submit.waived[0].place.as_str(), submit.waived[0].by.as_str()), ("a_test.go:4", "ann"));
    let land = at(When::Land, &new);
    assert_eq!((land.status, land.waived.len()), (Status::Fail, 0));
    assert!(land.findings[0].advice.contains("does not count here"), "{}", land.findings[0].advice);
    let old_mark = [FileChange { lines: Lines::from_sorted([5]), ..file("a_test.go") }];
    let land = at(When::Land, &old_mark);
    assert_eq!((land.status, land.waived[0].by.as_str()), (Status::Pass, "a mark in the code"), "it was on the target before");

    std::fs::write(place.dir.path().join("a_test.go"), marked.replace(" -- the service is down until May", "")).unwrap();
    let bare = at(When::Submit, &new);
    assert!(bare.status == Status::Fail && bare.findings[0].advice.contains("lets nothing through"), "{}", bare.findings[0].advice);
}

#[test]
fn a_scan_that_is_not_done_in_time_is_an_error_and_blocks_also_within_one_file() {
    let place = Place::new();
    let many = format!("package a\n\nfunc TestA(t *testing.T) {{\n{}}}\n", "\ttime.Sleep(1)\n".repeat(20_000));
    std::fs::write(place.dir.path().join("a_test.go"), many).unwrap();
    let mut all = layers::parse(None, Vec::new()).unwrap();
    for gate in &mut all.gates {
        gate.timeout = std::time::Duration::from_millis(2);
    }
    let files = [file("a_test.go")];
    let ask = Ask { what: &What::All, ..place.ask(&files, None) };
    let verdicts = evaluate(&all, &ask, &CI).unwrap();
    for id in ["no-sleep", "no-skip"] {
        let verdict = of(verdicts.verdicts(), id);
        assert_eq!((verdict.status, verdict.findings.len()), (Status::Error, 0), "{id}: {}", verdict.why);
        assert!(verdict.blocks() && verdict.why.contains("not done after"), "{id}: {}", verdict.why);
    }
}
