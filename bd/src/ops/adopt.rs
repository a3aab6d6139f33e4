//! Adopting an upstream store: a repository that tracks `.beads/issues.jsonl` (STATE 9). On the default branch its records
//! become events and the file is untracked in one commit; its bytes stay in history.

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
const VIEW: &str = "issues.jsonl";

/// Imports and untracks what upstream tracked; `None` if there is nothing of it here.
///
/// # Errors
/// A record that cannot be read (nothing is changed then), or a repository that cannot be written.
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
        // Upstream's own ignore file does not name the view. What is committed is judged by itself: a call that died had
        // written the file and committed nothing.
        let ignore = top.join(IGNORE);
        let there = std::fs::read_to_string(&ignore).unwrap_or_default();
        if let Some(text) = ignoring_view(&there) {
            super::files::write(&ignore, text.as_bytes())?;
        }
        let committed = committed(store, IGNORE)?.unwrap_or(there);
        if let Some(text) = ignoring_view(&committed) {
            changes.insert(IGNORE.to_owned(), Some(git.write_blob(text.as_bytes())?));
        }
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
                Err(_) => {}
            }
        }
    }
    let names: Vec<&str> = contents.iter().map(|(path, _)| *path).collect();
    let message = format!("Adopt the beads of {}\n\nThe records are events now; the files stay in history.\n", names.join(" and "));
    init::commit(store, &changes, &message, report)
}

/// An ignore file with the view in it; `None` if it is there.
fn ignoring_view(old: &str) -> Option<String> {
    let gap = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
    (!old.lines().any(|l| l.trim() == VIEW)).then(|| format!("{old}{gap}{VIEW}\n"))
}

/// The text of a file at HEAD, if there is one.
fn committed(store: &Store, path: &str) -> Result<Option<String>> {
    let git = store.git();
    let Head::Branch(_, tip) = git.head()? else { return Ok(None) };
    let Some(entry) = git.entry_at(git.commit_tree(tip)?, path)? else { return Ok(None) };
    let mut bytes = Vec::new();
    git.read_blob(entry.oid, &mut bytes)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
