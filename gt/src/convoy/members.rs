//! The members of a convoy as they stand: molecules that were poured for it or are tracked, and plain beads.

use super::bead::Convoy;
use super::line::Poured;
use crate::molecule::{Shelf, View};
use bd::error::Result;
use bd::fold::{Bead, Holding};
use bd::model::{BeadId, Outcome};
use bd::query::{Ask, Explanation, GraphView, Rule, Who, explain};
use bd::store::Snapshot;
use jiff::Timestamp;

/// A tracked bead that is no molecule.
#[derive(Clone, Debug)]
pub struct Plain {
    /// Its whole name, or what the edge names.
    pub id: String,
    /// The shortest name for people.
    pub short: String,
    /// Its title; empty where there is no such bead.
    pub title: String,
    /// The rule of `bd ready` that decides over it.
    pub rule: Rule,
    /// Who holds it, or whose it is to be.
    pub holder: Option<String>,
    /// Short names of what blocks it, nearest first, each once.
    pub blocked_by: Vec<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Since when the lease on it has ended, where nobody took it over.
    pub lapsed: Option<Timestamp>,
    /// True if fields of it wait for somebody to settle a conflict.
    pub conflict: bool,
}

impl Plain {
    /// True if it is closed, however it ended.
    pub fn is_closed(&self) -> bool {
        self.rule == Rule::Closed
    }

    /// True if it is closed and was done.
    pub fn is_done(&self) -> bool {
        self.is_closed() && self.outcome.is_none_or(|o| o == Outcome::Done)
    }

    /// True if there is no such bead here, or it is deleted.
    pub fn is_missing(&self) -> bool {
        matches!(self.rule, Rule::Unknown | Rule::Deleted)
    }
}

/// All members.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// The poured molecules, by name.
    pub molecules: Vec<View>,
    /// The rest, by name.
    pub plain: Vec<Plain>,
}

impl Members {
    /// What boards look at of the molecules.
    pub fn poured(&self) -> Vec<Poured<'_>> {
        self.molecules.iter().map(Poured::from).collect()
    }
}

/// Collects the members of a convoy from what is known. `molecules` are those of the store: only members are looked at.
///
/// # Errors
/// The store cannot be read.
pub fn collect(snapshot: &Snapshot, convoy: &Convoy, molecules: &Shelf<'_>, now: Timestamp) -> Result<Members> {
    let own = |b: &Bead| b.text(crate::molecule::model::field::CONVOY).as_deref() == Some(convoy.id.as_str());
    of_ids(snapshot, &convoy.tracks, molecules, own, now)
}

/// Collects beads by their whole names, and the molecules that `own` says belong to them.
///
/// # Errors
/// The store cannot be read.
pub fn of_ids(
    snapshot: &Snapshot,
    ids: &[String],
    molecules: &Shelf<'_>,
    own: impl Fn(&Bead) -> bool,
    now: Timestamp,
) -> Result<Members> {
    let is_in = |b: &Bead| own(b) || ids.iter().any(|t| t == b.id.as_str());
    let mut out = Members { molecules: molecules.views_of(is_in)?, plain: Vec::new() };
    for id in ids.iter().filter(|t| !out.molecules.iter().any(|v| v.bead.as_str() == **t)) {
        out.plain.push(plain(snapshot, id, now)?);
    }
    Ok(out)
}

/// One bead as it stands.
///
/// # Errors
/// The store cannot be read.
pub fn plain(snapshot: &Snapshot, id: &str, now: Timestamp) -> Result<Plain> {
    let known = BeadId::new(id).ok();
    let bead = known.as_ref().map(|id| snapshot.bead(id)).transpose()?.flatten();
    let mut out = Plain {
        id: id.to_owned(),
        short: known.as_ref().map_or_else(|| id.to_owned(), |id| snapshot.short(id)),
        title: bead.as_ref().map(Bead::title).unwrap_or_default(),
        rule: if bd::query::is_external(id) { Rule::External } else { Rule::Unknown },
        holder: None,
        blocked_by: Vec::new(),
        outcome: None,
        lapsed: None,
        conflict: false,
    };
    let Some(bead) = bead else { return Ok(out) };
    let ask = |view: &dyn GraphView| {
        let number = view.find(id)?;
        let ask = Ask { any_type: true, ephemeral: true, ..Ask::at(now.as_millisecond()) };
        let found = explain(view, number, &ask);
        let by = blockers(view, &found);
        Some((found.rule, by))
    };
    if let Some((rule, by)) = snapshot.graph(ask)? {
        out.rule = rule;
        for name in by {
            let name = BeadId::new(&name).map_or(name, |id| snapshot.short(&id));
            if !out.blocked_by.contains(&name) {
                out.blocked_by.push(name);
            }
        }
    }
    out.holder = bead.assignee();
    out.outcome = bead.outcome();
    out.conflict = !bead.conflicts().is_empty();
    if let (Holding::Held(claim), false) = (bead.holding(), out.is_closed()) {
        out.lapsed = claim.until.filter(|until| *until <= now);
    }
    Ok(out)
}

fn blockers(view: &dyn GraphView, found: &Explanation) -> Vec<String> {
    let name = |who: &Who| match who {
        Who::Bead(at) => view.name(*at).into_owned(),
        Who::External(name) => name.clone(),
    };
    found.blockers.iter().map(|b| name(&b.by)).collect()
}
