//! Refs: compare-and-swap, locks, HEAD, symbolic refs, packed refs, linked worktrees.

use super::lab::{ALL, Flavour, Lab, commit, oid, state};
use crate::git::{Cas, Expected, GitError, Head};
use std::path::Path;

const STATE: &str = "refs/beads/state";

#[test]
fn a_swap_happens_only_from_what_was_seen() {
    Lab::each(|lab, dir, git, _| {
        let head = oid(&lab.git(dir, &["rev-parse", "HEAD"]));
        assert_eq!(git.tip(STATE).unwrap(), None);
        let a = commit(git, &[], "a", "a");
        let b = commit(git, &[a], "a", "b");
        let seen = |id| Expected::Is(id);
        assert_eq!(git.update_ref(STATE, seen(a), Some(b), "x").unwrap(), Cas::Moved(None));
        assert_eq!(git.tip(STATE).unwrap(), None, "a lost swap makes nothing");
        assert_eq!(git.update_ref(STATE, Expected::Missing, Some(a), "x").unwrap(), Cas::Done);
        assert_eq!(git.update_ref(STATE, Expected::Missing, Some(b), "x").unwrap(), Cas::Moved(Some(a)));
        assert_eq!(git.update_ref(STATE, Expected::Missing, Some(a), "x").unwrap(), Cas::Moved(Some(a)));
        assert_eq!(git.update_ref(STATE, seen(b), Some(b), "x").unwrap(), Cas::Moved(Some(a)));
        assert_eq!(git.tip(STATE).unwrap(), Some(a));
        assert_eq!(git.update_ref(STATE, seen(a), Some(b), "x").unwrap(), Cas::Done);
        assert_eq!(lab.git(dir, &["rev-parse", STATE]), b.to_string());
        // The same through packed-refs, where no loose file is left.
        lab.git(dir, &["pack-refs", "--all"]);
        assert_eq!(git.tip(STATE).unwrap(), Some(b));
        assert_eq!(git.update_ref(STATE, Expected::Missing, Some(a), "x").unwrap(), Cas::Moved(Some(b)));
        assert_eq!(git.update_ref(STATE, seen(b), Some(a), "x").unwrap(), Cas::Done);
        assert_eq!(lab.git(dir, &["rev-parse", STATE]), a.to_string());
        // Deleting, with both a loose and a packed copy.
        assert_eq!(git.update_ref(STATE, seen(b), None, "x").unwrap(), Cas::Moved(Some(a)));
        assert_eq!(git.update_ref(STATE, seen(a), None, "x").unwrap(), Cas::Done);
        assert_eq!(git.tip(STATE).unwrap(), None);
        assert_eq!(git.update_ref(STATE, Expected::Missing, None, "x").unwrap(), Cas::Done);
        // HEAD, the branch and the index are where they were.
        assert_eq!(git.head().unwrap(), Head::Branch("refs/heads/main".into(), head));
        assert_eq!(lab.git(dir, &["status", "--porcelain"]), "");
    });
}

#[test]
fn a_branch_moves_with_its_reflog_and_the_state_ref_has_none() {
    Lab::each(|lab, dir, git, flavour| {
        let head = git.tip("refs/heads/main").unwrap().unwrap();
        let next = commit(git, &[head], "a", "a");
        assert_eq!(git.update_ref("refs/heads/main", Expected::Is(head), Some(next), "bd: ride").unwrap(), Cas::Done);
        assert!(lab.git(dir, &["reflog", "show", "refs/heads/main"]).contains("bd: ride"));
        assert!(lab.git(dir, &["reflog", "show", "HEAD"]).contains("bd: ride"));
        state(git, STATE);
        if flavour != Flavour::Reftable {
            assert!(!dir.join(".git/logs").join(STATE).exists());
            lab.git(dir, &["config", "core.logAllRefUpdates", "always"]);
            let git = lab.open(dir, flavour);
            state(&*git, "refs/beads/other");
            assert!(dir.join(".git/logs/refs/beads/other").exists());
        }
    });
}

