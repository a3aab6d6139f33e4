//! Objects through gix: reading from packs and loose files, writing loose files.

use super::bulk;
use super::{from_gix, other, to_gix, while_vanishing, words};
use crate::git::backend::Each;
use crate::git::codec::{self, Kind};
use crate::git::{GitError, Oid};
use gix::objs::{Find, Write};
use gix::odb::HandleArc;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

/// An object that was not written because it exists is touched when it is older than this: git's `gc` deletes
/// unreachable objects by age, and ours becomes reachable only a moment later (git does the same when it writes).
const REFRESH_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The object database, opened when it is first needed. A handle serves one thread at a time; threads that read side by
/// side each take one of their own, over the same store.
pub(super) struct Objects {
    dir: PathBuf,
    now: SystemTime,
    store: OnceLock<Arc<gix::odb::Store>>,
    idle: Mutex<Vec<HandleArc>>,
}

impl Objects {
    pub fn new(dir: PathBuf, now: SystemTime) -> Self {
        Self { dir, now, store: OnceLock::new(), idle: Mutex::new(Vec::new()) }
    }

    fn with<T>(&self, work: impl FnOnce(&HandleArc) -> Result<T, GitError>) -> Result<T, GitError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let handle = match idle {
            Some(handle) => handle,
            None => {
                let mut handle = self.store()?.to_cache_arc();
                handle.set_pack_cache(|| Box::new(bulk::Recent::default()));
                handle
            }
        };
        let result = work(&handle);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        result
    }

    fn store(&self) -> Result<&Arc<gix::odb::Store>, GitError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        // The working directory is asked for by gix only to resolve relative alternates; ours are under `objects`.
        let current_dir = Some(self.dir.clone());
        let options = gix::odb::store::init::Options { slots: self.slots(), current_dir, ..Default::default() };
        let store = gix::odb::Store::at_opts(self.dir.clone(), gix::hash::Kind::Sha1, &mut std::iter::empty(), options)
            .map_err(|source| GitError::Io { path: self.dir.clone(), source })?;
        Ok(self.store.get_or_init(|| Arc::new(store)))
    }

    /// Room for the packs that there are and some that may come. gix counts by looking at every file of every pack, which
    /// it does again to read them; without alternates the names say as much.
    fn slots(&self) -> gix::odb::store::init::Slots {
        let named = std::fs::read_dir(self.dir.join("pack")).map(|dir| {
            let is_index = |e: &std::fs::DirEntry| e.path().extension().is_some_and(|x| x == "idx");
            dir.flatten().filter(is_index).count()
        });
        match named {
            Ok(n) if n < 1_000 && !self.dir.join("info").join("alternates").exists() => {
                gix::odb::store::init::Slots::Given((n + n / 10 + 32) as u16)
            }
            _ => gix::odb::store::init::Slots::default(),
        }
    }

    pub fn read(&self, id: Oid, into: &mut Vec<u8>) -> Result<Option<Kind>, GitError> {
        if self.store.get().is_none() {
            // What was written lately is loose: a command that needs no more need not look at the packs. What is damaged
            // there may be whole in a pack.
            into.clear();
            let loose = gix::odb::loose::Store::at(self.dir.clone(), gix::hash::Kind::Sha1);
            if let Ok(Some(object)) = loose.try_find(&to_gix(id)?, into) {
                return Ok(Some(from_kind(object.kind)));
            }
        }
        self.with(|handle| read_with(handle, id, into))
    }

    /// In the order of the packs: git stores an object as the difference to one before it.
    pub fn reading_order(&self, ids: &[Oid]) -> Vec<Oid> {
        if ids.len() < bulk::MANY { ids.to_vec() } else { bulk::in_pack_order(&self.dir, ids) }
    }

    pub fn read_many(&self, ids: &[Oid], each: &mut Each<'_>) -> Result<Vec<Oid>, GitError> {
        self.with(|handle| read_each(handle, ids, each))
    }

    pub fn write(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, GitError> {
        let like = Oid::from_bytes(&[0; 20]).unwrap_or_else(|| unreachable!("20 bytes are a SHA-1 name"));
        let id = codec::hash(like, kind, bytes)
            .ok_or_else(|| GitError::Other("this content collides with another under SHA-1; it cannot be stored".to_owned()))?;
        let name = to_gix(id)?;
        self.with(|handle| {
            if handle.exists_without_refresh(&name) {
                self.keep_alive(id);
                return Ok(id);
            }
            crate::failpoint!("git.object.before");
            let write = || handle.write_buf_with_known_id(to_kind(kind), bytes, name);
            let written = while_vanishing(write).map_err(|e| self.write_error(&e))?;
            crate::failpoint!("git.object.after");
            from_gix(&written)
        })
    }

    fn keep_alive(&self, id: Oid) {
        let hex = id.to_string();
        let path = self.dir.join(&hex[..2]).join(&hex[2..]);
        let old =
            |m: std::fs::Metadata| m.modified().is_ok_and(|t| self.now.duration_since(t).is_ok_and(|age| age > REFRESH_AFTER));
        if path.metadata().is_ok_and(old) {
            // Only a courtesy towards a `gc` that runs at this moment: no permission is no failure.
            let _ = std::fs::File::open(&path).and_then(|file| file.set_modified(self.now));
        }
    }

    /// A full disk or a read-only store is a fact about the file system; the rest is told as gix tells it.
    fn write_error(&self, error: &gix::Error) -> GitError {
        match error.downcast_any_ref::<std::io::Error>() {
            Some(e) => GitError::Io { path: self.dir.clone(), source: std::io::Error::new(e.kind(), e.to_string()) },
            None => other("an object could not be written", error),
        }
    }
}

fn read_each(handle: &HandleArc, ids: &[Oid], each: &mut Each<'_>) -> Result<Vec<Oid>, GitError> {
    let mut missing = Vec::new();
    let mut buffer = Vec::new();
    for id in ids {
        match read_with(handle, *id, &mut buffer)? {
            Some(kind) => each(*id, kind, &buffer)?,
            None => missing.push(*id),
        }
    }
    Ok(missing)
}

fn read_with(handle: &HandleArc, id: Oid, into: &mut Vec<u8>) -> Result<Option<Kind>, GitError> {
    into.clear();
    let found = handle.try_find(&to_gix(id)?, into).map_err(|e| GitError::Object { id, why: words(&e) })?;
    Ok(found.map(|object| from_kind(object.kind)))
}

fn from_kind(kind: gix::objs::Kind) -> Kind {
    match kind {
        gix::objs::Kind::Blob => Kind::Blob,
        gix::objs::Kind::Tree => Kind::Tree,
        gix::objs::Kind::Commit => Kind::Commit,
        gix::objs::Kind::Tag => Kind::Tag,
    }
}

fn to_kind(kind: Kind) -> gix::objs::Kind {
    match kind {
        Kind::Blob => gix::objs::Kind::Blob,
        Kind::Tree => gix::objs::Kind::Tree,
        Kind::Commit => gix::objs::Kind::Commit,
        Kind::Tag => gix::objs::Kind::Tag,
    }
}
