use super::layers::parse;
use super::target::{Found, Tree};
use super::{Action, Definitions, Expect, Gate, Kind, Layer, Problem, Problems, When, Wrong};
use crate::Severity;
use std::time::Duration;

fn read(text: &str) -> Result<Definitions, Problems> {
    let found = Found { tree: Tree::Working("/nowhere".into()), text: text.to_owned() };
    parse(Some(&found), Vec::new())
}

fn gate(text: &str) -> Gate {
    let all = read(text).unwrap_or_else(|Problems(p)| panic!("{text}\n{p:#?}"));
    assert_eq!(all.warnings, [], "{text}");
    all.gates.into_iter().find(|g| matches!(g.layer, Layer::Project { .. })).unwrap()
}

fn one(text: &str) -> Problem {
    match read(text) {
        Ok(all) => panic!("{text} was taken: {:?}", all.gates.last()),
        Err(Problems(problems)) => {
            assert_eq!(problems.len(), 1, "{text}\n{problems:#?}");
            problems.into_iter().next().unwrap()
        }
    }
}

const HEAD: &str = "[[gate]]\nid = \"g\"\nwhen = [\"push\"]\n";

#[test]
fn our_own_are_read_without_a_word() {
    let all = parse(None, Vec::new()).unwrap();
    assert!(all.warnings.is_empty() && all.origin.is_none() && all.gates.len() >= 11);
    for gate in &all.gates {
        assert_eq!(
            (&gate.layer, gate.action, gate.timeout),
            (&Layer::BuiltIn, Action::Block, Duration::from_secs(10)),
            "{}",
            gate.id
        );
        assert!(matches!(&gate.kind, Kind::Scan { rule } if *rule == gate.id) && !gate.about.is_empty());
        assert!(gate.when.contains(&When::Commit) && !gate.when.contains(&When::Claim));
    }
}

#[test]
fn every_key_of_every_kind_is_read() {
    let g = gate(
        "[[gate]]\nid = \"unit\"\nabout = \"Unit tests\"\nkind = \"command\"\nrun = \"make test\"\nreport = \"junit:out/*.xml\"\n\
         when = [\"commit\", \"push\", \"push\"]\naction = \"warn\"\nseverity = \"low\"\nblock_at = \"critical\"\npaths = [\"src/**\"]\n\
         needs = [\"no-skip\"]\ntimeout = \"90s\"\nretry = true\ncanary_env = { BREAK = \"1\" }\n",
    );
    assert_eq!(g.kind, Kind::Command { run: "make test".into(), report: Some("junit:out/*.xml".into()) });
    assert_eq!((g.when.as_slice(), g.action, g.expect), ([When::Commit, When::Push].as_slice(), Action::Warn, Expect::Pass));
    assert_eq!((g.severity, g.block_at, g.timeout), (Some(Severity::Low), Severity::Critical, Duration::from_secs(90)));
    assert_eq!((g.paths, g.needs, g.retry), (vec!["src/**".to_owned()], vec!["no-skip".to_owned()], true));
    assert_eq!(g.canary_env["BREAK"], "1");
    assert!(
        matches!(&g.layer, Layer::Project { file, line: 1, file_digest } if file == ".beads/gates.toml" && file_digest.len() == 64)
    );

    type Fits = fn(&Kind) -> bool;
    let kinds: [(&str, Fits); 7] = [
        ("kind = \"scan\"\nrule = \"no-skip\"", |k| matches!(k, Kind::Scan { rule } if rule == "no-skip")),
        (
            "kind = \"scope\"\nallow = \"src/**\"\nmax_lines = 9",
            |k| matches!(k, Kind::Scope { allow, max_files: 0, max_lines: 9, .. } if *allow == ["src/**"]),
        ),
        ("kind = \"judge\"\nrun = \"j\"", |k| matches!(k, Kind::Judge { run } if run == "j")),
        ("kind = \"external\"\nrun = \"e\"", |k| matches!(k, Kind::External { run } if run == "e")),
        ("kind = \"human\"\nwho = [\"ann\"]", |k| matches!(k, Kind::Human { who } if *who == ["ann"])),
        (
            "kind = \"budget\"\nusage = \"out/u.jsonl\"\nlimits = { tokens = 5, cost = 0.5 }",
            |k| matches!(k, Kind::Budget { usage, limits } if usage == "out/u.jsonl" && limits.len() == 2),
        ),
        ("kind = \"command\"\nrun = \"c\"\nexpect = \"fail\"", |k| matches!(k, Kind::Command { report: None, .. })),
    ];
    for (text, fits) in kinds {
        assert!(fits(&gate(&format!("{HEAD}{text}\n")).kind), "{text}");
    }
}

