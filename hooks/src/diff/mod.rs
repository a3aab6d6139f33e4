//! What is judged: the added lines of the index, of a range of commits, or a whole tree.
//!
//! [`parse_range`] reads what a person typed, [`changes`] finds the files and their added lines, [`read`] gives a file's content.

mod added;
mod merge;
mod names;
mod range;
mod renames;

pub use added::added;
pub use names::{plain, quoted, raw};
pub use range::{commit, parse_range};

use crate::Lines;
use bd::env::Env;
use bd::error::{Error, ErrorKind, Result};
use bd::git::{Git, Head, Mode, Oid, PathChange, Tracked};
use std::path::{Path, PathBuf};

/// What a check is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The index against HEAD (in a hook: the hook's own index).
    Staged,
    /// What `to` has and `from` (or, for three dots, their merge base) has not.
    Range {
        /// The older side; `None` = everything up to `to` is new.
        from: Option<Oid>,
        /// The newer side.
        to: Oid,
    },
    /// Every tracked file of the working tree, as it is on the disk.
    All,
}

/// One file of the judged content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// From the top of the tree, with `/`. A name that is not UTF-8 is quoted as git quotes it (see [`quoted`]).
    pub path: String,
    /// Where it was before, if it was renamed.
    pub old_path: Option<String>,
    /// Its content; `None` = the file was removed, or is read from the working tree ([`What::All`]), or is a submodule.
    pub blob: Option<Oid>,
    /// What it was before.
    pub old_blob: Option<Oid>,
    /// True if the file is gone.
    pub removed: bool,
    /// True for a symbolic link or a submodule: never scanned.
    pub special: bool,
    /// The lines that are judged. Empty for a file that was only renamed.
    pub lines: Lines,
}

/// The files that are judged, sorted by path, with their judged lines. Removed files, links and submodules are among them, so
/// that a gate on the extent of a change sees them. An index in a hook is the hook's own (`GIT_INDEX_FILE` of `env`).
///
/// # Errors
/// An index with paths in conflict, a bare repository where a working tree is asked for, objects that cannot be read.
pub fn changes(git: &dyn Git, env: &Env, what: &What) -> Result<Vec<FileChange>> {
    let found = match what {
        What::All => return all(git, env),
        What::Staged => {
            let head = match git.head()? {
                Head::Branch(_, id) | Head::Detached(id) => Some(git.commit_tree(id)?),
                Head::Unborn(_) => None,
            };
            let top = top_of(git)?;
            let staged = git.index_changes(hook_index(env, &top).as_deref(), head)?;
            if let Some(first) = staged.conflicts.first() {
                let more = staged.conflicts.len() - 1;
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let message = format!("`{}`{more} still in conflict: the index is not what will be committed", quoted(first));
                return Err(Error::new(ErrorKind::Environment, message).hint("Resolve the conflicts and add the files first"));
            }
            staged.changes
        }
        What::Range { from, to } => {
            let from = from.map(|id| git.commit_tree(id)).transpose()?;
            git.tree_changes(from, Some(git.commit_tree(*to)?))?
        }
    };
    let mut files: Vec<FileChange> = found.iter().map(bare).collect();
    renames::find(git, &mut files)?;
    added_lines(git, &mut files)?;
    if *what == What::Staged {
        merge::only_new(git, &mut files)?;
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The content of a file, into a buffer that the caller reuses. False = there is nothing to look at: it was removed, it is
/// special, or the working tree has no such file any more.
///
/// # Errors
/// The object or the file cannot be read.
pub fn read(git: &dyn Git, top: &Path, file: &FileChange, into: &mut Vec<u8>) -> Result<bool> {
    into.clear();
    if file.removed || file.special {
        return Ok(false);
    }
    let Some(blob) = file.blob else { return from_disk(&top.join(raw(&file.path)), into) };
    git.read_blob(blob, into)?;
    Ok(true)
}

/// A regular file's bytes. A link is not followed: it may lead out of the repository.
fn from_disk(path: &Path, into: &mut Vec<u8>) -> Result<bool> {
    use rustix::fs::{Mode, OFlags};
    use std::io::Read;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(opened) => opened,
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR | rustix::io::Errno::LOOP) => return Ok(false),
        Err(e) => return Err(Error::io(path, &e.into())),
    };
    let mut file = std::fs::File::from(opened);
    let meta = file.metadata().map_err(|e| Error::io(path, &e))?;
    if !meta.is_file() {
        return Ok(false);
    }
    into.reserve(meta.len() as usize + 1);
    file.read_to_end(into).map_err(|e| Error::io(path, &e))?;
    Ok(true)
}

