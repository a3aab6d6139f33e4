//! Steps back and choices: a ride that cannot be made, what `bd init` settles.

use super::{Corner, Killed};
use crate::kill::{everything_is_published, next_command};
use crate::stage::Stage;
use std::path::PathBuf;

/// Another git holds the index.
pub const INDEX_LOCKED: Corner = Corner {
    place: "ride.undo",
    make: || locked("index.lock"),
    go: |stage, point| stage.act(&["ride", "--all"], "", point),
    ends: 7,
    free: Some(|stage| {
        let_go(stage, "index.lock");
        stage.act(&["ride", "--all"], "", None)
    }),
    then: |killed| undone(killed, "index.lock"),
};

/// Another git moves the branch.
pub const BRANCH_LOCKED: Corner = Corner {
    place: "ride.undo",
    make: || locked("refs/heads/feature.lock"),
    go: |stage, point| stage.act(&["ride", "--all"], "", point),
    ends: 7,
    free: Some(|stage| {
        let_go(stage, "refs/heads/feature.lock");
        stage.act(&["ride", "--all"], "", None)
    }),
    then: |killed| undone(killed, "refs/heads/feature.lock"),
};

fn locked(name: &str) -> Stage {
    let stage = Stage::new();
    std::fs::write(stage.ann.common_dir().join(name), "").expect("a lock of another process");
    stage.keep();
    stage
}

fn let_go(stage: &Stage, name: &str) {
    std::fs::remove_file(stage.ann.common_dir().join(name)).expect("the lock of the other process is not ours to take");
}

fn undone(killed: &Killed<'_>, lock: &str) {
    let (stage, story) = (killed.stage, killed.story);
    let ann = &stage.ann;
    assert_eq!(ann.user_state(), killed.user, "{story}: the user's work changed");
    let_go(stage, lock);
    let status = || ann.git(&["status", "--porcelain", "--untracked-files=all"]).ok().to_owned();
    let left = status();
    // Nothing is staged; the file itself is what a kill leaves, until the next ride.
    let ours = left.lines().all(|l| l.starts_with("?? .beads/events/"));
    assert!(ours && left.is_empty() != killed.is_at(".before"), "{story}: {left}");
    let head = ann.rev("HEAD");
    killed.goes_on(false);
    ann.bd(&["ride", "--all"]).ok();
    assert_eq!(ann.rev("HEAD~1"), head, "{story}: one commit");
    let files = ann.git(&["diff", "--name-only", "HEAD~1", "HEAD"]).ok().to_owned();
    assert_eq!(files.lines().filter(|l| l.starts_with(".beads/events/")).count(), 1, "{story}: {files}");
    assert_eq!(files.lines().count(), 1, "{story}: {files}");
    assert_eq!(status(), "", "{story}: left after the next ride");
    assert!(!ann.beads_dir().join("marks/riding").exists(), "{story}");
}

/// A clone of a published store chooses not to publish.
pub const CHOICE: Corner = Corner {
    place: "git.config",
    make: Stage::new,
    go: |stage, point| stage.act(&["init", "--no-publish"], "", point),
    ends: 0,
    free: None,
    then: |killed| chosen(killed, "--no-publish", [None, Some("false")]),
};

/// It chooses again.
pub const CHOICE_TAKEN_BACK: Corner = Corner {
    place: "git.config",
    make: || {
        let stage = Stage::new();
        stage.ann.bd(&["init", "--no-publish"]).ok();
        stage.keep();
        stage
    },
    go: |stage, point| stage.act(&["init", "--publish"], "", point),
    ends: 0,
    free: None,
    then: |killed| chosen(killed, "--publish", [Some("false"), None]),
};

fn chosen(killed: &Killed<'_>, flag: &str, [old, new]: [Option<&str>; 2]) {
    let (stage, story) = (killed.stage, killed.story);
    let share = || {
        let got = stage.ann.git(&["config", "--local", "beads.share"]);
        got.succeeded().then(|| got.stdout().trim().to_owned())
    };
    let want = if killed.is_at(".before") { old } else { new };
    assert_eq!(share().as_deref(), want, "{story}");
    assert_eq!(stage.leftovers(), Vec::<PathBuf>::new(), "{story}");
    assert_eq!(stage.ann.user_state(), killed.user, "{story}: the user's work changed");
    stage.act(&["init", flag], "", None).ok();
    assert_eq!(share().as_deref(), new, "{story}: given again");
    stage.ann.bd(&["init", "--publish"]).ok();
    killed.goes_on(false);
}

