use crate::records;
use bd_tests::{Sandbox, Work};

/// A branch with code, a closed bead and a ride, pushed.
fn branch(work: &Work, name: &str, id: &str) {
    work.git(&["fetch", "--quiet", "origin"]).ok();
    work.git(&["switch", "--quiet", "--create", name, "origin/main"]).ok();
    work.write(&format!("{name}.txt"), "code\n");
    work.git(&["add", "."]).ok();
    work.git(&["commit", "--quiet", "-m", &format!("Do {name}\n\nBead: {id}")]).ok();
    work.bd(&["close", id, "--reason", name]).ok();
    work.bd(&["ride"]).ok();
    work.git(&["push", "--quiet", "origin", name]).ok();
}

// goal: T05 tier0
#[test]
fn rides_survive_merge_squash_rebase_and_revert_without_a_conflict_and_without_the_branch_beads() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    // The branch may not be pushed by her: only pull requests carry what ann says.
    ann.git(&["config", "beads.share", "false"]).ok();
    let made: Vec<String> = ["merge", "squash", "rebase"].iter().map(|n| ann.create(n, &[])).collect();
    for (name, id) in ["merge", "squash", "rebase"].iter().zip(&made) {
        branch(&ann, name, id);
        ann.git(&["switch", "--quiet", "main"]).ok();
    }
    let forge = remote.forge();
    forge.merge("main", "merge").unwrap();
    forge.squash("main", "squash").unwrap();
    forge.rebase("main", "rebase").unwrap();
    bob.git(&["pull", "--quiet"]).ok();
    let seen = records(&bob);
    for id in &made {
        assert_eq!(seen[id]["status"], "closed", "{id}");
    }
    let tip = remote.tip("beads");
    bob.bd(&["sync"]).ok();
    assert_ne!(remote.tip("beads"), tip, "bob publishes what came by pull request");
    // A revert takes the file away, and no fact.
    let ride = bob.git(&["log", "--format=%H", "--diff-filter=A", "-1", "--", ".beads/events"]).line();
    bob.git(&["revert", "--no-edit", &ride]).ok();
    bob.git(&["push", "--quiet", "origin", "main"]).ok();
    ann.bd(&["sync"]).ok();
    for clone in [&ann, &bob] {
        let seen = records(clone);
        assert!(made.iter().all(|id| seen[id]["status"] == "closed"), "{}", clone.actor());
    }
    let fresh = remote.clone_as("fresh");
    fresh.bd(&["sync"]).ok();
    assert_eq!(records(&fresh), records(&bob));
}

#[test]
fn ten_branches_with_rides_on_one_bead_never_conflict_and_rides_pack() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let id = ann.create("shared by all", &[]);
    ann.bd(&["sync"]).ok();
    for n in 0..10 {
        ann.git(&["switch", "--quiet", "--create", &format!("b{n}"), "origin/main"]).ok();
        ann.bd(&["comment", &id, &format!("from branch {n}")]).ok();
        ann.bd(&["ride", &id]).ok();
        ann.git(&["push", "--quiet", "origin", &format!("b{n}")]).ok();
    }
    let forge = remote.forge();
    for n in 0..10 {
        let name = format!("b{n}");
        match n % 3 {
            0 => forge.merge("main", &name).map(drop),
            1 => forge.squash("main", &name).map(drop),
            _ => forge.rebase("main", &name).map(drop),
        }
        .unwrap_or_else(|c| panic!("{name}: {c:?}"));
    }
    bob.git(&["pull", "--quiet"]).ok();
    let before = records(&bob);
    assert_eq!(before[&id]["comments"].as_array().map(Vec::len), Some(10));
    bob.bd(&["pack", "--rides"]).ok();
    assert_eq!(bob.git(&["ls-tree", "-r", "--name-only", "HEAD", ".beads/events"]).lines().len(), 1);
    assert_eq!(bob.git(&["status", "--porcelain"]).ok(), "");
    assert_eq!(records(&bob), before);
    bob.git(&["push", "--quiet", "origin", "main"]).ok();
    // A branch from before the packing still merges, and its rides are no second truth.
    ann.git(&["fetch", "--quiet", "origin"]).ok();
    ann.git(&["switch", "--quiet", "b3"]).ok();
    ann.bd(&["comment", &id, "later"]).ok();
    ann.bd(&["ride", &id]).ok();
    ann.git(&["push", "--quiet", "origin", "b3"]).ok();
    forge.merge("main", "b3").unwrap();
    bob.git(&["pull", "--quiet"]).ok();
    assert_eq!(records(&bob)[&id]["comments"].as_array().map(Vec::len), Some(11));
}

