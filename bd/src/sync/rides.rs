//! Rides on the default branch become part of our state: a later revert removes the file, not the fact (STATE 6).

use super::lost::missing_lines;
use crate::error::Result;
use crate::git::Oid;
use crate::model::Event;
use crate::store::pack::seal_pack;
use crate::store::{FileEntry, Lock, Redactions, STATE_REF, Store, check_sealed, edit_tree, list_rides};
use std::collections::BTreeMap;

/// Takes the events of the default branch's rides that our state lacks into it. Returns how many there were.
///
/// # Errors
/// An object that cannot be read or written.
pub fn absorb_rides(store: &Store, lock: &Lock) -> Result<usize> {
    let git = store.git();
    let Some(tip) = store.sources().default_branch.as_deref().map(|n| git.tip(n)).transpose()?.flatten() else { return Ok(0) };
    let mark = store.dir().join("marks").join("rides");
    if std::fs::read_to_string(&mark).is_ok_and(|seen| seen == tip.to_string()) {
        return Ok(0);
    }
    let quarantined = store.quarantined()?;
    let files: Vec<FileEntry> = list_rides(git, tip)?.into_iter().filter(|f| !quarantined.contains(&f.oid.to_string())).collect();
    let state = git.tip(STATE_REF)?;
    let ours = state.map(|t| git.commit_tree(t)).transpose()?;
    let (redactions, _) = store.redactions(ours)?;
    let lines = missing_lines(git, ride_tree(store, &files)?, ours, &redactions)?;
    let events: Vec<String> =
        lines.into_iter().filter_map(|l| String::from_utf8(l).ok()).filter(|l| Event::parse(l).is_ok()).collect();
    if !events.is_empty() {
        // A pack, not a loose file: other clones hold the same lines in the files of their commands, and only where a
        // pack came in does the union look into files and leave out what is contained. Found by tests/histories.
        let (name, bytes) = seal_pack(events.iter().map(String::as_bytes));
        let changes = BTreeMap::from([(format!(".beads/{}", name.state_path("events")), Some(git.write_blob(&bytes)?))]);
        let tree = edit_tree(git, ours, &changes)?;
        if store
            .commit_state(lock, state, tree, format!("bd: fetch {} from rides\n", super::report::events(events.len())))?
            .is_none()
        {
            return Ok(0);
        }
    }
    crate::failpoint!("rides.mark.before");
    let _ = std::fs::create_dir_all(store.dir().join("marks")).and_then(|()| std::fs::write(&mark, tip.to_string()));
    crate::failpoint!("rides.mark.after");
    Ok(events.len())
}

/// The rides of a commit in the layout of a state tree, so that the two can be compared.
///
/// # Errors
/// A tree that cannot be written.
pub fn ride_tree(store: &Store, files: &[FileEntry]) -> Result<Option<Oid>> {
    if files.is_empty() {
        return Ok(None);
    }
    let changes = files.iter().map(|f| (format!(".beads/{}", f.path()), Some(f.oid))).collect();
    Ok(Some(edit_tree(store.git(), None, &changes)?))
}

/// The lines of everything that a commit holds, be it a code branch with rides or a state branch.
///
/// # Errors
/// Damage (exit 9).
pub fn event_lines(store: &Store, commit: Oid, redactions: &Redactions) -> Result<std::collections::BTreeSet<String>> {
    let mut files = list_rides(store.git(), commit)?;
    for file in crate::store::list_files(store.git(), commit)?.into_iter().filter(|f| f.stream == "events") {
        if !files.iter().any(|f| f.oid == file.oid) {
            files.push(file);
        }
    }
    lines_of(store, &files, redactions)
}

/// The lines of a commit's rides, without indent, redactions enforced; damaged files are an error.
///
/// # Errors
/// Damage (exit 9).
pub fn ride_lines(store: &Store, commit: Oid, redactions: &Redactions) -> Result<std::collections::BTreeSet<String>> {
    lines_of(store, &list_rides(store.git(), commit)?, redactions)
}

fn lines_of(store: &Store, files: &[FileEntry], redactions: &Redactions) -> Result<std::collections::BTreeSet<String>> {
    let git = store.git();
    let oids: Vec<Oid> = files.iter().map(|f| f.oid).collect();
    let mut out = std::collections::BTreeSet::new();
    let mut wrong = None;
    git.read_blobs(&oids, &mut |oid, bytes| {
        for file in files.iter().filter(|f| f.oid == oid) {
            if let Err(why) = check_sealed(&file.stream, &file.name, bytes) {
                wrong.get_or_insert_with(|| crate::store::damaged(&file.name.to_string(), "ride", why));
            }
        }
        for line in crate::store::pack::lines(bytes) {
            let line = crate::store::pack::bare(line);
            if let Ok(text) = std::str::from_utf8(line) {
                out.insert(redactions.enforced_line(line).unwrap_or_else(|| text.to_owned()));
            }
        }
        Ok(())
    })?;
    match wrong {
        Some(error) => Err(error),
        None => Ok(out),
    }
}
