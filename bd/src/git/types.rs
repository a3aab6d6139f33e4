//! Plain types of the git seam.

use std::fmt;
use std::path::{Path, PathBuf};

/// An object's name: 20 bytes (SHA-1) or 32 (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid {
    len: u8,
    bytes: [u8; 32],
}

impl Oid {
    /// Any SHA-1 name, for those who ask only which hash is meant.
    pub const SHA1: Self = Self { len: 20, bytes: [0; 32] };

    /// From raw bytes, 20 or 32 of them.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        if raw.len() != 20 && raw.len() != 32 {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(Self { len: raw.len() as u8, bytes })
    }

    /// From 40 or 64 hex digits.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let hex = hex.as_bytes();
        if hex.len() != 40 && hex.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let digit = |c: u8| char::from(c).to_digit(16);
            *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Some(Self { len: (hex.len() / 2) as u8, bytes })
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hex = [0u8; 64];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.as_bytes()) {
            pair.copy_from_slice(&[b"0123456789abcdef"[usize::from(byte >> 4)], b"0123456789abcdef"[usize::from(byte & 15)]]);
        }
        f.pad(std::str::from_utf8(&hex[..usize::from(self.len) * 2]).unwrap_or_default())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a repository keeps things. All absolute.
#[derive(Clone, Debug)]
pub struct RepoPaths {
    /// This worktree's git directory.
    pub git_dir: PathBuf,
    /// The git directory that all worktrees share.
    pub common_dir: PathBuf,
    /// The top of the working tree; `None` in a bare repository.
    pub work_dir: Option<PathBuf>,
}

impl RepoPaths {
    /// The clone's own folder of the store: `<common dir>/beads`.
    pub fn beads_dir(&self) -> PathBuf {
        self.common_dir.join("beads")
    }

    /// `.beads` in the working tree.
    pub fn tree_dir(&self) -> Option<PathBuf> {
        self.work_dir.as_deref().map(|d: &Path| d.join(".beads"))
    }
}

/// What a tree entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 040000
    Tree,
    /// 100644
    Blob,
    /// 100755
    Executable,
    /// 120000
    Link,
    /// 160000
    Submodule,
}

/// One entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// The name; trees with names that are not UTF-8 yield them lossily (we never write such trees back).
    pub name: String,
    /// What it is.
    pub mode: Mode,
    /// The object.
    pub oid: Oid,
}

/// A path that differs between two trees, or between a tree and the index. Never a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// From the top of the tree, as git has it: bytes that need not be UTF-8.
    pub path: Vec<u8>,
    /// What it was; `None` = it was not there.
    pub old: Option<(Mode, Oid)>,
    /// What it is; `None` = it is not there.
    pub new: Option<(Mode, Oid)>,
}

/// A file of packed objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFile {
    /// Its name without the extension.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// What an index changes against a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staged {
    /// The paths that differ, sorted. What was only announced (`git add -N`) is not among them.
    pub changes: Vec<PathChange>,
    /// The paths in conflict, sorted: no commit can be made before they are resolved.
    pub conflicts: Vec<Vec<u8>>,
}

/// A path of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// From the top of the tree, as git has it.
    pub path: Vec<u8>,
    /// What it is.
    pub mode: Mode,
    /// Its content; of a path in conflict, that of its first stage.
    pub oid: Oid,
}

/// What HEAD is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// On a branch (full ref name) that has no commit yet.
    Unborn(String),
    /// On a branch (full ref name) at a commit.
    Branch(String, Oid),
    /// On a commit.
    Detached(Oid),
}

/// What a ref must be for a change to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It must not exist.
    Missing,
    /// It must point here.
    Is(Oid),
}

/// The result of a compare-and-swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cas {
    /// The ref is now what was asked for.
    Done,
    /// Somebody else moved it; it is now this. Nothing was changed.
    Moved(Option<Oid>),
}

/// A name, an address and a time for a commit.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Name.
    pub name: String,
    /// Address; may be empty.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub seconds: i64,
}

/// A commit to write.
#[derive(Clone, Debug)]
pub struct CommitSpec {
    /// Its tree.
    pub tree: Oid,
    /// Its parents.
    pub parents: Vec<Oid>,
    /// Who acted.
    pub author: Signature,
    /// Who wrote the commit.
    pub committer: Signature,
    /// The whole message.
    pub message: String,
    /// Sign if the user's git configuration asks for signed commits.
    pub sign: bool,
}

/// The result of a fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchOutcome {
    /// Everything asked for was fetched.
    Done,
    /// The remote answered, and has none of the refs asked for.
    NoSuchRef,
}

/// The result of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// The remote has it.
    Done,
    /// The remote did not take it; its words, credentials removed. Whether the tip moved is asked with `ls_remote`.
    Refused(String),
}

/// What can go wrong at the seam.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No repository here or above.
    #[error("there is no git repository at `{0}` or above it")]
    NotARepository(PathBuf),
    /// No `git` on the PATH.
    #[error("`git` is not on the PATH")]
    NoGit,
    /// Something that this repository uses and neither gix nor git can do for us.
    #[error("{0}")]
    Unsupported(String),
    /// An object is missing or unreadable.
    #[error("object {id} cannot be read: {why}")]
    Object {
        /// Which.
        id: Oid,
        /// Why.
        why: String,
    },
    /// A lock is held by another process.
    #[error("`{0}` is locked by another process")]
    Locked(String),
    /// The remote is out of reach or refused to talk to us; step and words.
    #[error("{step} failed: {why}")]
    Remote {
        /// Which step.
        step: &'static str,
        /// What git said, credentials removed.
        why: String,
    },
    /// A read or write of the file system.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What.
        source: std::io::Error,
    },
    /// Anything else that git or gix said.
    #[error("{0}")]
    Other(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_digits_and_nothing_else() {
        for hex in ["0123456789abcdef0123456789abcdef01234567".to_owned(), "f0".repeat(32)] {
            assert_eq!(Oid::from_hex(&hex).unwrap().to_string(), hex);
        }
        assert_eq!(Oid::from_hex(&"AB".repeat(20)).unwrap().to_string(), "ab".repeat(20));
        for bad in [String::new(), "+1".repeat(20), "0x".repeat(20), "ab".repeat(19), "é".repeat(20), "a".repeat(41)] {
            assert_eq!(Oid::from_hex(&bad), None, "{bad}");
        }
    }
}
