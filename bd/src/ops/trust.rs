//! Trust in commands that came with the repository: this clone's user trusts a file's digest, kept in the common dir, so
//! that no text of the repository can grant it. A changed file is untrusted again.

use crate::error::{Error, Result};
use crate::store::Store;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One file that can hold commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Its path from the top of the working tree.
    pub file: String,
    /// SHA-256 of its bytes, in hex.
    pub digest: String,
    /// True if exactly these bytes are trusted.
    pub trusted: bool,
}

/// The files of the working tree that can hold commands: `gates.toml`, and what is below `formulas/` and `convoys/`.
///
/// # Errors
/// One of them cannot be read.
pub fn list(store: &Store) -> Result<Vec<Trust>> {
    let known = read(store)?;
    let Some(top) = store.git().paths().work_dir.clone() else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    let beads = top.join(".beads");
    if beads.join("gates.toml").is_file() {
        files.push(beads.join("gates.toml"));
    }
    for folder in ["formulas", "convoys"] {
        walk(&beads.join(folder), &mut files)?;
    }
    files.sort();
    files.iter().map(|path| judge(&top, path, &known)).collect()
}

/// True if exactly these bytes of a file are trusted in this clone.
///
/// # Errors
/// The list cannot be read.
pub fn is_trusted(store: &Store, file: &str, bytes: &[u8]) -> Result<bool> {
    Ok(read(store)?.get(file) == Some(&hex(bytes)))
}

/// Trusts a file as it is now, or takes that back.
///
/// # Errors
/// No such file of the repository, or one that cannot hold commands (exit 2).
pub fn set(store: &Store, file: &str, trusted: bool) -> Result<()> {
    let file = file.trim_start_matches("./");
    let here = list(store)?;
    let found = here.iter().find(|t| t.file == file).ok_or_else(|| {
        let names: Vec<&str> = here.iter().map(|t| t.file.as_str()).collect();
        Error::usage(format!("`{}` is no file of this repository that can hold commands", file.escape_debug()))
            .hint(if names.is_empty() { "There is none".to_owned() } else { format!("They are {}", names.join(", ")) })
    })?;
    let _lock = store.lock()?;
    let mut known = read(store)?;
    if trusted {
        known.insert(file.to_owned(), found.digest.clone());
    } else {
        known.remove(file);
    }
    let mut text = String::new();
    for (file, digest) in &known {
        let _ = writeln!(text, "{digest} {file}");
    }
    super::files::write(&path(store), text.as_bytes())
}

fn path(store: &Store) -> PathBuf {
    store.dir().join("trust")
}

fn read(store: &Store) -> Result<BTreeMap<String, String>> {
    let path = path(store);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().filter_map(|l| l.split_once(' ')).map(|(d, f)| (f.to_owned(), d.to_owned())).collect()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(e) => Err(Error::io(&path, &e)),
    }
}

fn judge(top: &Path, path: &Path, known: &BTreeMap<String, String>) -> Result<Trust> {
    let bytes = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
    let file = path.strip_prefix(top).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let digest = hex(&bytes);
    Ok(Trust { trusted: known.get(&file) == Some(&digest), file, digest })
}

fn walk(dir: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Error::io(dir, &e)),
    };
    for entry in entries {
        let entry = entry.map_err(|e| Error::io(dir, &e))?;
        let kind = entry.file_type().map_err(|e| Error::io(entry.path(), &e))?;
        // A link could lead out of the repository: it is not followed, and so never trusted.
        if kind.is_dir() {
            walk(&entry.path(), into)?;
        } else if kind.is_file() && entry.path().extension().is_some_and(|e| e == "toml" || e == "json") {
            into.push(entry.path());
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
