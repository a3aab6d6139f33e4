//! What lists, boards and people at their desks look at of a molecule: where it stands, and its steps that are open. Short, so that
//! it can be kept for as long as the clock does not change it (`views`).

use super::facts::{Brief, BriefStep};
use super::model::{CheckpointState, MoleculeState};
use crate::convoy::Poured;
use jiff::Timestamp;

/// A molecule at a glance.
#[derive(Clone, Debug)]
pub struct Glance<'a> {
    /// What boards show.
    pub poured: Poured<'a>,
    /// Why it rests, where it was paused or cancelled.
    pub why: Option<&'a str>,
    /// A deadline has passed and nobody has written it down.
    pub due: bool,
    /// Who holds its bead.
    pub holder: Option<&'a str>,
    /// The bead of a step is gone, or is not what was poured.
    pub torn: bool,
    /// The steps that can be worked on or decided now.
    pub open: Vec<OpenStep<'a>>,
    /// Who handed in any of its steps or holds one; of one that is over nobody.
    pub workers: Vec<&'a str>,
}

/// A step that can be worked on or decided.
#[derive(Clone, Copy, Debug)]
pub struct OpenStep<'a> {
    /// Its name.
    pub id: &'a str,
    /// Its bead.
    pub bead: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Who holds it now.
    pub holder: Option<&'a str>,
    /// A person has yet to attest something.
    pub to_attest: bool,
    /// What is asked, where it is a checkpoint.
    pub asked: Option<OpenCheckpoint<'a>>,
}

/// A checkpoint that waits for somebody.
#[derive(Clone, Copy, Debug)]
pub struct OpenCheckpoint<'a> {
    /// Where it stands.
    pub state: CheckpointState,
    /// When it opened.
    pub opened: Option<Timestamp>,
    /// Until when somebody has to decide.
    pub deadline: Option<Timestamp>,
    /// Who decided before.
    pub by: Option<&'a str>,
    /// What was said with that.
    pub reason: Option<&'a str>,
    /// That was an approval although something spoke against it.
    pub overridden: bool,
}

impl<'a> Glance<'a> {
    /// As [`Brief::is_over`].
    pub fn is_over(&self) -> bool {
        matches!(self.poured.state, MoleculeState::Completed | MoleculeState::Cancelled)
    }

    /// To whom its questions go.
    pub fn owner_address(&self) -> String {
        super::texts::address_of(self.poured.owner)
    }

    /// The step that people are told about, where one is open.
    pub fn current(&self) -> Option<&'a str> {
        self.poured.current.filter(|_| !self.open.is_empty())
    }
}

impl OpenStep<'_> {
    /// Where the approval stands.
    pub fn checkpoint(&self) -> Option<CheckpointState> {
        self.asked.map(|c| c.state)
    }
}

impl<'a> From<&Brief<'a>> for Glance<'a> {
    fn from(brief: &Brief<'a>) -> Self {
        let step = |s: BriefStep<'_, 'a>| {
            let f = s.facts;
            let asked = s.stand.checkpoint.map(|state| OpenCheckpoint {
                state,
                opened: f.opened,
                deadline: f.deadline,
                by: f.by,
                reason: f.reason,
                overridden: f.overridden,
            });
            OpenStep { id: f.id, bead: f.bead, title: f.title, holder: s.holder(), to_attest: s.to_attest(), asked }
        };
        let mut workers: Vec<&str> = Vec::new();
        if !brief.is_over() {
            workers = brief.steps().flat_map(|s| [s.holder(), s.facts.handed_in]).flatten().collect();
            workers.sort_unstable();
            workers.dedup();
        }
        Self {
            poured: Poured::from(brief),
            why: brief.why(),
            due: brief.is_due(),
            holder: brief.facts.holder,
            torn: !brief.facts.missing.is_empty(),
            open: brief.open_steps().map(step).collect(),
            workers,
        }
    }
}
