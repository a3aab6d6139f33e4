//! The files of events in a tree.

use super::sealed::SealedName;
use crate::error::Result;
use crate::git::{Git, Mode, Oid};

/// A file of events as a tree names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileEntry {
    /// `events`, `mail` or `runs/<run>`.
    pub stream: String,
    /// Its name.
    pub name: SealedName,
    /// Its content.
    pub oid: Oid,
}

impl FileEntry {
    /// Its path below `.beads/` in the state ref.
    pub fn path(&self) -> String {
        self.name.state_path(&self.stream)
    }
}

/// The well-named files of events below `.beads/` of a commit: what a state ref or a published branch holds.
/// What somebody put there by hand is passed over.
///
/// # Errors
/// A tree that cannot be read.
pub fn list_files(git: &dyn Git, commit: Oid) -> Result<Vec<FileEntry>> {
    list_files_at(git, git.commit_tree(commit)?)
}

/// [`list_files`] of a root tree.
///
/// # Errors
/// A tree that cannot be read.
pub fn list_files_at(git: &dyn Git, root: Oid) -> Result<Vec<FileEntry>> {
    let mut out = Vec::new();
    let Some(beads) = git.entry_at(root, ".beads")?.filter(|e| e.mode == Mode::Tree) else { return Ok(out) };
    for stream in git.read_tree(beads.oid)?.into_iter().filter(|e| e.mode == Mode::Tree) {
        if stream.name == "runs" {
            for run in git.read_tree(stream.oid)?.into_iter().filter(|e| e.mode == Mode::Tree) {
                list_stream(git, &format!("runs/{}", run.name), run.oid, &mut out)?;
            }
        } else {
            list_stream(git, &stream.name, stream.oid, &mut out)?;
        }
    }
    Ok(out)
}

fn list_stream(git: &dyn Git, stream: &str, tree: Oid, out: &mut Vec<FileEntry>) -> Result<()> {
    for entry in git.read_tree(tree)? {
        match entry.mode {
            Mode::Blob => push(stream, &entry.name, entry.oid, None, out),
            Mode::Tree if is_day(&entry.name) => {
                for file in git.read_tree(entry.oid)?.into_iter().filter(|e| e.mode == Mode::Blob) {
                    push(stream, &file.name, file.oid, Some(&entry.name), out);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The rides of a branch: `.beads/events/` in its tree, flat.
///
/// # Errors
/// A tree that cannot be read.
pub fn list_rides(git: &dyn Git, commit: Oid) -> Result<Vec<FileEntry>> {
    let root = git.commit_tree(commit)?;
    let mut out = Vec::new();
    if let Some(events) = git.entry_at(root, ".beads/events")?.filter(|e| e.mode == Mode::Tree) {
        for entry in git.read_tree(events.oid)?.into_iter().filter(|e| e.mode == Mode::Blob) {
            if let Some(name) = SealedName::parse(&entry.name) {
                out.push(FileEntry { stream: "events".to_owned(), name, oid: entry.oid });
            }
        }
    }
    Ok(out)
}

fn push(stream: &str, name: &str, oid: Oid, day: Option<&str>, out: &mut Vec<FileEntry>) {
    if let Some(name) = SealedName::parse(name) {
        // A file in the wrong day is not where we would look for it again: it counts as foreign.
        if name.day().as_deref() == day {
            out.push(FileEntry { stream: stream.to_owned(), name, oid });
        }
    }
}

/// True for `yyyy-mm-dd`.
pub fn is_day(name: &str) -> bool {
    name.len() == 10 && name.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
}
