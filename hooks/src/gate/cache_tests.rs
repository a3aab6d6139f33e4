//! For what an earlier pass holds: another program, variable, change or user asks again.

use super::cache::{Key, Seen};
use super::lab::file;
use super::*;
use crate::Lines;
use crate::diff::{FileChange, What};
use bd::env::Env;
use bd::git::{Git, Oid};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

struct Place {
    dir: tempfile::TempDir,
    git: Box<dyn Git>,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in [".git/objects", ".git/refs/heads", "bin"] {
            std::fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        std::fs::write(dir.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        std::fs::write(dir.path().join(".git/config"), "[core]\n\trepositoryformatversion = 0\n").unwrap();
        let git = bd::git::open(&Env::new(dir.path().to_owned(), BTreeMap::new())).unwrap();
        Self { dir, git }
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.dir.path().join("bin").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The inputs of a gate under these variables, for these files.
    fn inputs(&self, gate: &Gate, vars: &[(&str, &str)], files: &[FileChange]) -> String {
        let mut all = BTreeMap::from([("PATH".to_owned(), format!("/nowhere:{}", self.dir.path().join("bin").display()))]);
        all.extend(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let env = Env::new(self.dir.path().to_owned(), all);
        let ask = Ask {
            env: &env,
            git: &*self.git,
            store: None,
            when: When::Push,
            what: &What::Staged,
            files,
            code: Some(Oid::from_bytes(&[1; 20]).unwrap()),
            top: self.dir.path(),
            bead: None,
            authors: &[],
        };
        let definitions = layers::parse(None, Vec::new()).unwrap();
        Key::of(gate, &ask, &Seen::of(&ask, &definitions)).inputs
    }
}

fn gate(kind: &str, run: &str) -> Gate {
    let text = format!("[[gate]]\nid = \"g\"\nkind = \"{kind}\"\nrun = '''{run}'''\nwhen = [\"push\"]\n");
    let found = target::Found { tree: target::Tree::Working("/nowhere".into()), text };
    layers::parse(Some(&found), Vec::new()).unwrap_or_else(|Problems(p)| panic!("{p:#?}")).gate("g").unwrap().clone()
}

#[test]
fn a_programs_surroundings_are_part_of_what_a_pass_holds_for() {
    let place = Place::new();
    place.program("tool", "#!/bin/sh\n");
    let g = gate("command", "tool --check \"$TERM_MODE\"");
    let of = |vars: &[(&str, &str)]| place.inputs(&g, vars, &[]);
    let plain = of(&[]);
    assert!(!plain.is_empty());
    assert_eq!(of(&[]), plain, "the same again");
    assert_ne!(of(&[("CC", "clang")]), plain, "a variable");
    assert_ne!(of(&[("CC", "clang")]), of(&[("CC", "gcc")]));
    // What differs from one terminal to the next, unless the program names it.
    for session in ["TERM", "SHLVL", "SSH_TTY", "BD_NOW", "TMUX_PANE"] {
        assert_eq!(of(&[(session, "1")]), plain, "{session}");
    }
    assert_ne!(of(&[("TERM_MODE", "1")]), plain, "named in the text");
    // Another program under the same name, and one that comes first on the PATH.
    place.program("tool", "#!/bin/sh\nexit 1\n");
    let other = of(&[]);
    assert_ne!(other, plain);
    // Files of the repository are part of the code, not of the surroundings.
    let own = gate("command", "./tool");
    let before = place.inputs(&own, &[], &[]);
    std::fs::write(place.dir.path().join("tool"), "x").unwrap();
    std::fs::set_permissions(place.dir.path().join("tool"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(place.inputs(&own, &[], &[]), before);
    // Named from the root.
    let path = place.dir.path().join("bin/tool");
    let rooted = gate("command", &path.display().to_string());
    let before = place.inputs(&rooted, &[], &[]);
    place.program("tool", "#!/bin/sh\nexit 22\n");
    assert_ne!(place.inputs(&rooted, &[], &[]), before);
    // What cannot be run is no program.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let plain_file = place.inputs(&rooted, &[], &[]);
    std::fs::write(&path, "longer than before, and not run").unwrap();
    assert_eq!(place.inputs(&rooted, &[], &[]), plain_file);
}

#[test]
fn what_looks_at_the_change_is_asked_again_for_another_change() {
    let place = Place::new();
    let (judge, command) = (gate("judge", "true"), gate("command", "true"));
    let one = [file("a")];
    let lines = [FileChange { lines: Lines::from_sorted([1]), ..file("a") }];
    let moved = [FileChange { old_path: Some("b".to_owned()), ..file("a") }];
    let of = |gate: &Gate, files: &[FileChange]| place.inputs(gate, &[], files);
    for other in [&lines[..], &moved[..], &[], &[file("b")]] {
        assert_ne!(of(&judge, other), of(&judge, &one));
        assert_eq!(of(&command, other), of(&command, &one), "a program reads the tree, which the code's digest is about");
    }
    let scan = layers::parse(None, Vec::new()).unwrap().gate("no-skip").unwrap().clone();
    assert_ne!(of(&scan, &lines), of(&scan, &one));
    let human = gate_of_person();
    assert_eq!(of(&human, &one), "", "nothing");
}

fn gate_of_person() -> Gate {
    let text = "[[gate]]\nid = \"g\"\nkind = \"human\"\nwho = [\"ann\"]\nwhen = [\"push\"]\n".to_owned();
    let found = target::Found { tree: target::Tree::Working("/nowhere".into()), text };
    layers::parse(Some(&found), Vec::new()).unwrap_or_else(|Problems(p)| panic!("{p:#?}")).gate("g").unwrap().clone()
}

#[test]
fn a_recorded_verdict_of_somebody_else_or_about_something_else_is_not_taken() {
    let key = |inputs: &str| Key { definition: "d".into(), code: Some("c".into()), tool: "t".into(), inputs: inputs.into() };
    let g = Gate { digest: "d".into(), ..gate("command", "true") };
    let verdict = Verdict {
        gate: "g".into(),
        kind: "command".into(),
        status: Status::Pass,
        action: Action::Block,
        why: String::new(),
        advice: String::new(),
        findings: Vec::new(),
        more: 0,
        waived: Vec::new(),
        counts: None,
        tail: String::new(),
        flaky: false,
        over_budget: false,
        seconds: 0.0,
        definition: "d".into(),
        code: Some("c".into()),
        inputs: "i".into(),
        tool: "t".into(),
        reused: false,
    };
    assert!(cache::holds(&verdict, &g, &key("i")));
    for other in [
        Verdict { gate: "other".into(), ..verdict.clone() },
        Verdict { kind: "judge".into(), ..verdict.clone() },
        Verdict { code: Some("x".into()), ..verdict.clone() },
        Verdict { code: None, ..verdict.clone() },
        Verdict { definition: "x".into(), ..verdict.clone() },
        Verdict { tool: "x".into(), ..verdict.clone() },
        Verdict { inputs: "x".into(), ..verdict.clone() },
        Verdict { status: Status::Skip, ..verdict.clone() },
        Verdict { flaky: true, ..verdict.clone() },
    ] {
        assert!(!cache::holds(&other, &g, &key("i")), "{other:?}");
    }
    let nowhere = Key { code: None, ..key("i") };
    assert!(!cache::holds(&Verdict { code: None, ..verdict }, &g, &nowhere), "no code is no match");
}
