//! Where programs run: in the working tree if that is exactly what is judged, else in a tree of our own.

mod own;

use crate::diff::What;
use bd::env::Env;
use bd::git::{Git, Oid};
use own::{Base, OwnTree};
use std::path::{Path, PathBuf};

/// A tree to run programs in. A tree of our own goes away with it.
pub struct Place {
    top: PathBuf,
    own: Option<OwnTree>,
}

impl Place {
    /// Its top.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// True if it is the user's own working tree.
    pub fn in_place(&self) -> bool {
        self.own.is_none()
    }
}

/// The place for what is judged. `.beads/` does not count: no program looks at the store.
///
/// The working tree is never changed for this: what is not committed or not staged stays, and what is judged is checked out
/// elsewhere. Untracked files (installed dependencies, build folders) are there only where the working tree is the place.
///
/// # Errors
/// One sentence: the index or a tree cannot be read, an index with conflicts, a submodule's commit that is not here.
pub fn place(env: &Env, git: &dyn Git, what: &What) -> Result<Place, String> {
    let work = git.paths().work_dir.clone();
    let here = |top: PathBuf| Ok(Place { top, own: None });
    if matches!(what, What::All) {
        return here(work.ok_or("a bare repository has no working tree to judge")?);
    }
    let base = Base::new(env, git)?;
    let target = match what {
        What::Range { to, .. } => Some(*to),
        _ => None,
    };
    if let Some(work) = work.filter(|_| base.has_index()) {
        if base.is_exactly(&work, target)? {
            return here(work);
        }
    }
    let tree = match target {
        Some(commit) => git.commit_tree(commit).map_err(|e| e.to_string())?,
        None => base.write_tree()?,
    };
    let own = base.check_out(tree)?;
    Ok(Place { top: own.top(), own: Some(own) })
}

/// The tree of the index that the user's command works with (in a hook: the hook's own index).
///
/// # Errors
/// The index cannot be read, or it has conflicts.
pub fn staged_tree(env: &Env, git: &dyn Git) -> Result<Oid, String> {
    Base::new(env, git)?.write_tree()
}
