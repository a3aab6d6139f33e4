//! Loose object files: where they are, whether they are whole, and making them durable. Their form is the same for both
//! hash lengths and both ref backends.

use super::codec::{Kind, hash_raw};
use super::{GitError, Oid};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files synced at once. Syncs overlap on most disks; more threads gain nothing.
const THREADS: usize = 16;

/// Where the loose copy of an object is, if it has one.
pub(super) fn path(common_dir: &Path, id: Oid) -> PathBuf {
    let hex = id.to_string();
    common_dir.join("objects").join(&hex[..2]).join(&hex[2..])
}

/// True if these bytes are the whole loose object `id`: they inflate, and to what the name says.
pub(super) fn is_whole(id: Oid, file: &[u8]) -> bool {
    let mut state = gix::zlib::Decompress::new();
    let (mut input, mut raw) = (file, Vec::new());
    let mut chunk = [0u8; 16 * 1024];
    loop {
        match gix::zlib::stream::inflate::read(&mut input, &mut state, &mut chunk) {
            Ok(0) => break,
            Ok(n) => raw.extend_from_slice(&chunk[..n]),
            Err(_) => return false,
        }
    }
    hash_raw(id, &[&raw]) == Some(id)
}

/// The first read of a file, which is all of almost every one of ours.
const FIRST: usize = 16 << 10;
/// What a header has room in: a word, a number, a zero byte.
const HEADER: usize = 64;
/// A header that names more is left to those who ask for memory with care.
const MOST: u64 = 256 << 20;

/// Reads loose objects one after the other: the decoder's memory, which costs more than most of our objects, is made once.
#[derive(Default)]
pub(super) struct Reader {
    inflate: gix::zlib::Inflate,
    file: Vec<u8>,
}

impl Reader {
    /// The object's content into a buffer, which is cleared first. `None`: there is no whole loose copy, and somebody else
    /// has to look (in the packs, or for what is wrong with it).
    pub fn read(&mut self, path: &Path, into: &mut Vec<u8>) -> Option<Kind> {
        into.clear();
        let mut file = File::open(path).ok()?;
        self.file.resize(FIRST, 0);
        let mut len = 0;
        loop {
            let n = file.read(self.file.get_mut(len..)?).ok()?;
            len += n;
            // What does not fill the buffer ends the file; if it does not, the stream is cut, and that is seen.
            if len < self.file.len() {
                break;
            }
            self.file.resize(len * 4, 0);
        }
        self.inflate.reset();
        let mut header = [0; HEADER];
        let bytes = self.file.get(..len)?;
        let (_, taken, given) = self.inflate.prefix(bytes, &mut header).ok()?;
        let header = header.get(..given)?;
        let (kind, size, start) = gix::objs::decode::loose_header(header).ok()?;
        let size = usize::try_from(size).ok().filter(|_| size <= MOST)?;
        let held = given.checked_sub(start).filter(|held| *held <= size)?;
        let whole = if held == size {
            into.extend_from_slice(header.get(start..)?);
            held
        } else {
            self.inflate.rest(bytes.get(taken..)?, header, start, into, size).ok()?
        };
        (whole == size).then(|| Kind::from_name(std::str::from_utf8(kind.as_bytes()).ok()?))?
    }
}

/// Moves the damaged ones among `ids` into `into`, under their names.
pub(super) fn evict_damaged(common_dir: &Path, ids: &[Oid], into: &Path) -> Result<Vec<Oid>, GitError> {
    let mut moved = Vec::new();
    for id in ids {
        let from = path(common_dir, *id);
        match std::fs::read(&from) {
            Ok(bytes) if is_whole(*id, &bytes) => continue,
            Ok(_) => {}
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(source) => return Err(GitError::Io { path: from, source }),
        }
        crate::failpoint!("git.evict.before");
        std::fs::create_dir_all(into).map_err(|source| GitError::Io { path: into.to_owned(), source })?;
        std::fs::rename(&from, into.join(id.to_string())).map_err(|source| GitError::Io { path: from, source })?;
        crate::failpoint!("git.evict.after");
        moved.push(*id);
    }
    Ok(moved)
}

/// Syncs the loose files of these objects and, after them, the directories that name them.
pub(super) fn sync(common_dir: &Path, ids: &[Oid]) -> Result<(), GitError> {
    let files: BTreeSet<PathBuf> = ids.iter().map(|id| path(common_dir, *id)).collect();
    let present = sync_all(&files.into_iter().collect::<Vec<_>>())?;
    let mut dirs: BTreeSet<PathBuf> = present.iter().filter_map(|p| p.parent()).map(Path::to_owned).collect();
    if !dirs.is_empty() {
        dirs.insert(common_dir.join("objects"));
    }
    sync_all(&dirs.into_iter().collect::<Vec<_>>()).map(drop)
}

/// Syncs files and directories side by side; those that do not exist are passed over. Returns those that do.
pub(super) fn sync_all(paths: &[PathBuf]) -> Result<Vec<PathBuf>, GitError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            crate::failpoint!("git.sync.file.before");
            let synced = File::open(path).and_then(|file| file.sync_all());
            crate::failpoint!("git.sync.file.after");
            match synced {
                Ok(()) => done.push(path.clone()),
                Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(source) => return Err(GitError::Io { path: path.clone(), source }),
            }
        }
        Ok(done)
    };
    if paths.len() <= 2 {
        return work();
    }
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..paths.len().min(THREADS)).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for handle in handles {
            all.extend(handle.join().map_err(|_| GitError::Other("a thread that syncs files died".to_owned()))??);
        }
        Ok(all)
    })
}