#[test]
fn what_is_wrong_is_refused_at_its_place() {
    let cases: &[(&str, Wrong, (usize, usize), &str)] = &[
        ("kind = \"scann\"\n", Wrong::Word, (4, 8), "Did you mean `scan`?"),
        ("", Wrong::Missing, (1, 1), "Say what it does"),
        ("kind = \"command\"\n", Wrong::Missing, (1, 1), "Say what to run"),
        ("kind = \"human\"\naction = \"stop\"\n", Wrong::Word, (5, 10), "It is one of off, warn, block"),
        ("kind = \"human\"\npaths = [\"a\", \"src/[\"]\n", Wrong::Glob, (5, 15), ""),
        ("kind = \"human\"\ntimeout = \"soon\"\n", Wrong::Duration, (5, 11), "90s, 10m"),
        ("kind = \"human\"\ntimeout = \"0\"\n", Wrong::Duration, (5, 11), ""),
        ("kind = \"human\"\nneeds = [\"no-skp\"]\n", Wrong::Need, (5, 9), "Did you mean `no-skip`?"),
        ("kind = \"human\"\nneeds = [\"g\"]\n", Wrong::Circle, (5, 9), ""),
        ("kind = \"human\"\nretry = true\n", Wrong::Contradiction, (5, 9), ""),
        ("kind = \"human\"\nexpect = \"fail\"\n", Wrong::Contradiction, (5, 10), ""),
        ("kind = \"human\"\nexpect = \"fial\"\n", Wrong::Word, (5, 10), "Did you mean `fail`?"),
        ("kind = \"human\"\nexpect = \"x\"\n", Wrong::Word, (5, 10), "It is one of pass, fail"),
        ("kind = \"scan\"\n", Wrong::Missing, (1, 1), "Name a rule of the scanner"),
        ("kind = \"human\"\nretry = 1\n", Wrong::Value, (5, 9), ""),
        ("kind = \"scope\"\n", Wrong::Missing, (4, 8), "`allow`"),
        ("kind = \"scope\"\nmax_files = -1\n", Wrong::Value, (5, 13), ""),
        ("kind = \"budget\"\nusage = \"../u\"\nlimits = { cost = 1 }\n", Wrong::Value, (5, 9), "top of the tree"),
        ("kind = \"budget\"\nusage = \"u\"\n", Wrong::Missing, (1, 1), "limits"),
        ("kind = \"budget\"\nusage = \"u\"\nlimits = { tokns = 1 }\n", Wrong::Word, (6, 20), "Did you mean `tokens`?"),
        ("kind = \"budget\"\nusage = \"u\"\nlimits = { cost = 0 }\n", Wrong::Value, (6, 19), ""),
        ("kind = \"command\"\nrun = \"x\"\ncanary_env = { \"A B\" = \"1\" }\n", Wrong::Value, (6, 24), "canary_env"),
        ("kind = \"command\"\nrun = \"x\"\nreport = \"junitt:x\"\n", Wrong::Value, (6, 10), "junit:out"),
        ("kind = \"command\"\nrun = \"x\"\nreport = \"tap:../x\"\n", Wrong::Value, (6, 10), "junit:out"),
        ("kind = \n", Wrong::Syntax, (4, 8), ""),
        ("kind = \"human\"\nkind = \"human\"\n", Wrong::Syntax, (5, 1), ""),
    ];
    for (text, wrong, place, hint) in cases {
        let problem = one(&format!("{HEAD}{text}"));
        assert_eq!((problem.wrong, (problem.line, problem.column)), (*wrong, *place), "{text}\n{problem}");
        assert!(problem.hint.contains(hint), "{text}\n{}", problem.hint);
        assert!(problem.to_string().contains('^'));
    }
}

