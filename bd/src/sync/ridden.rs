//! What a branch had of rides and has no more. Found by tests/histories: a ride, its revert, a ride of the same events and another
//! one, and the first ride reverted once more. git took the second file for the first one under a new name, and a file that
//! one side deletes and the other renames is a conflict.

use crate::error::Result;
use crate::git::{Mode, Oid};
use crate::store::pack::{bare, lines};
use crate::store::{SealedName, Store, list_rides};
use std::collections::{BTreeSet, HashSet};

/// So many commits of the branch are looked through.
const COMMITS: usize = 100;

/// By how many spaces the lines of a ride are indented: one more than in any file with one of these lines that the branch had and
/// has no more, so that git never takes the ride for a rename of it. Usually none.
///
/// # Errors
/// History that cannot be read.
pub(super) fn indent(store: &Store, head: Oid, ours: &HashSet<&[u8]>) -> Result<usize> {
    let git = store.git();
    let here: BTreeSet<Oid> = list_rides(git, head)?.into_iter().map(|file| file.oid).collect();
    let mut folders: BTreeSet<Oid> = BTreeSet::new();
    let mut gone: BTreeSet<Oid> = BTreeSet::new();
    for commit in git.commits_between(head, None, COMMITS)? {
        let folder = git.entry_at(git.commit_tree(commit)?, ".beads/events")?.filter(|e| e.mode == Mode::Tree);
        let Some(folder) = folder.filter(|folder| folders.insert(folder.oid)) else { continue };
        let files = git.read_tree(folder.oid)?.into_iter().filter(|e| e.mode == Mode::Blob && SealedName::parse(&e.name).is_some());
        gone.extend(files.map(|e| e.oid).filter(|oid| !here.contains(oid)));
    }
    let gone: Vec<Oid> = gone.into_iter().collect();
    let mut out = 0;
    git.read_blobs(&gone, &mut |_, bytes| {
        for line in lines(bytes) {
            let text = bare(line);
            if ours.contains(text) {
                out = out.max(line.len() - text.len() + 1);
            }
        }
        Ok(())
    })?;
    Ok(out)
}
