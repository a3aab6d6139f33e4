//! A merge that is being concluded: what one of its parents has already is not new in its commit.

use super::{FileChange, added};
use bd::error::{Error, Result};
use bd::git::{Git, Oid};

/// Takes out of what is staged what the other parents have: files that are as they are there, and of the rest their lines.
///
/// # Errors
/// Objects that cannot be read.
pub fn only_new(git: &dyn Git, files: &mut Vec<FileChange>) -> Result<()> {
    for parent in other_parents(git)? {
        let tree = git.commit_tree(parent)?;
        let mut keep = Vec::with_capacity(files.len());
        for mut file in files.drain(..) {
            let there = git.entry_at(tree, &file.path)?.map(|e| e.oid);
            if there == file.blob && there.is_some() || file.removed && there.is_none() {
                continue;
            }
            if let (Some(there), Some(here), false) = (there, file.blob, file.special) {
                let (mut old, mut new) = (Vec::new(), Vec::new());
                git.read_blob(there, &mut old)?;
                git.read_blob(here, &mut new)?;
                file.lines = file.lines.and(&added(&old, &new));
            }
            keep.push(file);
        }
        *files = keep;
    }
    Ok(())
}

/// The commits that are being merged into HEAD; none while no merge is under way.
fn other_parents(git: &dyn Git) -> Result<Vec<Oid>> {
    let path = git.paths().git_dir.join("MERGE_HEAD");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().filter_map(Oid::from_hex).collect()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Error::io(&path, &e)),
    }
}
