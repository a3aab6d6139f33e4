//! Molecules for a list: each is read when it is asked for, and once.

use super::beads::{list, list_open, listed_steps};
use super::compute::{is_surely_open, load_bead};
use super::model::{MoleculeState, field};
use super::own;
use super::view::View;
use bd::error::{Error, Result};
use bd::fold::Bead;
use bd::model::BeadId;
use bd::query::Row;
use bd::store::Snapshot;
use jiff::Timestamp;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// The beads of molecules, and the views of those that somebody asked for: the steps of the others are never read.
pub struct Shelf<'a> {
    snapshot: &'a Snapshot,
    now: Timestamp,
    closed_too: bool,
    beads: OnceCell<Vec<Bead>>,
    views: RefCell<HashMap<BeadId, Rc<View>>>,
    steps: OnceCell<HashMap<String, usize>>,
}

impl<'a> Shelf<'a> {
    /// Every molecule, by name.
    pub fn all(snapshot: &'a Snapshot, now: Timestamp) -> Self {
        Self::new(snapshot, now, true)
    }

    /// Those whose bead is not closed, by name.
    pub fn open(snapshot: &'a Snapshot, now: Timestamp) -> Self {
        Self::new(snapshot, now, false)
    }

    fn new(snapshot: &'a Snapshot, now: Timestamp, closed_too: bool) -> Self {
        Self { snapshot, now, closed_too, beads: OnceCell::new(), views: RefCell::default(), steps: OnceCell::new() }
    }

    /// The molecules' own beads, read at the first question.
    ///
    /// # Errors
    /// As [`list`].
    pub fn beads(&self) -> Result<&[Bead]> {
        if self.beads.get().is_none() {
            let _ = self.beads.set(if self.closed_too { list(self.snapshot)? } else { list_open(self.snapshot)? });
        }
        Ok(self.beads.get().map_or(&[], Vec::as_slice))
    }

    /// A molecule's own bead by its place among [`Shelf::beads`].
    ///
    /// # Errors
    /// As [`list`]; there is no such place.
    fn bead(&self, at: usize) -> Result<&Bead> {
        self.beads()?.get(at).ok_or_else(|| Error::internal("a molecule beyond the last one"))
    }

    /// Takes a view that was computed elsewhere from the same snapshot.
    pub fn put(&self, view: View) {
        self.views.borrow_mut().insert(view.bead.clone(), Rc::new(view));
    }

    /// The molecule of a place among [`Shelf::beads`], as it stands now.
    ///
    /// # Errors
    /// As [`load_bead`].
    pub fn view(&self, at: usize) -> Result<Rc<View>> {
        let bead = self.bead(at)?;
        if let Some(view) = self.views.borrow().get(&bead.id) {
            return Ok(Rc::clone(view));
        }
        let view = Rc::new(load_bead(self.snapshot, bead.clone(), self.now)?);
        self.views.borrow_mut().insert(bead.id.clone(), Rc::clone(&view));
        Ok(view)
    }

    /// The name of the molecule of a place.
    ///
    /// # Errors
    /// As [`Shelf::beads`].
    pub fn name(&self, at: usize) -> Result<String> {
        let bead = self.bead(at)?;
        Ok(bead.text(field::NAME).unwrap_or_else(|| bead.title()))
    }

    /// True if the molecule of a place is completed or cancelled.
    ///
    /// # Errors
    /// As [`Shelf::view`].
    pub fn is_over(&self, at: usize) -> Result<bool> {
        let over = |view: &View| matches!(view.state, MoleculeState::Completed | MoleculeState::Cancelled);
        Ok(!is_surely_open(self.bead(at)?) && over(&*self.view(at)?))
    }

    /// The views of those whose bead fits, by name.
    ///
    /// # Errors
    /// As [`Shelf::view`].
    pub fn views_of(&self, fits: impl Fn(&Bead) -> bool) -> Result<Vec<View>> {
        let fits = self.beads()?.iter().enumerate().filter(|(_, bead)| fits(bead));
        fits.map(|(at, _)| Ok(View::clone(&*self.view(at)?))).collect()
    }

    /// The place of the molecule of which a bead is a step, and the step's name. The molecules' lists are looked at only for
    /// beads that are below another or say of themselves that they are steps.
    ///
    /// # Errors
    /// As [`Shelf::view`].
    pub fn step_of(&self, row: &Row) -> Result<Option<(usize, String)>> {
        if row.parent.is_none() && !matches!(row.issue_type.as_str(), "step" | "checkpoint") {
            return Ok(None);
        }
        let beads = self.beads()?;
        let steps = self.steps.get_or_init(|| {
            let listed = beads.iter().enumerate();
            listed.flat_map(|(at, bead)| listed_steps(bead).into_iter().map(move |(_, id)| (id, at))).collect()
        });
        let Some(at) = steps.get(&row.id).copied() else { return Ok(None) };
        let known = self.views.borrow().get(&self.bead(at)?.id).map(Rc::clone);
        let name = match known {
            Some(view) => view.steps.iter().find(|s| s.bead.as_str() == row.id).map(|s| s.def.id.clone()),
            None => {
                let bead = self.snapshot.bead(&BeadId::new(&row.id)?)?.filter(|b| !b.is_deleted());
                bead.and_then(|b| Some(own::agreed::<crate::formula::Step>(&b, field::DEF)?.id))
            }
        };
        Ok(name.map(|name| (at, name)))
    }
}
