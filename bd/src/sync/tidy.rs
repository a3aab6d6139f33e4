//! Packing what this clone wrote, without asking anybody: a folder of the state ref with a thousand files makes a tree of
//! forty kilobytes for every mutation. The normal form of [`crate::store::pack`] is the next sync's; this is a step towards
//! it that reads the loose files only, and that any union understands.

use crate::error::Result;
use crate::git::{Git, Oid};
use crate::store::pack::seal_pack;
use crate::store::{FileEntry, STATE_REF, SealedName, Store, check_sealed, damaged, edit_tree, list_files_at};
use std::collections::BTreeMap;

/// More loose files of a stream than this become a pack; half of what a sync waits for, so that a run in the background finds
/// enough of them.
const LOOSE: usize = 128;
/// How often the ref may move under us.
const TRIES: usize = 5;

/// Makes one pack of the loose files of every stream that has many, in one commit. Returns whether there was anything to do.
///
/// Leaves everything to the next sync where text that was redacted may still be there.
///
/// # Errors
/// A held lock (exit 7), damage (exit 9), a state ref that cannot be written.
pub fn pack_loose(store: &Store) -> Result<bool> {
    let git = store.git();
    let Some(tip) = git.tip(STATE_REF)? else { return Ok(false) };
    let root = git.commit_tree(tip)?;
    if store.is_untidy() || crowded(git, root)?.is_empty() {
        return Ok(false);
    }
    // Before the lock: the first time this reads every file.
    let (known, enforced) = store.redactions(Some(root))?;
    if !enforced {
        return Ok(false);
    }
    store.redactions_enforced(root, &known);
    let lock = store.lock()?;
    store.commit_pending(&lock)?;
    for _ in 0..TRIES {
        let Some(tip) = git.tip(STATE_REF)? else { return Ok(false) };
        let root = git.commit_tree(tip)?;
        let (known, enforced) = store.redactions(Some(root))?;
        let changes = changes(store, root)?;
        if !enforced || changes.is_empty() {
            return Ok(false);
        }
        let tree = edit_tree(git, Some(root), &changes)?;
        if store.commit_state(&lock, Some(tip), tree, "bd: pack\n".to_owned())?.is_some() {
            store.redactions_enforced(tree, &known);
            return Ok(true);
        }
    }
    Ok(false)
}

/// The loose files of the streams that have too many.
fn crowded(git: &dyn Git, root: Oid) -> Result<BTreeMap<String, Vec<FileEntry>>> {
    let mut streams: BTreeMap<String, Vec<FileEntry>> = BTreeMap::new();
    for file in list_files_at(git, root)?.into_iter().filter(|f| matches!(f.name, SealedName::Loose { .. })) {
        streams.entry(file.stream.clone()).or_default().push(file);
    }
    streams.retain(|_, files| files.len() > LOOSE);
    Ok(streams)
}

/// What makes packs of them.
fn changes(store: &Store, root: Oid) -> Result<BTreeMap<String, Option<Oid>>> {
    let git = store.git();
    let aside = store.quarantined()?;
    let mut out = BTreeMap::new();
    for (stream, mut files) in crowded(git, root)? {
        files.retain(|f| !aside.contains(&f.oid.to_string()));
        let mut contents: Vec<Vec<u8>> = Vec::with_capacity(files.len());
        for file in &files {
            let mut bytes = Vec::new();
            git.read_blob(file.oid, &mut bytes)?;
            // A pack is made of whole files only: damage must not move into one.
            check_sealed(&stream, &file.name, &bytes).map_err(|wrong| damaged(&file.path(), "state ref", wrong))?;
            out.insert(format!(".beads/{}", file.path()), None);
            contents.push(bytes);
        }
        let (name, bytes) = seal_pack(contents.iter().map(Vec::as_slice));
        out.insert(format!(".beads/{}", name.state_path(&stream)), Some(git.write_blob(&bytes)?));
    }
    Ok(out)
}
