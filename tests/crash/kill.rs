//! Each verb is killed at each failpoint that it passes; then the next command runs.

use crate::stage::Stage;
use std::collections::{BTreeMap, BTreeSet};

/// How often one failpoint is used: a loop over a hundred objects is not a hundred stories.
const TIMES: usize = 3;

/// What a verb may do besides writing events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Touches {
    /// Nothing of the user's.
    Nothing,
    /// It makes a commit on the branch.
    Branch,
}

fn kill_everywhere(args: &[&str], input: &str, touches: Touches) {
    let stage = Stage::new();
    kill_on(&stage, args, input, touches);
}

fn kill_on(stage: &Stage, args: &[&str], input: &str, touches: Touches) {
    let before = stage.lines();
    let user_before = stage.ann.user_state();
    stage.passed();
    stage.act(args, input, None).ok();
    let passed = stage.passed();
    assert!(passed.iter().any(|p| p.contains(".after")), "`bd {}` passes no failpoint: {passed:?}", args.join(" "));
    let after = stage.lines();
    let user_after = stage.ann.user_state();
    assert!(after.is_superset(&before), "the whole command lost something");
    let whole: BTreeSet<String> = after.difference(&before).cloned().collect();
    let promised_from = passed.iter().position(|p| p == "journal.append.after");
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, point) in passed.iter().enumerate() {
        let nth = seen.entry(point).or_default();
        *nth += 1;
        if *nth > TIMES {
            continue;
        }
        let story = format!("`bd {}` killed at {point}#{nth}", args.join(" "));
        stage.put_back();
        let killed = stage.act(args, input, Some(&format!("{point}#{nth}")));
        assert_eq!(killed.code(), 128 + 6, "{story}: it was not killed\n{killed}");
        stage.passed();
        let promised = promised_from.is_some_and(|from| index >= from);
        let now = next_command(stage, &before, &whole, promised, &story);
        let user = stage.ann.user_state();
        match touches {
            Touches::Nothing => assert_eq!(user, user_before, "{story}: the user's work changed"),
            Touches::Branch => {
                // The command, given again, brings the branch to where it would be; nothing is left half done.
                stage.act(args, input, None).ok();
                let again = stage.ann.user_state();
                let tail = |s: &str| s.split_once("$ git ls-files").map_or(String::new(), |(_, t)| t.to_owned());
                assert_eq!(tail(&again), tail(&user_after), "{story}: not what the whole command leaves");
            }
        }
        assert!(!stage.ann.exists(".git/index.lock"), "{story}: index.lock is left");
        everything_is_published(stage, &now, &story);
        stage.passed();
    }
}

/// The next command after a kill, whatever it is, goes on: of the killed one there is nothing or the whole (`promised`: the whole),
/// and everything that was there before. Returns every event line that is there now.
pub fn next_command(
    stage: &Stage,
    before: &BTreeSet<String>,
    whole: &BTreeSet<String>,
    promised: bool,
    story: &str,
) -> BTreeSet<String> {
    let next = stage.ann.bd(&["create", "The next one", "--json"]);
    assert!(next.succeeded(), "{story}: the next command is refused\n{next}");
    let list = stage.ann.bd(&["list", "--all", "--limit", "0", "--json"]);
    assert!(list.succeeded() && list.stdout().contains("The next one"), "{story}:\n{list}");
    let now = stage.lines();
    let lost: Vec<&String> = before.difference(&now).collect();
    assert!(lost.is_empty(), "{story}: lost {lost:?}");
    let id = next.json()["id"].as_str().unwrap_or("?").to_owned();
    let new: BTreeSet<String> = now.iter().filter(|l| !before.contains(*l) && !l.contains(&id)).cloned().collect();
    assert!(new.is_empty() || new == *whole, "{story}: neither the old state nor the new one: {new:?}");
    assert!(!promised || new == *whole, "{story}: the record was whole in the journal, and now there is {new:?}");
    now
}

/// The next sync takes everything along.
pub fn everything_is_published(stage: &Stage, now: &BTreeSet<String>, story: &str) {
    // A lock of a dead process is respected for ten seconds; here they have passed.
    crate::stage::age(&stage.ann.common_dir().join("refs/beads/state.lock"));
    stage.ann.bd(&["sync"]).ok();
    let published = stage.published();
    let unpublished: Vec<&String> = now.iter().filter(|l| !published.contains(*l)).collect();
    assert!(unpublished.is_empty(), "{story}: not published by the next sync: {unpublished:?}");
}

