//! The name of this clone: two clones of one person are two claimants, though they act under one name (STATE 4, 7).

use super::Store;
use crate::error::{Error, Result};

/// What a claim names its clone by, beside the payload.
pub const CLONE_KEY: &str = "clone";

impl Store {
    /// The clone's own name, 16 random hex digits, shared by its worktrees; made when it is first asked for. A copy of
    /// the whole folder is another clone, so the name holds only where it was made.
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
        let bytes = self.env().random::<8>().map_err(|e| Error::io(&path, &e))?;
        let id: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        crate::failpoint!("clone-id.before");
        let written = std::fs::create_dir_all(self.dir()).and_then(|()| std::fs::write(&path, format!("{id} {here}\n")));
        crate::failpoint!("clone-id.after");
        written.map_err(|e| Error::io(&path, &e))?;
        Ok(id)
    }
}
