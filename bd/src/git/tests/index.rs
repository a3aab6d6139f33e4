//! The index: exactly our paths change, whatever else is in it and however it is stored.

use super::lab::{Flavour, Lab};
use crate::git::{Git, GitError};
use std::path::Path;

const OURS: &str = ".beads/events/x.jsonl";

/// Entries with all their stat data and flags, ours left out.
fn others(lab: &Lab, dir: &Path) -> String {
    let all = lab.git(dir, &["ls-files", "--stage", "--debug"]);
    let mut keep = true;
    all.lines()
        .filter(|line| {
            if !line.starts_with("  ") {
                keep = !line.contains(".beads/");
            }
            keep
        })
        .map(|line| format!("{line}\n"))
        .collect()
}

/// A tree with staged, unstaged, staged-and-edited, removed, added-in-intent and flagged files.
fn busy(lab: &Lab, dir: &Path) {
    for name in ["staged", "edited", "both", "gone", "assumed", "skipped"] {
        std::fs::write(dir.join(name), format!("{name} 1\n")).unwrap();
    }
    lab.git(dir, &["add", "."]);
    lab.git(dir, &["commit", "-q", "-m", "files"]);
    for name in ["staged", "both"] {
        std::fs::write(dir.join(name), format!("{name} 2\n")).unwrap();
    }
    lab.git(dir, &["add", "staged", "both"]);
    for name in ["both", "edited"] {
        std::fs::write(dir.join(name), format!("{name} 3\n")).unwrap();
    }
    lab.git(dir, &["rm", "-q", "gone"]);
    std::fs::write(dir.join("intent"), "later\n").unwrap();
    lab.git(dir, &["add", "-N", "intent"]);
    lab.git(dir, &["update-index", "--assume-unchanged", "assumed"]);
    lab.git(dir, &["update-index", "--skip-worktree", "skipped"]);
    std::fs::write(dir.join("untracked"), "u\n").unwrap();
}

fn put(git: &dyn Git, dir: &Path, text: &str) -> crate::git::Oid {
    std::fs::create_dir_all(dir.join(".beads/events")).unwrap();
    std::fs::write(dir.join(OURS), text).unwrap();
    git.write_blob(text.as_bytes()).unwrap()
}

#[test]
fn setting_and_removing_our_paths_leaves_the_rest_as_it_is() {
    Lab::each(|lab, dir, git, _| {
        busy(lab, dir);
        lab.git(dir, &["status"]);
        let before = others(lab, dir);
        let (status, staged, unstaged) =
            (["status", "--porcelain", "--", ":!.beads"], ["diff", "--cached", "--", ":!.beads"], ["diff", "--", ":!.beads"]);
        let seen = [lab.git(dir, &status), lab.git(dir, &staged), lab.git(dir, &unstaged)];
        let id = put(git, dir, "{}\n");
        assert!(!git.is_tracked(OURS).unwrap());
        git.index_set(&[(OURS.into(), Some(id))]).unwrap();
        assert!(git.is_tracked(OURS).unwrap());
        assert_eq!(git.tracked_below(".beads").unwrap(), [OURS]);
        assert_eq!(git.tracked_below(".beads/").unwrap(), [OURS]);
        assert!(git.tracked_below(".bead").unwrap().is_empty());
        assert_eq!(strip_stat(&others(lab, dir)), strip_stat(&before));
        assert_eq!([lab.git(dir, &status), lab.git(dir, &staged), lab.git(dir, &unstaged)], seen);
        assert_eq!(lab.git(dir, &["ls-files", "--stage", OURS]), format!("100644 {id} 0\t{OURS}"));
        // The stat data is there: plumbing that does not refresh sees no change.
        assert_eq!(lab.git(dir, &["diff-files", "--name-only", "--", ".beads"]), "");
        // The tree that the user would commit now has our file and theirs.
        let tree = lab.git(dir, &["write-tree"]);
        assert_eq!(
            lab.git(dir, &["ls-tree", "-r", "--name-only", &tree]),
            lab.git(dir, &["-c", "core.quotePath=false", "ls-files", "--", ":!intent"])
        );

        git.index_set(&[(OURS.into(), None), (".beads/never".into(), None)]).unwrap();
        assert!(!git.is_tracked(OURS).unwrap());
        assert!(dir.join(OURS).exists(), "the file itself is the caller's");
        assert_eq!(strip_stat(&others(lab, dir)), strip_stat(&before));
        assert_eq!([lab.git(dir, &status), lab.git(dir, &staged), lab.git(dir, &unstaged)], seen);
        assert!(!dir.join(".git/index.lock").exists());
        lab.git(dir, &["reset", "-q", "--hard"]);
    });
}

/// git may mark an entry for another look (size 0) when it writes the index; what it says of content and flags stays.
fn strip_stat(entries: &str) -> Vec<String> {
    entries
        .lines()
        .filter(|l| !l.starts_with("  ") || l.contains("flags"))
        .map(|l| l.rsplit("flags").next().unwrap().to_owned())
        .collect()
}