/// Records of upstream, to be imported.
fn with_records(stage: &Stage) -> &'static str {
    let dates = r#""created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z""#;
    let record = |n: u8| format!("{{\"id\":\"up-{n}\",\"title\":\"Record {n}\",{dates},\"unknown\":[{n}]}}\n");
    stage.ann.write("in.jsonl", (0..3).map(record).collect::<String>());
    stage.keep();
    "in.jsonl"
}

/// Two rides on the default branch, where one stands.
fn with_rides(stage: &Stage) -> &'static str {
    let git = |args: &[&str]| drop(stage.ann.git(args).ok().to_owned());
    for title in ["One", "Two"] {
        stage.ann.create(title, &[]);
        stage.ann.bd(&["ride", "--all"]).ok();
    }
    git(&["switch", "--quiet", "main"]);
    git(&["merge", "--quiet", "feature"]);
    git(&["push", "--quiet", "origin", "main"]);
    stage.keep();
    "--rides"
}

/// Without news on the remote: what is fetched and what is claimed are two stories.
fn with_no_news(stage: &Stage) -> &'static str {
    stage.ann.bd(&["sync"]).ok();
    // As if nothing had ever been published from here: people are told who reads it.
    std::fs::remove_file(stage.ann.beads_dir().join("marks/told")).expect("a mark");
    stage.keep();
    "--push"
}

/// After a ride that was killed with its file in the index.
fn after_a_killed_ride(stage: &Stage) -> &'static str {
    assert_eq!(stage.act(&["ride", "--all"], "", Some("ride.index.after")).code(), 128 + 6);
    stage.keep();
    "--all"
}

/// A project that wants upstream's file written after each mutation.
fn with_a_view(stage: &Stage) -> &'static str {
    stage.ann.bd(&["config", "set", "view.issues", "each"]).ok();
    stage.ann.git(&["switch", "--quiet", "main"]).ok();
    stage.ann.commit_all("The view");
    stage.ann.git(&["push", "--quiet", "origin", "main"]).ok();
    stage.keep();
    "Seen in the view"
}

/// A sandbox, and the words of the command that is killed in it.
pub type Scenario = fn(&Stage) -> Vec<String>;

macro_rules! kills {
    ($($name:ident: $touches:ident, |$s:ident| $args:expr;)*) => {
        mod words {
            use super::*;
            $(pub fn $name($s: &Stage) -> Vec<String> {
                $args.iter().map(|a: &&str| (*a).to_owned()).collect()
            })*
        }
        /// What is killed here.
        pub const ALL: &[(&str, Scenario)] = &[$((stringify!($name), words::$name)),*];
        $(
        // goal: T24 tier1
        #[test]
        fn $name() {
            let stage = Stage::new();
            let args = words::$name(&stage);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            kill_on(&stage, &args, "", Touches::$touches);
        }
        )*
    };
}

kills! {
    create_is_old_or_new: Nothing, |s| ["create", "A bead", "-l", "red", "--parent", &s.bead];
    update_is_old_or_new: Nothing, |s| ["update", &s.bead, "--title", "Another title", "--priority", "0"];
    comment_is_old_or_new: Nothing, |s| ["comment", &s.bead, "A comment"];
    claim_is_old_or_new: Nothing, |s| ["claim", &s.bead];
    close_is_old_or_new: Nothing, |s| ["close", &s.bead, "--reason", "done"];
    delete_is_old_or_new: Nothing, |s| ["delete", &s.bead, "--force"];
    dep_is_old_or_new: Nothing, |s| ["dep", "add", &s.bead, &s.other];
    sync_is_old_or_new: Nothing, |_s| ["sync"];
    pack_is_old_or_new: Nothing, |_s| ["pack"];
    undo_is_old_or_new: Nothing, |_s| ["undo"];
    import_is_old_or_new: Nothing, |s| ["import", with_records(s)];
    pack_of_rides_is_old_or_new: Branch, |s| ["pack", with_rides(s)];
    ride_is_old_or_new: Branch, |_s| ["ride", "--all"];
    ride_after_a_killed_one_is_old_or_new: Branch, |s| ["ride", after_a_killed_ride(s)];
    claim_that_is_pushed_is_old_or_new: Nothing, |s| ["claim", &s.bead, with_no_news(s)];
    config_is_old_or_new: Nothing, |_s| ["config", "set", "claim.lease", "2h"];
    create_with_a_view_is_old_or_new: Nothing, |s| ["create", with_a_view(s)];
}

// goal: T24 tier1
#[test]
fn batch_is_old_or_new() {
    kill_everywhere(&["batch"], "create \"One\"\ncreate \"Two\"\ncreate \"Three\"\n", Touches::Nothing);
}