#[test]
fn a_ride_needs_a_place_to_stand_and_takes_the_users_signature_and_words() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    let id = ann.create("mine", &[]);
    ann.git(&["switch", "--quiet", "--detach"]).ok();
    ann.bd(&["ride", &id]).fails(2);
    ann.git(&["switch", "--quiet", "--create", "feature"]).ok();
    ann.commit_file("a.txt", "1\n");
    ann.git(&["switch", "--quiet", "--create", "other", "HEAD~1"]).ok();
    ann.commit_file("a.txt", "2\n");
    assert_ne!(ann.git(&["merge", "--quiet", "feature"]).code(), 0);
    let head = ann.rev("HEAD");
    ann.bd(&["ride", &id]).fails(6);
    assert_eq!(ann.rev("HEAD"), head);
    ann.git(&["merge", "--abort"]).ok();
    ann.git(&["config", "beads.ride.message", "chore(beads): {events} on {beads}"]).ok();
    ann.bd(&["ride", &id]).ok();
    assert_eq!(ann.git(&["log", "-1", "--format=%s"]).line(), format!("chore(beads): 1 event on {id}"));
    ann.bd(&["comment", &id, "more"]).ok();
    ann.bd(&["ride", &id, "--message", "My own words"]).ok();
    assert_eq!(ann.git(&["log", "-1", "--format=%s"]).line(), "My own words");
    assert_eq!(ann.git(&["log", "-1", "--format=%(trailers:key=Bead,valueonly)"]).ok().trim(), id);
    // A ride that cannot be signed is not made.
    ann.bd(&["comment", &id, "still more"]).ok();
    let head = ann.rev("HEAD");
    let refused = ann.cmd(&["ride", &id]).config("commit.gpgSign", "true").config("gpg.program", "false").run();
    assert_ne!(refused.code(), 0, "{refused}");
    assert_eq!((ann.rev("HEAD"), ann.git(&["status", "--porcelain"]).ok().to_owned()), (head, String::new()));
}

// goal: T19 tier1
#[test]
fn what_a_killed_ride_left_is_taken_away_by_the_next() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    for point in ["ride.file.after", "ride.index.before", "ride.index.after"] {
        ann.create(point, &[]);
        let died = ann.cmd(&["ride", "--all"]).fail_at(point).run();
        assert_eq!(died.code(), 128 + 6, "{point}: {died}");
        assert_ne!(ann.git(&["status", "--porcelain"]).ok(), "", "{point}: nothing was left, so nothing is tested");
        // One more event: the next ride is another file.
        ann.create("More", &[]);
        ann.bd(&["ride", "--all"]).ok();
        assert_eq!(ann.git(&["status", "--porcelain"]).ok(), "", "{point}: something is left behind");
    }
    // A file that a commit carries is nobody's leftover.
    ann.create("Kept", &[]);
    assert_eq!(ann.cmd(&["ride", "--all"]).fail_at("ride.index.after").run().code(), 128 + 6);
    ann.git(&["commit", "--quiet", "--message", "The user commits what is staged"]).ok();
    let files = ann.git(&["ls-files", ".beads/events"]).ok().to_owned();
    ann.create("The last", &[]);
    ann.bd(&["ride", "--all"]).ok();
    let after = ann.git(&["ls-files", ".beads/events"]).ok().to_owned();
    assert!(files.lines().all(|f| after.contains(f)), "{files}\n-- became --\n{after}");
}

