//! The compliance report: exact numbers, places that a person fills, and what the repository's text cannot do.

use crate::kit::{pour_recipe, repository};
use bd_tests::{Sandbox, Work};
use gt::formula::{OnFail, Recipe, Step, StepKind};

const M: &str = "day3-refs";
const FOLDER: &str = ".beads/molecules/day3-refs/reports";

/// Work, validation, report, documentation, with a person behind the validation and the report.
fn recipe() -> Recipe {
    let step = |id: &str, kind: StepKind, need: Option<&str>| Step {
        id: id.to_owned(),
        title: id.replace('-', " "),
        kind,
        needs: need.iter().map(|n| (*n).to_owned()).collect(),
        on_fail: Some(OnFail { goto: "do-refactor".to_owned(), derived: true }),
        ..Step::default()
    };
    let mut validation = step("test-validation", StepKind::Validation, Some("do-refactor"));
    validation.validation_commands = vec!["sh run-tests.sh".to_owned()];
    let mut triage = step("compliance-triage", StepKind::Compliance, Some("test-validation-checkpoint"));
    triage.report_template = Some(".beads/templates/compliance-triage-report-v2.md".to_owned());
    triage.authoritative_sources = vec!["docs/*.md".to_owned(), "docs/contracts/*.yaml".to_owned()];
    let mut first = step("do-refactor", StepKind::Work, None);
    first.on_fail = None;
    Recipe {
        name: "short".to_owned(),
        version: "1".to_owned(),
        digest: "d1".to_owned(),
        steps: vec![
            first,
            validation,
            step("test-validation-checkpoint", StepKind::Checkpoint, Some("test-validation")),
            triage,
            step("compliance-checkpoint", StepKind::Checkpoint, Some("compliance-triage")),
            step("document", StepKind::Document, Some("compliance-checkpoint")),
        ],
        ..Recipe::default()
    }
}

fn ready(sandbox: &Sandbox) -> (Work, Work) {
    let worker = repository(sandbox, "lone").acting_as("wes");
    pour_recipe(&worker, recipe(), M, &[]);
    worker.gt(&["molecule", "trust", M]).ok();
    let lead = worker.acting_as("lea");
    (worker, lead)
}

/// Requirements 1 to 8 in both, 9 and 10 in documents, 11 and 12 in tests.
fn requirements(work: &Work) {
    let ids = |numbers: &[u32]| numbers.iter().map(|n| format!("- BR-REF-{n:03}: it holds.\r\n")).collect::<String>();
    work.write("docs/requirements.md", format!("\u{feff}# Requirements\r\n{}", ids(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10])));
    let mut test = b"package refs\n// \xff\xfe in no encoding\n".to_vec();
    for n in [1, 2, 3, 4, 5, 6, 7, 8, 11, 12] {
        test.extend(format!("// BR-REF-{n:03}: the comment above a test names what it is for\nfunc TestRef{n}() {{}}\n").bytes());
    }
    work.write("tests/refs_test.go", test);
    // What is neither a document nor a test says nothing.
    work.write("src/refs.go", "package refs // BR-REF-099\n");
}

fn to_report(worker: &Work, lead: &Work) {
    worker.gt(&["molecule", "advance", M, "do-refactor", "--note", "done"]).ok();
    worker.commit_all("The code");
    worker.gt(&["molecule", "advance", M, "test-validation", "--note", "done"]).ok();
    lead.gt(&["checkpoint", "approve", M, "test-validation-checkpoint", "--note", "green"]).ok();
}

fn report(work: &Work, flags: &[&str]) -> (String, String) {
    let args: Vec<&str> = ["compliance", "report", M, "--json"].iter().chain(flags).copied().collect();
    let json = work.gt(&args).json();
    let path = json["path"].as_str().expect("a path").to_owned();
    let text = work.read(&path);
    (path, text)
}

/// Fills the first place that is empty.
fn fill_one(text: &str) -> Option<String> {
    for (empty, full) in [("recommendation = \"\"", "recommendation = \"approve\""), ("confidence = \"\"", "confidence = 90")] {
        if text.contains(empty) {
            return Some(text.replacen(empty, full, 1));
        }
    }
    let at = text.match_indices("-->\n\n<!-- /JUDGE -->").next()?.0;
    Some(format!("{}-->\nLooked at, and so.\n{}", &text[..at], &text[at + 4..]))
}

