//! For tests: a real repository, a store in it where one is wanted, and gates to ask there.

use super::target::{Found, Tree};
use super::*;
use crate::diff::{FileChange, What, changes};
use bd::env::Env;
use bd::git::{Git, Oid};
use bd::store::Store;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

/// A repository with one empty commit on `main`.
pub(super) struct Lab {
    root: tempfile::TempDir,
    pub env: Arc<Env>,
    pub git: Arc<dyn Git>,
}

impl Lab {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let repo = root.path().join("r");
        std::fs::create_dir(&repo).unwrap();
        run_git(&repo, &["init", "-q", "-b", "main"]);
        run_git(&repo, &["commit", "-q", "--allow-empty", "-m", "first"]);
        let env = Arc::new(env(&repo, &[]));
        let git = Arc::from(bd::git::open(&env).unwrap());
        Self { root, env, git }
    }

    pub fn dir(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("r")
    }

    /// The same place, seen by somebody with other variables.
    pub fn env_with(&self, more: &[(&str, &str)]) -> Env {
        env(&self.dir(), more)
    }

    pub fn run(&self, args: &[&str]) -> String {
        run_git(&self.dir(), args)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.dir().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Commits one file with all that is staged.
    pub fn commit(&self, path: &str, text: &str) -> Oid {
        self.write(path, text);
        self.run(&["add", "-A"]);
        self.run(&["commit", "-q", "-m", path]);
        self.oid("HEAD")
    }

    pub fn oid(&self, name: &str) -> Oid {
        Oid::from_hex(&self.run(&["rev-parse", name])).unwrap()
    }

    pub fn store(&self) -> Store {
        self.store_of("ann")
    }

    pub fn store_of(&self, actor: &str) -> Store {
        self.store_with(&[("BD_ACTOR", actor)])
    }

    pub fn store_with(&self, vars: &[(&str, &str)]) -> Store {
        let env = Arc::new(self.env_with(vars));
        let store = Store::attach(env, self.git.clone()).unwrap();
        store.begin_here().unwrap();
        store
    }

    pub fn ask<'a>(&'a self, what: &'a What, files: &'a [FileChange]) -> Ask<'a> {
        Ask {
            env: &self.env,
            git: &*self.git,
            store: None,
            when: When::Push,
            what,
            files,
            code: None,
            top: self.git.paths().work_dir.as_deref().unwrap(),
            bead: None,
            authors: &[],
        }
    }

    pub fn changes(&self, what: &What) -> Vec<FileChange> {
        changes(&*self.git, &self.env, what).unwrap()
    }

    /// What one gate says about nothing in particular.
    pub fn says(&self, gate: &Gate) -> Answer {
        answer_of(gate, &self.ask(&What::Staged, &[]))
    }
}

fn env(dir: &std::path::Path, more: &[(&str, &str)]) -> Env {
    #[expect(clippy::disallowed_methods, reason = "tests find git where the developer has it")]
    let path = std::env::var("PATH").unwrap();
    let mut vars = BTreeMap::from([("PATH".to_owned(), path), ("GIT_CONFIG_GLOBAL".to_owned(), "/dev/null".to_owned())]);
    vars.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    Env::new(dir.to_owned(), vars)
}

fn run_git(dir: &std::path::Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost"]).args(args).current_dir(dir);
    let out = git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").output().unwrap();
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// The project's gate `g`, at `push`.
pub(super) fn gate(keys: &str) -> Gate {
    definitions(&format!("[[gate]]\nid = \"g\"\nwhen = [\"push\"]\n{keys}\n")).gate("g").unwrap().clone()
}

pub(super) fn definitions(text: &str) -> Definitions {
    let found = Found { tree: Tree::Working("/nowhere".into()), text: text.to_owned() };
    parse(Some(&found), Vec::new()).unwrap_or_else(|Problems(p)| panic!("{text}\n{p:#?}"))
}

/// What a gate answers when it is asked once.
pub(super) fn answer_of(gate: &Gate, ask: &Ask<'_>) -> Answer {
    let none = BTreeMap::new();
    let mut all = kinds::answers(&[gate], ask, kinds::Run { vars: &none }, &crate::scan::RuleSet::built_in());
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// A changed file that no object stands behind, all its lines in scope.
pub(super) fn file(path: &str) -> FileChange {
    FileChange {
        path: path.to_owned(),
        old_path: None,
        blob: None,
        old_blob: None,
        removed: false,
        special: false,
        lines: crate::Lines::All,
    }
}
