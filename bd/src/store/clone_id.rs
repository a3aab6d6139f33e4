//! The name of this clone: two clones of one person are two claimants, though they act under one name (STATE 4, 7).

use super::Store;
use crate::error::{Error, Result};
use std::path::Path;

/// What a claim names its clone by, beside the payload.
pub const CLONE_KEY: &str = "clone";

impl Store {
    /// The clone's own name, 16 random hex digits, shared by its worktrees; made when it is first asked for. A folder that
    /// was moved keeps it: it is the same folder, and nothing is where it was. A copy is another clone and gets a name of
    /// its own, on another machine too; what was moved to another disk cannot be told from a copy.
    /// (A copy at the same path on another machine cannot be told from the original.)
    ///
    /// # Errors
    /// The clone's folder cannot be written, or the system has no randomness.
    pub fn clone_id(&self) -> Result<String> {
        let path = self.dir().join("clone");
        let here = self.git().paths().common_dir.display().to_string();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let known = Known::parse(&text);
        if let Some(known) = known.as_ref().filter(|k| k.place == here) {
            return Ok(known.id.to_owned());
        }
        let io = |e: std::io::Error| Error::io(&path, &e);
        std::fs::create_dir_all(self.dir()).map_err(io)?;
        let folder = folder_number(self.dir());
        let is_moved = |k: &Known<'_>| {
            k.folder.is_some() && k.folder == folder && !is_another(Path::new(k.place), &self.git().paths().common_dir, k.id)
        };
        let id = match known.filter(is_moved) {
            Some(known) => known.id.to_owned(),
            None => self.env().random::<8>().map_err(io)?.iter().map(|b| format!("{b:02x}")).collect(),
        };
        let number = folder.map(|n| format!("{n}\n")).unwrap_or_default();
        crate::failpoint!("clone-id.before");
        let written = std::fs::write(&path, format!("{id} {here}\n{number}"));
        crate::failpoint!("clone-id.after");
        written.map_err(io)?;
        Ok(id)
    }
}

/// What the file `clone` says.
struct Known<'a> {
    id: &'a str,
    /// The common dir that it was written in.
    place: &'a str,
    /// The number of the folder that it was written in, if the system has such numbers.
    folder: Option<u64>,
}

impl<'a> Known<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_suffix('\n')?;
        let (first, folder) = match text.rsplit_once('\n') {
            Some((first, number)) => (first, Some(number.parse().ok()?)),
            None => (text, None),
        };
        let (id, place) = first.split_once(' ')?;
        (id.len() == 16).then_some(Self { id, place, folder })
    }
}

/// The number that a file system gives a folder: a move keeps it, a copy has another one.
#[cfg(unix)]
fn folder_number(dir: &Path) -> Option<u64> {
    std::fs::metadata(dir).ok().map(|m| std::os::unix::fs::MetadataExt::ino(&m))
}

/// No such numbers here: what was moved is another clone.
#[cfg(not(unix))]
fn folder_number(_dir: &Path) -> Option<u64> {
    None
}

/// True if the clone that was at `place` is still there under this name, and is not this one by another path.
fn is_another(place: &Path, here: &Path, id: &str) -> bool {
    let same = || place.canonicalize().is_ok_and(|there| here.canonicalize().is_ok_and(|here| here == there));
    let known = std::fs::read_to_string(place.join("beads").join("clone")).unwrap_or_default();
    known.split(' ').next() == Some(id) && !same()
}
