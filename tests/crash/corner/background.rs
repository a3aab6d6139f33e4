//! A process that outlives the command that started it.

use super::{Corner, Killed};
use crate::stage::{Stage, age};
use bd_tests::Output;

const TITLE: &str = "Published by itself";

/// A mutation starts a publication and ends.
pub const SPAWN: Corner = Corner {
    place: "background.spawn",
    make: publishes_each,
    go: |stage, point| with_children(stage, &["create", TITLE], point),
    ends: 0,
    free: None,
    then: |killed| {
        let (stage, story) = (killed.stage, killed.story);
        let own = |l: &String| l.contains(TITLE);
        assert_eq!(stage.lines().iter().filter(|l| own(l)).count(), 1, "{story}: it is committed before anything is started");
        let there = stage.published().iter().any(own);
        assert_eq!(there, !killed.is_at(".before"), "{story}: the child does its work without its parent");
        converges(killed);
    },
};

/// The process in the background writes down when it published, so that the next one waits.
pub const NOTED: Corner = Corner {
    place: "maintain.mark",
    make: publishes_each,
    go: |stage, point| with_children(stage, &["sync", "--background"], point),
    ends: 0,
    free: None,
    then: |killed| {
        let (stage, story) = (killed.stage, killed.story);
        assert_eq!(stage.ann.beads_dir().join("marks/pushed").exists(), !killed.is_at(".before"), "{story}");
        let there = killed.before.is_subset(&stage.published());
        assert_eq!(there, killed.point.is_empty(), "{story}: published after it is noted");
        converges(killed);
    },
};

/// A project whose mutations are published as they are made.
fn publishes_each() -> Stage {
    let stage = Stage::new();
    let ann = &stage.ann;
    ann.git(&["switch", "--quiet", "main"]).ok();
    let config = ann.read(".beads/config.toml").replace("[sync]", "[sync]\npush = \"each\"");
    assert!(config.contains("each"), "{config}");
    ann.write(".beads/config.toml", config);
    ann.commit_all("Publish each");
    ann.git(&["push", "--quiet", "origin", "main"]).ok();
    stage.keep();
    stage
}

/// Runs a command and waits for all that it started: they hold its standard output, through a number that nobody uses.
fn with_children(stage: &Stage, args: &[&str], point: Option<&str>) -> Output {
    let args: Vec<&str> = ["-c", "exec \"$@\" 9>&1", "sh", "bd"].iter().chain(args).copied().collect();
    let cmd = stage.sandbox.program_in("/bin/sh".as_ref(), stage.ann.dir(), "ann", &args);
    stage.shaped(cmd, point).run()
}

/// The next mutation takes along what the killed one left, and everything is as it should be.
fn converges(killed: &Killed<'_>) {
    let (stage, story) = (killed.stage, killed.story);
    assert!(killed.before.is_subset(&stage.lines()), "{story}: lost");
    // Half a minute has passed since the last publication.
    age(&stage.ann.beads_dir().join("marks/pushed"));
    with_children(stage, &["comment", &stage.bead, "The next one"], None).ok();
    let published = stage.published();
    assert!(stage.lines().is_subset(&published), "{story}: not published with the next mutation");
    assert!(published.iter().any(|l| l.contains("The next one")), "{story}");
    assert!(killed.whole.is_subset(&published), "{story}");
    assert_eq!(stage.ann.user_state(), killed.user, "{story}: the user's work changed");
    killed.is_sound();
    assert_eq!(stage.leftovers(), Vec::<std::path::PathBuf>::new(), "{story}");
}
