//! Adopting an upstream store: a repository that tracks `.beads/issues.jsonl` (STATE 9). On the default branch its records
//! become events and the file is untracked in one commit; its bytes stay in history.

use super::files::{There, look};
use super::import::{self, Imported};
use super::init::{self, InitReport};
use crate::error::{Error, Result};
use crate::git::{Head, Mode, Oid};
use crate::store::Store;
use std::collections::BTreeMap;

/// The names under which upstream kept its records, newest first, and its deletions.
const RECORDS: [&str; 3] = [".beads/issues.jsonl", ".beads/beads.jsonl", ".beads/bd.jsonl"];
const DELETIONS: &str = ".beads/deletions.jsonl";
/// The ignore file of both trackers, and the view that it must name.
const IGNORE: &str = ".beads/.gitignore";
const VIEW: &[u8] = b"issues.jsonl";
/// How the message of an adoption begins.
const SUBJECT: &str = "Adopt the beads of ";
const NOT_PLAIN: &str = ".beads/.gitignore is not a plain file and stays as it is: git does not ignore the view `.beads/issues.jsonl` before a rule names it";
const STAGED: &str = ".beads/.gitignore names the view `issues.jsonl` now, and waits in the working tree for your next commit, like what you have staged of it";

/// Imports and untracks what upstream tracked; `None` if there is nothing of it here.
///
/// # Errors
/// A record or the ignore file that cannot be read (nothing is changed then), or a repository that cannot be written.
pub fn adopt(store: &Store, report: &mut InitReport) -> Result<Option<Imported>> {
    let git = store.git();
    let Head::Branch(branch, tip) = git.head()? else { return Ok(None) };
    let root = git.commit_tree(tip)?;
    let mut found: Vec<(&str, Oid)> = Vec::new();
    for path in RECORDS.into_iter().chain([DELETIONS]) {
        if let Some(entry) = git.entry_at(root, path)?.filter(|e| e.mode == Mode::Blob) {
            found.push((path, entry.oid));
        }
    }
    if !found.iter().any(|(path, _)| *path != DELETIONS) {
        tell_index(store, tip)?;
        return Ok(None);
    }
    if store.sources().local_default.as_deref() != Some(branch.as_str()) || git.operation().is_some() {
        report.notes.push(format!("{} holds beads of another tracker; `bd init` on the default branch adopts them", found[0].0));
        return Ok(None);
    }
    let mut contents = Vec::new();
    for (path, oid) in &found {
        let mut bytes = Vec::new();
        git.read_blob(*oid, &mut bytes)?;
        contents.push((*path, bytes));
    }
    // What cannot be read is known before anything is changed; what is written is read anew.
    ignore_files(store)?;
    let imported = store.write(|tx| {
        let mut sum = Imported::default();
        for (path, bytes) in &contents {
            let one = import::import(tx, bytes, *path == DELETIONS).map_err(|mut e| {
                e.message = format!("{path}: {}", e.message);
                e
            })?;
            sum.created.extend(one.created);
            sum.updated += one.updated;
            sum.unchanged += one.unchanged;
            sum.conflicts.extend(one.conflicts);
            sum.skipped.extend(one.skipped);
            sum.warnings.extend(one.warnings);
            sum.memories += one.memories;
        }
        Ok(sum)
    })?;
    untrack(store, &contents, report)?;
    Ok(Some(imported))
}

/// Takes the files out of the branch and the index, and, where they are as committed, out of the working tree.
fn untrack(store: &Store, contents: &[(&str, Vec<u8>)], report: &mut InitReport) -> Result<()> {
    let git = store.git();
    let mut changes: BTreeMap<String, Option<Oid>> = contents.iter().map(|(path, _)| ((*path).to_owned(), None)).collect();
    let top = git.paths().work_dir.clone();
    if let Some(top) = &top {
        // Upstream's own ignore file does not name the view.
        let ignore = ignore_files(store)?;
        if let Some(bytes) = &ignore.here {
            super::files::write(&top.join(IGNORE), bytes)?;
        }
        if let Some(bytes) = &ignore.committed {
            changes.insert(IGNORE.to_owned(), Some(git.write_blob(bytes)?));
        }
        report.notes.extend(ignore.note.map(str::to_owned));
        for (path, bytes) in contents {
            let file = top.join(path);
            match std::fs::read(&file) {
                Ok(there) if there == *bytes => {
                    crate::failpoint!("adopt.remove.before");
                    std::fs::remove_file(&file).map_err(|e| Error::io(&file, &e))?;
                    crate::failpoint!("adopt.remove.after");
                }
                Ok(_) => report
                    .notes
                    .push(format!("{path} differs from what is committed and stays; `bd import {path}` takes what is new in it")),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => report.notes.push(format!("{path} cannot be read ({e}) and stays where it is, untracked")),
            }
        }
    }
    let names: Vec<&str> = contents.iter().map(|(path, _)| *path).collect();
    let message = format!("{SUBJECT}{}\n\nThe records are events now; the files stay in history.\n", names.join(" and "));
    init::commit(store, &changes, &message, report)
}

