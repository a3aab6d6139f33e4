//! A disk that is full in the middle of a write.

use super::{Corner, Killed};
use crate::stage::Stage;
use bd_tests::Output;

const TITLE: &str = "Refused by the disk";

/// A command on a disk that refuses one call (`BD_FAULT`, see bd/src/failpoint.rs).
fn refused(stage: &Stage, fault: &str, args: &[&str], point: Option<&str>) -> Output {
    stage.shaped(stage.ann.cmd(args).env("BD_FAULT", fault), point).run()
}

fn create(stage: &Stage) -> Output {
    stage.act(&["create", TITLE], "", None)
}

fn sync(stage: &Stage) -> Output {
    stage.act(&["sync"], "", None)
}

/// The disk takes the first half of a record: torn, it counts for nothing, whether it was taken back or not.
pub const HALF_A_RECORD: Corner = Corner {
    place: "journal.take_back",
    make: Stage::new,
    go: |stage, point| refused(stage, "journal.append", &["create", TITLE], point),
    ends: 2,
    free: Some(create),
    then: |killed| {
        let shown = taken_back(killed);
        assert!(!shown, "{}: half a record counts", killed.story);
    },
};

/// The disk has all of the record and does not say that it is durable: without the taking back it counts, which nobody was promised.
pub const RECORD_NOT_SYNCED: Corner = Corner {
    place: "journal.take_back",
    make: Stage::new,
    go: |stage, point| refused(stage, "journal.sync", &["create", TITLE], point),
    ends: 2,
    free: Some(create),
    then: |killed| {
        let shown = taken_back(killed);
        assert_eq!(shown, killed.is_at(".before"), "{}: a record counts as long as it is in the journal", killed.story);
    },
};

/// What holds after a record was refused; true if its bead is there.
fn taken_back(killed: &Killed<'_>) -> bool {
    let (stage, story) = (killed.stage, killed.story);
    assert_eq!(killed.out.stdout(), "", "{story}: said to be done");
    assert!(!killed.point.is_empty() || killed.out.stderr().contains("journal"), "{}", killed.out);
    let journal = std::fs::read(stage.ann.beads_dir().join("journal")).ok();
    assert_eq!(journal == stage.kept(".git/beads/journal"), !killed.is_at(".before"), "{story}: the journal");
    let shown = || stage.ann.bd(&["list", "--all", "--limit", "0"]).ok().contains(TITLE);
    let before_the_next = shown();
    killed.goes_on(false);
    assert_eq!(shown(), before_the_next, "{story}: the next command changed its mind about it");
    // With other ids: where it counts, these are taken.
    stage.ann.bd(&["create", TITLE]).ok();
    assert!(shown(), "{story}: given again");
    before_the_next
}

/// The remote has everything, and the disk has no room for the shorter journal.
pub const NEW_JOURNAL: Corner = Corner {
    place: "journal.replace_take_back",
    make: Stage::new,
    go: |stage, point| refused(stage, "journal.replace", &["sync"], point),
    ends: 2,
    free: Some(sync),
    then: |killed| old_one_stands(killed, "journal"),
};

/// The objects are on the disk, and there is no room to say so.
pub const SYNC_POINT: Corner = Corner {
    place: "syncpoint.take_back",
    make: Stage::new,
    go: |stage, point| refused(stage, "syncpoint", &["sync"], point),
    ends: 2,
    free: Some(sync),
    then: |killed| old_one_stands(killed, "marks/synced"),
};

fn old_one_stands(killed: &Killed<'_>, name: &str) {
    let (stage, story) = (killed.stage, killed.story);
    let file = stage.ann.beads_dir().join(name);
    assert_eq!(std::fs::read(&file).ok(), stage.kept(&format!(".git/beads/{name}")), "{story}: {name} changed");
    assert_eq!(file.with_extension("new").exists(), killed.is_at(".before"), "{story}: what was half made of it");
    killed.goes_on(false);
    assert_ne!(std::fs::read(&file).ok(), stage.kept(&format!(".git/beads/{name}")), "{story}: the next sync does not make it");
}