fn fill(work: &Work, path: &str) -> usize {
    let mut filled = 0;
    while let Some(next) = fill_one(&work.read(path)) {
        work.write(path, next);
        filled += 1;
    }
    filled
}

// goal: W10 tier1
#[test]
fn the_report_states_exactly_what_there_is_and_is_not_final_while_a_place_is_empty() {
    let sandbox = Sandbox::new();
    let (worker, _) = ready(&sandbox);
    requirements(&worker);
    worker.write(
        "tests/wait_test.go",
        "package refs\nimport \"time\"\nfunc TestWait(t *testing.T) {\n\ttime.Sleep(time.Second)\n\tif 1 != 1 { t.Fatal() }\n}\n",
    );
    worker.write(
        "tests/skip_test.go",
        "package refs\nfunc TestA(t *testing.T) {\n\tt.Skip(\"a\")\n}\nfunc TestB(t *testing.T) {\n\tt.Skip(\"b\")\n}\n",
    );
    worker.bd(&["gate", "waive", "no-sleep", "--path", "tests/wait_test.go", "--reason", "the clock has no event"]).ok();
    worker.gt(&["molecule", "advance", M, "do-refactor", "--note", "done"]).ok();
    worker.write("lcov.info", "SF:src/refs.go\nLF:8\nLH:6\nend_of_record\n");
    worker.commit_all("The code");
    worker.gt(&["molecule", "advance", M, "test-validation", "--note", "done"]).fails(4);

    let json = worker.gt(&["compliance", "report", M, "--json"]).json();
    let counts = &json["counts"];
    for (name, wanted) in [
        ("requirements", 12),
        ("requirements_traced", 8),
        ("requirements_only_in_documents", 2),
        ("requirements_only_in_tests", 2),
        ("findings", 3),
        ("findings_waived", 1),
        ("sources", 2),
        ("sources_without_match", 1),
        ("tests", 1),
        ("tests_passed", 1),
        ("rejections", 0),
    ] {
        assert_eq!(counts[name], wanted, "{name}: {counts}");
    }
    assert_eq!(json["critical"], 2, "two skips that nobody waived");
    let path = json["path"].as_str().unwrap().to_owned();
    assert!(path.starts_with(&format!("{FOLDER}/compliance-triage-2026-03-01")), "{path}");
    let text = worker.read(&path);
    let blob = worker.rev("HEAD:docs/requirements.md");
    for wanted in [
        "12 requirement ids: 8 traced (in a document and in a test), 2 only in documents, 2 only in tests.",
        "| BR-REF-009 | docs/requirements.md:10 | none |",
        "| BR-REF-012 | none | tests/refs_test.go:21 |",
        "| Findings of scans | 3, of which waived 1 |",
        "the clock has no event (wes)",
        "- The source docs/contracts/\\*.yaml matches no file",
        "| 1 | 1 | 0 | 0 | 100% |",
        "| `lcov.info` | lcov | 6 | 8 | 75% |",
        &format!("| `docs/*.md` | `docs/requirements.md` | `{blob}` |"),
        "critical = 2\n",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert!(!text.contains("BR-REF-099"));
    let titles: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("## ")).collect();
    assert_eq!(titles.len(), 13, "{titles:?}");
    let places = json["open"].as_array().unwrap().len();
    assert!((1..=5).contains(&places) && text.matches("JUDGE:").count() == places, "{places}");

    // Not final while one is empty: each is named with file and line, and the last one is the last.
    for left in (1..=places).rev() {
        let answer = worker.gt(&["compliance", "check", M]);
        answer.fails(4);
        assert_eq!(answer.stdout().lines().filter(|l| l.starts_with(&format!("{path}:"))).count(), left, "{}", answer.stdout());
        worker.write(&path, fill_one(&worker.read(&path)).expect("an empty place"));
    }
    let last = worker.gt(&["compliance", "check", M, "--json"]).json();
    assert_eq!((&last["final"], &last["critical"], &last["confidence"]), (&true.into(), &2.into(), &90.into()));
    let list = worker.bd(&["gate", "waivers", "--json"]).json();
    worker.bd(&["gate", "waive", "--end", list[0]["id"].as_str().expect("a waiver"), "--reason", "no more"]).ok();
    assert_eq!(worker.gt(&["compliance", "check", M, "--json"]).json()["critical"], 3, "what a waiver let through is open again");
    let traced = worker.gt(&["compliance", "trace", "--json"]).json();
    assert_eq!((&traced["found"], traced["only_tests"][0]["id"].as_str()), (&12.into(), Some("BR-REF-011")));
}

