//! docs/compat.md, walked: what it says is taken is taken, what it says is not there fails and says what to use instead.

use bd_tests::{Sandbox, repository_root};
use std::collections::BTreeSet;

/// The rows of the table below a heading: cells without the bars.
fn rows(doc: &str, heading: &str) -> Vec<Vec<String>> {
    let after = doc.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}")).1;
    let table = after.lines().skip_while(|l| !l.starts_with('|')).take_while(|l| l.starts_with('|')).skip(2);
    let rows: Vec<Vec<String>> = table.map(|l| l.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect()).collect();
    assert!(!rows.is_empty(), "{heading} has no rows");
    rows
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn document() -> String {
    std::fs::read_to_string(repository_root().join("docs/compat.md")).expect("docs/compat.md")
}

#[test]
fn what_is_taken_is_taken() {
    let doc = document();
    let mut wrong = Vec::new();
    for row in rows(&doc, "## Commands") {
        for command in quoted(&row[0]) {
            let words: Vec<&str> = command.split(' ').collect();
            if bd::cli::takes(&words, "").is_none() {
                wrong.push(format!("there is no {command}"));
            }
            for (cell, accepted) in [(&row[1], false), (&row[2], true)] {
                for flag in quoted(cell) {
                    match bd::cli::takes(&words, flag) {
                        None => wrong.push(format!("{command} does not take {flag}")),
                        Some(true) if accepted => wrong.push(format!("{command} {flag} has an effect")),
                        Some(_) => {}
                    }
                }
            }
        }
    }
    for row in rows(&doc, "### Other names") {
        for name in quoted(&row[0]) {
            if bd::cli::takes(&[name], "").is_none() {
                wrong.push(format!("there is no {name}"));
            }
        }
    }
    let globals = doc.split_once("\n## Global flags\n").expect("a section").1.split_once("\n## ").expect("a next one").0;
    for flag in quoted(globals).into_iter().filter(|f| f.starts_with('-')) {
        if bd::cli::takes(&["list"], flag).is_none() {
            wrong.push(format!("no global {flag}"));
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
    assert_eq!(bd::cli::takes(&["create"], "--no-such-flag"), None);
}

#[test]
fn every_command_and_every_refusal_stands_in_the_table() {
    let doc = document();
    let named: BTreeSet<&str> = quoted(&doc).into_iter().filter_map(|q| q.split(' ').next()).collect();
    for verb in bd::cli::all() {
        assert!(named.contains(verb.name), "docs/compat.md does not name `{}`", verb.name);
    }
    let mut told: BTreeSet<String> = BTreeSet::new();
    for row in rows(&doc, "## Commands that are not there") {
        told.extend(quoted(&row[0]).into_iter().map(str::to_owned));
    }
    for row in rows(&doc, "## Flags that are not there") {
        let verb = quoted(&row[0])[0];
        told.extend(quoted(&row[1]).into_iter().map(|flag| format!("{verb} {flag}")));
    }
    let refused: BTreeSet<String> = bd::cli::refused().into_iter().collect();
    let differ: Vec<&String> = told.symmetric_difference(&refused).collect();
    assert!(differ.is_empty(), "only in the table, or only in the program: {differ:?}");
}

#[test]
fn what_is_not_there_says_what_to_use_instead_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    work.bd(&["init", "--prefix", "bd"]).ok();
    work.create("A bead", &[]);
    let before = work.rev("refs/beads/state");
    for what in bd::cli::refused() {
        let words: Vec<&str> = what.split(' ').collect();
        let out = work.bd(&words);
        assert_eq!(out.code(), 2, "{what}: {}", out.stderr());
        let said = out.stderr();
        let hints = said.lines().filter(|l| l.starts_with("hint: ")).count();
        assert!(hints > 0 && !said.contains("there is no command") && !said.contains("unexpected argument"), "{what}: {said}");
        assert!(said.contains(words[words.len() - 1]), "{what} is not named: {said}");
        let json = work.bd(&[&words[..], &["--json"]].concat());
        let error = json.json_error();
        assert_eq!(error["code"], "usage", "{what}");
        assert!(error["hint"].as_str().is_some_and(|h| !h.is_empty()) && json.stdout().is_empty(), "{what}");
    }
    assert_eq!(work.rev("refs/beads/state"), before, "a refused command wrote something");
}

// goal: S07 tier1
#[test]
fn an_unknown_word_names_the_nearest_and_prints_nothing() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    for (typed, near) in [("craete", "`create`"), ("reddy", "`ready`"), ("shwo", "`show`")] {
        let out = work.bd(&[typed]);
        out.fails(2);
        assert!(out.stderr().contains(near) && out.stdout().is_empty(), "{typed}: {}", out.stderr());
    }
    let out = work.bd(&["no-such-thing-at-all"]);
    out.fails(2);
    assert!(out.stderr().contains("bd help") && out.stdout().is_empty(), "{}", out.stderr());
    assert!(!work.exists(".beads"), "a wrong word made a store");
}
