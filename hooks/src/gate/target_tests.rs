//! Where what decides is read, in real repositories.

use super::lab::Lab;
use super::target::{Target, Tree};
use super::*;
use bd::git::Oid;
use bd::store::Sources;

const PATH: &str = ".beads/gates.toml";
const REMOTE: &str = "refs/remotes/origin/main";

fn of(id: &str) -> String {
    format!("[[gate]]\nid = \"{id}\"\nkind = \"human\"\nwhen = [\"land\"]\n")
}

fn sources(default_branch: Option<&str>) -> Sources {
    let names = |n: &str| n.to_owned();
    Sources { default_branch: default_branch.map(names), local_default: Some(names("refs/heads/main")), ..Sources::default() }
}

/// What the target's definitions are, by origin and own gates.
fn loaded(lab: &Lab, sources: &Sources, target: &Target) -> (Option<String>, Vec<String>) {
    let all = load(&*lab.git, sources, target).unwrap();
    let own = all.gates.iter().filter(|g| matches!(g.layer, Layer::Project { .. })).map(|g| g.id.clone()).collect();
    (all.origin, own)
}

#[test]
fn the_remotes_branch_comes_before_ours_and_ours_before_the_working_tree() {
    let lab = Lab::new();
    let (here, there) = (sources(Some("refs/heads/main")), sources(Some(REMOTE)));
    assert_eq!(loaded(&lab, &here, &Target::Default), (None, vec![]), "nobody has any");
    lab.write(PATH, &of("work"));
    assert_eq!(loaded(&lab, &here, &Target::Default), (Some("working tree".into()), vec!["work".into()]));
    let base = lab.oid("HEAD");
    let first = lab.commit(PATH, &of("branch"));
    lab.write(PATH, &of("work"));
    assert_eq!(loaded(&lab, &here, &Target::Default), (Some("refs/heads/main".into()), vec!["branch".into()]));
    assert_eq!(loaded(&lab, &there, &Target::Default).0.as_deref(), Some("refs/heads/main"), "nothing was fetched");
    lab.run(&["update-ref", REMOTE, &base.to_string()]);
    assert_eq!(loaded(&lab, &there, &Target::Default), (Some("refs/heads/main".into()), vec!["branch".into()]));
    lab.run(&["update-ref", REMOTE, &first.to_string()]);
    let second = lab.commit(PATH, &of("later"));
    assert_eq!(loaded(&lab, &there, &Target::Default), (Some(REMOTE.into()), vec!["branch".into()]));
    // A commit alone, and what it has not is not there.
    assert_eq!(loaded(&lab, &there, &Target::Commit(second)), (Some(second.to_string()), vec!["later".into()]));
    assert_eq!(loaded(&lab, &there, &Target::Commit(base)), (None, vec![]));
}

#[test]
fn a_change_may_add_to_a_target_that_says_nothing_and_not_change_what_judges_it() {
    let lab = Lab::new();
    let there = sources(Some(REMOTE));
    lab.run(&["update-ref", REMOTE, "HEAD"]);
    let rule = "id = \"no-debt\"\nmessage = \"debt\"\nadvice = \"Pay it\"\nseverity = \"high\"\n[[pattern]]\nmatch = \"DEBT\"\nwords = [\"DEBT\"]\n";
    lab.write(".beads/rules/b.toml", rule);
    lab.write(".beads/rules/a.toml", "id = \"no-skip\"\nseverity = \"low\"\n");
    lab.write(".beads/rules/README.md", "no rule\n");
    lab.commit(PATH, &format!("# ours\n[[gate]]\nid = \"no-skip\" # here\naction = \"off\"\n{}", of("own")));
    let all = load(&*lab.git, &there, &Target::Default).unwrap();
    assert_eq!(all.origin.as_deref(), Some("refs/heads/main"));
    assert!(all.gate("own").is_some() && all.rules.rule("no-debt").is_some());
    let ours = parse(None, Vec::new()).unwrap();
    assert_eq!(all.gate("no-skip"), ours.gate("no-skip"), "it does not switch off what it is judged by");
    assert_eq!(all.rules.rule("no-skip").unwrap().severity, ours.rules.rule("no-skip").unwrap().severity);
    let files: Vec<&str> = all.rule_files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(files, [".beads/rules/b.toml"]);
    let said: Vec<(&str, usize, usize, bool)> =
        all.warnings.iter().map(|w| (w.file.as_str(), w.line, w.column, w.message.contains("`no-skip` is ours"))).collect();
    assert_eq!(said, [(".beads/rules/a.toml", 1, 1, true), (PATH, 3, 6, true)]);
    assert_eq!(all.warnings[1].to_string().matches('^').count(), "\"no-skip\"".len(), "{}", all.warnings[1]);
    // Where the target itself says so, and where there is no other place, it counts.
    for from in [sources(Some("refs/heads/main")), there.clone()] {
        if from == there {
            lab.run(&["update-ref", REMOTE, "HEAD"]);
        }
        let all = load(&*lab.git, &from, &Target::Default).unwrap();
        assert_eq!(all.gate("no-skip").unwrap().action, Action::Off);
        assert_eq!((all.rule_files.len(), all.warnings.len()), (2, 0));
    }
    lab.run(&["update-ref", "-d", REMOTE]);
    assert_eq!(load(&*lab.git, &there, &Target::Default).unwrap().gate("no-skip").unwrap().action, Action::Off);
}

