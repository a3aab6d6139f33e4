//! Finding the repository, from every kind of place, as git finds it.

use super::lab::{Flavour, Lab, commit, state};
use crate::git::{GitError, RepoPaths, discover};
use std::path::Path;

fn of(lab: &Lab, dir: &Path) -> RepoPaths {
    let paths = discover(dir).unwrap();
    // git agrees.
    let real = |args: &[&str]| std::fs::canonicalize(dir.join(lab.git(dir, args))).unwrap();
    assert_eq!(paths.git_dir, real(&["rev-parse", "--absolute-git-dir"]), "{}", dir.display());
    assert_eq!(paths.common_dir, real(&["rev-parse", "--git-common-dir"]), "{}", dir.display());
    let top = lab.try_git(dir, &["rev-parse", "--show-toplevel"]);
    let top = top.status.success().then(|| Path::new(String::from_utf8(top.stdout).unwrap().trim()).to_owned());
    assert_eq!(paths.work_dir, top, "{}", dir.display());
    paths
}

#[test]
fn every_kind_of_place_is_found_where_git_finds_it() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let deep = dir.join("a/b c/é");
    std::fs::create_dir_all(&deep).unwrap();
    assert_eq!(of(&lab, &deep).tree_dir().unwrap(), dir.join(".beads"));
    of(&lab, &dir);
    of(&lab, &dir.join(".git"));
    of(&lab, &dir.join(".git/refs"));

    let linked = lab.path("linked");
    lab.git(&dir, &["worktree", "add", "-q", linked.to_str().unwrap()]);
    std::fs::create_dir(linked.join("x")).unwrap();
    of(&lab, &linked.join("x"));

    let bare = lab.path("bare.git");
    lab.git(lab.root.path(), &["clone", "-q", "--bare", dir.to_str().unwrap(), bare.to_str().unwrap()]);
    assert_eq!(of(&lab, &bare).tree_dir(), None);
    of(&lab, &bare.join("refs/heads"));
    let of_bare = lab.path("of-bare");
    lab.git(&bare, &["worktree", "add", "-q", of_bare.to_str().unwrap(), "main"]);
    assert_eq!(of(&lab, &of_bare).common_dir, bare);

    // A bare repository beside a `.git` file that points to it.
    let hidden = lab.path("hidden");
    std::fs::create_dir(&hidden).unwrap();
    lab.git(&hidden, &["clone", "-q", "--bare", dir.to_str().unwrap(), ".bare"]);
    std::fs::write(hidden.join(".git"), "gitdir: ./.bare\n").unwrap();
    assert_eq!(of(&lab, &hidden).work_dir, None);

    let outer = lab.repo("outer", Flavour::Gix).unwrap();
    lab.git(&outer, &["submodule", "--quiet", "add", dir.to_str().unwrap(), "sub"]);
    assert_eq!(of(&lab, &outer.join("sub")).common_dir, outer.join(".git/modules/sub"));

    let apart = lab.path("apart");
    lab.git(lab.root.path(), &["init", "-q", "--separate-git-dir", lab.path("store").to_str().unwrap(), apart.to_str().unwrap()]);
    of(&lab, &apart);

    let moved = lab.repo("moved", Flavour::Gix).unwrap();
    let tree = lab.path("elsewhere");
    std::fs::create_dir(&tree).unwrap();
    lab.git(&moved, &["config", "core.worktree", tree.to_str().unwrap()]);
    assert_eq!(discover(&moved).unwrap().work_dir, Some(tree));

    // A worktree of its own configuration.
    lab.git(&dir, &["config", "extensions.worktreeConfig", "true"]);
    of(&lab, &dir);
    of(&lab, &linked);
    let link = lab.path("link");
    std::os::unix::fs::symlink(&deep, &link).unwrap();
    of(&lab, &link);
}

