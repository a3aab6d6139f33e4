//! A scratch place for tests: a HOME of its own, a fixed clock, real git, no network.

use crate::env::Env;
use crate::git::{CommitSpec, Expected, Git, GitError, Mode, Oid, Signature, TreeEntry};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which repository and through what it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    /// SHA-1, files, gix.
    Gix,
    /// SHA-1, files, through the git command.
    Cli,
    /// SHA-256.
    Sha256,
    /// SHA-1 with reftable.
    Reftable,
}

pub(super) const ALL: [Flavour; 4] = [Flavour::Gix, Flavour::Cli, Flavour::Sha256, Flavour::Reftable];

pub(super) struct Lab {
    pub root: tempfile::TempDir,
    pub vars: BTreeMap<String, String>,
}

impl Lab {
    /// With the first git of the test's own PATH.
    pub fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests find git where the developer has it")]
        let path = std::env::var("PATH").unwrap();
        Self::with_path(&path)
    }

    pub fn with_path(path: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        std::fs::create_dir(&home).unwrap();
        std::fs::write(home.join(".gitconfig"), "[user]\n\tname = Ann\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n[advice]\n\tdetachedHead = false\n").unwrap();
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        let vars = BTreeMap::from([
            pair("PATH", path),
            pair("HOME", home.to_str().unwrap()),
            pair("GIT_CONFIG_NOSYSTEM", "1"),
            pair("BD_NOW", "2026-01-02T03:04:05Z"),
            pair("GIT_AUTHOR_DATE", "@1767322000 +0000"),
            pair("GIT_COMMITTER_DATE", "@1767322000 +0000"),
        ]);
        Self { root, vars }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        std::fs::canonicalize(self.root.path()).unwrap().join(name)
    }

    pub fn env(&self, dir: &Path) -> Env {
        Env::new(dir.to_owned(), self.vars.clone())
    }

    /// Runs git and insists that it works.
    pub fn git(&self, dir: &Path, args: &[&str]) -> String {
        let out = self.try_git(dir, args);
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim_end_matches('\n').to_owned()
    }

    pub fn try_git(&self, dir: &Path, args: &[&str]) -> std::process::Output {
        let runner = crate::git::process::Runner::new(&self.env(dir), dir);
        Command::new(runner.program().unwrap()).args(args).current_dir(dir).env_clear().envs(&self.vars).output().unwrap()
    }

    /// git's version as a pair.
    pub fn version(&self) -> (u32, u32) {
        let text = self.git(self.root.path(), &["--version"]);
        let mut parts = text.split(' ').nth(2).unwrap().split('.').map(|n| n.parse().unwrap_or(0));
        (parts.next().unwrap(), parts.next().unwrap())
    }

    /// A repository with one commit on `main`; `None` where this git cannot make one of that flavour.
    pub fn repo(&self, name: &str, flavour: Flavour) -> Option<PathBuf> {
        let dir = self.path(name);
        std::fs::create_dir_all(&dir).unwrap();
        match flavour {
            Flavour::Gix | Flavour::Cli => self.git(&dir, &["init", "-q"]),
            Flavour::Sha256 => self.git(&dir, &["init", "-q", "--object-format=sha256"]),
            Flavour::Reftable if self.version() < (2, 45) => return None,
            Flavour::Reftable => self.git(&dir, &["init", "-q", "--ref-format=reftable"]),
        };
        std::fs::write(dir.join("code.txt"), "one\n").unwrap();
        self.git(&dir, &["add", "."]);
        self.git(&dir, &["commit", "-q", "-m", "first"]);
        Some(dir)
    }

    pub fn open(&self, dir: &Path, flavour: Flavour) -> Box<dyn Git> {
        self.try_open(dir, flavour).unwrap()
    }

    pub fn try_open(&self, dir: &Path, flavour: Flavour) -> Result<Box<dyn Git>, GitError> {
        let env = self.env(dir);
        match flavour {
            Flavour::Cli => crate::git::open_at(&env, crate::git::discover::locate(dir, None)?, true),
            _ => crate::git::open(&env),
        }
    }

    /// Runs a test in a fresh repository of every flavour that this git can make.
    pub fn each(test: impl Fn(&Lab, &Path, &dyn Git, Flavour)) {
        for flavour in ALL {
            let lab = Lab::new();
            if let Some(dir) = lab.repo("r", flavour) {
                test(&lab, &dir, &*lab.open(&dir, flavour), flavour);
                lab.fsck(&dir);
            }
        }
    }

    pub fn fsck(&self, dir: &Path) {
        let out = self.try_git(dir, &["fsck", "--strict", "--no-dangling"]);
        let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success() && !said.contains("error") && !said.contains("warning"), "fsck: {said}");
    }
}

pub(super) fn oid(hex: &str) -> Oid {
    Oid::from_hex(hex).unwrap_or_else(|| panic!("not an id: {hex}"))
}

pub(super) fn blob(name: &str, oid: Oid) -> TreeEntry {
    TreeEntry { name: name.to_owned(), mode: Mode::Blob, oid }
}

pub(super) fn spec(tree: Oid, parents: &[Oid], message: &str) -> CommitSpec {
    let who = Signature { name: "a/gent".into(), email: "bd@localhost".into(), seconds: 1_767_322_800 };
    CommitSpec { tree, parents: parents.to_vec(), author: who.clone(), committer: who, message: message.into(), sign: true }
}

/// A commit with one file.
pub(super) fn commit(git: &dyn Git, parents: &[Oid], name: &str, text: &str) -> Oid {
    let tree = git.write_tree(&[blob(name, git.write_blob(text.as_bytes()).unwrap())]).unwrap();
    git.write_commit(&spec(tree, parents, &format!("{name}\n"))).unwrap()
}

/// A new ref with one commit.
pub(super) fn state(git: &dyn Git, name: &str) -> Oid {
    let id = commit(git, &[], "a.jsonl", "{}\n");
    assert_eq!(git.update_ref(name, Expected::Missing, Some(id), "test").unwrap(), crate::git::Cas::Done);
    id
}