#[test]
fn a_held_lock_is_waited_for_and_then_told() {
    let one = |flavour| {
        let lab = Lab::new();
        let Some(dir) = lab.repo("r", flavour) else { return };
        let git = lab.open(&dir, flavour);
        let a = state(&*git, STATE);
        let b = commit(&*git, &[a], "a", "b");
        let file = if flavour == Flavour::Reftable { ".git/reftable/tables.list.lock" } else { ".git/refs/beads/state.lock" };
        let lock = dir.join(file);
        std::fs::write(&lock, "").unwrap();
        let held = git.update_ref(STATE, Expected::Is(a), Some(b), "x");
        assert!(matches!(held, Err(GitError::Locked(_))), "{flavour:?}: {held:?}");
        assert_eq!(git.tip(STATE).unwrap(), Some(a), "nothing was changed");
        assert!(lock.exists(), "the lock of another is not ours to remove");
        // A lock that goes away while we wait is no error.
        let waiting = std::thread::scope(|scope| {
            let swap = scope.spawn(|| git.update_ref(STATE, Expected::Is(a), Some(b), "x"));
            std::fs::remove_file(&lock).unwrap();
            swap.join().unwrap()
        });
        assert_eq!(waiting.unwrap(), Cas::Done);
        if flavour == Flavour::Reftable {
            return;
        }
        // packed-refs.lock stops only deletions: a user's `git gc` and our commits leave each other alone.
        lab.git(&dir, &["pack-refs", "--all"]);
        std::fs::write(dir.join(".git/packed-refs.lock"), "").unwrap();
        assert_eq!(git.update_ref(STATE, Expected::Is(b), Some(a), "x").unwrap(), Cas::Done);
        assert!(matches!(git.update_ref(STATE, Expected::Is(a), None, "x"), Err(GitError::Locked(_))));
        assert_eq!(git.tip(STATE).unwrap(), Some(a));
        std::fs::remove_file(dir.join(".git/packed-refs.lock")).unwrap();
    };
    let one = &one;
    std::thread::scope(|scope| ALL.map(|flavour| scope.spawn(move || one(flavour))).map(|t| t.join().unwrap()));
}

#[test]
fn many_writers_lose_nothing() {
    for flavour in [Flavour::Gix, Flavour::Cli] {
        let lab = Lab::new();
        let dir = lab.repo("r", flavour).unwrap();
        let git = lab.open(&dir, flavour);
        let first = state(&*git, STATE);
        let (threads, each) = (4, if flavour == Flavour::Gix { 25 } else { 5 });
        std::thread::scope(|scope| {
            for t in 0..threads {
                let (git, dir, lab) = (&*git, &dir, &lab);
                scope.spawn(move || {
                    for i in 0..each {
                        loop {
                            let tip = git.tip(STATE).unwrap().unwrap();
                            let next = commit(git, &[tip], "a", &format!("{t} {i}"));
                            if git.update_ref(STATE, Expected::Is(tip), Some(next), "x").unwrap() == Cas::Done {
                                break;
                            }
                        }
                        // Packing removes the folders that it empties, while others put their locks there.
                        if t == 0 && i % 3 == 0 {
                            lab.git(dir, &["pack-refs", "--all"]);
                            lab.git(dir, &["prune-packed", "-q"]);
                        }
                    }
                });
            }
        });
        let tip = git.tip(STATE).unwrap().unwrap();
        assert_eq!(git.commits_between(tip, Some(first), 1000).unwrap().len(), threads * each);
    }
}