/// Tells the index what a call committed that died before it did so itself: it still has the files, and the user's next commit
/// would bring them back. What is not as before that commit is the user's.
fn tell_index(store: &Store, tip: Oid) -> Result<()> {
    let git = store.git();
    let commit = git.read_commit(tip)?;
    let ours = memchr::memmem::find(&commit, b"\n\n").is_some_and(|at| commit[at + 2..].starts_with(SUBJECT.as_bytes()));
    let parent = git.commit_parents(tip)?.first().copied();
    let Some(parent) = parent.filter(|parent| ours && git.paths().work_dir.is_some() && git.object_ok(*parent)) else {
        return Ok(());
    };
    let (old, new) = (git.commit_tree(parent)?, git.commit_tree(tip)?);
    let mut changes: BTreeMap<String, Option<Oid>> = BTreeMap::new();
    for path in RECORDS.into_iter().chain([DELETIONS, IGNORE]) {
        let (was, is) = (git.entry_at(old, path)?, git.entry_at(new, path)?);
        if was != is {
            changes.insert(path.to_owned(), is.map(|entry| entry.oid));
        }
    }
    git.index_set(&init::not_staged(git, &[Some(old)], &changes)?)?;
    Ok(())
}

/// What becomes of the ignore file.
#[derive(Default)]
struct Ignore {
    /// The new bytes of the one in the working tree; `None` = it stays as it is.
    here: Option<Vec<u8>>,
    /// The bytes that are committed; `None` = the branch's stays as it is.
    committed: Option<Vec<u8>>,
    /// What a person has to do about it.
    note: Option<&'static str>,
}

/// The ignore file in the working tree and that of the branch, each with the view in it. Each is judged by itself: of what the
/// user has changed nothing is committed, and a call that died had written the one and not the other.
fn ignore_files(store: &Store) -> Result<Ignore> {
    let git = store.git();
    let (Some(top), Head::Branch(_, tip)) = (&git.paths().work_dir, git.head()?) else { return Ok(Ignore::default()) };
    let held = git.entry_at(git.commit_tree(tip)?, IGNORE)?;
    if held.as_ref().is_some_and(|e| e.mode != Mode::Blob) {
        return Ok(Ignore { note: Some(NOT_PLAIN), ..Ignore::default() });
    }
    let there = look(&top.join(IGNORE))?;
    let note = (there == There::Other).then_some(NOT_PLAIN);
    let Some(held) = held else {
        let bytes = match there {
            There::File(bytes) => bytes,
            There::Nothing => Vec::new(),
            There::Other => return Ok(Ignore { note, ..Ignore::default() }),
        };
        let new = ignoring_view(&bytes);
        // One that the user is about to commit is in the index, and goes with his commit. Any other is committed as it is here,
        // also where it names the view already: an earlier call may have written it and died.
        let staged = git.tracked_below(IGNORE)?.iter().any(|path| path == IGNORE);
        let committed = (!staged).then(|| new.clone().unwrap_or(bytes));
        return Ok(Ignore { here: new, committed, note: staged.then_some(STAGED) });
    };
    let mut bytes = Vec::new();
    git.read_blob(held.oid, &mut bytes)?;
    // One that the user has removed stays away.
    let here = if let There::File(bytes) = &there { ignoring_view(bytes) } else { None };
    Ok(Ignore { here, committed: ignoring_view(&bytes), note })
}

/// An ignore file with the view in it; `None` if it is there.
fn ignoring_view(old: &[u8]) -> Option<Vec<u8>> {
    let gap: &[u8] = if old.is_empty() || old.ends_with(b"\n") { b"" } else { b"\n" };
    (!old.split(|b| *b == b'\n').any(|l| l.trim_ascii() == VIEW)).then(|| [old, gap, VIEW, b"\n"].concat())
}
