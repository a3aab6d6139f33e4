//! The beads of one molecule, from a snapshot or from within a mutation.

use super::model::field;
use super::{names, own};
use crate::formula::{Recipe, Step};
use bd::error::{Error, Result};
use bd::fold::Bead;
use bd::model::BeadId;
use bd::query::nearest;
use bd::store::{Snapshot, Store, Tx};

/// A molecule's bead with those of its steps, in the formula's order.
#[derive(Clone, Debug)]
pub struct Beads {
    /// The molecule's.
    pub molecule: Bead,
    /// Its steps' with what the formula says about each.
    pub steps: Vec<(Bead, Step)>,
    /// Names of steps whose beads are gone.
    pub missing: Vec<String>,
}

/// True for a poured molecule's bead that stands.
pub fn is_molecule(bead: &Bead) -> bool {
    bead.get(field::RECIPE).is_some() && bead.issue_type() == "molecule" && !bead.is_deleted()
}

/// The molecule's bead that a text names: the molecule's name, else a bead id or a unique beginning of one.
///
/// # Errors
/// None is there (exit 2); the nearest names are said.
pub fn find(store: &Store, snapshot: &Snapshot, text: &str) -> Result<BeadId> {
    if names::check("molecule", text).is_ok() {
        let id = names::molecule(store.config().prefix(), text)?;
        if snapshot.bead(&id)?.is_some_and(|b| is_molecule(&b)) {
            return Ok(id);
        }
    }
    if let Ok(Some(id)) = snapshot.resolves(text) {
        if let Some(found) = of_member(snapshot, id)? {
            return Ok(found);
        }
    }
    let all = list(snapshot)?;
    // Poured under another prefix.
    for bead in &all {
        if bead.text(field::NAME).as_deref() == Some(text) {
            return Ok(bead.id.clone());
        }
    }
    let known: Vec<String> = all.iter().filter_map(|b| b.text(field::NAME)).collect();
    let near = nearest(text, known.iter().map(String::as_str), 3);
    let error = Error::usage(format!("there is no molecule `{}`", text.escape_debug()));
    Err(match (near.first(), known.is_empty()) {
        (Some(near), _) => error.hint(format!("Did you mean `{near}`?")),
        (None, true) => error.hint("`gt molecule create` or `gt formula pour` makes one"),
        (None, false) => error.hint("`gt molecule list` shows those that there are"),
    })
}

/// The molecule that a bead is, or of which it is a step.
///
/// # Errors
/// As [`Snapshot::bead`].
pub fn of_member(snapshot: &Snapshot, id: BeadId) -> Result<Option<BeadId>> {
    let Some(bead) = snapshot.bead(&id)? else { return Ok(None) };
    if is_molecule(&bead) {
        return Ok(Some(id));
    }
    // A step stands for its molecule, wherever somebody has hung it since.
    let parent = bead.parent().filter(|_| bead.get(field::STEP).is_some()).map(BeadId::new).transpose()?;
    let molecule = parent.as_ref().map(|id| snapshot.bead(id)).transpose()?.flatten().filter(is_molecule);
    Ok(molecule.and(parent))
}

/// Every molecule's bead, by name.
///
/// # Errors
/// As [`Snapshot::rows`].
pub fn list(snapshot: &Snapshot) -> Result<Vec<Bead>> {
    listed(snapshot, true)
}

/// The beads of molecules that are not over, by name.
///
/// # Errors
/// As [`Snapshot::rows`].
pub fn list_open(snapshot: &Snapshot) -> Result<Vec<Bead>> {
    listed(snapshot, false)
}

fn listed(snapshot: &Snapshot, closed_too: bool) -> Result<Vec<Bead>> {
    let filter = bd::query::Filter { types: vec!["molecule".to_owned()], closed_too, ..bd::query::Filter::default() };
    let mut out = Vec::new();
    for row in crate::rows::not_work(snapshot, &filter)? {
        out.extend(snapshot.bead(&BeadId::new(&row.id)?)?.filter(is_molecule));
    }
    out.sort_by_key(|b| b.text(field::NAME));
    Ok(out)
}

