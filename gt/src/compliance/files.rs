//! The files of the working tree: what git tracks and what it would track, with the ids of their contents.

use bd::error::{Error, Result};
use bd::git::{Head, Mode, Oid};
use bd::store::Store;
use bd_gate::diff::{FileChange, on_disk, quoted, raw, read, tracked};
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A file that is larger is not read; bytes.
pub const LARGEST: u64 = 8 << 20;

/// The files, sorted by path.
pub struct Files<'s> {
    store: &'s Store,
    /// The top of the working tree.
    pub top: PathBuf,
    /// All paths, those of submodules and of files that are gone among them.
    paths: Vec<String>,
    submodules: HashSet<String>,
    all: OnceCell<Vec<FileChange>>,
}

/// Which object each tracked file is, as far as the index knows.
pub struct Blobs(HashMap<String, Oid>);

/// The top of the working tree.
///
/// # Errors
/// There is none (exit 2).
pub fn top(store: &Store) -> Result<PathBuf> {
    let top = store.git().paths().work_dir.clone();
    top.ok_or_else(|| Error::usage("a bare repository has no working tree to report on"))
}

impl<'s> Files<'s> {
    /// Lists them.
    ///
    /// # Errors
    /// git does not answer; there is no working tree.
    pub fn list(store: &'s Store) -> Result<Self> {
        let (git, top) = (store.git(), top(store)?);
        let mut submodules = HashSet::new();
        let mut paths: Vec<String> = Vec::new();
        for entry in tracked(git, store.env())? {
            let path = quoted(&entry.path);
            if entry.mode == Mode::Submodule {
                submodules.insert(path.clone());
            }
            paths.push(path);
        }
        paths.extend(git.untracked()?.iter().map(|path| quoted(path)));
        paths.sort();
        paths.dedup();
        Ok(Self { store, top, paths, submodules, all: OnceCell::new() })
    }

    /// The paths, those of submodules and of files that are gone among them.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// A file of the working tree; `None` where it is gone.
    pub fn change(&self, path: &str) -> Option<FileChange> {
        on_disk(&self.top, path.to_owned(), self.submodules.contains(path))
    }

    /// Each of them that is there.
    pub fn all(&self) -> &[FileChange] {
        self.all.get_or_init(|| self.paths.iter().filter_map(|path| self.change(path)).collect())
    }

    /// Any object: it says which hash the repository uses.
    fn like(&self) -> Result<Option<Oid>> {
        let git = self.store.git();
        Ok(match git.head()? {
            Head::Branch(_, id) | Head::Detached(id) => Some(id),
            Head::Unborn(_) => git.tip(bd::store::STATE_REF)?,
        })
    }

    /// Reads one into `into`; why it was left out, where it was. A link is not followed.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, file: &FileChange, into: &mut Vec<u8>) -> Result<Option<&'static str>> {
        into.clear();
        let large = self.top.join(raw(&file.path)).symlink_metadata().is_ok_and(|m| m.len() > LARGEST);
        if large {
            return Ok(Some("it is larger than 8 MB"));
        }
        Ok((!read(self.store.git(), &self.top, file, into)?).then_some("it is no regular file"))
    }

    /// Asks the index.
    ///
    /// # Errors
    /// git does not answer.
    pub fn blobs(&self) -> Result<Blobs> {
        let git = self.store.git();
        let changed = git.run(&["diff-files", "--name-only", "-z"])?;
        let changed: BTreeSet<&str> = changed.split('\0').collect();
        let entries = git.index_entries(None)?;
        let named = entries.into_iter().filter(|e| !changed.contains(&*String::from_utf8_lossy(&e.path)));
        Ok(Blobs(named.map(|e| (quoted(&e.path), e.oid)).collect()))
    }

    /// The id of a file's content: the index's, or that of the bytes where they are not in it. `None` where there is none to give.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn blob(&self, file: &FileChange, blobs: &Blobs) -> Result<Option<String>> {
        if let Some(oid) = blobs.0.get(&file.path) {
            return Ok(Some(oid.to_string()));
        }
        self.hash(file)
    }

    /// The id of a file's bytes as they are on the disk.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn hash(&self, file: &FileChange) -> Result<Option<String>> {
        let mut bytes = Vec::new();
        if self.read(file, &mut bytes)?.is_some() {
            return Ok(None);
        }
        let id = self.like()?.and_then(|like| bd::git::blob_id(like, &bytes));
        Ok(id.map(|oid| oid.to_string()))
    }
}

/// The text of a file: UTF-8, or UTF-16 with a mark, as UTF-8 bytes; `None` for what is no text.
pub fn text_of(bytes: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|c| of([c[0], c[1]]));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Some(text.into_bytes().into())
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ if memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some() => None,
        _ => Some(bytes.into()),
    }
}

/// A regular file below the top, at most so large; `None` where there is none. No link on its way is followed.
///
/// # Errors
/// It cannot be read, or is larger (exit 2).
pub fn small(top: &Path, path: &str, most: u64) -> Result<Option<Vec<u8>>> {
    let mut at = top.to_owned();
    for part in path.split('/') {
        at.push(part);
        match at.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => {
                return Err(Error::usage(format!("{path}: a symbolic link is on its way, and none is followed")));
            }
            Ok(_) => {}
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(Error::io(&at, &e)),
        }
    }
    let meta = at.metadata().map_err(|e| Error::io(&at, &e))?;
    if !meta.is_file() {
        return Ok(None);
    }
    if meta.len() > most {
        return Err(Error::usage(format!("{path}: {} bytes; at most {most} are read", meta.len())));
    }
    std::fs::read(&at).map(Some).map_err(|e| Error::io(&at, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_kind() {
        assert_eq!(&*text_of(b"\xff\xfeB\0R\0-\x001\0").unwrap(), b"BR-1");
        assert_eq!(&*text_of(b"\xfe\xff\0B\0R").unwrap(), b"BR");
        assert_eq!(&*text_of(b"gr\xfcn").unwrap(), b"gr\xfcn");
        assert!(text_of(b"PK\0\0").is_none());
        assert_eq!(&*text_of(b"\xff\xfe").unwrap(), b"");
    }

    #[test]
    fn links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("in")).unwrap();
        std::fs::write(dir.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(dir.path().join("secret"), dir.path().join("in/a")).unwrap();
        std::os::unix::fs::symlink(dir.path(), dir.path().join("in/up")).unwrap();
        assert!(small(&dir.path().join("in"), "a", 10).is_err() && small(&dir.path().join("in"), "up/secret", 10).is_err());
        assert!(small(dir.path(), "no/such", 10).unwrap().is_none() && small(dir.path(), "secret", 0).is_err());
        assert_eq!(small(dir.path(), "secret", 10).unwrap().as_deref(), Some(&b"x"[..]));
    }
}
