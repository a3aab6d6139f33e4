//! `git gc --prune=now` beside our commands: it takes what is not named yet for garbage.

use bd_tests::{Sandbox, Work};

/// How many collections the commands of one test meet.
const ROUNDS: usize = 10;

fn collect(work: &Work) -> bd_tests::Running {
    work.git_cmd(&["gc", "--quiet", "--prune=now"]).free_running().spawn()
}

/// Everything is there, for us and for git.
fn whole(work: &Work, titles: &[String]) {
    // What only the cache knows is not there.
    let _none_yet = std::fs::remove_dir_all(work.beads_dir().join("cache"));
    let list = work.bd(&["list", "--all", "--limit", "0", "--json"]).json();
    let mut have: Vec<&str> = list.as_array().expect("a list").iter().filter_map(|r| r["title"].as_str()).collect();
    let mut want: Vec<&str> = titles.iter().map(String::as_str).collect();
    have.sort_unstable();
    want.sort_unstable();
    assert_eq!(have, want);
    let fsck = work.git(&["fsck", "--no-dangling", "--no-progress"]);
    assert!(fsck.succeeded(), "{fsck}");
    assert!(!format!("{fsck}").contains("missing"), "{fsck}");
}

// goal: T24 tier0
#[test]
fn a_gc_beside_commands_loses_nothing_and_fails_nothing() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    ann.bd(&["init", "--prefix", "t", "--quiet"]).ok();
    let mut titles = Vec::new();
    for round in 0..ROUNDS {
        let mut gc = collect(&ann);
        for n in 0..50 {
            let title = format!("Bead {round}-{n}");
            ann.bd(&["create", &title]).ok();
            titles.push(title);
            if n % 3 == 0 {
                ann.bd(&["ready"]).ok();
            }
            if !gc.is_running() {
                break;
            }
        }
        let _not_ours_to_judge = gc.wait();
        ann.bd(&["list"]).ok();
    }
    whole(&ann, &titles);
}

// goal: T24 tier1
#[test]
fn a_gc_beside_sync_loses_nothing_and_fails_nothing() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    let mut titles = Vec::new();
    for round in 0..ROUNDS {
        let mut gc = collect(&ann);
        for n in 0..10 {
            let title = format!("Bead {round}-{n}");
            ann.bd(&["create", &title]).ok();
            titles.push(title);
            ann.bd(&["sync"]).ok();
            if !gc.is_running() {
                break;
            }
        }
        let _not_ours_to_judge = gc.wait();
        let title = format!("Bob's {round}");
        bob.bd(&["create", &title]).ok();
        bob.bd(&["sync"]).ok();
        titles.push(title);
    }
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    whole(&ann, &titles);
    whole(&bob, &titles);
}

// goal: T24 tier1
#[test]
fn what_a_gc_took_is_back_before_git_misses_it() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    ann.bd(&["init", "--prefix", "t", "--quiet"]).ok();
    // As if a gc were running that asked before this commit and removes after it.
    let pid = ann.common_dir().join("gc.pid");
    std::fs::write(&pid, "1 elsewhere").expect("git's folder can be written");
    ann.bd(&["create", "Taken"]).ok();
    let files = ann.git(&["ls-tree", "-r", "refs/beads/state"]).ok().to_owned();
    let blob = files.split_whitespace().nth(2).expect("a file of the state ref").to_owned();
    std::fs::remove_file(ann.common_dir().join("objects").join(&blob[..2]).join(&blob[2..])).expect("it is loose");
    std::fs::remove_file(&pid).expect("it is there");
    assert!(!ann.git(&["cat-file", "-e", &blob]).succeeded());
    ann.bd(&["list"]).ok();
    ann.git(&["cat-file", "-e", &blob]).ok();
    assert!(!ann.beads_dir().join("marks/collected").exists(), "looked at once");
    whole(&ann, &["Taken".to_owned()]);
}