#[test]
fn the_step_is_handed_in_with_a_final_report_of_the_code_that_was_validated() {
    let sandbox = Sandbox::new();
    let (worker, lead) = ready(&sandbox);
    requirements(&worker);
    to_report(&worker, &lead);
    let refused = worker.gt(&["molecule", "advance", M, "compliance-triage", "--note", "x"]);
    assert!(refused.fails(4).stderr().contains("gt compliance report"), "{}", refused.stderr());
    // Taking the step makes the report, once.
    let taken = worker.gt(&["molecule", "next", M, "--claim"]);
    taken.ok();
    assert!(taken.stderr().contains(FOLDER), "{}", taken.stderr());
    let (path, _) = report(&worker, &[]);
    assert!(path.ends_with("compliance-triage-2026-03-01.md"), "nobody wrote into it: it is replaced ({path})");
    let refused = worker.gt(&["molecule", "advance", M, "compliance-triage", "--note", "x"]);
    for wanted in [&format!("{path}:"), "`api`", "`recommendation`", "`confidence`"] {
        assert!(refused.fails(4).stderr().contains(wanted), "{wanted}: {}", refused.stderr());
    }
    fill(&worker, &path);
    // What somebody wrote is never written over.
    let before = worker.read(&path);
    let (second, _) = report(&worker, &[]);
    assert!(second.ends_with("-2.md") && worker.read(&path) == before, "{second}");
    std::fs::remove_file(worker.path(&second)).unwrap();
    // A lowered number counts for nothing, a raised one stays.
    worker.write(&path, before.replacen("critical = 0", "critical = 1", 1));
    let (same, text) = report(&worker, &["--refresh"]);
    assert_eq!(same, path);
    assert!(text.starts_with("+++\ncritical = 1\n") && text.contains("[found]\ncritical = 0\n"), "{text}");
    assert_eq!(text.matches("Looked at, and so.").count(), 3, "what was judged stays");
    // An editor of another system.
    worker.write(&path, format!("\u{feff}{}", text.replace('\n', "\r\n")));
    // Other code than the validated: stale.
    worker.write("src/code.sh", "answer() { echo 43; }\n");
    assert!(
        worker.gt(&["molecule", "advance", M, "compliance-triage", "--note", "x"]).fails(4).stderr().contains("code has changed")
    );
    worker.git(&["checkout", "-q", "src/code.sh"]).ok();
    worker.gt(&["molecule", "advance", M, "compliance-triage", "--note", "report done"]).ok();
    let shown = lead.gt(&["checkpoint", "show", M, "compliance-checkpoint"]);
    assert!(shown.ok().contains(&path) && shown.stdout().contains("90%"), "{}", shown.stdout());
    assert!(shown.stdout().contains("Critical Issues: 1"), "{}", shown.stdout());
    lead.gt(&["checkpoint", "approve", M, "compliance-checkpoint"]).fails(4);
    lead.gt(&["checkpoint", "approve", M, "compliance-checkpoint", "--override", "--reason", "the owner takes it"]).ok();
    let json = worker.gt(&["compliance", "report", M, "--refresh", "--json"]).json();
    assert_eq!((&json["counts"]["overrides"], &json["warnings"]), (&1.into(), &1.into()), "{json}");
    let text = worker.read(json["path"].as_str().unwrap());
    assert!(
        text.contains("approved against an objection: compliance-checkpoint, by lea") && text.contains("the owner takes it"),
        "{text}"
    );
}

