//! The name of this clone: two clones of one person are two claimants, though they act under one name (STATE 4, 7).

use super::Store;
use crate::error::{Error, Result};
use std::path::Path;

/// What a claim names its clone by, beside the payload.
pub const CLONE_KEY: &str = "clone";

impl Store {
    /// The clone's own name, 16 random hex digits, shared by its worktrees; made when it is first asked for. A folder that
    /// was moved keeps it. A copy is another clone: it gets a name of its own as long as the original is where it was.
    /// (A copy at the same path on another machine cannot be told from the original.)
    ///
    /// # Errors
    /// The clone's folder cannot be written, or the system has no randomness.
    pub fn clone_id(&self) -> Result<String> {
        let path = self.dir().join("clone");
        let here = self.git().paths().common_dir.display().to_string();
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some((id, place)) = known.trim_end_matches('\n').split_once(' ') {
            if place == here && id.len() == 16 {
                return Ok(id.to_owned());
            }
        }
        let moved = known.trim_end_matches('\n').split_once(' ').filter(|(id, _)| id.len() == 16);
        let moved = moved.filter(|(id, place)| !is_another(Path::new(place), &self.git().paths().common_dir, id));
        let id = match moved {
            Some((id, _)) => id.to_owned(),
            None => {
                let bytes = self.env().random::<8>().map_err(|e| Error::io(&path, &e))?;
                bytes.iter().map(|b| format!("{b:02x}")).collect()
            }
        };
        crate::failpoint!("clone-id.before");
        let written = std::fs::create_dir_all(self.dir()).and_then(|()| std::fs::write(&path, format!("{id} {here}\n")));
        crate::failpoint!("clone-id.after");
        written.map_err(|e| Error::io(&path, &e))?;
        Ok(id)
    }
}

/// True if the clone that was at `place` is still there under this name, and is not this one by another path.
fn is_another(place: &Path, here: &Path, id: &str) -> bool {
    let same = || place.canonicalize().is_ok_and(|there| here.canonicalize().is_ok_and(|here| here == there));
    let known = std::fs::read_to_string(place.join("beads").join("clone")).unwrap_or_default();
    known.split(' ').next() == Some(id) && !same()
}
