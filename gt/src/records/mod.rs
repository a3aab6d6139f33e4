//! Records: TOML and Markdown for the reviewer of a pull request, rendered from the events by whoever holds the molecule, and
//! never read back (WORKFLOW, One truth). The same events give the same bytes in every clone.

mod checkpoint;
mod commit;
mod complete;
mod elsewhere;
mod failure;
mod molecule;

pub use commit::{Committed, commit, is_committed};
pub use elsewhere::{Elsewhere, WorkingTree};

use crate::molecule::beads::Beads;
use crate::molecule::{Acted, CheckpointState, MoleculeState, View, beads};
use bd::cli::Ctx;
use bd::error::{Error, ErrorKind, Result};
use bd::fold::Holding;
use bd::model::BeadId;
use bd::store::{Snapshot, Store};
use std::path::Path;

/// A record: its path from the top of the tree, and its text.
pub type Record = (String, String);

/// The folder of a molecule's records, from the top of the tree.
pub fn folder(view: &View) -> String {
    folder_of(view.convoy.as_deref(), &view.name)
}

/// The same, from the convoy and the name.
pub fn folder_of(convoy: Option<&str>, name: &str) -> String {
    match convoy {
        Some(convoy) => format!(".beads/convoys/{convoy}/molecules/{name}"),
        None => format!(".beads/molecules/{name}"),
    }
}

/// Every record of a molecule as it stands.
///
/// # Errors
/// The store cannot be read.
pub fn render(snapshot: &Snapshot, view: &View) -> Result<Vec<Record>> {
    let folder = folder(view);
    let beads = Beads::read(snapshot, &view.bead)?;
    let mut out = vec![(format!("{folder}/molecule.toml"), molecule::text(view, &beads))];
    for step in &view.steps {
        let reached = step.checkpoint.as_ref().is_some_and(|c| c.state != CheckpointState::Pending || c.opened.is_some());
        if reached {
            let text = checkpoint::text(snapshot, view, &beads, step)?;
            out.push((format!("{folder}/checkpoints/{}.toml", step.def.id), text));
        }
    }
    out.extend(failure::all(snapshot, view, &folder)?);
    if view.state == MoleculeState::Completed {
        out.push((format!("{folder}/{}", complete::file_name(&view.name)), complete::text(view, &beads)));
    }
    Ok(out)
}

/// The records that differ from what is in the working tree.
///
/// # Errors
/// As [`render`]; a path that leads through a link.
pub fn stale(store: &Store, snapshot: &Snapshot, view: &View) -> Result<Vec<Record>> {
    let Some(top) = store.git().paths().work_dir.clone() else { return Ok(Vec::new()) };
    let mut out = render(snapshot, view)?;
    let differs = |(path, text): &Record| std::fs::read(top.join(path)).ok().as_deref() != Some(text.as_bytes());
    out.retain(differs);
    Ok(out)
}

/// Writes what differs; the paths.
///
/// # Errors
/// As [`stale`]; the disk does not take it.
pub fn write(store: &Store, snapshot: &Snapshot, view: &View) -> Result<Vec<String>> {
    let Some(top) = store.git().paths().work_dir.clone() else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (path, text) in stale(store, snapshot, view)? {
        no_links(&top, &path)?;
        let file = top.join(&path);
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, &e))?;
        }
        replace(&file, &text)?;
        out.push(path);
    }
    Ok(out)
}

/// Replaces a record as a whole, without a sync of its own: what a power loss takes is rendered again by the next command that
/// finds it stale.
fn replace(file: &Path, text: &str) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let temp = file.with_file_name(format!(".{name}.bd-new"));
    bd::failpoint!("gt.record.write.before");
    let written = std::fs::write(&temp, text);
    bd::failpoint!("gt.record.write.after");
    let placed = written.and_then(|()| std::fs::rename(&temp, file));
    bd::failpoint!("gt.record.rename.after");
    placed.map_err(|e| {
        let _ = std::fs::remove_file(&temp);
        bd::failpoint!("gt.record.take_back");
        Error::io(file, &e)
    })
}

/// A link below `.beads` could lead out of the tree.
fn no_links(top: &Path, path: &str) -> Result<()> {
    let mut at = top.to_owned();
    for part in path.split('/') {
        at.push(part);
        if at.symlink_metadata().is_ok_and(|m| m.file_type().is_symlink()) {
            return Err(Error::usage(format!("{}: it is a link, and records are not written through one", at.display())));
        }
    }
    Ok(())
}