#[test]
fn a_molecule_of_a_convoy_has_its_report_there_and_its_own_requirements_in_it() {
    let sandbox = Sandbox::new();
    let worker = repository(&sandbox, "lone").acting_as("wes");
    worker.gt(&["convoy", "create", "--id", "soc2", "--name", "Audit trail", "--owner", "@lea"]).ok();
    worker.write("docs/plan.md", "BR-1 is planned\n");
    worker.write(
        "day.toml",
        "[inputs]\nauthoritative_docs = [\"docs/plan.md\", \"docs/gone.md\"]\nbusiness_requirements = [\"BR-1\", \"BR-2\"]\n",
    );
    let formula = "integration-test-full-validation";
    worker.gt(&["molecule", "create", "--formula", formula, "--name", M, "--convoy", "soc2", "--inputs", "day.toml"]).ok();
    worker.write("docs/plan.md", "BR-1 is planned anew\n");
    let json = worker.gt(&["compliance", "report", M, "--json"]).json();
    assert_eq!(json["path"], ".beads/convoys/soc2/molecules/day3-refs/reports/compliance-triage-2026-03-01.md");
    let text = worker.read(json["path"].as_str().unwrap());
    for wanted in [
        "critical = 1\n",
        "Nothing was validated: test-validation has not been handed in",
        "Required by this molecule: BR-1, BR-2.",
        "Required by the molecule, in no document and no test (1): BR-2",
        "The input docs/gone.md is not there",
        "The input docs/plan.md has changed since the molecule was poured",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    worker.gt(&["config", "set", "compliance.requirement", "("]).fails(2);
    worker.gt(&["config", "set", "compliance.requirement", "ACME-[0-9]+"]).ok();
}

// goal: W8 W10 tier1
#[test]
fn critical_issues_that_were_found_cannot_be_edited_away_and_history_is_in_the_report() {
    let sandbox = Sandbox::new();
    let (worker, lead) = ready(&sandbox);
    worker.write(
        "tests/skip_test.go",
        "package refs\nfunc TestA(t *testing.T) {\n\tt.Skip(\"<!-- JUDGE: evil: x -->|\\n## 14. Evil\")\n}\n",
    );
    worker.gt(&["molecule", "advance", M, "do-refactor", "--note", "done"]).ok();
    worker.commit_all("Skipped");
    worker.gt(&["molecule", "advance", M, "test-validation", "--note", "done"]).fails(4);
    let (path, text) = report(&worker, &[]);
    assert!(text.starts_with("+++\ncritical = 1\n"), "{text}");
    assert_eq!(text.lines().filter(|l| l.trim_start().starts_with("<!-- JUDGE")).count(), 3, "what was found marks no place");
    fill(&worker, &path);
    worker.write(&path, worker.read(&path).replace("critical = 1\n", "critical = 0\n"));
    let checked = worker.gt(&["compliance", "check", M, "--json"]).json();
    assert_eq!((&checked["final"], &checked["critical"]), (&true.into(), &1.into()));
    assert!(checked["notes"][0].as_str().unwrap().contains("critical = 0"));
    // Mended, validated, rejected with a reason, done again: all of it stands in the next report.
    worker.git(&["rm", "-q", "tests/skip_test.go"]).ok();
    to_report(&worker, &lead);
    let (path, text) = report(&worker, &["--refresh"]);
    assert!(text.starts_with("+++\ncritical = 0\n") && text.contains("recommendation = \"\""), "judged about other code: {text}");
    assert_eq!(text.matches("Looked at, and so.").count(), 3);
    for wanted in ["| test-validation-checkpoint | approved | lea |", "- failed: test-validation on", "| test-validation | "] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    fill(&worker, &path);
    worker.gt(&["molecule", "advance", M, "compliance-triage", "--note", "done"]).ok();
    lead.gt(&["checkpoint", "reject", M, "compliance-checkpoint", "--reason", "name the owner"]).ok();
    let text = worker.gt(&["compliance", "report", M, "--refresh", "--json"]).json();
    assert_eq!(text["counts"]["rejections"], 1);
    assert!(worker.read(&path).contains("rejected: compliance-checkpoint, by lea on"), "{}", worker.read(&path));
}

#[test]
fn a_template_of_the_repository_reads_nothing_and_runs_nothing() {
    let sandbox = Sandbox::new();
    let (worker, _) = ready(&sandbox);
    let own = ".beads/templates/compliance-triage-report-v2.md";
    for (template, line) in [
        ("# A\n{% include \"/etc/passwd\" %}\n", ":2: "),
        ("# A\n\n{% if %}\n", ":3: "),
        ("{{ report.nothing.more }}\n", ":1: "),
        ("{% import \"../x\" as y %}\n", ":1: "),
        ("{% for a in [1]*9999999 %}{% for b in [1]*9999999 %}{% endfor %}{% endfor %}", ": it takes too many steps"),
        ("<!-- JUDGE: a -->\n<!-- JUDGE: b -->\n<!-- JUDGE: c -->\n<!-- JUDGE: d -->\n", "6 judgements"),
    ] {
        worker.write(own, template);
        let answer = worker.gt(&["compliance", "report", M]);
        assert!(answer.fails(2).stderr().contains(line) && answer.stderr().contains(own), "{template}: {}", answer.stderr());
        assert!(!worker.exists(FOLDER), "a failed command changes nothing");
    }
    worker.write(own, "# Own of {{ report.molecule }}\n<!-- JUDGE: one: ? -->\n");
    let (path, text) = report(&worker, &[]);
    assert!(text.contains("# Own of day3-refs\n") && text.contains(&format!("template = \"{own}\"")), "{text}");
    // What somebody wrote beside the places is not written over by a refresh either.
    fill(&worker, &path);
    worker.write(&path, format!("{}\nA word of mine.\n", worker.read(&path)));
    let (next, text) = report(&worker, &["--refresh"]);
    assert!(next != path && text.contains("Looked at, and so.") && worker.read(&path).contains("A word of mine."), "{next}");
    // Changed: not replaced. Taken away: the one that ships.
    worker.gt(&["compliance", "template", "--write"]).fails(6);
    std::fs::remove_file(worker.path(own)).unwrap();
    worker.gt(&["compliance", "template", "--write"]).ok();
    worker.gt(&["compliance", "template", "--write"]).ok();
    assert_eq!(worker.read(own), worker.gt(&["compliance", "template"]).stdout());
}

#[test]
fn reports_stay_in_the_tree_and_large_or_strange_files_are_looked_at() {
    let sandbox = Sandbox::new();
    let (worker, _) = ready(&sandbox);
    let outside = sandbox.path("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::create_dir_all(worker.path(".beads/molecules/day3-refs")).unwrap();
    std::os::unix::fs::symlink(&outside, worker.path(FOLDER)).unwrap();
    assert!(worker.gt(&["compliance", "report", M]).fails(2).stderr().contains("symbolic link"));
    std::fs::remove_file(worker.path(FOLDER)).unwrap();
    std::os::unix::fs::symlink(outside.join("x.md"), worker.path("link.md")).unwrap();
    for out in ["../outside/x.md", outside.join("y.md").to_str().unwrap(), "link.md", ".git/x.md", ".", "a/../../lone2/x.md"] {
        worker.gt(&["compliance", "report", M, "--out", out]).fails(2);
    }
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
    worker.gt(&["compliance", "report", M, "--out", "README.md"]).fails(6);
    worker.below("src").gt(&["compliance", "report", M, "--out", "../docs/out.md"]).ok();
    assert!(worker.read("docs/out.md").starts_with("+++\n"));
    worker.gt(&["compliance", "check", M]).fails(4);
    std::fs::remove_file(worker.path("docs/out.md")).unwrap();

    worker.write("docs/large.md", format!("{}\nREQ-1\n", "x ".repeat(600_000)));
    worker.write("docs/wide.md", b"\xff\xfeN\0F\0R\0-\x007\0\n\0");
    worker.write("docs/picture.md", b"\0\x01BR-666");
    worker.write("src/unit.rs", "// BR-1 in the code\n#[cfg(test)]\nmod tests { /* NFR-7 */ }\n");
    std::os::unix::fs::symlink("/etc/passwd", worker.path("docs/passwd.md")).unwrap();
    let json = worker.gt(&["compliance", "trace", "--json"]).json();
    let ids = |list: &str| json[list].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        (ids("traced"), ids("only_documents"), ids("only_tests").len()),
        (vec!["NFR-7".into()], vec!["REQ-1".into()], 0),
        "{json}"
    );
    assert_eq!(json["skipped"].as_array().unwrap().len(), 1, "{json}");
    worker
        .write(".beads/config.toml", format!("{}\n[compliance]\nrequirement = \"X-[a-z]+\"\n", worker.read(".beads/config.toml")));
    worker.write("docs/x.md", "X-abc\n");
    worker.commit_all("A rule of our own");
    assert_eq!(worker.gt(&["compliance", "trace", "--json"]).json()["only_documents"][0]["id"], "X-abc");
}

#[test]
fn what_is_kept_of_the_files_changes_no_trace() {
    let sandbox = Sandbox::new();
    let wes = repository(&sandbox, "lone").acting_as("wes");
    wes.write("docs/a.md", "BR-1 and BR-2\n\nBR-3\n");
    wes.write("docs/b.md", [0u8, 1, 2]);
    wes.write("src/a.rs", "// BR-9\n#[cfg(test)]\n// BR-1\n");
    wes.commit_all("documents");
    wes.write("docs/new.md", "BR-4\n");
    wes.write(".gitignore", "*.out.md\n");
    wes.write("docs/x.out.md", "BR-5\n");
    let file = wes.beads_dir().join("cache/gt-ids");
    let trace = || wes.gt(&["compliance", "trace", "--json"]).ok().to_owned();
    let anew = || {
        let _there_is_none = std::fs::remove_file(&file);
        trace()
    };
    let first = anew();
    let json: serde_json::Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!(json["found"], 4, "{first}");
    assert_eq!(json["traced"][0]["tests"][0], "src/a.rs:3");
    assert_eq!(json["skipped"][0], "docs/b.md: it is no text");
    // A file counts as known once it is two seconds old.
    let settled = |names: &[&str]| {
        let known = || std::fs::read(&file).unwrap_or_default();
        let has = |bytes: &[u8], name: &str| bytes.windows(name.len()).any(|w| w == name.as_bytes());
        let begun = std::time::Instant::now();
        while !names.iter().all(|name| has(&known(), name)) {
            assert_eq!(trace(), first);
            assert!(begun.elapsed().as_secs() < 60, "it is never kept");
        }
        known()
    };
    let kept = settled(&["docs/a.md", "docs/b.md", "docs/new.md", "src/a.rs"]);
    assert_eq!(trace(), first);
    assert_eq!(std::fs::read(&file).expect("a view"), kept, "a look that learns nothing writes nothing");
    // What is not what was written is no view.
    for at in (0..kept.len()).step_by(7) {
        let mut harmed = kept.clone();
        harmed[at] ^= 1;
        std::fs::write(&file, &harmed).expect("a view");
        assert_eq!(trace(), first, "byte {at}");
    }
    std::fs::write(&file, &kept).expect("a view");
    // Another rule finds other things in the same files.
    let config = wes.read(".beads/config.toml");
    let rule = |text: &str| {
        wes.write(".beads/config.toml", text);
        wes.git(&["commit", "-q", "-m", "a rule", "--", ".beads/config.toml"]).ok();
    };
    rule(&format!("{config}\n[compliance]\nrequirement = \"BR-[12]\"\n"));
    let other = trace();
    assert_ne!(other, first);
    assert_eq!(other, anew());
    rule(&config);
    std::fs::write(&file, &kept).expect("a view");
    // What changed is seen at once, whatever its length and its time.
    let old = std::fs::metadata(wes.path("docs/a.md")).and_then(|m| m.modified()).expect("a time");
    wes.write("docs/a.md", "BR-1 and BR-7\n\nBR-3\n");
    std::fs::File::options().write(true).open(wes.path("docs/a.md")).and_then(|f| f.set_modified(old)).expect("a time");
    std::fs::remove_file(wes.path("docs/new.md")).expect("a file");
    wes.write("docs/x.md", "BR-8\n");
    let changed = trace();
    assert!(
        changed.contains("BR-7") && changed.contains("BR-8") && !changed.contains("BR-2") && !changed.contains("BR-4"),
        "{changed}"
    );
    assert_eq!(changed, anew());
    // A tree of its own has files of its own, and says so with the other's view beside it.
    let beside = wes.worktree("beside", "side");
    std::fs::write(&file, &kept).expect("a view");
    let there = || beside.gt(&["compliance", "trace", "--json"]).ok().to_owned();
    let with = there();
    assert!(with.contains("BR-2") && !with.contains("BR-4"), "{with}");
    let _there_is_none = std::fs::remove_file(&file);
    assert_eq!(with, there());
}