#[test]
fn heads_symbolic_refs_and_lists() {
    Lab::each(|lab, dir, git, _| {
        let head = git.tip("HEAD").unwrap().unwrap();
        assert_eq!(git.head().unwrap(), Head::Branch("refs/heads/main".into(), head));
        lab.git(dir, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
        lab.git(dir, &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
        assert_eq!(git.symbolic("refs/remotes/origin/HEAD").unwrap().as_deref(), Some("refs/remotes/origin/main"));
        assert_eq!(git.symbolic("refs/heads/main").unwrap(), None);
        assert_eq!(git.symbolic("refs/heads/none").unwrap(), None);
        assert_eq!(git.tip("refs/remotes/origin/HEAD").unwrap(), Some(head));
        lab.git(dir, &["symbolic-ref", "refs/remotes/broken/HEAD", "refs/remotes/broken/none"]);
        assert_eq!(git.tip("refs/remotes/broken/HEAD").unwrap(), None);
        assert_eq!(git.refs("refs/remotes/").unwrap().len(), 2, "a symbolic ref to nothing is not a ref");
        lab.git(dir, &["symbolic-ref", "--delete", "refs/remotes/broken/HEAD"]);
        lab.git(dir, &["tag", "-a", "-m", "t", "v1"]);
        lab.git(dir, &["pack-refs", "--all"]);
        lab.git(dir, &["branch", "other"]);
        let names = |prefix: &str| git.refs(prefix).unwrap().into_iter().map(|(n, _)| n).collect::<Vec<_>>();
        assert_eq!(names("refs/heads/"), ["refs/heads/main", "refs/heads/other"]);
        assert_eq!(names("refs/remotes/"), ["refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
        assert!(names("refs/none/").is_empty());
        let tag = git.tip("refs/tags/v1").unwrap().unwrap();
        assert_ne!(tag, head, "a tag is not peeled by tip");
        assert_eq!(git.resolve("refs/tags/v1").unwrap(), Some(head), "and it is by resolve");
        // Short names are never guessed: `main` is no full name, and `refs/main` is not `refs/heads/main`.
        assert_eq!(git.tip("refs/main").unwrap(), None);
        for bad in ["refs/../x", "refs/heads/a..b", "refs/heads/x.lock", "refs/heads/ a", "refs/heads/"] {
            assert!(git.tip(bad).is_err() || git.tip(bad).unwrap().is_none(), "{bad}");
            assert!(git.update_ref(bad, Expected::Missing, Some(head), "x").is_err(), "{bad}");
        }
        lab.git(dir, &["checkout", "-q", "--detach"]);
        assert_eq!(git.head().unwrap(), Head::Detached(head));
        lab.git(dir, &["symbolic-ref", "HEAD", "refs/heads/new/born"]);
        assert_eq!(git.head().unwrap(), Head::Unborn("refs/heads/new/born".into()));
        lab.git(dir, &["checkout", "-q", "main"]);
    });
}

#[test]
fn an_empty_folder_in_the_way_is_removed_and_a_ref_in_the_way_is_told() {
    for flavour in [Flavour::Gix, Flavour::Cli] {
        let lab = Lab::new();
        let dir = lab.repo("r", flavour).unwrap();
        let git = lab.open(&dir, flavour);
        std::fs::create_dir_all(dir.join(".git/refs/beads/state/empty")).unwrap();
        let a = state(&*git, STATE);
        assert_eq!(git.tip(STATE).unwrap(), Some(a));
        assert!(git.update_ref("refs/beads/state/below", Expected::Missing, Some(a), "x").is_err());
        assert_eq!(git.tip(STATE).unwrap(), Some(a));
        assert_eq!(git.tip("refs/beads/state/below").unwrap(), None);
    }
}

#[test]
fn worktrees_share_the_state_ref_and_not_their_heads() {
    Lab::each(|lab, dir, git, flavour| {
        let a = state(git, STATE);
        let linked = lab.path("linked");
        lab.git(dir, &["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
        let deep = linked.join("x/y");
        std::fs::create_dir_all(&deep).unwrap();
        let other = lab.open(&deep, flavour);
        assert_eq!(other.paths().work_dir.as_deref(), Some(&*linked));
        assert_eq!(other.paths().common_dir, dir.join(".git"));
        assert_ne!(other.paths().git_dir, other.paths().common_dir);
        assert_eq!(other.paths().beads_dir(), git.paths().beads_dir());
        assert_eq!(other.tip(STATE).unwrap(), Some(a));
        assert!(matches!(other.head().unwrap(), Head::Branch(name, _) if name == "refs/heads/side"));
        let b = commit(&*other, &[a], "a", "b");
        assert_eq!(other.update_ref(STATE, Expected::Is(a), Some(b), "x").unwrap(), Cas::Done);
        assert_eq!(git.tip(STATE).unwrap(), Some(b));
        assert_eq!(lab.git(&linked, &["status", "--porcelain"]), "");
        assert!(matches!(git.head().unwrap(), Head::Branch(name, _) if name == "refs/heads/main"));
    });
}

#[test]
fn a_damaged_ref_file_is_told_and_not_taken_for_absent() {
    for flavour in [Flavour::Gix, Flavour::Cli] {
        let lab = Lab::new();
        let dir = lab.repo("r", flavour).unwrap();
        let git = lab.open(&dir, flavour);
        let a = state(&*git, STATE);
        std::fs::write(dir.join(".git/refs/beads/state"), "").unwrap();
        assert!(git.tip(STATE).is_err(), "{flavour:?}");
        assert!(git.update_ref(STATE, Expected::Missing, Some(a), "x").is_err());
        assert_eq!(std::fs::read(dir.join(".git/refs/beads/state")).unwrap(), b"");
    }
}

#[test]
fn a_tip_is_read_without_starting_git_or_opening_the_object_store() {
    let mut lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let a = state(&*lab.open(&dir, Flavour::Gix), STATE);
    lab.vars.insert("PATH".into(), Path::new("/nonexistent").display().to_string());
    std::fs::rename(dir.join(".git/objects"), dir.join(".git/hidden")).unwrap();
    std::fs::create_dir(dir.join(".git/objects")).unwrap();
    let git = lab.open(&dir, Flavour::Gix);
    assert_eq!(git.tip(STATE).unwrap(), Some(a));
    assert_eq!(git.config("user.name").as_deref(), Some("Ann"));
    assert!(matches!(git.merge_base(a, a), Err(GitError::NoGit)));
    assert!(git.commit_tree(a).is_err());
}

#[test]
fn packed_refs_of_the_same_size_and_time_are_seen_to_be_others() {
    let lab = Lab::new();
    let dir = lab.repo("same", Flavour::Gix).unwrap();
    let git = lab.open(&dir, Flavour::Gix);
    let (a, b) = (commit(&*git, &[], "a", "a"), commit(&*git, &[], "b", "b"));
    let file = dir.join(".git/packed-refs");
    let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    for in_place in [true, false] {
        for id in [a, b, a, b] {
            let text = format!("# pack-refs with: peeled fully-peeled sorted \n{id} {STATE}\n");
            let target = if in_place { file.clone() } else { dir.join(".git/packed-refs.new") };
            std::fs::write(&target, text).unwrap();
            std::fs::File::options().write(true).open(&target).unwrap().set_modified(then).unwrap();
            if !in_place {
                std::fs::rename(&target, &file).unwrap();
            }
            assert_eq!(git.tip(STATE).unwrap(), Some(id), "in place: {in_place}");
            assert_eq!(git.tip(STATE).unwrap(), Some(id));
        }
    }
}