#[test]
fn where_there_is_none_nothing_is_guessed() {
    let lab = Lab::new();
    let none = lab.path("none");
    std::fs::create_dir_all(none.join(".git")).unwrap();
    assert!(matches!(discover(&none), Err(GitError::NotARepository(path)) if path == none), "an empty .git is no repository");
    assert!(matches!(discover(&lab.path("absent")), Err(GitError::NotARepository(_))));
    std::fs::remove_dir(none.join(".git")).unwrap();
    for text in ["gitdir: /nowhere\n", "something\n", ""] {
        std::fs::write(none.join(".git"), text).unwrap();
        assert!(matches!(discover(&none), Err(GitError::Other(_))), "{text:?}");
    }
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    std::fs::write(dir.join(".git/config"), "[core\n").unwrap();
    assert!(matches!(discover(&dir), Err(GitError::Other(why)) if why.contains("config")));
}

#[test]
fn ceilings_are_heeded_and_the_variables_of_a_hook_are_not() {
    let mut lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let other = lab.repo("other", Flavour::Gix).unwrap();
    let deep = dir.join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    // What git sets for a hook of another repository.
    for (name, file) in
        [("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index"), ("GIT_OBJECT_DIRECTORY", ".git/objects"), ("GIT_WORK_TREE", "")]
    {
        lab.vars.insert(name.to_owned(), other.join(file).display().to_string());
    }
    let git = lab.open(&deep, Flavour::Gix);
    assert_eq!(git.paths().work_dir.as_deref(), Some(&*dir));
    assert_eq!(git.run(&["rev-parse", "--show-toplevel"]).unwrap().trim(), dir.to_str().unwrap());
    let id = git.write_blob(b"here").unwrap();
    git.index_set(&[("x".to_owned(), Some(id))]).unwrap();
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"] {
        lab.vars.remove(name);
    }
    assert_eq!(lab.git(&dir, &["ls-files"]), "code.txt\nx");
    assert_eq!(lab.git(&other, &["ls-files"]), "code.txt");
    assert!(!lab.try_git(&other, &["cat-file", "-e", &id.to_string()]).status.success());

    lab.vars.insert("GIT_CEILING_DIRECTORIES".into(), dir.display().to_string());
    assert!(matches!(lab.try_open(&deep, Flavour::Gix), Err(GitError::NotARepository(_))));
    assert!(lab.try_open(&dir, Flavour::Gix).is_ok(), "the place itself is always looked at");
    lab.vars.insert("GIT_CEILING_DIRECTORIES".into(), format!("/nowhere:{}", lab.root.path().display()));
    assert!(lab.try_open(&deep, Flavour::Gix).is_ok());
}

#[test]
fn what_neither_gix_nor_git_can_read_is_refused_clearly() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let before = lab.git(&dir, &["rev-parse", "HEAD"]);
    for (key, value) in [("extensions.futureThing", "yes"), ("core.repositoryFormatVersion", "7")] {
        lab.git(&dir, &["config", "core.repositoryFormatVersion", "1"]);
        lab.git(&dir, &["config", key, value]);
        let refused = lab.try_open(&dir, Flavour::Gix).err().unwrap();
        assert!(matches!(&refused, GitError::Unsupported(why) if why.contains("newer git")), "{refused}");
        std::fs::write(dir.join(".git/config"), "[core]\n\trepositoryformatversion = 0\n").unwrap();
    }
    assert_eq!(lab.git(&dir, &["rev-parse", "HEAD"]), before);
}

#[test]
fn a_git_that_is_too_old_for_the_repository_says_so() {
    let new = Lab::new();
    let Some(dir) = new.repo("r", Flavour::Reftable) else {
        // This machine's git is the old one: a repository that says it uses reftable is refused.
        let dir = new.repo("r", Flavour::Gix).unwrap();
        new.git(&dir, &["config", "core.repositoryFormatVersion", "1"]);
        new.git(&dir, &["config", "extensions.refStorage", "reftable"]);
        assert!(matches!(new.try_open(&dir, Flavour::Reftable), Err(GitError::Unsupported(why)) if why.contains("newer git")));
        return;
    };
    let old = Lab::with_path("/usr/bin:/bin");
    match old.try_open(&dir, Flavour::Reftable) {
        Err(refused) => assert!(matches!(&refused, GitError::Unsupported(why) if why.contains("newer git")), "{refused}"),
        Ok(git) => assert!(old.version() >= (2, 45) && git.tip("refs/heads/main").unwrap().is_some()),
    }
    let mut none = Lab::new();
    none.vars.insert("PATH".into(), "relative/bin".into());
    assert!(matches!(none.try_open(&dir, Flavour::Reftable), Err(GitError::NoGit)));
}

