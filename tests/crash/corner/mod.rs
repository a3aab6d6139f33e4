//! Places that no everyday command comes to: a disk that refuses, a host that says nothing, a signing program, a child that lives
//! on. Each has a world in which one command comes to it, is killed there, and has its own old and new state.

mod aside;
mod background;
mod branch;
mod disk;
mod git;
mod marks;

use crate::kill::{everything_is_published, next_command};
use crate::stage::Stage;
use bd_tests::Output;
use std::collections::{BTreeMap, BTreeSet};

/// How often one failpoint of a corner is used.
const TIMES: usize = 2;

/// A place, and how one comes to it.
pub struct Corner {
    /// What its failpoints begin with.
    place: &'static str,
    /// Makes the world, and keeps it.
    make: fn() -> Stage,
    /// The command, killed at a point or not.
    go: fn(&Stage, Option<&str>) -> Output,
    /// How it ends where it is not killed.
    ends: i32,
    /// The same command where nothing is in its way; without one, the command itself. What it leaves is the new state.
    free: Option<fn(&Stage) -> Output>,
    /// What must hold after it was killed, and after it was not.
    then: fn(&Killed<'_>),
}

/// A command that was killed, or that came to its end at the same place.
pub struct Killed<'a> {
    stage: &'a Stage,
    /// Where: `name`, or `` if it was not killed.
    point: &'a str,
    story: &'a str,
    /// What it said.
    out: &'a Output,
    /// The event lines before it.
    before: &'a BTreeSet<String>,
    /// The event lines that it adds if it is not stopped.
    whole: &'a BTreeSet<String>,
    /// The user's work before it.
    user: &'a str,
    /// The user's work after the command that nothing stopped.
    user_whole: &'a str,
}

impl Killed<'_> {
    fn is_at(&self, end: &str) -> bool {
        self.point.ends_with(end)
    }

    /// The next command goes on, the user's work is as it was, both trackers are whole, and a sync brings everything to the remote.
    fn goes_on(&self, promised: bool) {
        let (stage, story) = (self.stage, self.story);
        let now = next_command(stage, self.before, self.whole, promised, story);
        assert_eq!(stage.ann.user_state(), self.user, "{story}: the user's work changed");
        self.is_sound();
        everything_is_published(stage, &now, story);
        let left = stage.leftovers();
        assert!(left.is_empty(), "{story}: left after a sync: {left:?}");
    }

    /// Neither our doctor nor git's finds anything.
    fn is_sound(&self) {
        let doctor = self.stage.ann.bd(&["doctor"]);
        assert!(doctor.succeeded(), "{}\n{doctor}", self.story);
        let fsck = self.stage.ann.git(&["fsck", "--no-dangling", "--no-progress"]);
        assert!(fsck.succeeded() && !fsck.stdout().contains("missing"), "{}\n{fsck}", self.story);
    }
}

/// The failpoints of a place (of every place where it has no name) among those that were passed, each at most twice, as `name` and
/// `name#n`.
fn points(corner: &Corner, passed: &[String]) -> Vec<(String, String)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = Vec::new();
    for point in
        passed.iter().filter(|p| corner.place.is_empty() || p.strip_prefix(corner.place).is_some_and(|rest| rest.starts_with('.')))
    {
        let nth = seen.entry(point).or_default();
        *nth += 1;
        if *nth <= TIMES {
            out.push((point.clone(), format!("{point}#{nth}")));
        }
    }
    out
}

