//! Revisions, walks, and what is under way in the working tree.

use super::lab::{Flavour, Lab, commit, oid};
use crate::git::{Expected, Git};
use std::path::Path;

#[test]
fn revisions_are_those_of_rev_parse() {
    Lab::each(|lab, dir, git, _| {
        std::fs::write(dir.join("code.txt"), "two\n").unwrap();
        lab.git(dir, &["commit", "-q", "-am", "second"]);
        lab.git(dir, &["tag", "-a", "-m", "t", "v1"]);
        lab.git(dir, &["tag", "-a", "-m", "nested", "v2", "v1"]);
        let head = lab.git(dir, &["rev-parse", "HEAD"]);
        for rev in
            ["HEAD", "HEAD~1", "main", "v1", "v2", "refs/tags/v2", "refs/heads/main", "main^{commit}", &head, &head[..10], "@"]
        {
            let expected = lab.git(dir, &["rev-parse", "--verify", &format!("{rev}^{{commit}}")]);
            assert_eq!(git.resolve(rev).unwrap(), Some(oid(&expected)), "{rev}");
        }
        for rev in
            ["", "none", "HEAD~9", "main..HEAD", "--all", "-h", "HEAD:code.txt", "refs/heads/none", "a b", &"0".repeat(head.len())]
        {
            assert_eq!(git.resolve(rev).unwrap(), None, "{rev}");
        }
    });
}

#[test]
fn walks_and_bases() {
    Lab::each(|lab, dir, git, _| {
        let root = git.resolve("main").unwrap().unwrap();
        let left: Vec<_> = chain(git, root, "left", 3);
        let right: Vec<_> = chain(git, root, "right", 2);
        let alone = commit(git, &[], "alone", "alone");
        assert_eq!(git.merge_base(left[2], right[1]).unwrap(), Some(root));
        assert_eq!(git.merge_base(left[2], left[0]).unwrap(), Some(left[0]));
        assert_eq!(git.merge_base(left[2], alone).unwrap(), None);
        assert_eq!(git.commits_between(left[2], Some(right[1]), 10).unwrap(), [left[2], left[1], left[0]]);
        assert_eq!(git.commits_between(left[2], None, 2).unwrap(), [left[2], left[1]]);
        assert_eq!(git.commits_between(root, Some(left[2]), 10).unwrap(), []);
        let gone = oid(&"5".repeat(root.to_string().len()));
        assert!(git.merge_base(root, gone).is_err());
        assert!(git.commits_between(gone, None, 1).is_err());
        lab.git(dir, &["update-ref", "refs/keep/left", &left[2].to_string()]);
    });
}

fn chain(git: &dyn Git, from: crate::git::Oid, name: &str, n: usize) -> Vec<crate::git::Oid> {
    let mut all = Vec::new();
    let mut tip = from;
    for i in 0..n {
        let mut spec = super::lab::spec(git.commit_tree(tip).unwrap(), &[tip], &format!("{name} {i}\n"));
        spec.committer.seconds += 60 * i64::try_from(i).unwrap();
        tip = git.write_commit(&spec).unwrap();
        all.push(tip);
    }
    all
}

#[test]
fn a_shallow_clone_walks_to_its_edge() {
    for flavour in super::lab::ALL {
        let lab = Lab::new();
        let Some(dir) = lab.repo("r", flavour) else { continue };
        for i in 0..4 {
            lab.git(&dir, &["commit", "-q", "--allow-empty", "-m", &format!("c{i}")]);
        }
        let clone = lab.path("clone");
        let mut args = vec!["clone", "-q", "--depth=2"];
        args.extend((flavour == Flavour::Reftable).then_some("--ref-format=reftable"));
        let url = format!("file://{}", dir.display());
        args.extend([url.as_str(), clone.to_str().unwrap()]);
        lab.git(lab.root.path(), &args);
        let git = lab.open(&clone, flavour);
        let head = git.resolve("HEAD").unwrap().unwrap();
        assert_eq!(git.commits_between(head, None, 10).unwrap().len(), 2);
        let next = commit(&*git, &[head], "a", "a");
        assert_eq!(git.update_ref("refs/beads/state", Expected::Missing, Some(next), "x").unwrap(), crate::git::Cas::Done);
    }
}

#[test]
fn operations_under_way_are_named() {
    Lab::each(|lab, dir, git, _| {
        assert_eq!(git.operation(), None);
        let put = |text: &str| {
            std::fs::write(dir.join("code.txt"), text).unwrap();
            lab.git(dir, &["commit", "-q", "-am", text]);
        };
        put("base");
        lab.git(dir, &["branch", "side"]);
        put("main 1");
        put("main 2");
        lab.git(dir, &["checkout", "-q", "side"]);
        put("side 1");
        let fails = |args: &[&str]| assert!(!lab.try_git(dir, args).status.success(), "{args:?}");
        fails(&["merge", "-q", "main"]);
        assert_eq!(git.operation(), Some("merge"));
        lab.git(dir, &["merge", "--abort"]);
        fails(&["cherry-pick", "main"]);
        assert_eq!(git.operation(), Some("cherry-pick"));
        lab.git(dir, &["cherry-pick", "--abort"]);
        fails(&["cherry-pick", "main~1", "main"]);
        // The user resolved and committed: no CHERRY_PICK_HEAD, but a pick is still to come.
        lab.git(dir, &["commit", "-q", "-am", "resolved"]);
        assert_eq!(git.operation(), Some("cherry-pick"));
        lab.git(dir, &["cherry-pick", "--quit"]);
        fails(&["revert", "--no-edit", "main"]);
        assert_eq!(git.operation(), Some("revert"));
        lab.git(dir, &["revert", "--abort"]);
        fails(&["rebase", "-q", "main"]);
        assert_eq!(git.operation(), Some("rebase"));
        lab.git(dir, &["rebase", "--abort"]);
        lab.git(dir, &["format-patch", "-q", "-1", "-o", "../patches", "main"]);
        let patch = std::fs::read_dir(lab.path("patches")).unwrap().next().unwrap().unwrap().path();
        fails(&["am", "-q", patch.to_str().unwrap()]);
        assert_eq!(git.operation(), Some("am"));
        lab.git(dir, &["am", "--abort"]);
        lab.git(dir, &["bisect", "start"]);
        assert_eq!(git.operation(), Some("bisect"));
        lab.git(dir, &["bisect", "reset"]);
        assert_eq!(git.operation(), None);
    });
}

#[test]
fn an_unborn_branch_has_no_commit_to_look_at() {
    for flavour in [Flavour::Gix, Flavour::Cli] {
        let lab = Lab::new();
        let dir = lab.path("empty");
        std::fs::create_dir(&dir).unwrap();
        lab.git(&dir, &["init", "-q"]);
        let git = lab.open(&dir, flavour);
        assert_eq!(git.resolve("HEAD").unwrap(), None);
        assert!(!git.is_tracked("x").unwrap());
        assert_eq!(git.tracked_below("").unwrap(), Vec::<String>::new());
        let id = super::lab::state(&*git, "refs/beads/state");
        assert_eq!(git.tip("refs/beads/state").unwrap(), Some(id));
        assert!(!Path::new(&dir.join(".git/index")).exists(), "looking does not make an index");
    }
}
