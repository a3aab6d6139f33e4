//! Packs, opened one after the other, the newest first, until what is asked for is found: who reads what arrived a moment ago
//! need not look at those of last year. What no pack here has (alternates, a pack that came a moment ago) is left to gix.
//!
//! Many objects are read by position into one buffer, for a pack that is mapped counts as our memory as soon as it is read.

use super::bulk::Recent;
use super::to_gix;
use crate::git::codec::Kind;
use crate::git::{Oid, PackFile};
use gix::odb::pack::data::decode::entry::ResolvedBase;
use gix::odb::pack::{data, index};
use gix::zlib::{Decompress, FlushDecompress, Inflate, Status};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

/// What is read of a pack at once.
const WINDOW: usize = 64 << 10;
/// The longest header of an object in a pack.
const HEADER: usize = 16;
/// An object of more bytes is left to gix.
const MOST: u64 = 256 << 20;

/// An index, and its pack once something is read from it.
pub(super) struct Pack {
    number: usize,
    path: PathBuf,
    index: index::File,
    mapped: OnceLock<Option<data::File>>,
    file: OnceLock<Option<File>>,
}

impl Pack {
    fn mapped(&self) -> Option<&data::File> {
        let open = || {
            let mut mapped = data::File::at(&self.path, gix::hash::Kind::Sha1).ok()?;
            mapped.id = self.number as u32;
            mapped.alloc_limit_bytes = usize::try_from(4 * MOST).ok();
            Some(mapped)
        };
        self.mapped.get_or_init(open).as_ref()
    }

    fn file(&self) -> Option<&File> {
        self.file.get_or_init(|| File::open(&self.path).ok()).as_ref()
    }
}

/// Where an object is.
pub(super) struct Found {
    pack: Arc<Pack>,
    index: u32,
}

impl Found {
    /// The pack, by the order of opening, and the offset in it.
    pub fn place(&self) -> (usize, u64) {
        (self.pack.number, self.pack.index.pack_offset_at_index(self.index))
    }
}

/// The packs of one repository.
pub(super) struct Packs {
    dir: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When the folder that was listed had changed last; `None` = it was not listed yet.
    listed: Option<SystemTime>,
    /// All index files that were seen.
    known: Vec<PathBuf>,
    /// Those that are not opened yet, the newest last.
    waiting: Vec<PathBuf>,
    opened: Vec<Arc<Pack>>,
}

impl Packs {
    /// Touches no file yet.
    pub fn new(objects: &std::path::Path) -> Self {
        Self { dir: objects.join("pack"), state: Mutex::default() }
    }

    /// The object, if a pack has it.
    pub fn find(&self, id: Oid) -> Option<Found> {
        let name = to_gix(id).ok()?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let in_pack = |pack: &Arc<Pack>| Some(Found { index: pack.index.lookup(name)?, pack: pack.clone() });
        if let Some(found) = state.opened.iter().find_map(in_pack) {
            return Some(found);
        }
        loop {
            while let Some(path) = state.waiting.pop() {
                let number = state.opened.len();
                // One that goes away at this moment is in another by now.
                let Some(pack) = open(&path, number) else { continue };
                state.opened.push(Arc::new(pack));
                if let Some(found) = state.opened.last().and_then(in_pack) {
                    return Some(found);
                }
            }
            self.list(&mut state)?;
        }
    }

    /// True if a pack that is open already has the object.
    pub fn is_known(&self, id: Oid) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        to_gix(id).is_ok_and(|name| state.opened.iter().any(|pack| pack.index.lookup(name).is_some()))
    }

    /// The pack that holds all of these.
    pub fn holding(&self, ids: &[Oid]) -> Option<PackFile> {
        let found = ids.iter().map(|id| self.find(*id)).collect::<Option<Vec<_>>>()?;
        let pack = &found.first()?.pack;
        let name = pack.path.file_stem()?.to_str()?.to_owned();
        let bytes = pack.file()?.metadata().ok()?.len();
        found.iter().all(|f| f.pack.number == pack.number).then_some(PackFile { name, bytes })
    }

    /// Looks for packs that came; `None` if there are none.
    fn list(&self, state: &mut State) -> Option<()> {
        let changed = self.dir.metadata().and_then(|about| about.modified()).ok()?;
        if state.listed == Some(changed) {
            return None;
        }
        state.listed = Some(changed);
        let mut found: Vec<(Option<SystemTime>, PathBuf)> = Vec::new();
        for entry in std::fs::read_dir(&self.dir).ok()?.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "idx") && !state.known.contains(&path) {
                found.push((None, path));
            }
        }
        if found.len() > 1 {
            found.iter_mut().for_each(|(at, path)| *at = path.metadata().and_then(|about| about.modified()).ok());
            found.sort();
        }
        state.waiting = found.into_iter().map(|(_, path)| path).collect();
        state.known.extend(state.waiting.iter().cloned());
        (!state.waiting.is_empty()).then_some(())
    }
}