// goal: P1 tier1
#[test]
fn a_rebuilt_state_ref_publishes_no_line_twice() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    ann.create("It rides and stays in ann's journal", &[]);
    ann.bd(&["ride", "--all"]).ok();
    ann.git(&["push", "--quiet", "origin", "main"]).ok();
    // Bob publishes it in a pack, before ann publishes it in her own file.
    bob.git(&["pull", "--quiet"]).ok();
    bob.bd(&["sync"]).ok();
    ann.git(&["fetch", "--quiet"]).ok();
    ann.git(&["update-ref", "-d", "refs/beads/state"]).ok();
    ann.bd(&["list"]).ok();
    ann.bd(&["sync"]).ok();
    let published = remote.git_cmd(&["grep", "-h", "--no-line-number", "It rides", "beads", "--", ".beads/events"]).run();
    assert_eq!(published.ok().lines().count(), 1, "stored more than once:\n{published}");
}

#[test]
fn a_ride_that_was_reverted_and_rides_again_can_be_reverted_once_more() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    ann.bd(&["init"]).ok();
    ann.git(&["switch", "--quiet", "--create", "work"]).ok();
    ann.create("The first of them", &["-d", "Some words.\n\nAnd more."]);
    ann.bd(&["ride", "--all"]).ok();
    let first = ann.rev("HEAD");
    let lines = |rev: &str| {
        let names = ann.git(&["ls-tree", "--name-only", rev, ".beads/events/"]).ok().to_owned();
        let text = |name: &str| ann.git(&["show", &format!("{rev}:{name}")]).ok().to_owned();
        names.lines().map(text).collect::<Vec<_>>().concat()
    };
    for turn in 1..4 {
        ann.git(&["revert", "--no-edit", "HEAD"]).ok();
        ann.create("One more", &["-d", "Some words.\n\nAnd more."]);
        ann.bd(&["ride", "--all"]).ok();
        let indented = lines("HEAD").lines().filter(|line| line.len() - line.trim_start_matches(' ').len() == turn).count();
        assert_eq!(indented, turn + 1, "{}", lines("HEAD"));
        // Once more: nothing to take away, and nothing in the way.
        let ride = ann.rev("HEAD");
        let again = ann.git(&["revert", "--no-edit", &first]);
        assert_eq!(ann.git(&["ls-files", "--unmerged"]).ok(), "", "turn {turn}: {again}");
        ann.git_cmd(&["reset", "--quiet", "--hard", &ride]).run().ok();
    }
    assert_eq!(ann.bd(&["list", "--json", "--limit", "0"]).json().as_array().map(Vec::len), Some(4));
    ann.bd(&["verify"]).ok();
    ann.bd(&["doctor"]).ok();
}

#[test]
fn two_branches_with_the_same_events_can_be_merged_and_one_of_them_reverted_twice() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    ann.bd(&["init"]).ok();
    let main = ann.git(&["branch", "--show-current"]).line();
    ann.git(&["switch", "--quiet", "--create", "a"]).ok();
    ann.create("The first of them", &["-d", "Some words."]);
    ann.bd(&["ride", "--all"]).ok();
    let first = ann.rev("HEAD");
    ann.git(&["switch", "--quiet", "--create", "b", &main]).ok();
    ann.create("One more", &["-d", "Some words."]);
    // A branch that names a blob hides no other one.
    let blob = ann.git(&["hash-object", "-w", ".beads/config.toml"]).line();
    std::fs::write(ann.common_dir().join("refs/heads/odd"), format!("{blob}\n")).expect("a ref");
    ann.bd(&["ride", "--all"]).ok();
    ann.git(&["switch", "--quiet", &main]).ok();
    for branch in ["a", "b"] {
        ann.git(&["merge", "--quiet", "--no-edit", branch]).ok();
    }
    ann.git(&["revert", "--no-edit", &first]).ok();
    let merged = ann.rev("HEAD");
    let again = ann.git(&["revert", "--no-edit", &first]);
    assert_eq!(ann.git(&["ls-files", "--unmerged"]).ok(), "", "{again}");
    assert_eq!((ann.rev("HEAD"), ann.git(&["status", "--porcelain"]).ok()), (merged, ""));
    assert_eq!(ann.bd(&["list", "--json", "--limit", "0"]).json().as_array().map(Vec::len), Some(2));
    ann.bd(&["doctor"]).ok();
}
