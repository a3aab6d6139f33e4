//! Marks: losing one costs a second look, never an event.

use super::Corner;
use crate::stage::Stage;
use bd_tests::Work;

/// The first mutation after somebody took the folder of marks away.
pub const FOLDER: Corner = Corner {
    place: "marks.again",
    make: || {
        let stage = Stage::new();
        std::fs::remove_dir_all(stage.ann.beads_dir().join("marks")).expect("marks");
        stage.keep();
        stage
    },
    go: |stage, point| stage.act(&["create", "Without marks"], "", point),
    ends: 0,
    free: None,
    then: |killed| {
        killed.goes_on(true);
        let marks = killed.stage.ann.beads_dir().join("marks/committed");
        assert!(marks.exists(), "{}: the next command makes them", killed.story);
    },
};

/// Bob's events come with the code of the default branch, and from nowhere else.
pub const RIDES: Corner = Corner {
    place: "rides.mark",
    make: || {
        let stage = Stage::new();
        stage.ann.bd(&["sync"]).ok();
        let bob = Work::new(stage.sandbox.clone(), stage.sandbox.path("bob"), "bob");
        bob.create("Rides on the default branch", &[]);
        bob.bd(&["ride", "--all"]).ok();
        bob.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
        stage.ann.git(&["fetch", "--quiet", "origin", "main"]).ok();
        stage.keep();
        stage
    },
    go: |stage, point| stage.act(&["sync"], "", point),
    ends: 0,
    free: None,
    then: |killed| {
        assert!(killed.whole.iter().any(|l| l.contains("Rides on the default branch")), "{:?}", killed.whole);
        // They are committed before the mark says that they were read.
        killed.goes_on(true);
        let tip = killed.stage.ann.rev("refs/remotes/origin/main");
        let mark = killed.stage.ann.beads_dir().join("marks/rides");
        assert_eq!(std::fs::read_to_string(mark).ok(), Some(tip), "{}: the next sync notes them", killed.story);
    },
};
