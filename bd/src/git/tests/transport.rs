//! Network over local remotes: leases, refusals, what must not be touched, and secrets.

use super::lab::{ALL, Flavour, Lab, commit, oid, state};
use crate::git::{FetchOutcome, Git, GitError, Oid, PushOutcome};
use std::path::{Path, PathBuf};

const STATE: &str = "refs/beads/state";
const BRANCH: &str = "refs/heads/beads";

/// A bare remote and a clone of it.
fn pair(lab: &Lab, flavour: Flavour) -> Option<(PathBuf, PathBuf)> {
    let seed = lab.repo("seed", flavour)?;
    let bare = lab.path("bare.git");
    let format = (flavour == Flavour::Reftable).then_some("--ref-format=reftable");
    let clone = |extra: Option<&str>, from: &Path, to: &Path| {
        let mut args = vec!["clone", "-q"];
        args.extend(format);
        args.extend(extra);
        args.extend([from.to_str().unwrap(), to.to_str().unwrap()]);
        lab.git(lab.root.path(), &args);
    };
    clone(Some("--bare"), &seed, &bare);
    let dir = lab.path("clone");
    clone(None, &bare, &dir);
    Some((bare, dir))
}

fn each(test: impl Fn(&Lab, &Path, &Path, &dyn Git)) {
    for flavour in ALL {
        let lab = Lab::new();
        if let Some((bare, dir)) = pair(&lab, flavour) {
            test(&lab, &bare, &dir, &*lab.open(&dir, flavour));
            lab.fsck(&bare);
            lab.fsck(&dir);
        }
    }
}

fn remote_tip(git: &dyn Git) -> Option<Oid> {
    git.ls_remote("origin", &[BRANCH]).unwrap().into_iter().find(|(name, _)| name == BRANCH).map(|(_, id)| id)
}

#[test]
fn a_push_takes_place_only_on_its_lease() {
    each(|lab, bare, dir, git| {
        let a = state(git, STATE);
        let b = commit(git, &[a], "a", "b");
        let other = commit(git, &[a], "a", "other");
        assert_eq!(remote_tip(git), None);
        assert!(matches!(git.push("origin", b, BRANCH, Some(a)).unwrap(), PushOutcome::Refused(_)), "it does not exist");
        assert_eq!(git.push("origin", a, BRANCH, None).unwrap(), PushOutcome::Done);
        assert_eq!(remote_tip(git), Some(a));
        assert!(matches!(git.push("origin", b, BRANCH, None).unwrap(), PushOutcome::Refused(_)), "it exists");
        assert_eq!(git.push("origin", b, BRANCH, Some(a)).unwrap(), PushOutcome::Done);
        let lost = git.push("origin", other, BRANCH, Some(a)).unwrap();
        assert!(matches!(&lost, PushOutcome::Refused(why) if why.contains("stale")), "{lost:?}");
        assert_eq!(remote_tip(git), Some(b), "a lost race changes nothing");
        assert_eq!(lab.git(bare, &["rev-parse", BRANCH]), b.to_string());
        // Nothing else went there, and no tag.
        assert_eq!(lab.git(bare, &["for-each-ref", "--format=%(refname)"]), format!("{BRANCH}\nrefs/heads/main"));
        assert!(!dir.join(".git/FETCH_HEAD").exists());
    });
}

