//! Verbs that do not only add events: each kill has its own old and new state.

use crate::stage::Stage;
use std::collections::BTreeMap;

/// The secret of [`a_redaction_is_old_or_enforced`].
const SECRET: &str = "sw0rdfish";

/// Every failpoint that a command passes, each at most twice, as `name#n`.
fn points(passed: &[String]) -> Vec<(usize, String)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = Vec::new();
    for (index, point) in passed.iter().enumerate() {
        let nth = seen.entry(point).or_default();
        *nth += 1;
        if *nth <= 2 {
            out.push((index, format!("{point}#{nth}")));
        }
    }
    out
}

// goal: T24 tier1
#[test]
fn a_redaction_is_old_or_enforced() {
    let stage = Stage::new();
    stage.ann.bd(&["comment", &stage.bead, "The word is sw0rdfish"]).ok();
    stage.ann.bd(&["sync"]).ok();
    stage.ann.bd(&["comment", &stage.bead, "Another word"]).ok();
    stage.keep();
    let before = stage.lines();
    let user = stage.ann.user_state();
    let args = ["redact", &stage.bead, "--containing", SECRET];
    stage.passed();
    stage.act(&args, "", None).ok();
    let passed = stage.passed();
    let promised = passed.iter().position(|p| p == "journal.append.after").expect("it writes an event");
    let mut held = 0;
    for (index, point) in points(&passed) {
        let story = format!("redact killed at {point}");
        stage.put_back();
        let killed = stage.act(&args, "", Some(&point));
        assert_eq!(killed.code(), 128 + 6, "{story}: it was not killed\n{killed}");
        stage.passed();
        stage.ann.bd(&["create", "The next one", "--json"]).ok();
        let shown = stage.ann.bd(&["show", &stage.bead]).ok().contains(SECRET);
        assert!(!shown || index < promised, "{story}: the redaction was in the journal, and the text is shown");
        let now = stage.lines();
        let lost: Vec<_> = before.difference(&now).filter(|l| !l.contains(SECRET)).collect();
        assert!(lost.is_empty(), "{story}: other lines are lost: {lost:?}");
        let lock = stage.ann.common_dir().join("refs/beads/state.lock");
        assert!(!lock.exists() || std::fs::remove_file(lock).is_ok());
        stage.ann.bd(&["sync"]).ok();
        if !shown {
            held += 1;
            assert!(!stage.published().iter().any(|l| l.contains(SECRET)), "{story}: published after it was redacted");
            let left: Vec<_> = stage.lines().into_iter().filter(|l| l.contains(SECRET)).collect();
            assert!(left.is_empty(), "{story}: still in this clone's tip or journal: {left:?}");
        }
        assert_eq!(stage.ann.user_state(), user, "{story}: the user's work changed");
    }
    assert!(held > 5, "{held} of the kills came after the promise");
}

// goal: T24 tier1
#[test]
fn init_is_nothing_or_done_when_it_is_given_again() {
    let stage = Stage::new();
    // A clone without a store, of a remote without one.
    let fresh = stage.sandbox.remote("fresh").clone_as("ann-new");
    let (live, saved) = (fresh.dir().to_owned(), stage.sandbox.path("ann-saved"));
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        let _not_there = std::fs::remove_dir_all(to);
        let args = ["-a", &from.display().to_string(), &to.display().to_string()];
        stage.sandbox.program_in(std::path::Path::new("cp"), stage.sandbox.root(), "stage", &args).run().ok();
    };
    fresh.write("staged.txt", "staged\n");
    fresh.git(&["add", "staged.txt"]).ok();
    fresh.write("README.md", "changed\n");
    copy(&live, &saved);
    let log = stage.sandbox.path("tmp/failpoints");
    let init = |point: Option<&str>| {
        let cmd = fresh.cmd(&["init", "--publish", "--prefix", "t"]).now("2026-04-01T12:00:00Z").env("BD_SEED", "9");
        let cmd = cmd.env("BD_FAILPOINT_LOG", &log).env("GIT_COMMITTER_DATE", "@1775044800 +0000");
        match point {
            Some(point) => cmd.fail_at(point).run(),
            None => cmd.run(),
        }
    };
    let _old = stage.passed();
    init(None).ok();
    let passed = stage.passed();
    let tail = |s: String| s.split_once("$ git ls-files").map_or(String::new(), |(_, t)| t.to_owned());
    let after = (tail(fresh.user_state()), fresh.git(&["ls-tree", "-r", "HEAD"]).ok().to_owned());
    assert!(after.1.contains(".beads/config.toml") && !after.1.contains("staged.txt"), "{}", after.1);
    for (_, point) in points(&passed) {
        let story = format!("init killed at {point}");
        copy(&saved, &live);
        assert_eq!(init(Some(&point)).code(), 128 + 6, "{story}: it was not killed");
        assert_eq!(fresh.git(&["diff", "--cached", "--name-only", "--", ":!.beads"]).ok(), "staged.txt\n", "{story}");
        assert!(!fresh.exists(".git/index.lock"), "{story}: index.lock is left");
        let _log = stage.passed();
        init(None).ok();
        let now = (tail(fresh.user_state()), fresh.git(&["ls-tree", "-r", "HEAD"]).ok().to_owned());
        assert_eq!(now, after, "{story}: given again, it is not what the whole command leaves");
        fresh.create("It works", &[]);
        let _log = stage.passed();
    }
}

/// The failpoints that the commands of this file pass.
pub fn passed() -> std::collections::BTreeSet<String> {
    let stage = Stage::new();
    stage.ann.bd(&["comment", &stage.bead, "The word is sw0rdfish"]).ok();
    stage.passed();
    stage.act(&["redact", &stage.bead, "--containing", SECRET], "", None).ok();
    stage.act(&["setup", "claude"], "", None).ok();
    stage.act(&["setup", "claude", "--remove"], "", None).ok();
    let fresh = stage.sandbox.remote("fresh").clone_as("ann-new");
    let log = stage.sandbox.path("tmp/failpoints");
    fresh.cmd(&["init", "--publish", "--prefix", "t"]).env("BD_FAILPOINT_LOG", &log).run().ok();
    stage.passed().into_iter().collect()
}
