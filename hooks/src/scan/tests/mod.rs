//! Every example of every built-in rule, and the engine.

mod blocks;
mod calls;
mod engine;
mod keys;
mod linear;
mod loops;
mod project;
mod source;

use super::kinds;
use super::set::BUILT_IN;
use super::*;
use crate::{Lines, Severity};

fn lines_of(scanned: &Scanned, rule: &str) -> Vec<u32> {
    scanned.findings.iter().filter(|f| f.rule == rule).map(|f| f.line).collect()
}

#[test]
fn each_example_of_each_rule_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    let rules = built_in_with_examples().unwrap_or_else(|p| panic!("{p}"));
    let set = RuleSet::built_in();
    for rule in &rules {
        for example in &rule.examples {
            let scanned = set.scan(&[&rule.id], &example.path, example.code.as_bytes(), &Lines::All);
            let found = lines_of(&scanned, &rule.id);
            let severities: Vec<Severity> = scanned.findings.iter().map(|f| f.severity).collect();
            if found != example.finds || example.severity.is_some_and(|s| severities.iter().any(|o| *o != s)) {
                wrong.push(format!(
                    "{}.toml:{} ({}): wants {:?}, found {found:?} {severities:?}",
                    rule.id, example.line, example.language, example.finds
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn our_own_files_are_read_whole_and_examples_stand_last() {
    kinds::read(include_str!("../../../rules/tests.toml")).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!(RuleSet::built_in().rules().len(), BUILT_IN.len());
    for rule in built_in_with_examples().unwrap_or_else(|p| panic!("{p}")) {
        let quick = RuleSet::built_in();
        let quick = quick.rule(&rule.id).unwrap();
        assert_eq!(
            (quick.patterns.len(), quick.contexts.len(), quick.aliases.len()),
            (rule.patterns.len(), rule.contexts.len(), rule.aliases.len())
        );
        assert!(quick.examples.is_empty() && !rule.advice.is_empty(), "{}", rule.id);
        for pattern in &rule.patterns {
            assert!(!pattern.words.is_empty(), "{}: `{}` has no word", rule.id, pattern.regex.as_str());
        }
    }
}

#[test]
fn the_page_of_the_rules_is_what_the_rules_say() {
    let page = reference::render(&built_in_with_examples().unwrap());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/rules.md");
    let made = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/rules.md");
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    if old != page {
        std::fs::write(&made, &page).unwrap();
    }
    assert!(old == page, "docs/reference/rules.md is stale; the new one is in target/rules.md: copy it there");
}

#[test]
fn each_rule_shows_enough_that_it_finds_and_enough_that_it_does_not() {
    for rule in built_in_with_examples().unwrap() {
        let least = match rule.id.as_str() {
            "no-skip" | "no-sleep" => (25, 25),
            // Judged by size and by digest: their tests stand with the code.
            "large-file" | "beads" => continue,
            _ => (6, 6),
        };
        let (finds, none): (Vec<_>, Vec<_>) = rule.examples.iter().partition(|e| !e.finds.is_empty());
        assert!(finds.len() >= least.0 && none.len() >= least.1, "{}: {} and {}", rule.id, finds.len(), none.len());
    }
}