#[test]
fn split_sparse_and_new_formats_stay_what_they_are() {
    let kinds: [(&str, &[&[&str]]); 4] = [
        ("split", &[&["update-index", "--split-index"]]),
        ("version 4", &[&["update-index", "--index-version=4"]]),
        ("untracked cache", &[&["update-index", "--force-untracked-cache"]]),
        ("sparse", &[&["sparse-checkout", "set", "--sparse-index", "sub"]]),
    ];
    for (name, setup) in kinds {
        let lab = Lab::new();
        let dir = lab.repo("r", Flavour::Gix).unwrap();
        for folder in ["sub", "far/away"] {
            std::fs::create_dir_all(dir.join(folder)).unwrap();
            std::fs::write(dir.join(folder).join("f"), "f\n").unwrap();
        }
        lab.git(&dir, &["add", "."]);
        lab.git(&dir, &["commit", "-q", "-m", "folders"]);
        for args in setup {
            lab.git(&dir, args);
        }
        let shared = |dir: &Path| {
            std::fs::read_dir(dir.join(".git"))
                .unwrap()
                .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with("sharedindex"))
                .count()
        };
        let (kept, before) = (shared(&dir), lab.git(&dir, &["ls-files", "--stage"]));
        let git = lab.open(&dir, Flavour::Gix);
        let id = put(&*git, &dir, "{}\n");
        git.index_set(&[(OURS.into(), Some(id))]).unwrap();
        assert!(git.is_tracked(OURS).unwrap(), "{name}");
        assert!(git.is_tracked("far/away/f").unwrap(), "{name}");
        assert_eq!(git.tracked_below("far").unwrap(), ["far/away/f"], "{name}");
        assert_eq!(lab.git(&dir, &["ls-files", "--stage", "--", ":!.beads"]), before, "{name}");
        assert_eq!(lab.git(&dir, &["status", "--porcelain"]), format!("A  {OURS}"), "{name}");
        assert_eq!(shared(&dir) > 0, kept > 0, "{name}");
        let raw = std::fs::read(dir.join(".git/index")).unwrap();
        let has = |mark: &[u8]| raw.windows(4).any(|w| w == mark);
        match name {
            "split" => assert!(has(b"link")),
            "version 4" => assert_eq!(raw[7], 4),
            "untracked cache" => assert!(has(b"UNTR")),
            _ => assert!(has(b"sdir")),
        }
        git.index_set(&[(OURS.into(), None)]).unwrap();
        assert!(!git.is_tracked(OURS).unwrap(), "{name}");
        assert_eq!(lab.git(&dir, &["ls-files", "--stage"]), before, "{name}");
    }
}

#[test]
fn an_edit_in_the_same_second_stays_visible() {
    Lab::each(|lab, dir, git, _| {
        for i in 0..5 {
            std::fs::write(dir.join("code.txt"), format!("a{i}\n")).unwrap();
            lab.git(dir, &["add", "code.txt"]);
            std::fs::write(dir.join("code.txt"), format!("b{i}\n")).unwrap();
            let id = put(git, dir, &format!("{i}\n"));
            git.index_set(&[(OURS.into(), Some(id))]).unwrap();
            assert!(lab.git(dir, &["diff", "--", "code.txt"]).contains(&format!("+b{i}")), "round {i}");
        }
    });
}

#[test]
fn a_held_lock_a_file_in_the_way_and_a_path_outside_change_nothing() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let git = lab.open(&dir, Flavour::Gix);
    let id = git.write_blob(b"x").unwrap();
    std::fs::create_dir(dir.join("folder")).unwrap();
    std::fs::write(dir.join("folder/f"), "f").unwrap();
    lab.git(&dir, &["add", "."]);
    let before = std::fs::read(dir.join(".git/index")).unwrap();
    std::fs::write(dir.join(".git/index.lock"), "").unwrap();
    assert!(matches!(git.index_set(&[(OURS.into(), Some(id))]), Err(GitError::Locked(_))));
    assert!(dir.join(".git/index.lock").exists());
    std::fs::remove_file(dir.join(".git/index.lock")).unwrap();
    for path in ["../x", "/etc/x", ".git/hooks/x", "a/.GIT/x", "", "a//b", "./a", "code.txt/below", "folder"] {
        assert!(git.index_set(&[(path.into(), Some(id))]).is_err(), "{path}");
    }
    assert_eq!(std::fs::read(dir.join(".git/index")).unwrap(), before);
    git.index_set(&[]).unwrap();
}

#[test]
fn each_worktree_has_its_own_index() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let linked = lab.path("linked");
    lab.git(&dir, &["worktree", "add", "-q", linked.to_str().unwrap()]);
    let inside = linked.join("deep");
    std::fs::create_dir(&inside).unwrap();
    let git = lab.open(&inside, Flavour::Gix);
    let id = put(&*git, &linked, "{}\n");
    git.index_set(&[(OURS.into(), Some(id))]).unwrap();
    assert_eq!(lab.git(&linked, &["status", "--porcelain"]), format!("A  {OURS}"));
    assert_eq!(lab.git(&dir, &["status", "--porcelain"]), "");
}