fn open(path: &std::path::Path, number: usize) -> Option<Pack> {
    let index = index::File::at(path, gix::hash::Kind::Sha1).ok()?;
    let path = path.with_extension("pack");
    Some(Pack { number, path, index, mapped: OnceLock::new(), file: OnceLock::new() })
}

/// What one thread needs to read: made when it is needed, and once, for the decoders' memory costs more than most of our
/// objects.
#[derive(Default)]
pub(super) struct Decoder {
    inflate: Option<Inflate>,
    recent: Recent,
    state: Option<Decompress>,
    window: Window,
}

impl Decoder {
    /// One object. `None`: gix says what is wrong.
    pub fn read(&mut self, found: &Found, into: &mut Vec<u8>) -> Option<Kind> {
        let pack = &found.pack;
        let mapped = pack.mapped()?;
        let base = |id: &gix::oid, _: &mut Vec<u8>| {
            let at = pack.index.lookup(id).map(|n| pack.index.pack_offset_at_index(n));
            at.map(|at| mapped.entry(at).map(ResolvedBase::InPack)).transpose()
        };
        let (entry, inflate) = (mapped.entry(found.place().1).ok()?, self.inflate.get_or_insert_default());
        let object = mapped.decode_entry(entry, into, inflate, &base, &mut self.recent).ok()?;
        Kind::from_name(std::str::from_utf8(object.kind.as_bytes()).ok()?)
    }

    /// One of many, which come in the order of [`Found::place`].
    pub fn read_next(&mut self, found: &Found, into: &mut Vec<u8>) -> Option<Kind> {
        match self.whole(&found.pack, found.place().1, into) {
            Some(kind) => Some(kind),
            None => self.read(found, into),
        }
    }

    /// An object that is not stored as the difference to another.
    fn whole(&mut self, pack: &Pack, offset: u64, into: &mut Vec<u8>) -> Option<Kind> {
        let (kind, size, header) = header(self.window.at(pack, offset, HEADER)?)?;
        into.resize(usize::try_from(size).ok().filter(|_| size <= MOST)?, 0);
        let state = self.state.get_or_insert_default();
        state.reset();
        let (mut at, mut done) = (offset + header as u64, 0);
        loop {
            let input = self.window.at(pack, at, 1)?;
            let before = (state.total_in(), state.total_out());
            let status = state.decompress(input, into.get_mut(done..)?, FlushDecompress::None).ok()?;
            let (taken, given) = (state.total_in() - before.0, state.total_out() - before.1);
            at += taken;
            done += given as usize;
            if status == Status::StreamEnd {
                return (done == into.len()).then_some(kind);
            }
            if taken == 0 && given == 0 {
                return None;
            }
        }
    }
}

/// Kind, length and the bytes of the header; `None` for a difference.
fn header(bytes: &[u8]) -> Option<(Kind, u64, usize)> {
    let entry = data::Entry::from_bytes(bytes, 0, gix::hash::Kind::Sha1).ok()?;
    let kind = Kind::from_name(std::str::from_utf8(entry.header.as_kind()?.as_bytes()).ok()?)?;
    Some((kind, entry.decompressed_size, usize::try_from(entry.data_offset).ok()?))
}

/// A stretch of a pack.
#[derive(Default)]
struct Window {
    bytes: Vec<u8>,
    pack: usize,
    start: u64,
    len: usize,
}

impl Window {
    /// The bytes from `at` on: at least so many, if the pack has them.
    fn at(&mut self, pack: &Pack, at: u64, least: usize) -> Option<&[u8]> {
        let from = at
            .checked_sub(self.start)
            .and_then(|n| usize::try_from(n).ok())
            .filter(|from| self.pack == pack.number && from.checked_add(least).is_some_and(|end| end <= self.len));
        let from = match from {
            Some(from) => from,
            None => {
                self.bytes.resize(WINDOW, 0);
                (self.pack, self.start) = (pack.number, at);
                self.len = read_some(pack.file()?, &mut self.bytes, at)?;
                0
            }
        };
        self.bytes.get(from..self.len).filter(|bytes| !bytes.is_empty())
    }
}

#[cfg(unix)]
fn read_some(file: &File, into: &mut [u8], at: u64) -> Option<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at).ok()
}

#[cfg(not(unix))]
fn read_some(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_git_writes_them() {
        assert_eq!(header(&[0x35]), Some((Kind::Blob, 5, 1)));
        assert_eq!(header(&[0xb5, 0x81, 0x01]), Some((Kind::Blob, 5 | 1 << 4 | 1 << 11, 3)));
        assert_eq!(header(&[0x95, 0x01]), Some((Kind::Commit, 5 | 1 << 4, 2)));
        assert_eq!(header(&[0x65, 0x01]), None, "a difference");
        assert_eq!((header(&[]), header(&[0xb5]), header(&[0xff; 16])), (None, None, None));
    }
}
