//! The index of what was set aside: a row a file, `<object> <path> <path of the file of its good lines, or ->`.
//!
//! It is only ever replaced whole. A line that is no row (older programs appended, and an append can be torn) says nothing: its
//! object counts as not set aside, so that `bd doctor --fix` does it again, and the next replacement leaves the line out.

use crate::error::{Error, Result};
use crate::git::Oid;
use crate::store::SealedName;
use std::collections::HashSet;
use std::fmt;
use std::io::Write;
use std::path::Path;

/// What stands before a row from the beginning of its undoing to the end: it is out of force.
const UNDO: &str = "undo:";

/// A file that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// True while it is being taken back.
    pub undone: bool,
    /// The damaged object.
    pub oid: Oid,
    /// Where it was, from the top of the tree.
    pub path: String,
    /// The file that holds its good lines.
    pub new: Option<String>,
}

impl Row {
    /// Reads a line; `None` if it is no row. A path ends with the name of a sealed file, so that a torn one is seen; the folder of
    /// a stream may have spaces in its name.
    fn parse(line: &str) -> Option<Self> {
        let (undone, row) = line.strip_prefix(UNDO).map_or((false, line), |row| (true, row));
        let (oid, paths) = row.split_once(' ')?;
        let (path, new) = match paths.strip_suffix(" -") {
            Some(path) => (path, None),
            None => paths.find(" .beads/").map(|at| (&paths[..at], Some(&paths[at + 1..])))?,
        };
        let is_file = |path: &str| {
            let name = path.strip_prefix(".beads/").filter(|below| !below.contains(" .beads/"))?.rsplit('/').next()?;
            SealedName::parse(name)
        };
        is_file(path)?;
        if let Some(new) = new {
            is_file(new)?;
        }
        Some(Self { undone, oid: Oid::from_hex(oid)?, path: path.to_owned(), new: new.map(str::to_owned) })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let undo = if self.undone { UNDO } else { "" };
        write!(f, "{undo}{} {} {}", self.oid, self.path, self.new.as_deref().unwrap_or("-"))
    }
}

/// The rows, in the order in which they came; none where there is no index.
pub(super) fn read(dir: &Path) -> Result<Vec<Row>> {
    let path = dir.join("quarantine").join("index");
    match std::fs::read(&path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).lines().filter_map(Row::parse).collect()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Error::io(&path, &e)),
    }
}

/// The objects (hex) of the rows in force.
pub(in crate::store) fn quarantined(dir: &Path) -> Result<HashSet<String>> {
    Ok(read(dir)?.into_iter().filter(|row| !row.undone).map(|row| row.oid.to_string()).collect())
}

/// Replaces the index by these rows, whole or not at all.
pub(super) fn replace(dir: &Path, rows: &[Row]) -> Result<()> {
    let folder = dir.join("quarantine");
    let (index, temp) = (folder.join("index"), folder.join("index.new"));
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let write = || -> std::io::Result<()> {
        crate::failpoint!("quarantine.index.before");
        let mut file = std::fs::File::create(&temp)?;
        crate::failpoint!("quarantine.index.write");
        file.write_all(text.as_bytes())?;
        crate::failpoint!("quarantine.index.sync");
        file.sync_all()?;
        crate::failpoint!("quarantine.index.rename");
        std::fs::rename(&temp, &index)?;
        crate::failpoint!("quarantine.index.after");
        // Without it a power loss brings the old rows back, and they hide lines that stand nowhere else by then.
        std::fs::File::open(&folder)?.sync_all()?;
        crate::failpoint!("quarantine.index.named");
        Ok(())
    };
    write().map_err(|e| Error::io(&index, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_round_trips_and_what_is_torn_or_glued_is_none() {
        let oid = "a".repeat(64);
        let file = |stream: &str, digit: &str| format!(".beads/{stream}/2026-03-01/20260301T1100-{}.jsonl", digit.repeat(32));
        let (path, new) = (file("events", "1"), file("events", "2"));
        let rows = [
            format!("{oid} {path} {new}"),
            format!("{oid} {path} -"),
            format!("undo:{oid} {path} {path}"),
            format!("{oid} {} {}", file("two words", "1"), file("two words", "2")),
        ];
        for row in &rows {
            assert_eq!(Row::parse(row).as_ref().map(ToString::to_string).as_ref(), Some(row));
        }
        for row in &rows[..2] {
            for cut in 0..row.len() {
                assert_eq!(Row::parse(&row[..cut]), None, "{}", &row[..cut]);
                let glued = format!("{}{row}", &row[..cut]);
                assert!(cut == 0 || Row::parse(&glued).is_none(), "{glued}");
            }
        }
    }
}
