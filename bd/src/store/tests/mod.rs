//! The store against real git.

mod mail;
mod quarantine;
mod recovering;
mod writing;

use super::Store;
use crate::env::Env;
use crate::model::{BeadId, Event, Kind, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// A repository with one commit.
pub(super) struct Lab {
    _dir: tempfile::TempDir,
    pub repo: PathBuf,
}

impl Lab {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repo = dir.path().join("repo");
        std::fs::create_dir(&repo).unwrap();
        let lab = Self { _dir: dir, repo };
        lab.git(&["init", "-q", "-b", "main"]);
        lab.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
        lab
    }

    pub fn git(&self, args: &[&str]) -> String {
        let out = Command::new("git")
            .args(["-c", "user.name=lab", "-c", "user.email=lab@localhost"])
            .args(args)
            .current_dir(&self.repo)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    pub fn store(&self) -> Store {
        self.store_with(&[])
    }

    /// As a command opens it.
    pub fn store_opened(&self) -> Store {
        Store::open(self.env(&[])).unwrap()
    }

    pub fn store_with(&self, more: &[(&str, &str)]) -> Store {
        let env = self.env(more);
        let git = Arc::from(crate::git::open(&env).unwrap());
        Store::attach(env, git).unwrap()
    }

    pub fn env(&self, more: &[(&str, &str)]) -> Arc<Env> {
        let mut vars: BTreeMap<String, String> = more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        #[expect(clippy::disallowed_methods, reason = "tests find git where the developer has it")]
        vars.entry("PATH".into()).or_insert_with(|| std::env::var("PATH").unwrap());
        vars.entry("BD_ACTOR".into()).or_insert_with(|| "ann".into());
        Arc::new(Env::new(self.repo.clone(), vars))
    }

    pub fn beads_dir(&self) -> PathBuf {
        self.repo.join(".git/beads")
    }
}

/// One bead made in one mutation.
pub(super) fn create(store: &Store, title: &str) -> BeadId {
    store
        .write(|tx| {
            let id = tx.mint(None)?;
            tx.push(tx.event(&id, Kind::CREATE)?.setting("title", Value::text(title)));
            Ok(id)
        })
        .unwrap()
}

pub(super) fn set(store: &Store, id: &BeadId, field: &str, value: &str) {
    store
        .write(|tx| {
            let heads = tx.bead(id)?.unwrap().heads([field]);
            let mut event: Event = tx.event(id, Kind::SET)?.setting(field, Value::text(value));
            event.on = heads;
            tx.push(event);
            Ok(())
        })
        .unwrap();
}

pub(super) fn files(dir: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        count += if entry.file_type().unwrap().is_dir() { files(&entry.path()) } else { 1 };
    }
    count
}
