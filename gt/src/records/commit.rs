//! The completion commit: `.beads/` only, with trailers that say what it stands for (reference gastown.md 10.4, Completion).

use super::{folder, render};
use crate::compliance::Facts;
use crate::convoy::Scene;
use crate::formula::StepKind;
use crate::molecule::beads::Beads;
use crate::molecule::change::decoded;
use crate::molecule::model::{field, percent};
use crate::molecule::{MoleculeState, View, texts};
use bd::error::{Error, Result};
use bd::model::BeadId;
use bd::store::{Snapshot, Store};
use bd::sync::ride::{RideOptions, ride};
use bd_gate::gate::Tree;
use std::path::Path;

/// A commit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its id, hex.
    pub commit: String,
    /// Its first line.
    pub subject: String,
}

/// Commits the records of a molecule, and its events as a ride, on the current branch; `None` where the branch has all of it.
///
/// # Errors
/// What [`ride`] refuses: no branch, a merge under way; the branch moved meanwhile (exit 6).
pub fn commit(store: &Store, snapshot: &Snapshot, view: &View) -> Result<Option<Committed>> {
    let beads = Beads::read(snapshot, &view.bead)?;
    let mut files: Vec<(String, Vec<u8>)> = render(snapshot, view)?.into_iter().map(|(p, t)| (p, t.into_bytes())).collect();
    let reports = reports(store, view)?;
    files.extend(reports);
    let what = if view.state == MoleculeState::Completed { "complete" } else { "record" };
    let label = texts::label(&view.name);
    let label = if label == view.name { String::new() } else { format!("{label} - ") };
    let subject = format!("gt({what}): {label}{}", view.name);
    let mut ids: Vec<BeadId> = std::iter::once(view.bead.clone()).chain(view.steps.iter().map(|s| s.bead.clone())).collect();
    ids.extend(mentioned(snapshot, &ids)?);
    let options = RideOptions {
        beads: ids,
        everyone: true,
        message: Some(subject.clone()),
        files,
        body: body(view),
        trailers: trailers(store, snapshot, view, &beads)?,
        ..RideOptions::default()
    };
    let done = ride(store, &options)?;
    Ok(done.commit.map(|commit| Committed { commit: commit.to_string(), subject }))
}

/// True if the current branch has the record of a molecule's completion. Where no branch is checked out nobody could commit it.
///
/// # Errors
/// History that cannot be read.
pub fn is_committed(store: &Store, view: &View) -> Result<bool> {
    let bd::git::Head::Branch(_, tip) = store.git().head()? else { return Ok(true) };
    let path = format!("{}/{}", folder(view), super::complete::file_name(&view.name));
    Ok(Tree::Commit("HEAD".to_owned(), tip).read(store.git(), &path)?.is_some())
}

/// Beads that were found while working on the steps.
fn mentioned(snapshot: &Snapshot, ids: &[BeadId]) -> Result<Vec<BeadId>> {
    let mut out = Vec::new();
    for id in ids {
        for (bead, kind) in bd::ops::graph::dependents(snapshot, id)? {
            if kind == bd::model::DepType::DISCOVERED_FROM {
                out.push(bead.id);
            }
        }
    }
    Ok(out)
}

