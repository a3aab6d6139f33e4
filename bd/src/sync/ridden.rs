//! What else has the events of a ride: files that its branch had and has no more, and those of other branches. Found by
//! tests/histories: a ride, its revert, a ride of the same events and another one, and the first ride reverted once more. git took
//! the second file for the first one under a new name, and a file that one side deletes and the other renames is a conflict.

use crate::error::Result;
use crate::git::{Mode, Oid};
use crate::store::pack::{bare, lines};
use crate::store::{SealedName, Store, list_rides};
use std::collections::{BTreeSet, HashSet};

/// So many commits of the branch are looked through, and so many other branches of this clone: its own events rode from here.
const COMMITS: usize = 100;
const BRANCHES: usize = 100;

/// By how many spaces the lines of a ride are indented: one more than in any file with one of these lines that the branch had and
/// has no more, or that another branch has, so that git never takes the ride for a rename of it. Usually none.
///
/// # Errors
/// History that cannot be read.
pub(super) fn indent(store: &Store, head: Oid, ours: &HashSet<&[u8]>) -> Result<usize> {
    let git = store.git();
    // A partial clone would fetch all of this: a ride works offline.
    if git.reading_order(&[]).is_none() {
        return Ok(0);
    }
    let here: BTreeSet<Oid> = list_rides(git, head)?.into_iter().map(|file| file.oid).collect();
    let mut folders: BTreeSet<Oid> = BTreeSet::new();
    let mut others: BTreeSet<Oid> = BTreeSet::new();
    let mut commits = git.commits_between(head, None, COMMITS)?;
    commits.extend(git.refs("refs/heads/")?.into_iter().take(BRANCHES).map(|(_, tip)| tip));
    for commit in commits {
        // A branch that names no commit, or one that is not there, hides no other.
        let Ok(root) = git.commit_tree(commit) else { continue };
        let folder = git.entry_at(root, ".beads/events")?.filter(|e| e.mode == Mode::Tree);
        let Some(folder) = folder.filter(|folder| folders.insert(folder.oid)) else { continue };
        let files = git.read_tree(folder.oid)?.into_iter().filter(|e| e.mode == Mode::Blob && SealedName::parse(&e.name).is_some());
        others.extend(files.map(|e| e.oid).filter(|oid| !here.contains(oid)));
    }
    let others: Vec<Oid> = others.into_iter().collect();
    let mut out = 0;
    git.read_blobs(&others, &mut |_, bytes| {
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
