//! Where `convoy.toml` files are, and how one is read: from the working tree, else from the default branch.

use super::model::ConvoyFile;
use super::parse::{MAX_FILE, parse};
use bd::error::{Error, Result};
use bd::store::{Snapshot, Store};
use bd_gate::gate::Tree;
use std::path::{Component, Path, PathBuf};

/// The folder of the convoys, from the top of the tree.
pub const FOLDER: &str = ".beads/convoys";

/// Where the file of a convoy usually is, from the top of the tree.
pub fn usual(id: &str) -> String {
    format!("{FOLDER}/{id}/convoy.toml")
}

/// The text of a file of the tree: the working tree's, else the default branch's. `None` = neither has it.
///
/// # Errors
/// It is no plain UTF-8 file.
pub fn read(store: &Store, path: &str) -> Result<Option<String>> {
    if let Some(top) = &store.git().paths().work_dir {
        if let Some(text) = of_tree(store, &Tree::Working(top.clone()), path)? {
            return Ok(Some(text));
        }
    }
    of_default(store, path)
}

/// The text of a file as the default branch has it.
///
/// # Errors
/// It is no plain UTF-8 file.
pub fn of_default(store: &Store, path: &str) -> Result<Option<String>> {
    let Some(name) = store.sources().default_branch.clone() else { return Ok(None) };
    let Some(tip) = store.git().tip(&name)? else { return Ok(None) };
    of_tree(store, &Tree::Commit(name, tip), path)
}

fn of_tree(store: &Store, tree: &Tree, path: &str) -> Result<Option<String>> {
    if let Tree::Working(top) = tree {
        let large = std::fs::metadata(top.join(path)).is_ok_and(|m| m.len() > MAX_FILE as u64);
        if large {
            return Err(Error::usage(format!("{path} is larger than {MAX_FILE} bytes")));
        }
    }
    tree.read(store.git(), path)
}

/// What the `convoy.toml` of a convoy says; `None` where it has none, on this branch and on the default branch.
/// `id` is the convoy's id.
///
/// # Errors
/// The file cannot be understood (exit 2, with its line); the store cannot be read.
pub fn file_of(store: &Store, id: &str) -> Result<Option<ConvoyFile>> {
    let snapshot = store.snapshot()?;
    file_in(store, &snapshot, id)
}

/// [`file_of`] with a snapshot that is there already.
///
/// # Errors
/// As [`file_of`].
pub fn file_in(store: &Store, snapshot: &Snapshot, id: &str) -> Result<Option<ConvoyFile>> {
    let recorded = match super::bead::bead_id(store.config().prefix(), id) {
        Ok(bead) => snapshot.bead(&bead)?.and_then(|b| b.text(super::bead::field::FILE)),
        Err(_) => None,
    };
    match recorded {
        Some(path) => at(store, &path),
        None if super::name::is_name(id) => at(store, &usual(id)),
        None => Ok(None),
    }
}

/// What the file at a path of the tree says.
///
/// # Errors
/// As [`file_of`]; a path that leads out of the tree.
pub fn at(store: &Store, path: &str) -> Result<Option<ConvoyFile>> {
    // The path comes from an event, which anybody could have written.
    let path = inside(path)?;
    match read(store, &path)? {
        Some(text) => Ok(Some(parse(&path, &text)?)),
        None => Ok(None),
    }
}

/// A path from the top of the tree that stays inside of it, with `/` between its parts.
///
/// # Errors
/// It does not (exit 2).
pub fn inside(path: &str) -> Result<String> {
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) if name != ".git" => parts.push(name.to_string_lossy().into_owned()),
            Component::CurDir => {}
            _ => return Err(outside(path)),
        }
    }
    if parts.is_empty() || path.contains('\0') {
        return Err(outside(path));
    }
    Ok(parts.join("/"))
}

fn outside(path: &str) -> Error {
    let shown: String = path.chars().take(120).collect();
    Error::usage(format!("`{}` is no path inside of the repository", shown.escape_debug()))
}

/// The path from the top of the tree of a file that a person named, as seen from `cwd`.
///
/// # Errors
/// There is no working tree, no such plain file, or it lies outside of the tree (exit 2).
pub fn named(store: &Store, cwd: &Path, text: &str) -> Result<String> {
    let top = top(store)?;
    let full = cwd.join(text);
    let shown: String = text.chars().take(120).collect();
    let meta =
        std::fs::symlink_metadata(&full).map_err(|e| Error::usage(format!("`{}` cannot be read: {e}", shown.escape_debug())))?;
    if !meta.is_file() {
        return Err(Error::usage(format!("`{}` is no plain file", shown.escape_debug())));
    }
    let real = full.canonicalize().map_err(|e| Error::io(&full, &e))?;
    let below = real.strip_prefix(&top).map_err(|_| outside(text))?;
    inside(&below.to_string_lossy())
}

/// The real path of the top of the working tree.
///
/// # Errors
/// There is none (exit 2).
pub fn top(store: &Store) -> Result<PathBuf> {
    let top = store.git().paths().work_dir.clone();
    let top = top.ok_or_else(|| Error::usage("this repository has no working tree, and convoy files live in one"))?;
    top.canonicalize().map_err(|e| Error::io(&top, &e))
}

/// Makes the folders above a path of the tree and returns where the file is to be.
///
/// # Errors
/// Something on the way leads out of the tree, or is no folder.
pub fn prepare(store: &Store, path: &str) -> Result<PathBuf> {
    let top = top(store)?;
    let full = top.join(inside(path)?);
    let folder = full.parent().unwrap_or(&top);
    // The nearest folder that is there must be ours before anything is made below it.
    let there = folder.ancestors().find(|p| p.symlink_metadata().is_ok()).unwrap_or(&top);
    let real = there.canonicalize().map_err(|e| Error::io(there, &e))?;
    if !real.starts_with(&top) || !real.is_dir() {
        return Err(Error::usage(format!("{} leads out of the repository", there.display())));
    }
    std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, &e))?;
    if full.symlink_metadata().is_ok_and(|m| !m.is_file()) {
        return Err(Error::usage(format!("{path} is no plain file")));
    }
    Ok(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_stay_inside() {
        assert_eq!(inside("./a/./b.toml").unwrap(), "a/b.toml");
        for bad in ["", ".", "/etc/passwd", "../x", "a/../../x", ".git/config", "a\0b"] {
            assert!(inside(bad).is_err(), "{bad:?}");
        }
    }
}