/// True if the acting actor holds the molecule: then its records are theirs to render.
///
/// # Errors
/// The store cannot be read.
pub fn is_holder(store: &Store, snapshot: &Snapshot, id: &BeadId) -> Result<bool> {
    let bead = snapshot.must(id)?;
    Ok(match bead.holding() {
        Holding::Held(claim) => claim.holder.as_ref() == Some(store.actor()),
        _ => false,
    })
}

/// Renders what a transition changed, where the acting actor holds the molecule; a completed one is committed. What could not be
/// done stands in the notes, and the command ends with its code (docs/reference/exit-codes.md): the transition stands, and a
/// person has to look after the rest.
///
/// # Errors
/// The store cannot be read.
pub fn after(ctx: &mut Ctx<'_, '_>, acted: &mut Acted) -> Result<()> {
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let view = &acted.view;
    if !was_holder(&store, &snapshot, view)? {
        return Ok(());
    }
    if let Err(error) = write(&store, &snapshot, view) {
        let note = format!(
            "what was done stands, but the records were not rendered: {error}; `gt molecule record {}` does it again",
            view.name
        );
        undone(ctx, acted, &error, note);
        return Ok(());
    }
    entered(ctx, view)?;
    if view.state == MoleculeState::Completed {
        match commit(&store, &snapshot, view) {
            Ok(Some(done)) => {
                ctx.ui.talk(format!("committed {} ({})", done.commit.get(..10).unwrap_or(&done.commit), done.subject))
            }
            // A ride of somebody else has brought all of it.
            Ok(None) => {}
            Err(error) => {
                let note = format!(
                    "the molecule is completed, but its completion was not committed: {error}; `gt molecule record {} --commit` does it again",
                    view.name
                );
                undone(ctx, acted, &error, note);
            }
        }
    }
    Ok(())
}

/// Something that follows a transition could not be done. The code is not that of wrong words (2): something was changed.
fn undone(ctx: &mut Ctx<'_, '_>, acted: &mut Acted, error: &Error, note: String) {
    let kind = match error.kind {
        kind @ (ErrorKind::Locked | ErrorKind::Damaged | ErrorKind::Internal) => kind,
        _ => ErrorKind::Conflict,
    };
    ctx.failed.get_or_insert(kind);
    if ctx.ui.is_json() {
        acted.notes.push(note.clone());
    }
    ctx.ui.error(&Error::new(kind, note), None);
}

/// Makes the report that an open compliance step asks for, where there is none (docs/concepts/compliance.md).
///
/// # Errors
/// The store cannot be opened. A report that cannot be made is a warning.
pub fn entered(ctx: &mut Ctx<'_, '_>, view: &View) -> Result<()> {
    let store = ctx.store()?;
    match crate::compliance::enter(&store, view, ctx.env.now()) {
        Ok(Some(path)) => {
            let shown = store.git().paths().work_dir.as_deref().and_then(|top| path.strip_prefix(top).ok()).unwrap_or(&path);
            ctx.ui.talk(format!("📋 A compliance report to be judged: {}", shown.display()));
        }
        Ok(None) => {}
        Err(error) => {
            ctx.ui.warn(&format!("the compliance report was not made: {error}; `gt compliance report {}` does it again", view.name))
        }
    }
    Ok(())
}

/// A completed molecule is held by nobody any more: who completed it renders.
///
/// # Errors
/// The store cannot be read.
pub fn was_holder(store: &Store, snapshot: &Snapshot, view: &View) -> Result<bool> {
    if is_holder(store, snapshot, &view.bead)? {
        return Ok(true);
    }
    if view.state != MoleculeState::Completed {
        return Ok(false);
    }
    let bead = snapshot.must(&view.bead)?;
    let run = bead.fields.get(crate::molecule::model::field::RUN);
    let by_me = run.is_some_and(|r| r.shown().by == *store.actor());
    Ok(by_me && view.workers().iter().any(|w| w == store.actor().as_str()))
}

/// The molecule that a text names, for the verbs of this room.
///
/// # Errors
/// As [`beads::find`].
pub fn named(ctx: &mut Ctx<'_, '_>, name: &str) -> Result<View> {
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    crate::molecule::load(&snapshot, &beads::find(&store, &snapshot, name)?, now)
}