#[test]
fn ids_and_moments() {
    for bad in ["", "../x", "a/b", "a b", "-a", ".a", "a..b", "a\\u0007", "ä"] {
        assert_eq!(one(&format!("[[gate]]\nid = \"{bad}\"\nkind = \"human\"\nwhen = [\"push\"]\n")).wrong, Wrong::Id, "{bad}");
    }
    assert_eq!(one("[[gate]]\nkind = \"human\"\n").wrong, Wrong::Missing);
    let twice = one("[[gate]]\nid = \"a\"\nkind = \"human\"\nwhen = [\"push\"]\n[[gate]]\nid = \"a\"\n");
    assert!(twice.wrong == Wrong::Duplicate && twice.line == 6 && twice.message.contains("line 1"), "{twice}");
    for when in ["", "when = []\n"] {
        assert_eq!(one(&format!("[[gate]]\nid = \"a\"\nkind = \"human\"\n{when}")).wrong, Wrong::Missing);
    }
    let word = one("[[gate]]\nid = \"a\"\nkind = \"human\"\nwhen = [\"push\", \"comit\"]\n");
    assert_eq!((word.wrong, word.column, word.hint.as_str()), (Wrong::Word, 17, "Did you mean `commit`?"));
    assert_eq!(one("version = 2\n").wrong, Wrong::Value);
    assert_eq!(one("gate = 1\n").wrong, Wrong::Value);
    assert!(read("version = 1\n").is_ok());
}

#[test]
fn several_problems_come_together_and_circles_once() {
    let Problems(all) = read(
        "[[gate]]\nid = \"a\"\nkind = \"human\"\nwhen = [\"push\"]\nneeds = [\"b\"]\n\
         [[gate]]\nid = \"b\"\nkind = \"human\"\nwhen = [\"push\"]\nneeds = [\"c\"]\n\
         [[gate]]\nid = \"c\"\nkind = \"human\"\nwhen = [\"push\"]\nneeds = [\"b\", \"nobody\"]\n",
    )
    .unwrap_err();
    let found: Vec<(Wrong, usize)> = all.iter().map(|p| (p.wrong, p.line)).collect();
    assert_eq!(found, [(Wrong::Circle, 5), (Wrong::Need, 15)]);
    assert!(all[0].message.contains("`b` needs `c` needs `b`"), "{}", all[0].message);
}

#[test]
fn unknown_keys_warn_and_count_for_the_digest() {
    let with = read(&format!("{HEAD}kind = \"human\"\nactoin = \"warn\"\nrun = \"x\"\n")).unwrap();
    let said: Vec<(usize, &str)> = with.warnings.iter().map(|p| (p.line, p.hint.as_str())).collect();
    assert_eq!(said, [(5, "Did you mean `action`?"), (6, "")]);
    assert!(with.warnings[1].message.contains("a key of kind command"), "{}", with.warnings[1].message);
    let gate_with = with.gate("g").unwrap();
    assert_eq!(gate_with.action, Action::Block, "the slip was not taken for the key");
    let without = gate(&format!("{HEAD}kind = \"human\"\n"));
    assert_ne!(gate_with.digest, without.digest);
    assert_eq!(read("[gaet]\nx = 1\n").unwrap().warnings[0].hint, "Did you mean `gate`?");
}