/// The reports in the molecule's folder of the working tree: people have written in them.
fn reports(store: &Store, view: &View) -> Result<Vec<(String, Vec<u8>)>> {
    let Some(top) = store.git().paths().work_dir.clone() else { return Ok(Vec::new()) };
    let folder = format!("{}/reports", folder(view));
    let mut out = Vec::new();
    // Through a link files from outside of the tree would be committed.
    super::no_links(&top, &folder)?;
    let Ok(entries) = std::fs::read_dir(top.join(&folder)) else { return Ok(out) };
    for entry in entries {
        let entry = entry.map_err(|e| Error::io(Path::new(&folder), &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let plain = entry.file_type().is_ok_and(|t| t.is_file())
            && name.starts_with("compliance-")
            && std::path::Path::new(&name).extension().is_some_and(|e| e == "md");
        if plain {
            let bytes = std::fs::read(entry.path()).map_err(|e| Error::io(entry.path(), &e))?;
            out.push((format!("{folder}/{name}"), bytes));
        }
    }
    out.sort();
    Ok(out)
}

fn body(view: &View) -> String {
    match &view.validation {
        Some(v) if v.counted => format!("{}/{} tests passing ({}%).", v.ok, v.total, percent(v.rate())),
        _ => String::new(),
    }
}

fn trailers(store: &Store, snapshot: &Snapshot, view: &View, beads: &Beads) -> Result<Vec<String>> {
    // A version is any text, as people wrote it: a line end in it would begin a trailer of its own.
    let formula = crate::molecule::handin::one_line(&format!("{} v{}", view.recipe.name, view.recipe.version));
    let mut out = vec![format!("Gas-Town-Molecule: {}", view.name), format!("Formula: {formula}")];
    if let Some(convoy) = &view.convoy {
        let progress = match Scene::load(store, snapshot, convoy, store.now()) {
            Ok(scene) => {
                let b = scene.board;
                format!(" ({}% complete, {}/{} {})", percent(b.percent()), b.done, b.total, b.unit.as_str())
            }
            Err(_) => String::new(),
        };
        out.push(format!("Convoy: {convoy}{progress}"));
    }
    let scope: serde_json::Map<String, serde_json::Value> = decoded(&beads.molecule, field::SCOPE).unwrap_or_default();
    let list = |value: Option<&serde_json::Value>| -> String {
        match value {
            Some(serde_json::Value::Array(all)) => all.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join(", "),
            Some(serde_json::Value::String(text)) => text.clone(),
            _ => String::new(),
        }
    };
    let inputs = scope.get("inputs");
    let scope_of = scope.get("scope");
    let named = [
        ("Business-Requirements", list(inputs.and_then(|i| i.get("business_requirements")))),
        ("Test-File", list(scope_of.and_then(|s| s.get("test_file").or_else(|| s.get("test_files"))))),
        ("Events", list(scope_of.and_then(|s| s.get("event_types")))),
    ];
    for (name, text) in named.into_iter().filter(|(_, text)| !text.is_empty()) {
        out.push(format!("{name}: {}", crate::molecule::handin::one_line(&text)));
    }
    let facts: Option<Facts> =
        beads.steps.iter().find(|(_, d)| d.kind == StepKind::Compliance).and_then(|(b, _)| decoded(b, field::COMPLIANCE));
    if let Some(report) = facts.and_then(|f| f.report) {
        out.push(format!("Compliance-Report: {}", crate::molecule::handin::one_line(&report)));
    }
    out.extend(code_commits(store)?.into_iter().map(|c| format!("Code-Commit: {c}")));
    Ok(out)
}

/// The commits of the branch that changed more than `.beads/`, newest first, at most twenty.
fn code_commits(store: &Store) -> Result<Vec<String>> {
    let git = store.git();
    let bd::git::Head::Branch(branch, head) = git.head()? else { return Ok(Vec::new()) };
    let default = store.sources().default_branch.clone().filter(|name| *name != branch);
    let base = match default {
        Some(name) => git.tip(&name)?.map(|tip| git.merge_base(tip, head)).transpose()?.flatten(),
        None => None,
    };
    let mut out = Vec::new();
    // On the default branch itself only the newest is named: what came before it is everything.
    let limit = if base.is_some() { 20 } else { 1 };
    for commit in git.commits_between(head, base, 200)? {
        let tree = git.commit_tree(commit)?;
        let parent = git.commit_parents(commit)?.first().map(|p| git.commit_tree(*p)).transpose()?;
        if git.tree_changes(parent, Some(tree))?.iter().any(|c| !c.path.starts_with(b".beads/".as_slice())) {
            out.push(commit.to_string());
        }
        if out.len() == limit {
            break;
        }
    }
    Ok(out)
}
