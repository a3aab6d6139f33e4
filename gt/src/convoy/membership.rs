//! Who is in a convoy and who watches it: edges and labels, so that what two clones do at once comes together.

use super::bead::{Convoy, TYPE};
use super::make::watch_label;
use crate::molecule::model::field as mol;
use bd::error::{Error, Result};
use bd::model::{BeadId, DepType, Fields, Kind, Value};
use bd::ops::change::{set_event, standing};
use bd::ops::dep::{self, DepSpec};
use bd::ops::label;
use bd::store::Tx;

/// The bead that a member's name stands for: a molecule's name, else a bead's id or a unique beginning of one. `convoy` is
/// the id of the convoy that it is to be in.
///
/// # Errors
/// There is none (exit 2); a molecule that is only planned is said to be so.
pub fn resolve(tx: &Tx<'_>, text: &str, convoy: &str) -> Result<BeadId> {
    let text = text.trim();
    if crate::molecule::names::check("molecule", text).is_ok() {
        let id = crate::molecule::names::molecule(tx.store().config().prefix(), text)?;
        if tx.bead(&id)?.is_some_and(|b| crate::molecule::beads::is_molecule(&b)) {
            return Ok(id);
        }
    }
    let error = match tx.resolve(text) {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    if let Ok(id) = crate::molecule::beads::find(tx.store(), tx.snapshot(), text) {
        return Ok(id);
    }
    let planned = super::place::at(tx.store(), &super::place::usual(convoy)).ok().flatten();
    if planned.is_some_and(|f| f.molecule(text).is_some()) {
        return Err(Error::usage(format!("`{text}` is planned and not poured; the file of the convoy names it already"))
            .hint("`gt molecule create` pours it"));
    }
    Err(error)
}

/// What changed about one member or watcher.
#[derive(Clone, Debug)]
pub struct Change {
    /// The bead's id, or the watcher's address.
    pub id: String,
    /// The bead's title; empty for a watcher.
    pub title: String,
    /// False if it was so already.
    pub changed: bool,
}

fn open(convoy: &Convoy) -> Result<()> {
    if convoy.state.is_closed() {
        return Err(Error::usage(format!("the convoy `{}` has landed, so its members stay as they are", convoy.id))
            .hint("`gt convoy create` makes another one; `bd reopen` opens this one again"));
    }
    Ok(())
}

/// Adds members.
///
/// # Errors
/// One that is not there, the convoy itself, a convoy that has landed (exit 2). Then none is added.
pub fn add(tx: &mut Tx<'_>, convoy: &Convoy, texts: &[String]) -> Result<Vec<Change>> {
    open(convoy)?;
    let mut out: Vec<Change> = Vec::new();
    for text in texts {
        let id = resolve(tx, text, &convoy.id)?;
        if out.iter().any(|c| c.id == id.as_str()) {
            continue;
        }
        let title = standing(tx, id.as_str())?.title();
        let change = dep::add(tx, convoy.bead.as_str(), &DepSpec::new(DepType::TRACKS, id.as_str()))?;
        out.push(Change { id: id.as_str().to_owned(), title, changed: change.changed });
    }
    Ok(out)
}

/// Takes members out; the beads themselves stay.
///
/// # Errors
/// One that is no member, a convoy that has landed (exit 2). Then none is taken out.
pub fn remove(tx: &mut Tx<'_>, convoy: &Convoy, texts: &[String]) -> Result<Vec<Change>> {
    open(convoy)?;
    let mut out: Vec<Change> = Vec::new();
    for text in texts {
        // What is tracked may be deleted, or never have been here: then its whole name counts.
        let id = match convoy.tracks.iter().find(|t| *t == text.trim()) {
            Some(id) => id.clone(),
            None => resolve(tx, text, &convoy.id)?.as_str().to_owned(),
        };
        if out.iter().any(|c| c.id == id) {
            continue;
        }
        let mut changed = false;
        if convoy.tracks.contains(&id) {
            dep::remove(tx, convoy.bead.as_str(), &id, Some(&DepType::TRACKS))?;
            changed = true;
        }
        let bead = BeadId::new(&id).ok().map(|id| tx.bead(&id)).transpose()?.flatten();
        if let Some(bead) = bead.as_ref().filter(|b| b.text(mol::CONVOY).as_deref() == Some(convoy.id.as_str())) {
            let fields = Fields::new().with(mol::CONVOY, Value::null());
            if let Some(event) = set_event(tx, bead, Kind::SET, &fields)? {
                tx.push(event);
                changed = true;
            }
        }
        if !changed {
            let shown: String = text.chars().take(60).collect();
            return Err(Error::usage(format!("`{}` is no member of `{}`", shown.escape_debug(), convoy.id))
                .hint(format!("`gt convoy show {}` shows its members", convoy.id)));
        }
        out.push(Change { title: bead.map(|b| b.title()).unwrap_or_default(), id, changed });
    }
    Ok(out)
}

/// Makes the convoy track a bead that is being created in the same mutation, such as a molecule that is poured for it.
/// Nothing happens where the bead is tracked already or the convoy has no bead.
///
/// # Errors
/// The convoy has landed (exit 2).
pub fn track(tx: &mut Tx<'_>, convoy: &str, member: &BeadId) -> Result<()> {
    let id = super::bead_id(tx.store().config().prefix(), convoy)?;
    let Some(bead) = tx.bead(&id)?.filter(|b| !b.is_deleted() && b.issue_type() == TYPE) else { return Ok(()) };
    open(&Convoy::of(&bead, tx.store().config()))?;
    dep::add(tx, id.as_str(), &DepSpec::new(DepType::TRACKS, member.as_str()))?;
    Ok(())
}

/// Makes somebody a watcher, or (`on = false`) no watcher any more.
///
/// # Errors
/// An address that could not be written to (exit 2).
pub fn watch(tx: &mut Tx<'_>, convoy: &Convoy, address: &str, on: bool) -> Result<Change> {
    let label = watch_label(address)?;
    let id = convoy.bead.as_str();
    let done = if on { label::add(tx, id, &label)? } else { label::remove(tx, id, &label)? };
    Ok(Change { id: address.trim().to_owned(), title: String::new(), changed: done.changed })
}
