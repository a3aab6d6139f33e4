//! A failpoint that no killed command passes is a place nobody has looked at.

use crate::stage::Stage;
use crate::{kill, repair};
use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;

/// The failpoints in the source.
fn named(dir: &Path, out: &mut BTreeSet<String>) {
    let point = Regex::new(r#"failpoint!\("([^"]+)"\)"#).expect("a valid expression");
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            named(&path, out);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            out.extend(point.captures_iter(&text).map(|c| c[1].to_owned()));
        }
    }
}

// goal: P2 T24 tier1
#[test]
fn every_failpoint_is_passed_by_a_command_that_is_killed() {
    let mut names = BTreeSet::new();
    named(&bd_tests::repository_root().join("bd/src"), &mut names);
    assert!(names.len() > 100, "only {} were found: the search is broken", names.len());
    let mut passed: BTreeSet<String> = crate::special::passed();
    passed.extend(crate::corner::passed());
    for (name, scenario) in kill::ALL.iter().chain(repair::ALL) {
        let stage = Stage::new();
        let args = scenario(&stage);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        stage.passed();
        let out = stage.act(&args, "", None);
        assert!(out.succeeded(), "{name}: {out}");
        passed.extend(stage.passed());
    }
    let bare: Vec<&String> = names.difference(&passed).collect();
    assert!(bare.is_empty(), "no command that is killed passes these: {bare:#?}");
}
