//! Objects through gix: reading from packs and loose files, writing loose files.

use super::bulk;
use super::packs::{Decoder, Packs};
use super::{from_gix, other, to_gix, while_vanishing, words};
use crate::git::backend::Each;
use crate::git::codec::{self, Kind};
use crate::git::{GitError, Oid, PackFile, loose};
use gix::objs::{Find, Write};
use gix::odb::HandleArc;
use std::collections::HashSet;
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
    packs: Packs,
    tools: Mutex<Vec<Tools>>,
    /// What this process wrote.
    written: Mutex<HashSet<Oid>>,
}

/// What one thread reads with.
#[derive(Default)]
struct Tools {
    loose: loose::Reader,
    packed: Decoder,
}

/// After so many objects in a row that are not loose, the others are looked for in the packs first.
const MISSES: usize = 8;

impl Objects {
    pub fn new(dir: PathBuf, now: SystemTime) -> Self {
        let (packs, idle, tools, written) = (Packs::new(&dir), Mutex::default(), Mutex::default(), Mutex::default());
        Self { dir, now, store: OnceLock::new(), idle, packs, tools, written }
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

    /// The loose copy first: what was written or fetched lately is there, and who needs no more need not look at the packs.
    /// What is damaged in one place may be whole in another.
    pub fn read(&self, id: Oid, into: &mut Vec<u8>) -> Result<Option<Kind>, GitError> {
        let here = self.with_tools(|tools| {
            tools.loose.read(&self.loose_path(id), into).or_else(|| tools.packed.read(&self.packs.find(id)?, into))
        });
        match here {
            Some(kind) => Ok(Some(kind)),
            None => self.with(|handle| read_with(handle, id, into)),
        }
    }

    fn loose_path(&self, id: Oid) -> PathBuf {
        let hex = id.to_string();
        self.dir.join(&hex[..2]).join(&hex[2..])
    }

    fn with_tools<T>(&self, work: impl FnOnce(&mut Tools) -> T) -> T {
        let idle = self.tools.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut tools = idle.unwrap_or_default();
        let result = work(&mut tools);
        self.tools.lock().unwrap_or_else(PoisonError::into_inner).push(tools);
        result
    }

    /// In the order of the packs: git stores an object as the difference to one before it.
    pub fn reading_order(&self, ids: &[Oid]) -> Vec<Oid> {
        if ids.len() < MISSES {
            return ids.to_vec();
        }
        let mut misses = 0;
        let mut place = |id: &Oid| {
            // Loose ones are not looked for in all the packs.
            let loose = misses < MISSES && self.loose_path(*id).exists();
            misses = if loose { 0 } else { misses + 1 };
            if loose { None } else { self.packs.find(*id).map(|found| found.place()) }
        };
        let mut placed: Vec<_> = ids.iter().map(|id| (place(id), *id)).collect();
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, id)| id).collect()
    }

    pub fn read_many(&self, ids: &[Oid], each: &mut Each<'_>) -> Result<Vec<Oid>, GitError> {
        self.with_tools(|tools| {
            let (mut missing, mut buffer) = (Vec::new(), Vec::new());
            let mut misses = 0;
            for id in ids {
                let first = misses < MISSES;
                let mut kind = if first { tools.loose.read(&self.loose_path(*id), &mut buffer) } else { None };
                misses = if kind.is_some() { 0 } else { misses + 1 };
                if kind.is_none() {
                    kind = self.packs.find(*id).and_then(|found| tools.packed.read_next(&found, &mut buffer));
                }
                if kind.is_none() && !first {
                    kind = tools.loose.read(&self.loose_path(*id), &mut buffer);
                    misses = if kind.is_some() { 0 } else { misses };
                }
                if kind.is_none() {
                    kind = self.with(|handle| read_with(handle, *id, &mut buffer))?;
                }
                match kind {
                    Some(kind) => each(*id, kind, &buffer)?,
                    None => missing.push(*id),
                }
            }
            Ok(missing)
        })
    }

    /// See [`crate::git::Git::pack_of`].
    pub fn pack_of(&self, ids: &[Oid]) -> Option<PackFile> {
        if ids.iter().any(|id| self.loose_path(*id).exists()) {
            return None;
        }
        self.packs.holding(ids)
    }

    pub fn write(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, GitError> {
        let id = codec::hash(Oid::SHA1, kind, bytes)
            .ok_or_else(|| GitError::Other("this content collides with another under SHA-1; it cannot be stored".to_owned()))?;
        let name = to_gix(id)?;
        // What we write is new nearly always. The packs are asked only by those who have opened them anyway: a second copy
        // of what they hold is dropped when the next one is made.
        let borrowed = || self.store.get().is_some() && self.with(|h| Ok(h.exists_without_refresh(&name))).unwrap_or(false);
        if self.loose_path(id).exists() || self.packs.is_known(id) || borrowed() {
            self.keep_alive(id);
            return Ok(id);
        }
        crate::failpoint!("git.object.before");
        let loose = gix::odb::loose::Store::at(self.dir.clone(), gix::hash::Kind::Sha1);
        let write = || loose.write_buf_with_known_id(to_kind(kind), bytes, name);
        let written = while_vanishing(write).map_err(|e| self.write_error(&e))?;
        crate::failpoint!("git.object.after");
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        from_gix(&written)
    }

    /// True if this process wrote the object as a loose file, and the file is there.
    pub fn still_has(&self, id: Oid) -> bool {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).contains(&id) && self.loose_path(id).exists()
    }

    fn keep_alive(&self, id: Oid) {
        let path = self.loose_path(id);
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
