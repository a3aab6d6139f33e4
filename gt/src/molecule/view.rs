//! What a molecule is at one moment: computed from its beads, never stored.

use super::clock::Witness;
use super::model::{CheckpointState, Fix, MoleculeState, StepState, Validation};
use crate::formula::{Recipe, Step};
use bd::model::BeadId;
use jiff::Timestamp;

/// One step as it stands.
#[derive(Clone, Debug)]
pub struct StepView {
    /// Its bead.
    pub bead: BeadId,
    /// What the formula says about it.
    pub def: Step,
    /// Where it stands.
    pub state: StepState,
    /// The number of the try, from 1.
    pub attempt: u32,
    /// Who holds it.
    pub holder: Option<String>,
    /// Where the approval stands; `None` where the step is no checkpoint.
    pub checkpoint: Option<CheckpointView>,
    /// The criteria that somebody attested for this try.
    pub ticked: Vec<String>,
    /// Who worked on it: whoever handed it in or held it, each once.
    pub workers: Vec<String>,
}

/// The approval of a step as it stands.
#[derive(Clone, Debug, Default)]
pub struct CheckpointView {
    /// Where it stands.
    pub state: CheckpointState,
    /// When it opened.
    pub opened: Option<Timestamp>,
    /// When it expires.
    pub deadline: Option<Timestamp>,
    /// Who decided, where somebody did.
    pub by: Option<String>,
    /// The reason or the rationale.
    pub reason: Option<String>,
    /// Who says that its deadline has passed, where this machine's clock does not.
    pub late_by: Option<Witness>,
    /// True if it was approved although something spoke against it.
    pub overridden: bool,
}

/// One molecule as it stands.
#[derive(Clone, Debug)]
pub struct View {
    /// Its bead.
    pub bead: BeadId,
    /// Its name, unique among the molecules of a store.
    pub name: String,
    /// The convoy it was poured for.
    pub convoy: Option<String>,
    /// The formula's head: everything but the steps.
    pub recipe: Recipe,
    /// Whose it is.
    pub owner: Option<String>,
    /// The team that works on it.
    pub team: Option<String>,
    /// Where it stands.
    pub state: MoleculeState,
    /// The steps, in the formula's order.
    pub steps: Vec<StepView>,
    /// Indices of the steps that can be worked on or decided now.
    pub open: Vec<usize>,
    /// Steps whose beads are gone: a molecule that lacks one is never completed.
    pub missing: Vec<String>,
    /// Why it went back, while it is not mended.
    pub fix: Option<Fix>,
    /// The last validation.
    pub validation: Option<Validation>,
    /// `host:port` of what its infrastructure step needs.
    pub infrastructure: Vec<String>,
    /// What was said last about it (`gt molecule update`).
    pub note: Option<String>,
    /// The names of required molecules that are not completed.
    pub waits_for: Vec<String>,
    /// Why it rests, where it was paused or cancelled.
    pub why: Option<String>,
    /// When it was poured.
    pub poured: Option<Timestamp>,
    /// When it was completed.
    pub completed: Option<Timestamp>,
}

impl StepView {
    /// The success criteria that a person has yet to attest.
    pub fn to_attest(&self) -> Vec<String> {
        super::predicate::manual_criteria(self).into_iter().filter(|c| !self.ticked.contains(c)).collect()
    }
}

impl View {
    /// Steps that are done, and all steps.
    pub fn progress(&self) -> (usize, usize) {
        (self.steps.iter().filter(|s| s.state == StepState::Done).count(), self.steps.len() + self.missing.len())
    }

    /// The step that people are told about: the first that can be worked on or decided, else the last one.
    pub fn current(&self) -> Option<&StepView> {
        self.open.first().and_then(|i| self.steps.get(*i)).or_else(|| self.steps.last())
    }

    /// The step of a name.
    pub fn step(&self, id: &str) -> Option<&StepView> {
        self.steps.iter().find(|s| s.def.id == id)
    }

    /// The next checkpoint that is not approved.
    pub fn next_checkpoint(&self) -> Option<&StepView> {
        self.steps.iter().find(|s| s.checkpoint.is_some() && s.state != StepState::Done)
    }

    /// Remaining estimates (upper bounds) up to the next checkpoint, that one not included; minutes.
    pub fn eta_minutes(&self) -> u32 {
        let until = self.next_checkpoint().map(|c| c.def.id.clone());
        let ahead = self.steps.iter().take_while(|s| Some(&s.def.id) != until.as_ref());
        ahead.filter(|s| s.state != StepState::Done).filter_map(|s| s.def.estimate).map(|e| e.max).sum()
    }

    /// Everybody who worked on any step, each once.
    pub fn workers(&self) -> Vec<String> {
        let mut out: Vec<String> = self.steps.iter().flat_map(|s| s.workers.iter().cloned()).collect();
        out.sort();
        out.dedup();
        out
    }
}
