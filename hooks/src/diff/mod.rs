//! What is judged: the added lines of the index, of a range of commits, or a whole tree.

use crate::Lines;
use bd::git::Oid;

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
    /// From the top of the tree, with `/`.
    pub path: String,
    /// Where it was before, if it was renamed.
    pub old_path: Option<String>,
    /// Its content; `None` = the file was removed, or is read from the working tree ([`What::All`]).
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