#[test]
fn a_repository_of_another_user_is_refused_as_git_refuses_it() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let mine = state(&*lab.open(&dir, Flavour::Gix), "refs/beads/state");
    if std::os::unix::fs::chown(dir.join(".git"), Some(4321), None).is_err() {
        return; // only root can give a folder away
    }
    assert!(!lab.try_git(&dir, &["status"]).status.success());
    for flavour in [Flavour::Gix, Flavour::Cli] {
        let refused = lab.try_open(&dir, flavour).err().unwrap();
        assert!(matches!(&refused, GitError::Unsupported(why) if why.contains("safe.directory")), "{refused}");
    }
    lab.git(lab.root.path(), &["config", "--global", "safe.directory", dir.to_str().unwrap()]);
    for flavour in [Flavour::Gix, Flavour::Cli] {
        assert_eq!(lab.open(&dir, flavour).tip("refs/beads/state").unwrap(), Some(mine));
    }
}

#[test]
fn what_several_users_share_stays_writable_for_all() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    lab.git(&dir, &["config", "core.sharedRepository", "0660"]);
    let git = lab.open(&dir, Flavour::Gix);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let mut tip = state(&*git, "refs/beads/state");
    for i in 0..5 {
        let next = commit(&*git, &[tip], "a", &i.to_string());
        git.update_ref("refs/beads/state", crate::git::Expected::Is(tip), Some(next), "x").unwrap();
        let object = crate::git::loose::path(&dir.join(".git"), next);
        assert_eq!((mode(&object), mode(object.parent().unwrap())), (0o440, 0o770));
        tip = next;
    }
    assert_eq!(mode(&dir.join(".git/refs/beads/state")), 0o660);
}

#[test]
fn a_head_that_is_a_symbolic_link_is_a_branch() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    std::fs::remove_file(dir.join(".git/HEAD")).unwrap();
    std::os::unix::fs::symlink("refs/heads/main", dir.join(".git/HEAD")).unwrap();
    let git = lab.open(&dir, Flavour::Gix);
    assert!(matches!(git.head().unwrap(), crate::git::Head::Branch(name, _) if name == "refs/heads/main"));
    std::fs::remove_file(dir.join(".git/HEAD")).unwrap();
    std::os::unix::fs::symlink("refs/heads/next", dir.join(".git/HEAD")).unwrap();
    assert!(matches!(git.head().unwrap(), crate::git::Head::Unborn(name) if name == "refs/heads/next"));
}

#[test]
fn a_bare_repository_and_its_worktrees_work() {
    for flavour in super::lab::ALL {
        let lab = Lab::new();
        let Some(dir) = lab.repo("r", flavour) else { continue };
        let bare = lab.path("bare.git");
        let mut args = vec!["clone", "-q", "--bare"];
        args.extend((flavour == Flavour::Reftable).then_some("--ref-format=reftable"));
        args.extend([dir.to_str().unwrap(), bare.to_str().unwrap()]);
        lab.git(lab.root.path(), &args);
        let tree = lab.path("tree");
        lab.git(&bare, &["worktree", "add", "-q", tree.to_str().unwrap(), "main"]);
        let git = lab.open(&bare, flavour);
        assert!(git.paths().work_dir.is_none());
        let a = state(&*git, "refs/beads/state");
        let inside = lab.open(&tree, flavour);
        assert_eq!(inside.tip("refs/beads/state").unwrap(), Some(a));
        let b = commit(&*inside, &[a], "b", "b");
        inside.update_ref("refs/beads/state", crate::git::Expected::Is(a), Some(b), "x").unwrap();
        assert_eq!(git.tip("refs/beads/state").unwrap(), Some(b));
        assert!(git.index_set(&[("x".into(), Some(b))]).is_err(), "a bare repository has no index");
        assert!(git.tracked_below("").unwrap().is_empty());
        assert!(git.is_tracked("code.txt").unwrap(), "HEAD has it");
        assert!(!git.is_tracked("none.txt").unwrap());
        lab.fsck(&bare);
    }
}
