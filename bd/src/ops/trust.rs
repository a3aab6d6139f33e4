//! Trust in commands that came with the repository: this clone's user trusts a file's digest, kept in the common dir, so
//! that no text of the repository can grant it. A changed file is untrusted again.
//!
//! What is trusted are bytes, whichever tree they are read from: a branch may have another version of `gates.toml` than the
//! one that decides, and going from one to the other asks only once for each.

use super::verdicts::GATES_PATH;
use crate::error::{Error, Result};
use crate::store::Store;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One file that can hold commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Its path from the top of the working tree.
    pub file: String,
    /// The ref whose version it is; `None` = as it is in the working tree.
    pub branch: Option<String>,
    /// SHA-256 of its bytes, in hex.
    pub digest: String,
    /// True if exactly these bytes are trusted.
    pub trusted: bool,
}

/// The files that can hold commands: of the working tree `gates.toml` and what is below `formulas/` and `convoys/`; and
/// the version of `gates.toml` that decides, where that is another one.
///
/// # Errors
/// One of them cannot be read.
pub fn list(store: &Store) -> Result<Vec<Trust>> {
    let known = read(store)?;
    let mut out = Vec::new();
    if let Some(top) = store.git().paths().work_dir.clone() {
        let mut files = Vec::new();
        let beads = top.join(".beads");
        if beads.join("gates.toml").is_file() {
            files.push(beads.join("gates.toml"));
        }
        for folder in ["formulas", "convoys"] {
            walk(&beads.join(folder), &mut files)?;
        }
        files.sort();
        out = files.iter().map(|path| judge(&top, path, &known)).collect::<Result<Vec<_>>>()?;
    }
    let decides = crate::config::deciding_file(store.git(), store.sources(), GATES_PATH)?;
    if let Some((name, text)) = decides.and_then(|d| Some((d.branch?.0, d.text))) {
        let digest = hex(text.as_bytes());
        if !out.iter().any(|t| t.file == GATES_PATH && t.digest == digest) {
            out.push(judged(GATES_PATH.to_owned(), Some(name), digest, &known));
        }
    }
    out.sort_by(|a, b| (&a.file, &a.branch).cmp(&(&b.file, &b.branch)));
    Ok(out)
}

/// True if exactly these bytes of a file are trusted in this clone.
///
/// # Errors
/// The list cannot be read.
pub fn is_trusted(store: &Store, file: &str, bytes: &[u8]) -> Result<bool> {
    is_trusted_digest(store, file, &hex(bytes))
}

/// The same for bytes of which the digest is known.
///
/// # Errors
/// The list cannot be read.
pub fn is_trusted_digest(store: &Store, file: &str, digest: &str) -> Result<bool> {
    Ok(read(store)?.get(file).is_some_and(|digests| digests.contains(digest)))
}

/// Trusts a file as it is now (in the working tree, and where another version decides that one too), or takes back all
/// trust in it.
///
/// # Errors
/// No such file of the repository, or one that cannot hold commands (exit 2).
pub fn set(store: &Store, file: &str, trusted: bool) -> Result<()> {
    let file = file.trim_start_matches("./");
    let here = list(store)?;
    let found: Vec<&Trust> = here.iter().filter(|t| t.file == file).collect();
    if found.is_empty() {
        let mut names: Vec<&str> = here.iter().map(|t| t.file.as_str()).collect();
        names.dedup();
        return Err(Error::usage(format!("`{}` is no file of this repository that can hold commands", file.escape_debug()))
            .hint(if names.is_empty() { "There is none".to_owned() } else { format!("They are {}", names.join(", ")) }));
    }
    let _lock = store.lock()?;
    let mut known = read(store)?;
    if trusted {
        known.entry(file.to_owned()).or_default().extend(found.iter().map(|t| t.digest.clone()));
    } else {
        known.remove(file);
    }
    keep(store, &known)
}

/// Trusts a text that is in no file of the working tree (commands that a molecule was poured with), by its digest and under a
/// name that no path can have.
///
/// # Errors
/// The list cannot be written.
pub fn grant(store: &Store, name: &str, text: &str) -> Result<()> {
    let _lock = store.lock()?;
    let mut known = read(store)?;
    known.entry(name.to_owned()).or_default().insert(hex(text.as_bytes()));
    keep(store, &known)
}

fn keep(store: &Store, known: &BTreeMap<String, BTreeSet<String>>) -> Result<()> {
    let mut text = String::new();
    for (file, digests) in known {
        for digest in digests {
            let _ = writeln!(text, "{digest} {file}");
        }
    }
    super::files::write(&path(store), text.as_bytes())
}

fn path(store: &Store) -> PathBuf {
    store.dir().join("trust")
}

/// By file the digests of what was trusted.
type Known = BTreeMap<String, BTreeSet<String>>;

fn read(store: &Store) -> Result<Known> {
    let path = path(store);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let mut known = Known::new();
            for (digest, file) in text.lines().filter_map(|l| l.split_once(' ')) {
                known.entry(file.to_owned()).or_default().insert(digest.to_owned());
            }
            Ok(known)
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Known::new()),
        Err(e) => Err(Error::io(&path, &e)),
    }
}

fn judge(top: &Path, path: &Path, known: &Known) -> Result<Trust> {
    let bytes = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
    let file = path.strip_prefix(top).unwrap_or(path).to_string_lossy().replace('\\', "/");
    Ok(judged(file, None, hex(&bytes), known))
}

fn judged(file: String, branch: Option<String>, digest: String, known: &Known) -> Trust {
    let trusted = known.get(&file).is_some_and(|digests| digests.contains(&digest));
    Trust { file, branch, digest, trusted }
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