#[test]
fn a_digest_is_of_what_is_defined_and_not_of_how_it_is_written() {
    let digest = |text: &str| gate(text).digest;
    let a = digest("[[gate]]\nid = \"g\"\nkind = \"human\"\nwhen = [\"push\"]\n");
    assert_eq!(a, digest("# why\n[[gate]]\nwhen = [\n  'push', # here\n]\nkind='human'\nid = \"g\"\n"));
    assert_ne!(a, digest("[[gate]]\nid = \"g\"\nkind = \"human\"\nwhen = [\"land\"]\n"));
    assert_eq!(a.len(), 64);
}

#[test]
fn a_project_changes_our_own_key_by_key() {
    let own = parse(None, Vec::new()).unwrap();
    let before = own.gate("no-skip").unwrap();
    let all = read("[[gate]]\nid = \"no-skip\"\naction = \"off\"\n\n[[gate]]\nid = \"no-sleep\"\npaths = [\"e2e/**\"]\nblock_at = \"critical\"\n").unwrap();
    assert_eq!(all.gates.len(), own.gates.len(), "none was added, none is gone");
    let off = all.gate("no-skip").unwrap();
    assert_eq!((off.action, &off.kind, &off.when, &off.about), (Action::Off, &before.kind, &before.when, &before.about));
    assert!(matches!(off.layer, Layer::Project { line: 1, .. }));
    let sleep = all.gate("no-sleep").unwrap();
    assert_eq!(
        (sleep.paths.as_slice(), sleep.block_at, sleep.action),
        (["e2e/**".to_owned()].as_slice(), Severity::Critical, Action::Block)
    );
    assert_eq!(all.gate("secrets"), own.gate("secrets"), "the others are as they were");
    assert_eq!(all.origin.as_deref(), Some("working tree"));

    let replaced = read("[[gate]]\nid = \"no-skip\"\nkind = \"command\"\nrun = \"x\"\nwhen = [\"land\"]\n").unwrap();
    let g = replaced.gate("no-skip").unwrap();
    assert_eq!((&g.about, g.when.as_slice()), (&String::new(), [When::Land].as_slice()), "another kind takes nothing over");
    assert_eq!(one("[[gate]]\nid = \"no-skip\"\nkind = \"command\"\nrun = \"x\"\n").wrong, Wrong::Missing);
    assert_eq!(one("[[gate]]\nid = \"no-skip\"\nseverity = \"bad\"\n").line, 3);
}

#[test]
fn rules_of_the_project_are_known_and_others_are_refused() {
    let found = |rule: &str| Found {
        tree: Tree::Working("/nowhere".into()),
        text: format!("[[gate]]\nid = \"g\"\nkind = \"scan\"\nrule = \"{rule}\"\nwhen = [\"push\"]\n"),
    };
    let Problems(unknown) = parse(Some(&found("no-skp")), Vec::new()).unwrap_err();
    assert_eq!(
        (unknown.len(), unknown[0].wrong, unknown[0].line, unknown[0].hint.as_str()),
        (1, Wrong::Rule, 4, "Did you mean `no-skip`?")
    );
    let own = "id = \"no-debt\"\nmessage = \"debt\"\nadvice = \"Pay it\"\nseverity = \"high\"\n[[pattern]]\nmatch = \"DEBT\"\nwords = [\"DEBT\"]\ntext = \"raw\"\n";
    let files = vec![(".beads/rules/no-debt.toml".to_owned(), own.to_owned())];
    assert!(parse(Some(&found("no-debt")), files).unwrap().rules.rule("no-debt").is_some());
    let broken = vec![(".beads/rules/x.toml".to_owned(), "id = \"x\"\nseverity = \"bad\"\n".to_owned())];
    let Problems(bad) = parse(None, broken).unwrap_err();
    assert_eq!((bad[0].wrong, bad[0].file.as_str(), bad[0].line, bad[0].column), (Wrong::Rule, ".beads/rules/x.toml", 2, 12));
    assert!(bad[0].to_string().ends_with("  |            ^"), "{}", bad[0]);
}
