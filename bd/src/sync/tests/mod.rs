//! Sync over real git and `file://`.

mod basic;
mod packing;
mod races;
mod riding;

use crate::env::Env;
use crate::fold::Bead;
use crate::model::{BeadId, Event, Kind, Value};
use crate::store::Store;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// A bare remote with one code branch, and clones of it.
pub(super) struct World {
    dir: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        world.git(world.dir.path(), &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        let seed = world.dir.path().join("seed");
        world.git(world.dir.path(), &["clone", "-q", "origin.git", "seed"]);
        world.git(&seed, &["commit", "-q", "--allow-empty", "-m", "first"]);
        world.git(&seed, &["push", "-q", "origin", "HEAD:main"]);
        world
    }

    pub fn git(&self, dir: &Path, args: &[&str]) -> String {
        let out = self.try_git(dir, args);
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    pub fn try_git(&self, dir: &Path, args: &[&str]) -> std::process::Output {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=lab", "-c", "user.email=lab@localhost", "-c", "protocol.file.allow=always"]).args(args);
        command.current_dir(dir).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").output().unwrap()
    }

    pub fn remote(&self) -> PathBuf {
        self.dir.path().join("origin.git")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A clone that publishes.
    pub fn clone(&self, name: &str) -> Clone {
        let clone = self.clone_quietly(name);
        self.git(&clone.repo, &["config", "beads.share", "true"]);
        clone
    }

    /// A clone that has not chosen to publish.
    pub fn clone_quietly(&self, name: &str) -> Clone {
        let url = format!("file://{}", self.remote().display());
        self.git(self.dir.path(), &["clone", "-q", &url, name]);
        Clone { name: name.to_owned(), repo: self.path(name) }
    }

    /// The remote's tip of the published branch.
    pub fn published(&self) -> Option<String> {
        let out = self.try_git(&self.remote(), &["rev-parse", "-q", "--verify", "refs/heads/beads"]);
        out.status.success().then(|| String::from_utf8(out.stdout).unwrap().trim().to_owned())
    }
}

pub(super) struct Clone {
    pub name: String,
    pub repo: PathBuf,
}

impl Clone {
    pub fn store(&self) -> Store {
        self.store_at("2026-01-02T03:04:05Z")
    }

    pub fn store_at(&self, now: &str) -> Store {
        #[expect(clippy::disallowed_methods, reason = "tests find git where the developer has it")]
        let path = std::env::var("PATH").unwrap();
        let home = self.repo.join(".git");
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        let vars = BTreeMap::from([
            pair("BD_ACTOR", &self.name),
            pair("BD_NOW", now),
            pair("PATH", &path),
            pair("HOME", home.to_str().unwrap()),
            pair("GIT_CONFIG_NOSYSTEM", "1"),
        ]);
        let env = Arc::new(Env::new(self.repo.clone(), vars));
        let git = Arc::from(crate::git::open(&env).unwrap());
        Store::attach(env, git).unwrap()
    }

    pub fn create(&self, title: &str) -> BeadId {
        let make = |tx: &mut crate::store::Tx<'_>| {
            let id = tx.mint(None)?;
            tx.push(tx.event(&id, Kind::CREATE)?.setting("title", Value::text(title)));
            Ok(id)
        };
        self.store().write(make).unwrap()
    }

    pub fn set(&self, id: &BeadId, field: &str, value: Value) {
        let make = |tx: &mut crate::store::Tx<'_>| {
            let mut event: Event = tx.event(id, Kind::SET)?.setting(field, value);
            event.on = tx.bead(id)?.unwrap().heads([field]);
            tx.push(event);
            Ok(())
        };
        self.store().write(make).unwrap();
    }

    pub fn sync(&self) -> crate::error::Result<super::Report> {
        super::sync(&self.store(), super::Options::default())
    }

    pub fn titles(&self) -> Vec<String> {
        let snapshot = self.store().snapshot().unwrap();
        assert_eq!(snapshot.damage(), []);
        let mut titles: Vec<String> = snapshot.all().unwrap().iter().map(Bead::title).collect();
        titles.sort();
        titles
    }

    /// Lines that this clone's state stores, and how many of them are distinct, all streams.
    pub fn lines(&self) -> (usize, usize) {
        let store = self.store();
        let git = store.git();
        let Some(tip) = git.tip(crate::store::STATE_REF).unwrap() else { return (0, 0) };
        let mut all = Vec::new();
        let mut bytes = Vec::new();
        for file in crate::store::list_files(git, tip).unwrap() {
            git.read_blob(file.oid, &mut bytes).unwrap();
            all.extend(bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec));
        }
        let stored = all.len();
        all.sort();
        all.dedup();
        (stored, all.len())
    }
}
