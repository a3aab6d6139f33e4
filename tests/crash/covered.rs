//! A failpoint that no killed command passes is a place nobody has looked at.

use crate::stage::Stage;
use crate::{kill, repair};
use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;

/// Places that no killed command passes, and why.
const EXCUSED: &[(&str, &str)] = &[
    ("journal.take_back", "only when the disk takes no record: torture's full disk"),
    ("journal.replace_take_back", "only when the disk takes no new journal: torture's full disk"),
    ("syncpoint.take_back", "only when the disk takes no mark: torture's full disk"),
    ("background.spawn", "a process of its own, which would outlive the kill; what it does is killed as `sync --background`"),
    ("maintain.mark", "waits up to 30 s for its turn; a lost mark is a publication earlier"),
    ("git.end", "a child that ran out of time is ended: tests/sync/network"),
    ("git.signed-commit", "needs a signing program; the same step unsigned is `git.object`"),
    ("git.fetch-objects", "a partial clone's read: nothing of ours is written"),
    ("marks.again", "the first mutation of a clone makes the folder of marks, which are discardable"),
    ("marks.drop", "only where the marks name no tip; marks are discardable"),
    ("git.config", "one call of `git config`, which writes its file whole or not at all"),
    ("adopt.remove", "the bytes are in a commit before their file is removed"),
    ("rides.mark", "which rides were read already: a lost mark is one more look"),
    ("quarantine.undo", "the bytes are in the state ref before the index forgets them; given again it is the same"),
    ("ride.undo", "only when git's index or the branch moves in the same moment"),
];

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
    for (name, scenario) in kill::ALL.iter().chain(repair::ALL) {
        let stage = Stage::new();
        let args = scenario(&stage);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        stage.passed();
        let out = stage.act(&args, "", None);
        assert!(out.succeeded(), "{name}: {out}");
        passed.extend(stage.passed());
    }
    let excused: BTreeSet<&str> = EXCUSED.iter().map(|(name, _)| *name).collect();
    let belongs = |name: &str, e: &str| name == e || name.strip_prefix(e).is_some_and(|r| r.starts_with('.'));
    let is_excused = |name: &str| excused.iter().any(|e| belongs(name, e));
    let bare: Vec<&String> = names.difference(&passed).filter(|n| !is_excused(n)).collect();
    assert!(bare.is_empty(), "no command that is killed passes these: {bare:#?}");
    let idle: Vec<&str> = excused.iter().copied().filter(|e| passed.iter().any(|p| belongs(p, e))).collect();
    assert!(idle.is_empty(), "these need no excuse: {idle:?}");
}