#[test]
fn rules_are_read_where_the_gates_are_and_without_gates_in_the_first_place_that_has_any() {
    let lab = Lab::new();
    let here = sources(Some("refs/heads/main"));
    let low = "id = \"no-skip\"\nseverity = \"low\"\n";
    lab.write(".beads/rules/a.toml", low);
    let severity = || load(&*lab.git, &here, &Target::Default).unwrap().rules.rule("no-skip").unwrap().severity;
    assert_eq!(severity(), crate::Severity::Low, "of the working tree");
    lab.commit(".beads/rules/a.toml", &low.replace("low", "medium"));
    lab.write(".beads/rules/a.toml", low);
    assert_eq!(severity(), crate::Severity::Medium, "of the branch");
    lab.run(&["rm", "-q", "-f", "--cached", "-r", ".beads"]);
    lab.run(&["commit", "-q", "-m", "gone"]);
    assert_eq!(severity(), crate::Severity::Low);
    lab.run(&["add", "-f", "-A"]);
    lab.write(".beads/rules/b.toml", "id = \"no-sleep\"\nseverity = \"low\"\n");
    lab.commit(PATH, &of("own"));
    assert_eq!(load(&*lab.git, &here, &Target::Default).unwrap().rule_files.len(), 2);
}

#[test]
fn what_is_no_plain_file_or_no_text_is_refused_and_never_passed_over() {
    let lab = Lab::new();
    let work = Tree::Working(lab.dir());
    let read = |tree: &Tree| tree.read(&*lab.git, PATH);
    assert_eq!(read(&work).unwrap(), None);
    lab.write(".beads", "a file where a folder should be\n");
    assert_eq!(read(&work).unwrap(), None);
    assert_eq!(work.list(&*lab.git, ".beads/rules").unwrap(), Vec::<String>::new());
    std::fs::remove_file(lab.dir().join(".beads")).unwrap();
    lab.write("elsewhere", &of("own"));
    std::fs::create_dir_all(lab.dir().join(".beads/rules/folder.toml")).unwrap();
    lab.write(".beads/rules/b.toml", "");
    lab.write(".beads/rules/a.toml", "");
    assert_eq!(work.list(&*lab.git, ".beads/rules").unwrap(), ["a.toml", "b.toml"]);
    std::os::unix::fs::symlink("../elsewhere", lab.dir().join(PATH)).unwrap();
    std::os::unix::fs::symlink("a.toml", lab.dir().join(".beads/rules/c.toml")).unwrap();
    lab.run(&["add", "-A"]);
    lab.run(&["commit", "-q", "-m", "link"]);
    let commit = |oid: Oid| Tree::Commit("name".into(), oid);
    let link = commit(lab.oid("HEAD"));
    for tree in [&work, &link] {
        let error = read(tree).unwrap_err();
        assert!(error.kind.exit_code() == 2 && error.message.ends_with(&format!("({tree}) is no plain file")), "{error}");
        assert_eq!(tree.list(&*lab.git, ".beads/rules").unwrap(), ["a.toml", "b.toml"]);
    }
    assert_eq!(link.list(&*lab.git, PATH).unwrap(), Vec::<String>::new(), "no folder");
    std::fs::remove_file(lab.dir().join(PATH)).unwrap();
    std::fs::write(lab.dir().join(PATH), b"\xff").unwrap();
    lab.run(&["add", "-A"]);
    lab.run(&["commit", "-q", "-m", "bytes"]);
    for tree in [&work, &commit(lab.oid("HEAD"))] {
        let error = read(tree).unwrap_err();
        assert!(error.kind.exit_code() == 2 && error.message.ends_with("is not UTF-8"), "{error}");
    }
    // What cannot be looked at is no missing file.
    let long = "x".repeat(300);
    assert!(work.read(&*lab.git, &long).is_err() && work.list(&*lab.git, &long).is_err());
    assert!(work.list(&*lab.git, PATH).unwrap().is_empty(), "a file where a folder is asked for");
}
