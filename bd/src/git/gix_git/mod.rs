//! The backend for SHA-1 repositories whose refs are files: gix's object database and lock files.
//!
//! No gix `Repository` is opened: it would read the configuration again and cost a quarter of a millisecond, and
//! without gix's `parallel` feature it cannot be shared between threads. The object store can.

mod bulk;
mod objects;
mod packs;
mod refs;

use super::backend::{Backend, Each};
use super::codec::Kind;
use super::config::Config;
use super::process::Runner;
use super::{Cas, CommitSpec, Expected, GitError, Oid, PackFile, RepoPaths};
use std::sync::Arc;

/// Refs in files, objects in gix's store.
pub(super) struct GixBackend {
    paths: RepoPaths,
    runner: Arc<Runner>,
    config: Arc<Config>,
    objects: objects::Objects,
    packed: refs::Packed,
}

impl GixBackend {
    /// Touches no file yet. `now` is the caller's clock, for objects that are kept from being collected.
    pub fn new(paths: RepoPaths, runner: Arc<Runner>, config: Arc<Config>, now: std::time::SystemTime) -> Self {
        let objects = objects::Objects::new(paths.common_dir.join("objects"), now);
        Self { paths, runner, config, objects, packed: refs::Packed::default() }
    }
}

impl GixBackend {
    /// True if several users write here (`core.sharedRepository`): new files and folders then need permissions that
    /// only git knows to give, or the others could write no more.
    fn is_shared(&self) -> bool {
        let setting = self.config.get("core.sharedRepository");
        setting.is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "umask" | "false" | "no" | "off" | "0"))
    }
}

impl Backend for GixBackend {
    fn tip(&self, name: &str) -> Result<Option<Oid>, GitError> {
        refs::tip(&self.paths, &self.packed, name)
    }

    fn symbolic(&self, name: &str) -> Result<Option<String>, GitError> {
        refs::symbolic(&self.paths, name)
    }

    fn refs(&self, prefix: &str) -> Result<Vec<(String, Oid)>, GitError> {
        refs::list(&self.paths, &self.packed, prefix)
    }

    fn update_ref(&self, name: &str, expected: Expected, new: Option<Oid>, reason: &str) -> Result<Cas, GitError> {
        refs::update(self, name, expected, new, reason)
    }

    fn read(&self, id: Oid, into: &mut Vec<u8>) -> Result<Option<Kind>, GitError> {
        self.objects.read(id, into)
    }

    fn reading_order(&self, ids: &[Oid]) -> Vec<Oid> {
        self.objects.reading_order(ids)
    }

    fn read_many(&self, ids: &[Oid], each: &mut Each<'_>) -> Result<Vec<Oid>, GitError> {
        self.objects.read_many(ids, each)
    }

    fn pack_of(&self, ids: &[Oid]) -> Option<PackFile> {
        self.objects.pack_of(ids)
    }

    fn write(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, GitError> {
        if self.is_shared() {
            return super::cli_git::write_object(&self.runner, kind, bytes);
        }
        self.objects.write(kind, bytes)
    }

    fn still_has(&self, id: Oid) -> bool {
        self.objects.still_has(id)
    }

    fn write_signed(&self, spec: &CommitSpec) -> Result<Oid, GitError> {
        super::signed::write(&self.runner, spec)
    }
}

/// What gix said, with all its causes.
pub(super) fn words(error: &gix::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in error.iter_errors() {
        let text = cause.to_string();
        if !text.is_empty() && !said.iter().any(|s| s.contains(&text)) {
            said.push(text);
        }
    }
    said.join(": ")
}

/// A gix error without a better place.
fn other(what: &str, error: &gix::Error) -> GitError {
    GitError::Other(format!("{what}: {}", words(error)))
}

fn to_gix(id: Oid) -> Result<gix::ObjectId, GitError> {
    gix::ObjectId::try_from(id.as_bytes()).map_err(|_| GitError::Object { id, why: "it is not a SHA-1 name".to_owned() })
}

fn from_gix(id: &gix::oid) -> Result<Oid, GitError> {
    Oid::from_bytes(id.as_bytes()).ok_or_else(|| GitError::Other(format!("`{id}` is not an object name")))
}

/// Tries again when a folder went away under us: `git pack-refs`, `gc` and `prune-packed` remove folders that they
/// emptied, perhaps between our making one and our putting a file into it, or while gix looks whether it is a folder.
fn while_vanishing<T>(mut work: impl FnMut() -> gix::Result<T>) -> gix::Result<T> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    let gone =
        |e: &gix::Error| e.downcast_any_ref::<std::io::Error>().is_some_and(|e| matches!(e.kind(), NotFound | NotADirectory));
    for _ in 0..50 {
        match work() {
            Err(e) if gone(&e) => std::thread::yield_now(),
            done => return done,
        }
    }
    work()
}
