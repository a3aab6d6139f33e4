//! The way back from `bd doctor --fix`, where the state ref is the only place that has the lines.

use super::{Corner, Killed};
use crate::kill::{everything_is_published, next_command};
use crate::stage::{Stage, age};
use std::path::PathBuf;

/// The file has a line too many.
pub const QUARANTINE: Corner = Corner {
    place: "quarantine.index",
    make: || {
        let (stage, path) = with_a_file();
        crate::repair::spoil(&stage, &path);
        set_aside(stage)
    },
    go: |stage, point| stage.act(&["undo", "--quarantine"], "", point),
    ends: 0,
    free: None,
    then: taken_back,
};

/// Its only line was cut, and the journal has brought the file back as it was.
pub const WHOLE_AGAIN: Corner = Corner {
    make: || {
        let (stage, path) = with_a_file();
        let cut = damaged(&stage, &path, |text| text[..text.len() - 9].to_owned());
        crate::repair::put(&stage, &cut, &[&path]);
        let stage = set_aside(stage);
        let now = stage.ann.rev(&format!("refs/beads/state:{path}"));
        assert_ne!(now, cut, "the journal brings it back");
        stage
    },
    then: |killed| {
        let told = killed.out.stderr().contains("held other good lines by now");
        assert!(told || !killed.point.is_empty(), "nobody is told: {}", killed.out);
        taken_back(killed);
    },
    ..QUARANTINE
};

/// The damaged object is there under two names.
pub const TWO_PATHS: Corner = Corner {
    make: || {
        let (stage, path) = with_a_file();
        let blob = damaged(&stage, &path, |text| format!("<<<<<<<\n{text}"));
        let (front, digest) = path.rsplit_once('-').expect("the name of a sealed file");
        let other = format!("{front}-{}{}", if digest.starts_with('0') { '1' } else { '0' }, &digest[1..]);
        crate::repair::put(&stage, &blob, &[&path, &other]);
        set_aside(stage)
    },
    ..QUARANTINE
};

/// The damaged object is in no history any more, and git has pruned it.
pub const PRUNED: Corner = Corner {
    make: || {
        let (stage, path) = with_a_file();
        let blob = damaged(&stage, &path, |text| format!("<<<<<<<\n{text}"));
        crate::repair::put(&stage, &blob, &[&path]);
        let stage = set_aside(stage);
        let ann = &stage.ann;
        let squashed = ann.git(&["commit-tree", "-m", "squashed", "refs/beads/state^{tree}"]).line();
        ann.git(&["update-ref", "refs/beads/state", &squashed]).ok();
        ann.git(&["reflog", "expire", "--expire=now", "--all"]).ok();
        ann.git(&["gc", "--quiet", "--prune=now"]).ok();
        assert!(!ann.git(&["cat-file", "-e", &blob]).succeeded(), "git has it still");
        stage.keep();
        stage
    },
    ..QUARANTINE
};

/// A file is being set aside: from the moment on that the state ref has it no more, there is something to take back.
pub const BEING_SET_ASIDE: Corner = Corner {
    place: "",
    make: || {
        let (stage, path) = with_a_file();
        let blob = damaged(&stage, &path, |text| format!("<<<<<<<\n{text}"));
        crate::repair::put(&stage, &blob, &[&path]);
        std::fs::write(stage.sandbox.path("tmp/blob"), blob).expect("a file in the sandbox");
        stage.keep();
        stage
    },
    go: |stage, point| stage.act(&["doctor", "--fix"], "", point),
    then: |killed| {
        let (stage, story) = (killed.stage, killed.story);
        // The lock of a dead process is respected for ten seconds; here they have passed.
        age(&stage.ann.common_dir().join("refs/beads/state.lock"));
        let blob = std::fs::read_to_string(stage.sandbox.path("tmp/blob")).expect("a file in the sandbox");
        let is_there = || stage.ann.git(&["ls-tree", "-r", "refs/beads/state"]).stdout().contains(&blob);
        let export = || stage.ann.bd(&["export"]).stdout().contains("In one place only");
        let was_taken_away = !is_there();
        assert!(export(), "{story}: a good line is not read");
        let undone = stage.act(&["undo", "--quarantine"], "", None);
        assert!(undone.succeeded() || !was_taken_away, "{story}: it cannot be taken back\n{undone}");
        assert!(is_there() && export(), "{story}: {undone}");
        assert_eq!(stage.ann.bd(&["doctor"]).code(), 9, "{story}: the damage is back");
        stage.ann.bd(&["doctor", "--fix"]).ok();
        assert!(export() && !is_there(), "{story}: after the next quarantine");
        killed.is_sound();
    },
    ..QUARANTINE
};

/// A world with a bead that is in one file of the state ref, and that file.
fn with_a_file() -> (Stage, String) {
    let stage = Stage::new();
    stage.ann.create("In one place only", &[]);
    let files = stage.ann.git(&["grep", "-l", "In one place only", "refs/beads/state"]).line();
    let path = files.strip_prefix("refs/beads/state:").expect("a file of the state ref").to_owned();
    (stage, path)
}

/// The object of other bytes for a file.
fn damaged(stage: &Stage, path: &str, change: impl Fn(&str) -> String) -> String {
    let old = stage.ann.git(&["show", &format!("refs/beads/state:{path}")]).ok().to_owned();
    stage.ann.git_cmd(&["hash-object", "-w", "--stdin"]).stdin(change(&old)).run().line()
}

/// The damage is set aside, and the journal is as after 30 days without a remote.
fn set_aside(stage: Stage) -> Stage {
    stage.ann.bd(&["doctor", "--fix"]).ok();
    std::fs::write(stage.ann.beads_dir().join("journal"), "").expect("it can be written");
    let export = stage.ann.bd(&["export"]);
    assert!(export.ok().contains("In one place only"), "{export}");
    std::fs::write(export_before(&stage), export.stdout()).expect("a file in the sandbox");
    stage.keep();
    stage
}

fn taken_back(killed: &Killed<'_>) {
    let (stage, story) = (killed.stage, killed.story);
    let want = std::fs::read_to_string(export_before(stage)).expect("a file in the sandbox");
    let same = |when: &str| {
        let now = stage.ann.bd(&["export"]);
        assert_eq!(now.stdout(), want, "{story}: good lines are not read {when}\n{now}");
    };
    same("after it");
    // Given again it comes to the same end; where it had come there, nothing is in quarantine any more.
    let again = stage.act(&["undo", "--quarantine"], "", None);
    let done = killed.point.is_empty() || story.ends_with(".after#2`") || story.ends_with(".named#2`");
    assert_eq!(again.succeeded(), !done, "{story}: {again}");
    same("after it was given again");
    assert_eq!(stage.ann.bd(&["doctor"]).code(), 9, "{story}: the damage is back");
    let fsck = stage.ann.git(&["fsck", "--no-dangling", "--no-progress"]);
    assert!(fsck.succeeded() && !fsck.stdout().contains("missing"), "{story}\n{fsck}");
    stage.ann.bd(&["doctor", "--fix"]).ok();
    same("after the next quarantine");
    let now = next_command(stage, killed.before, killed.whole, false, story);
    everything_is_published(stage, &now, story);
    killed.is_sound();
}

fn export_before(stage: &Stage) -> PathBuf {
    stage.sandbox.path("tmp/export")
}