/// The top of the working tree.
fn top_of(git: &dyn Git) -> Result<PathBuf> {
    git.paths().work_dir.clone().ok_or_else(|| {
        Error::new(ErrorKind::Environment, "a bare repository has no index and no working tree to check")
            .hint("Check a range of commits instead")
    })
}

/// The index that git told a hook to look at: `commit -a`, `-p` and `-- path` make one of their own. A relative name counts
/// from the top of the working tree. None of another repository: a hook may call us for a second one.
pub(crate) fn hook_index(env: &Env, top: &Path) -> Option<PathBuf> {
    let named = top.join(env.var("GIT_INDEX_FILE")?);
    let of = |dir: &str| std::fs::canonicalize(top.join(dir)).ok();
    let elsewhere = env.var("GIT_WORK_TREE").and_then(of).is_some_and(|dir| Some(dir) != std::fs::canonicalize(top).ok());
    (!elsewhere).then_some(named)
}

/// A change without its lines.
fn bare(found: &PathChange) -> FileChange {
    let is_special = |mode: Mode| matches!(mode, Mode::Link | Mode::Submodule);
    let blob = |side: Option<(Mode, Oid)>| side.filter(|(mode, _)| *mode != Mode::Submodule).map(|(_, oid)| oid);
    let special = match (found.old, found.new) {
        (_, Some((mode, _))) | (Some((mode, _)), None) => is_special(mode),
        (None, None) => false,
    };
    // What a file was as a link or a submodule is not what its lines are compared with.
    let old_blob = blob(found.old.filter(|(mode, _)| special || !is_special(*mode)));
    let lines = if found.new.is_none() || special { Lines::Some(Vec::new()) } else { Lines::All };
    let path = quoted(&found.path);
    FileChange { path, old_path: None, blob: blob(found.new), old_blob, removed: found.new.is_none(), special, lines }
}

/// Narrows files that were there before to their added lines.
fn added_lines(git: &dyn Git, files: &mut [FileChange]) -> Result<()> {
    let pair = |f: &FileChange| f.blob.zip(f.old_blob).filter(|_| !f.removed && !f.special);
    let wanted: Vec<Oid> = files.iter().filter_map(pair).filter(|(a, b)| a != b).flat_map(|(a, b)| [a, b]).collect();
    if git.reading_order(&wanted).is_none() {
        // A partial clone: one fetch for all of them.
        git.read_blobs(&wanted, &mut |_, _| Ok(()))?;
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for file in files.iter_mut() {
        let Some((now, before)) = pair(file) else { continue };
        if now == before {
            file.lines = Lines::Some(Vec::new());
            continue;
        }
        git.read_blob(before, &mut old)?;
        git.read_blob(now, &mut new)?;
        file.lines = added(&old, &new);
    }
    Ok(())
}

/// What the index has, sorted; in a hook the hook's own (`GIT_INDEX_FILE` of `env`).
///
/// # Errors
/// A bare repository; an index that cannot be read.
pub fn tracked(git: &dyn Git, env: &Env) -> Result<Vec<Tracked>> {
    Ok(git.index_entries(hook_index(env, &top_of(git)?).as_deref())?)
}

/// Every tracked file that is there.
fn all(git: &dyn Git, env: &Env) -> Result<Vec<FileChange>> {
    let top = top_of(git)?;
    let entries = tracked(git, env)?;
    let there = |entry: &Tracked| on_disk(&top, quoted(&entry.path), entry.mode == Mode::Submodule);
    Ok(entries.iter().filter_map(there).collect())
}

/// A file of the working tree as it is on the disk, by its quoted path; `None` where it is not there.
pub fn on_disk(top: &Path, path: String, is_submodule: bool) -> Option<FileChange> {
    let meta = top.join(raw(&path)).symlink_metadata().ok()?;
    let special = is_submodule || !meta.is_file();
    let lines = if special { Lines::Some(Vec::new()) } else { Lines::All };
    Some(FileChange { path, old_path: None, blob: None, old_blob: None, removed: false, special, lines })
}

/// Bytes as a path of this system.
fn raw_bytes(path: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(path))
}

#[cfg(test)]
mod tests;