/// Names and beads of the steps that a molecule's bead lists, in the formula's order.
pub fn listed_steps(molecule: &Bead) -> Vec<(String, String)> {
    own::decoded(molecule, field::STEPS).unwrap_or_default()
}

impl Beads {
    /// Reads them as they were when the snapshot was taken.
    ///
    /// # Errors
    /// The bead is no molecule (exit 2).
    pub fn read(snapshot: &Snapshot, id: &BeadId) -> Result<Self> {
        Self::of_bead(snapshot, snapshot.must(id)?)
    }

    /// Reads the steps of a molecule whose own bead was read already.
    ///
    /// # Errors
    /// As [`Snapshot::bead`].
    pub fn of_bead(snapshot: &Snapshot, molecule: Bead) -> Result<Self> {
        Self::of(molecule, |id| snapshot.bead(id))
    }

    /// Reads them with what this mutation has changed so far.
    ///
    /// # Errors
    /// As [`Beads::read`].
    pub fn now(tx: &Tx<'_>, id: &BeadId) -> Result<Self> {
        let molecule = tx.bead(id)?.ok_or_else(|| Error::usage(format!("there is no bead `{id}`")))?;
        Self::of(molecule, |id| tx.bead(id))
    }

    fn of(molecule: Bead, bead: impl Fn(&BeadId) -> Result<Option<Bead>>) -> Result<Self> {
        let listed = listed_steps(&molecule);
        let mut steps = Vec::with_capacity(listed.len());
        let mut missing = Vec::new();
        // Poured or moved differently in two clones: what it asks for is not known before somebody decides.
        if own::agreed::<Vec<(String, String)>>(&molecule, field::STEPS).is_none()
            || own::agreed::<Recipe>(&molecule, field::RECIPE).is_none()
        {
            missing.push("(the list of its steps)".to_owned());
        }
        for (name, id) in listed {
            // Anybody can publish a list: a name that no bead can have is a step that is not there.
            let found = BeadId::new(&id).ok().map(|id| bead(&id)).transpose()?.flatten().filter(|b| !b.is_deleted());
            let found = found.and_then(|b| Some((own::agreed::<Step>(&b, field::DEF)?, b)));
            match found {
                Some((def, bead)) => steps.push((bead, def)),
                None => missing.push(name),
            }
        }
        Ok(Self { molecule, steps, missing })
    }

    /// The formula's head.
    pub fn recipe(&self) -> Recipe {
        own::decoded(&self.molecule, field::RECIPE).unwrap_or_default()
    }

    /// A step's bead by the step's name.
    pub fn step(&self, id: &str) -> Option<&(Bead, Step)> {
        self.steps.iter().find(|(_, def)| def.id == id)
    }

    /// The whole formula as it was frozen.
    pub fn whole_recipe(&self) -> Recipe {
        Recipe { steps: self.steps.iter().map(|(_, def)| def.clone()).collect(), ..self.recipe() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_whose_bead_cannot_be_one_is_missing_and_hides_no_other_molecule() {
        let line = r#"{"v":1,"id":"00000000000000000000000001","at":"2026-01-01T00:00:00.000Z","by":"odd","bead":"app-1","do":"create","set":{"title":"m","issue_type":"molecule","mol.steps":[["design","bad id"],["build",""]]}}"#;
        let event = bd::model::Event::parse(line).unwrap();
        let molecule = bd::fold::fold_bead(&BeadId::new("app-1").unwrap(), &[&event]);
        let beads = Beads::of(molecule, |_| Ok(None)).unwrap();
        assert!(beads.steps.is_empty());
        assert!(beads.missing.ends_with(&["design".to_owned(), "build".to_owned()]), "{:?}", beads.missing);
    }
}
