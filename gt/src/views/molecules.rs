//! The molecules of a store for lists: what their beads say is kept, and how that looks at a glance, for as long as the clock does not
//! change it.

use super::front;
use super::kept::{Kept, Kind, Made, Seen};
use crate::convoy::{Convoy, ConvoyFile, Look, Poured};
use crate::molecule::Brief;
use crate::molecule::beads::{self, Beads, is_molecule};
use crate::molecule::compute::waits_for;
use crate::molecule::facts::{self, Facts, depends_on, encode};
use crate::molecule::glance::Glance;
use crate::molecule::model::field;
use crate::molecule::names;
use bd::error::{Error, Result};
use bd::fold::Bead;
use bd::model::BeadId;
use bd::query::Row;
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use std::borrow::Cow;

/// What stands before a molecule's name in its order.
const NAMED: char = '\u{1}';

struct OfMolecules;

impl Kind for OfMolecules {
    const FILE: &'static str = "gt-molecules";
    const TYPE: &'static str = "molecule";
    const TEMPLATES: bool = false;

    fn make(snapshot: &Snapshot, bead: Bead, now: Timestamp) -> Result<Option<Made>> {
        if !is_molecule(&bead) {
            return Ok(None);
        }
        // A nameless one comes first.
        let order = bead.text(field::NAME).map_or_else(String::new, |name| format!("{NAMED}{name}"));
        let beads = Beads::of_bead(snapshot, bead)?;
        let waits = waits_for(&beads, |id| snapshot.bead(id))?;
        let body = encode(&beads, &waits);
        Ok(Some(Made { order, depends_on: depends_on(&beads), front: front::put(&body, now), body }))
    }

    fn stands(front: &[u8], now: Timestamp) -> bool {
        front::stands(front, now)
    }

    fn front(body: &[u8], now: Timestamp) -> Vec<u8> {
        front::put(body, now)
    }
}

/// Every molecule, by name.
pub struct Molecules<'s> {
    snapshot: &'s Snapshot,
    kept: Kept,
    now: Timestamp,
}

impl<'s> Molecules<'s> {
    /// Those that there are, as they stand at `now`.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn load(snapshot: &'s Snapshot, now: Timestamp) -> Result<Self> {
        Ok(Self { snapshot, kept: Kept::load::<OfMolecules>(snapshot, now)?, now })
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = Glance<'_>> {
        self.kept.seen().filter_map(|seen| front::take(seen.front).ok())
    }

    /// Those whose bead is not closed.
    pub fn unclosed(&self) -> impl Iterator<Item = Glance<'_>> {
        self.kept.seen().filter(|seen| seen.open).filter_map(|seen| front::take(seen.front).ok())
    }

    /// What boards look at of each of them.
    pub fn poured(&self) -> Vec<Poured<'_>> {
        // A list that grows is copied as often, and a look pays for the memory that it touches.
        let mut out = Vec::with_capacity(self.kept.seen().count());
        out.extend(self.kept.seen().filter_map(|seen| front::poured(seen.front).ok()));
        out
    }

    /// The same of those of these beads.
    pub fn poured_of(&self, beads: &[String]) -> Vec<Poured<'_>> {
        let is_in = |seen: &Seen<'_>| beads.iter().any(|b| b == seen.bead());
        self.kept.seen().filter(is_in).filter_map(|seen| front::poured(seen.front).ok()).collect()
    }

    /// The same of those that belong to a convoy, by their word or by its.
    fn poured_in(&self, convoy: &str, tracks: &[String]) -> impl Iterator<Item = Poured<'_>> {
        let is_in = move |seen: &Seen<'_>| {
            front::convoy(seen.front).is_ok_and(|c| c == Some(convoy)) || tracks.iter().any(|t| t == seen.bead())
        };
        self.kept.seen().filter(is_in).filter_map(|seen| front::poured(seen.front).ok())
    }

    /// A convoy, with those that belong to it.
    ///
    /// # Errors
    /// As [`Look::with`].
    pub fn look(&self, convoy: Convoy, file: Option<ConvoyFile>) -> Result<Look<'_>> {
        let poured = self.poured_in(&convoy.id, &convoy.tracks).collect();
        Look::with(self.snapshot, convoy, file, poured, self.now)
    }

    /// The molecule's bead that a text names, as [`beads::find`].
    ///
    /// # Errors
    /// As there.
    pub fn find(&self, store: &Store, text: &str) -> Result<BeadId> {
        match self.look_up(store, text)? {
            Some(id) => Ok(id),
            None => beads::find(store, self.snapshot, text),
        }
    }

    /// The same, `None` where no molecule is meant.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn look_up(&self, store: &Store, text: &str) -> Result<Option<BeadId>> {
        if names::check("molecule", text).is_ok() {
            let id = names::molecule(store.config().prefix(), text)?;
            if self.has(&id) {
                return Ok(Some(id));
            }
        }
        if let Ok(Some(id)) = self.snapshot.resolves(text) {
            let found = if self.has(&id) { Some(id) } else { beads::of_member(self.snapshot, id)? };
            if found.is_some() {
                return Ok(found);
            }
        }
        // Poured under another prefix.
        let named = |seen: &Seen<'_>| seen.order().strip_prefix(NAMED) == Some(text);
        Ok(self.kept.seen().find(named).map(|seen| BeadId::new(seen.bead())).transpose()?)
    }

    fn has(&self, id: &BeadId) -> bool {
        self.kept.seen().any(|seen| seen.bead() == id.as_str())
    }

    /// Shows all that is known of the molecule of a bead, its steps too.
    ///
    /// # Errors
    /// There is no such molecule, or the store cannot be read.
    pub fn whole<T>(&self, bead: &str, show: impl FnOnce(&Brief<'_>) -> T) -> Result<T> {
        let facts = match self.kept.seen().find(|seen| seen.bead() == bead) {
            Some(seen) => self.facts(seen)?,
            None => facts::of(self.snapshot, &BeadId::new(bead)?).map(Cow::Owned)?,
        };
        let facts = Facts::read(&facts).map_err(|_| Error::internal(format!("what is kept of {bead} cannot be read")))?;
        Ok(show(&Brief::at(facts, self.now)))
    }

    fn facts<'k>(&self, seen: Seen<'k>) -> Result<Cow<'k, [u8]>> {
        match self.kept.body(seen) {
            Ok(body) => Ok(body),
            Err(_) => facts::of(self.snapshot, &BeadId::new(seen.bead())?).map(Cow::Owned),
        }
    }

    /// The molecule of which a bead is a step, and the step's name, where the molecule's bead is not closed. Only beads that are
    /// below another or say of themselves that they are steps are looked for.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn step_of(&self, row: &Row) -> Result<Option<(Glance<'_>, String)>> {
        if row.parent.is_none() && !matches!(row.issue_type.as_str(), "step" | "checkpoint") {
            return Ok(None);
        }
        let mut out = None;
        for seen in self.kept.seen().filter(|seen| seen.open && seen.beads().any(|id| id == row.id)) {
            let facts = self.facts(seen)?;
            let name = Facts::read(&facts).ok().and_then(|f| Some(f.steps.iter().find(|s| s.bead == row.id)?.id.to_owned()));
            out = name.and_then(|name| Some((front::take(seen.front).ok()?, name))).or(out);
        }
        Ok(out)
    }
}
