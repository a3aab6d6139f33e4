//! What two trees of sealed files do not share, by recursion over tree ids: equal ones are never opened.

use super::sealed::SealedName;
use super::tree::{FileEntry, is_day};
use crate::error::Result;
use crate::git::{Git, Mode, Oid, TreeEntry};
use std::collections::BTreeMap;

/// The differences between two roots, `a` and `b`.
#[derive(Debug, Default)]
pub struct TreeDiff {
    /// Files that only `a` has (or has with other bytes).
    pub a: Vec<FileEntry>,
    /// Files that only `b` has.
    pub b: Vec<FileEntry>,
    /// Paths from the root in `b` that are no files of events: somebody put them there by hand.
    pub foreign_b: Vec<String>,
}

/// Compares two roots; a missing one counts as empty.
///
/// # Errors
/// A tree that cannot be read.
pub fn diff_trees(git: &dyn Git, a: Option<Oid>, b: Option<Oid>) -> Result<TreeDiff> {
    let mut out = TreeDiff::default();
    if a != b {
        level(git, &Place::Root, a, b, &mut out)?;
    }
    Ok(out)
}

/// The files of one stream below a root.
///
/// # Errors
/// A tree that cannot be read.
pub fn stream_files(git: &dyn Git, root: Option<Oid>, stream: &str) -> Result<Vec<FileEntry>> {
    let Some(root) = root else { return Ok(Vec::new()) };
    let Some(entry) = git.entry_at(root, &format!(".beads/{stream}"))?.filter(|e| e.mode == Mode::Tree) else {
        return Ok(Vec::new());
    };
    let mut out = TreeDiff::default();
    level(git, &Place::Stream(stream.to_owned()), Some(entry.oid), None, &mut out)?;
    Ok(out.a)
}

/// Where in the layout of STATE 2 a tree is.
enum Place {
    Root,
    Beads,
    Runs,
    Stream(String),
    Day(String, String),
}

enum Found {
    Tree(Place),
    File(FileEntry),
    Foreign(String),
}

impl Place {
    fn path(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Beads => ".beads/".to_owned(),
            Self::Runs => ".beads/runs/".to_owned(),
            Self::Stream(stream) => format!(".beads/{stream}/"),
            Self::Day(stream, day) => format!(".beads/{stream}/{day}/"),
        }
    }

    fn look(&self, entry: &TreeEntry) -> Found {
        let name = &entry.name;
        let file = |stream: &String, day: Option<&str>| {
            let name = SealedName::parse(name).filter(|n| n.day().as_deref() == day)?;
            Some(Found::File(FileEntry { stream: stream.clone(), name, oid: entry.oid }))
        };
        let found = match (self, entry.mode) {
            (Self::Root, Mode::Tree) if name == ".beads" => Some(Found::Tree(Self::Beads)),
            (Self::Beads, Mode::Tree) if name == "runs" => Some(Found::Tree(Self::Runs)),
            (Self::Beads, Mode::Tree) => Some(Found::Tree(Self::Stream(name.clone()))),
            (Self::Runs, Mode::Tree) => Some(Found::Tree(Self::Stream(format!("runs/{name}")))),
            (Self::Stream(stream), Mode::Tree) if is_day(name) => Some(Found::Tree(Self::Day(stream.clone(), name.clone()))),
            (Self::Stream(stream), Mode::Blob) => file(stream, None),
            (Self::Day(stream, day), Mode::Blob) => file(stream, Some(day)),
            _ => None,
        };
        found.unwrap_or_else(|| Found::Foreign(format!("{}{name}", self.path())))
    }
}

fn level(git: &dyn Git, place: &Place, a: Option<Oid>, b: Option<Oid>, out: &mut TreeDiff) -> Result<()> {
    if let (Some(tree), None) = (a, b) {
        return list(git, place, tree, &mut out.a);
    }
    let mut names: BTreeMap<String, [Option<TreeEntry>; 2]> = BTreeMap::new();
    for (side, entries) in git.unlike(a, b)?.into_iter().enumerate() {
        for entry in entries {
            let name = entry.name.clone();
            names.entry(name).or_default()[side] = Some(entry);
        }
    }
    for sides in names.into_values() {
        if sides[0] == sides[1] {
            continue;
        }
        let mut trees: [Option<(Oid, Place)>; 2] = [None, None];
        for (side, entry) in sides.into_iter().enumerate() {
            let Some(entry) = entry else { continue };
            match place.look(&entry) {
                Found::Tree(below) => trees[side] = Some((entry.oid, below)),
                Found::File(file) if side == 0 => out.a.push(file),
                Found::File(file) => out.b.push(file),
                Found::Foreign(path) if side == 1 => out.foreign_b.push(path),
                Found::Foreign(_) => {}
            }
        }
        let oids = trees.each_ref().map(|t| t.as_ref().map(|t| t.0));
        if let Some((_, below)) = trees.into_iter().flatten().next() {
            level(git, &below, oids[0], oids[1], out)?;
        }
    }
    Ok(())
}

/// All files below a tree.
fn list(git: &dyn Git, place: &Place, tree: Oid, out: &mut Vec<FileEntry>) -> Result<()> {
    for entry in git.read_tree(tree)? {
        match place.look(&entry) {
            Found::Tree(below) => list(git, &below, entry.oid, out)?,
            Found::File(file) => out.push(file),
            Found::Foreign(_) => {}
        }
    }
    Ok(())
}