#[test]
fn hooks_of_the_user_do_not_run_and_those_of_the_remote_are_heard() {
    use std::os::unix::fs::PermissionsExt;
    each(|lab, bare, dir, git| {
        let hook = |folder: &Path, name: &str, body: &str| {
            std::fs::create_dir_all(folder).unwrap();
            let path = folder.join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        let mark = lab.path("hook-ran");
        for name in ["pre-push", "reference-transaction", "post-index-change"] {
            hook(&dir.join(".git/hooks"), name, &format!("touch {}; exit 1", mark.display()));
        }
        let a = state(git, STATE);
        assert_eq!(git.push("origin", a, BRANCH, None).unwrap(), PushOutcome::Done);
        assert_eq!(git.fetch("origin", &[format!("+{BRANCH}:refs/beads/seen")]).unwrap(), FetchOutcome::Done);
        assert!(!mark.exists());
        hook(&bare.join("hooks"), "pre-receive", "echo 'policy: no https://u:s3cret@h/x' >&2; exit 1");
        let b = commit(git, &[a], "a", "b");
        match git.push("origin", b, BRANCH, Some(a)).unwrap() {
            PushOutcome::Refused(why) => assert!(why.contains("policy: no") && !why.contains("s3cret"), "{why}"),
            PushOutcome::Done => panic!("the remote refused"),
        }
        assert_eq!(remote_tip(git), Some(a));
    });
}

#[test]
fn a_fetch_brings_what_was_asked_for_and_nothing_else() {
    each(|lab, bare, dir, git| {
        let a = state(git, STATE);
        git.push("origin", a, BRANCH, None).unwrap();
        let seed = lab.path("seed");
        lab.git(&seed, &["commit", "-q", "--allow-empty", "-m", "more code"]);
        lab.git(&seed, &["tag", "v9"]);
        lab.git(&seed, &["push", "-q", bare.to_str().unwrap(), "main", "v9"]);
        lab.git(dir, &["update-ref", "refs/remotes/origin/stale", "HEAD"]);
        for (key, value) in [("fetch.prune", "true"), ("remote.origin.tagOpt", "--tags"), ("fetch.writeCommitGraph", "true")] {
            lab.git(dir, &["config", key, value]);
        }
        let main = git.tip("refs/remotes/origin/main").unwrap();
        let spec = |from: &str, to: &str| format!("+{from}:{to}");
        let fetched = git
            .fetch("origin", &[spec(BRANCH, "refs/remotes/origin/beads"), spec("refs/heads/none", "refs/remotes/origin/none")])
            .unwrap();
        assert_eq!(fetched, FetchOutcome::Done, "one of the two is there");
        assert_eq!(git.tip("refs/remotes/origin/beads").unwrap(), Some(a));
        assert_eq!(git.tip("refs/remotes/origin/none").unwrap(), None);
        assert_eq!(git.fetch("origin", &[spec("refs/heads/none", "refs/remotes/origin/none")]).unwrap(), FetchOutcome::NoSuchRef);
        assert_eq!(git.tip("refs/remotes/origin/main").unwrap(), main, "code branches are the user's to fetch");
        assert!(git.tip("refs/remotes/origin/stale").unwrap().is_some(), "nothing is pruned");
        assert_eq!(git.tip("refs/tags/v9").unwrap(), None);
        assert!(!dir.join(".git/FETCH_HEAD").exists());
        assert_eq!(lab.git(dir, &["status", "--porcelain"]), "");
        // A branch that was there and is gone is not pruned from what we know.
        lab.git(bare, &["update-ref", "-d", BRANCH]);
        assert_eq!(git.fetch("origin", &[spec(BRANCH, "refs/remotes/origin/beads")]).unwrap(), FetchOutcome::NoSuchRef);
        assert_eq!(git.tip("refs/remotes/origin/beads").unwrap(), Some(a));
    });
}

#[test]
fn ls_remote_names_refs_without_peeling() {
    each(|lab, bare, _, git| {
        lab.git(bare, &["tag", "-a", "-m", "t", "v1", "main"]);
        let main = oid(&lab.git(bare, &["rev-parse", "main"]));
        let tag = oid(&lab.git(bare, &["rev-parse", "v1"]));
        assert_eq!(git.ls_remote("origin", &["refs/heads/*"]).unwrap(), [("refs/heads/main".to_owned(), main)]);
        assert_eq!(git.ls_remote("origin", &["refs/tags/*"]).unwrap(), [("refs/tags/v1".to_owned(), tag)]);
        assert_eq!(git.ls_remote("origin", &[BRANCH]).unwrap(), []);
        let all: Vec<_> = git.ls_remote("origin", &[]).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(all, ["HEAD", "refs/heads/main", "refs/tags/v1"]);
    });
}

#[test]
fn secrets_in_a_url_are_in_no_error() {
    let lab = Lab::new();
    let (_, dir) = pair(&lab, Flavour::Gix).unwrap();
    let git = lab.open(&dir, Flavour::Gix);
    let a = state(&*git, STATE);
    // Nobody listens on port 1 of this machine.
    for url in [
        "http://ann:s3cret@127.0.0.1:1/r.git",
        "http://s3cret@127.0.0.1:1/r.git",
        "ssh://ann:s3cret@127.0.0.1:1/r.git",
        "file:///nowhere/s@x",
    ] {
        lab.git(&dir, &["remote", "set-url", "origin", url]);
        for error in [
            git.ls_remote("origin", &[]).err().unwrap(),
            git.fetch("origin", &["refs/heads/x:refs/heads/y".to_owned()]).err().unwrap(),
            git.push("origin", a, BRANCH, None).err().unwrap(),
        ] {
            assert!(matches!(&error, GitError::Remote { .. }), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        }
    }
    // The URL itself in place of a name, and in a command of ours.
    let error = git.run(&["ls-remote", "http://ann:s3cret@127.0.0.1:1/r.git"]).err().unwrap();
    assert!(!format!("{error:?}").contains("s3cret"));
    for bad in ["", "-x", "--upload-pack=touch /tmp/x", "ext::sh -c true", "a\nb"] {
        assert!(matches!(git.ls_remote(bad, &[]), Err(GitError::Other(_))), "{bad}");
        assert!(git.push(bad, a, BRANCH, None).is_err(), "{bad}");
        assert!(git.fetch(bad, &["a:b".to_owned()]).is_err(), "{bad}");
    }
    assert_eq!(git.tip("refs/heads/y").unwrap(), None);
}

#[test]
fn a_partial_clone_pushes_and_packs_what_it_made() {
    let lab = Lab::new();
    let (bare, _) = pair(&lab, Flavour::Gix).unwrap();
    lab.git(&bare, &["config", "uploadpack.allowFilter", "true"]);
    lab.git(&bare, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let dir = lab.path("partial");
    let url = format!("file://{}", bare.display());
    lab.git(lab.root.path(), &["clone", "-q", "--no-checkout", "--filter=blob:none", &url, dir.to_str().unwrap()]);
    let git = lab.open(&dir, Flavour::Gix);
    let head = git.tip("refs/heads/main").unwrap().unwrap();
    let mut entries = git.read_tree(git.commit_tree(head).unwrap()).unwrap();
    entries.push(super::lab::blob("ours", git.write_blob(b"ours").unwrap()));
    let tree = git.write_tree(&entries).unwrap();
    let a = git.write_commit(&super::lab::spec(tree, &[head], "ours\n")).unwrap();
    git.pack_reachable(a, None).unwrap();
    assert!(!crate::git::loose::path(&dir.join(".git"), a).exists());
    assert!(
        lab.try_git(&dir, &["--no-lazy-fetch", "cat-file", "-e", &entries[0].oid.to_string()]).status.code() != Some(0),
        "the missing blob is still missing"
    );
    assert_eq!(git.push("origin", a, BRANCH, None).unwrap(), PushOutcome::Done);
    assert_eq!(lab.git(&bare, &["rev-parse", BRANCH]), a.to_string());
}