/// A record of another tracker.
const RECORD: &str = r#"{"id":"old-1","title":"From the other tracker","status":"open","priority":0,"issue_type":"bug","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-02T00:00:00Z","x_unknown":[1]}"#;

/// A repository that tracks another tracker's file.
pub const ADOPTED: Corner = Corner {
    place: "adopt.remove",
    make: || tracked_elsewhere(true),
    go: |stage, point| stage.act(&["init", "--prefix", "old", "--publish"], "", point),
    ends: 0,
    free: None,
    then: adopted,
};

/// The same where that tracker's ignore file was never committed.
pub const ADOPTED_UNTRACKED: Corner = Corner { make: || tracked_elsewhere(false), ..ADOPTED };

/// The same in a store that was there before, killed at the commit.
pub const ADOPTED_COMMIT: Corner = Corner {
    place: "init.commit",
    make: || {
        let sandbox = bd_tests::Options { in_memory: true, ..bd_tests::Options::default() }.build();
        let remote = sandbox.remote("origin");
        let ann = remote.clone_as("ann");
        ann.bd(&["init", "--prefix", "old", "--publish"]).ok();
        ann.write(".beads/issues.jsonl", format!("{RECORD}\n"));
        ann.write(".beads/.gitignore", "beads.db\n");
        ann.commit_all("The other tracker");
        ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
        stage_a_file(&ann);
        Stage::of(sandbox, remote, ann, [String::new(), String::new()])
    },
    then: adopted_at_last,
    ..ADOPTED
};

fn tracked_elsewhere(ignore_tracked: bool) -> Stage {
    let sandbox = bd_tests::Options { in_memory: true, ..bd_tests::Options::default() }.build();
    let remote = sandbox.remote("origin");
    let ann = remote.clone_as("ann");
    ann.write(".beads/issues.jsonl", format!("{RECORD}\n"));
    if !ignore_tracked {
        ann.commit_all("The other tracker");
    }
    ann.write(".beads/.gitignore", "beads.db\n");
    if ignore_tracked {
        ann.commit_all("The other tracker");
    }
    ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
    stage_a_file(&ann);
    Stage::of(sandbox, remote, ann, [String::new(), String::new()])
}

fn stage_a_file(ann: &bd_tests::Work) {
    ann.write("staged.txt", "staged\n");
    ann.git(&["add", "staged.txt"]).ok();
}

fn adopted(killed: &Killed<'_>) {
    let (stage, story) = (killed.stage, killed.story);
    let ann = &stage.ann;
    let file = ann.exists(".beads/issues.jsonl");
    assert_eq!(file, killed.is_at(".before"), "{story}");
    adopted_at_last(killed);
}

fn adopted_at_last(killed: &Killed<'_>) {
    let (stage, story) = (killed.stage, killed.story);
    let ann = &stage.ann;
    // Another command first: what was imported is there, once.
    let lines = stage.lines();
    assert_eq!(lines, *killed.whole, "{story}: imported before the file goes");
    stage.act(&["init", "--prefix", "old", "--publish"], "", None).ok();
    assert_eq!(stage.lines(), lines, "{story}: given again it imports nothing twice");
    let tail = |s: &str| s.split_once("$ git ls-files").map_or(String::new(), |(_, t)| t.to_owned());
    assert_eq!(tail(&ann.user_state()), tail(killed.user_whole), "{story}: not what the whole command leaves");
    assert!(!ann.exists(".beads/issues.jsonl"), "{story}");
    assert_eq!(ann.git(&["ls-files", ".beads/issues.jsonl"]).ok(), "", "{story}: untracked");
    assert_eq!(ann.git(&["show", "HEAD:.beads/.gitignore"]).ok(), "beads.db\nissues.jsonl\n", "{story}");
    assert_eq!(ann.git(&["status", "--porcelain", "--untracked-files=all"]).ok(), "A  staged.txt\n", "{story}");
    let history = ann.git(&["log", "--format=%s", "--", ".beads/issues.jsonl"]);
    assert_eq!(history.lines().len(), 2, "{story}: its bytes stay in history\n{history}");
    assert_eq!(ann.bd(&["export"]).ok().trim(), RECORD, "{story}");
    let now = next_command(stage, &lines, &std::collections::BTreeSet::new(), false, story);
    everything_is_published(stage, &now, story);
    killed.is_sound();
}
