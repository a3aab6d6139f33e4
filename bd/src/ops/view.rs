//! The view: `.beads/issues.jsonl` in upstream's record format, for tools that read files or watch the folder (STATE 9).
//! Derived, never read back by itself, and never written over what somebody else wrote there.

use super::files;
use crate::error::{Error, Result};
use crate::interchange::export::{ExportOptions, export};
use crate::store::Store;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Where the view is, in the working tree.
pub const PATH: &str = ".beads/issues.jsonl";

/// What came of writing the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// There is no working tree with a `.beads` folder.
    Nowhere,
    /// It says what it said.
    Unchanged,
    /// It was written.
    Done,
    /// git tracks the path: it is somebody's file, not ours.
    Tracked,
    /// Another program changed it since we wrote it, or made it: it is left alone until it was imported or removed.
    Foreign,
}

/// Writes the view of this worktree if it does not say what is known now.
///
/// # Errors
/// The store or the file cannot be read, or the disk does not take the file.
pub fn refresh(store: &Store) -> Result<Written> {
    let Some(path) = path(store) else { return Ok(Written::Nowhere) };
    if store.git().is_tracked(PATH)? {
        return Ok(Written::Tracked);
    }
    // One writer at a time, so that an older view never replaces a newer one.
    let _lock = store.lock()?;
    let there = match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => return Err(Error::io(&path, &e)),
    };
    let snapshot = store.snapshot()?;
    let mut bytes = Vec::new();
    export(snapshot.all()?, ExportOptions::default(), &|_| true, &mut bytes)
        .map_err(|e| Error::internal(format!("the view could not be made: {e}")))?;
    if there.as_deref() == Some(&bytes) {
        remember(store, &path, &[&bytes])?;
        return Ok(Written::Unchanged);
    }
    let ours = |there: &Vec<u8>| recorded(store, &path).lines().any(|known| known == digest(there));
    if !there.as_ref().is_none_or(ours) {
        return Ok(Written::Foreign);
    }
    // Both are ours until the new one stands, so that a kill in between makes neither of them a stranger's.
    remember(store, &path, &[&bytes, there.as_deref().unwrap_or_default()])?;
    files::write(&path, &bytes)?;
    remember(store, &path, &[&bytes])?;
    Ok(Written::Done)
}

/// Says that what stands in the file is known: it was imported, so the next refresh may replace it.
///
/// # Errors
/// The disk does not take the note.
pub fn accept(store: &Store, file: &Path, bytes: &[u8]) -> Result<()> {
    let real = |p: &Path| p.canonicalize().ok();
    match path(store) {
        Some(path) if real(&path).is_some() && real(&path) == real(file) => remember(store, &path, &[bytes]),
        _ => Ok(()),
    }
}

fn path(store: &Store) -> Option<PathBuf> {
    let folder = store.git().paths().tree_dir().filter(|d| d.is_dir())?;
    Some(folder.join("issues.jsonl"))
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _never_fails = write!(hex, "{byte:02x}");
        hex
    })
}

/// Where the digest of what we wrote is kept: one file a worktree, in the clone's own folder.
fn note(store: &Store, path: &Path) -> PathBuf {
    store.dir().join("views").join(&digest(path.as_os_str().as_encoded_bytes())[..32])
}

/// The digests of what may stand there and is ours, one a line.
fn recorded(store: &Store, path: &Path) -> String {
    std::fs::read_to_string(note(store, path)).unwrap_or_default()
}

fn remember(store: &Store, path: &Path, ours: &[&[u8]]) -> Result<()> {
    let text = ours.iter().map(|bytes| digest(bytes) + "\n").collect::<String>();
    if recorded(store, path) == text {
        return Ok(());
    }
    let note = note(store, path);
    let folder = store.dir().join("views");
    if !folder.is_dir() {
        crate::failpoint!("view.folder.before");
        std::fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, &e))?;
        crate::failpoint!("view.folder.after");
    }
    files::write(&note, text.as_bytes())
}
