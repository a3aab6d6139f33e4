//! The molecules of a store for lists: what their beads say is kept, where they stand is computed from it and the clock.

use super::kept::{Kept, Kind, Made, Seen};
use super::settled::{self, Front};
use crate::convoy::Poured;
use crate::molecule::Brief;
use crate::molecule::beads::{Beads, is_molecule};
use crate::molecule::compute::waits_for;
use crate::molecule::facts::{Facts, depends_on, encode};
use crate::molecule::model::field;
use bd::error::Result;
use bd::fold::Bead;
use bd::query::Row;
use bd::store::Snapshot;
use jiff::Timestamp;

struct OfMolecules;

impl Kind for OfMolecules {
    const FILE: &'static str = "gt-molecules";
    const TYPE: &'static str = "molecule";
    const TEMPLATES: bool = false;

    fn make(snapshot: &Snapshot, bead: Bead) -> Result<Option<Made>> {
        if !is_molecule(&bead) {
            return Ok(None);
        }
        // A nameless one comes first.
        let order = bead.text(field::NAME).map_or_else(String::new, |name| format!("\u{1}{name}"));
        let beads = Beads::of_bead(snapshot, bead)?;
        let waits = waits_for(&beads, |id| snapshot.bead(id))?;
        Ok(Some(Made { order, depends_on: depends_on(&beads), content: settled::put(&encode(&beads, &waits)) }))
    }
}

/// Every molecule, by name.
pub struct Molecules {
    kept: Kept,
    now: Timestamp,
}

impl Molecules {
    /// Those that there are, as they stand at `now`.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn load(snapshot: &Snapshot, now: Timestamp) -> Result<Self> {
        Ok(Self { kept: Kept::load::<OfMolecules>(snapshot)?, now })
    }

    fn brief<'a>(&self, seen: Seen<'a>) -> Option<Brief<'a>> {
        self.at(settled::take(seen.content).ok()?.facts)
    }

    fn at<'a>(&self, facts: &'a [u8]) -> Option<Brief<'a>> {
        Some(Brief::at(Facts::read(facts).ok()?, self.now))
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = Brief<'_>> {
        self.kept.seen().filter_map(|seen| self.brief(seen))
    }

    /// What boards look at of each of them. One is read and let go of before the next: a look pays for the memory that it touches.
    pub fn poured(&self) -> impl Iterator<Item = Poured<'_>> {
        self.kept.seen().filter_map(|seen| self.shown(settled::take(seen.content).ok()?))
    }

    /// The same of those that belong to a convoy, by their word or by its.
    pub fn poured_in<'s>(&'s self, convoy: &str, tracks: &[String]) -> impl Iterator<Item = Poured<'s>> {
        self.kept.seen().filter_map(move |seen| {
            let front = settled::take(seen.content).ok()?;
            let is_in = front.convoy == Some(convoy) || seen.beads().next().is_some_and(|bead| tracks.iter().any(|t| t == bead));
            if is_in { self.shown(front) } else { None }
        })
    }

    fn shown<'a>(&self, front: Front<'a>) -> Option<Poured<'a>> {
        match front.settled {
            Some(poured) => Some(poured),
            None => self.at(front.facts).map(|brief| Poured::from(&brief)),
        }
    }

    /// Those whose bead is not closed.
    pub fn unclosed(&self) -> impl Iterator<Item = Brief<'_>> {
        self.kept.seen().filter(|seen| seen.open).filter_map(|seen| self.brief(seen))
    }

    /// The molecule of which a bead is a step, and the step's name, where the molecule's bead is not closed. Only beads that are
    /// below another or say of themselves that they are steps are looked for.
    pub fn step_of(&self, row: &Row) -> Option<(Brief<'_>, String)> {
        if row.parent.is_none() && !matches!(row.issue_type.as_str(), "step" | "checkpoint") {
            return None;
        }
        let fits = self.kept.seen().filter(|seen| seen.open && seen.beads().any(|id| id == row.id));
        let found = fits.filter_map(|seen| {
            let brief = self.brief(seen)?;
            let name = brief.facts.steps.iter().find(|s| s.bead == row.id)?.id.to_owned();
            Some((brief, name))
        });
        found.last()
    }
}