fn kill(corner: &Corner) {
    let stage = (corner.make)();
    let (before, user) = (stage.lines(), stage.ann.user_state());
    // A look may have fetched something.
    stage.put_back();
    stage.passed();
    let ended = (corner.go)(&stage, None);
    assert_eq!(ended.code(), corner.ends, "{ended}");
    let points = points(corner, &stage.passed());
    assert!(!points.is_empty(), "{}: it does not come there", corner.place);
    if let Some(free) = corner.free {
        stage.put_back();
        free(&stage).ok();
    }
    let whole = stage.lines().difference(&before).cloned().collect();
    let user_whole = stage.ann.user_state();
    let nowhere = (String::new(), String::new());
    for (point, nth) in std::iter::once(&nowhere).chain(&points) {
        let story = format!("{} at `{nth}`", corner.place);
        stage.put_back();
        let out = (corner.go)(&stage, Some(nth).filter(|n| !n.is_empty()).map(String::as_str));
        let code = if nth.is_empty() { corner.ends } else { 128 + 6 };
        assert_eq!(out.code(), code, "{story}: {out}");
        let killed = Killed {
            stage: &stage,
            point,
            story: &story,
            out: &out,
            before: &before,
            whole: &whole,
            user: &user,
            user_whole: &user_whole,
        };
        (corner.then)(&killed);
        stage.passed();
    }
}

/// The failpoints at which commands are killed here.
pub fn passed() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (_, corner) in ALL {
        let stage = (corner.make)();
        stage.passed();
        assert_eq!((corner.go)(&stage, None).code(), corner.ends, "{}", corner.place);
        all.extend(points(corner, &stage.passed()).into_iter().map(|(point, _)| point));
    }
    all
}

macro_rules! corners {
    ($($name:ident: $corner:path;)*) => {
        const ALL: &[(&str, Corner)] = &[$((stringify!($name), $corner)),*];
        $(
        // goal: T24 tier1
        #[test]
        fn $name() {
            kill(&$corner);
        }
        )*
    };
}

corners! {
    a_record_that_the_disk_takes_half_of_is_taken_back: disk::HALF_A_RECORD;
    a_record_that_the_disk_does_not_sync_is_taken_back: disk::RECORD_NOT_SYNCED;
    a_new_journal_that_the_disk_does_not_take_leaves_the_old_one: disk::NEW_JOURNAL;
    a_sync_point_that_the_disk_does_not_take_leaves_the_old_one: disk::SYNC_POINT;
    a_ride_is_undone_where_the_index_is_locked: branch::INDEX_LOCKED;
    a_ride_is_undone_where_the_branch_is_locked: branch::BRANCH_LOCKED;
    a_file_that_is_being_set_aside_can_be_taken_back: aside::BEING_SET_ASIDE;
    a_quarantine_is_taken_back: aside::QUARANTINE;
    a_quarantine_of_a_file_that_is_whole_again_is_taken_back: aside::WHOLE_AGAIN;
    a_quarantine_of_one_object_at_two_paths_is_taken_back: aside::TWO_PATHS;
    a_quarantine_of_an_object_that_was_pruned_is_taken_back: aside::PRUNED;
    a_clone_keeps_its_choice_not_to_publish: branch::CHOICE;
    a_clone_takes_its_choice_not_to_publish_back: branch::CHOICE_TAKEN_BACK;
    the_records_of_another_tracker_are_adopted: branch::ADOPTED;
    an_ignore_file_that_was_never_committed_is_adopted: branch::ADOPTED_UNTRACKED;
    an_adoption_that_the_index_was_not_told_of_is_told: branch::ADOPTED_COMMIT;
    a_host_that_does_not_answer_is_given_up: git::SILENT_ANSWER;
    a_host_that_takes_no_push_is_given_up: git::SILENT_PUSH;
    an_event_is_in_a_signed_commit: git::SIGNED_EVENT;
    a_ride_is_a_signed_commit: git::SIGNED_RIDE;
    a_partial_clone_fetches_what_it_reads: git::PARTIAL;
    the_folder_of_marks_is_made_again: marks::FOLDER;
    the_rides_of_others_are_read_once: marks::RIDES;
    a_mutation_is_published_in_the_background: background::SPAWN;
    a_publication_in_the_background_is_noted: background::NOTED;
}
