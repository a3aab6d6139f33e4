//! Everything that concerns somebody now: molecules, steps that are held or free, checkpoints that wait, mail.

use crate::mail::{Directory, Mailbox, Marks, Message, Reader, urgent_unread};
use crate::molecule::{CheckpointState, MoleculeState, Shelf, StepView, View, act};
use bd::error::Result;
use bd::ops::ready::{ReadyQuery, rows};
use bd::query::Row;
use bd::store::{Snapshot, Store};
use jiff::Timestamp;

/// A bead that can be worked on.
#[derive(Clone, Debug)]
pub struct ReadyLine {
    /// Its id.
    pub id: String,
    /// The shortest name.
    pub short: String,
    /// Its title.
    pub title: String,
    /// 0 to 4.
    pub priority: i64,
    /// The molecule and step that it is, where it is one.
    pub step: Option<(String, String)>,
}

impl ReadyLine {
    /// The command that takes it.
    pub fn command(&self) -> String {
        match &self.step {
            Some((molecule, _)) => format!("gt molecule next {molecule} --claim"),
            None => format!("bd claim {}", self.short),
        }
    }
}

/// What can be worked on, best first, at most twenty, and how many can. Of the molecules only those are read that a row is in.
///
/// # Errors
/// The store cannot be read.
pub fn ready_lines(store: &Store, snapshot: &Snapshot, now: Timestamp) -> Result<(Vec<ReadyLine>, usize)> {
    ready_of(store, snapshot, &Shelf::open(snapshot, now), now)
}

fn ready_of(store: &Store, snapshot: &Snapshot, shelf: &Shelf<'_>, now: Timestamp) -> Result<(Vec<ReadyLine>, usize)> {
    let page = rows(snapshot, store.config(), &ReadyQuery { limit: 20, ..ReadyQuery::default() }, now.as_millisecond())?;
    let lines = page.rows.iter().map(|l| ready_line(snapshot, shelf, &l.row)).collect::<Result<_>>()?;
    Ok((lines, page.total))
}

fn ready_line(snapshot: &Snapshot, shelf: &Shelf<'_>, row: &Row) -> Result<ReadyLine> {
    let step = match shelf.step_of(row)? {
        Some((at, step)) if !shelf.is_over(at)? => Some((shelf.name(at)?, step)),
        _ => None,
    };
    let short = bd::ops::graph::short(snapshot, &row.id);
    Ok(ReadyLine { short, title: row.title.clone(), priority: row.priority, step, id: row.id.clone() })
}

/// What concerns somebody.
pub struct Desk {
    /// Who.
    pub actor: String,
    /// Every molecule that is not over, by name.
    pub molecules: Vec<View>,
    /// Steps that the actor holds: the molecule's and the step's place.
    pub held: Vec<(usize, usize)>,
    /// Other beads that the actor holds.
    pub held_beads: Vec<ReadyLine>,
    /// Checkpoints that wait for a person.
    pub waiting: Vec<(usize, usize)>,
    /// Those of them that the actor may decide.
    pub mine: Vec<(usize, usize)>,
    /// What can be worked on, best first, at most twenty.
    pub ready: Vec<ReadyLine>,
    /// How many can.
    pub ready_total: usize,
    /// How much mail the actor has not read.
    pub unread: usize,
    /// Urgent mail that waits for the actor, and that waits for others: subjects.
    pub urgent: (Vec<Message>, Vec<Message>),
    /// True if a deadline has passed and nobody has written it down.
    pub due: bool,
}

impl Desk {
    /// Looks at everything.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn load(store: &Store, snapshot: &Snapshot, now: Timestamp) -> Result<Self> {
        let actor = store.actor().as_str().to_owned();
        let over = |v: &View| matches!(v.state, MoleculeState::Completed | MoleculeState::Cancelled);
        let shelf = Shelf::open(snapshot, now);
        let molecules: Vec<View> = shelf.views_of(|_| true)?.into_iter().filter(|v| !over(v)).collect();
        let directory = Directory::of_config(store)?;
        let reader = Reader::new(&directory, &actor);
        let of = |f: &dyn Fn(&View, &StepView) -> bool| {
            let mut out = Vec::new();
            for (m, view) in molecules.iter().enumerate() {
                let rests = matches!(view.state, MoleculeState::Paused | MoleculeState::Waiting);
                let steps = view.open.iter().filter(|_| !rests).map(|s| (m, *s));
                out.extend(steps.filter(|(_, s)| f(view, &view.steps[*s])));
            }
            out
        };
        let held = of(&|_, s| s.holder.as_deref() == Some(actor.as_str()));
        let asks = |s: &StepView| {
            s.checkpoint.as_ref().is_some_and(|c| matches!(c.state, CheckpointState::Open | CheckpointState::Contested))
        };
        let waiting = of(&|_, s| asks(s));
        let owns = |v: &View| {
            let owner = crate::molecule::texts::owner_address(v);
            directory.resolve(&owner).is_ok_and(|r| r.members.contains(&reader.identity)) || v.owner.is_none()
        };
        let mine = of(&|v, s| asks(s) && owns(v) && !v.workers().contains(&actor));
        let line = |row: &Row| ready_line(snapshot, &shelf, row);
        let (ready, ready_total) = ready_of(store, snapshot, &shelf, now)?;
        let own = crate::rows::assigned(snapshot, &actor, 20, now.as_millisecond())?;
        let is_molecule = |row: &Row| matches!(row.issue_type.as_str(), "molecule" | "convoy");
        let held_beads = own.iter().filter(|r| !is_molecule(r)).map(line).collect::<Result<Vec<_>>>()?;
        let held_beads = held_beads.into_iter().filter(|l| l.step.is_none()).collect();
        let mailbox = Mailbox::load(snapshot)?;
        let marks = Marks::load(store, &reader.identity)?;
        let unread = mailbox.all().iter().filter(|m| reader.receives(m) && !marks.is_read(m) && !marks.is_archived(m)).count();
        let urgent = urgent_unread(&mailbox, &marks, &reader);
        let clone = |all: Vec<&Message>| all.into_iter().cloned().collect::<Vec<_>>();
        let urgent = (clone(urgent.received), clone(urgent.sent));
        let due = molecules.iter().any(act::due);
        Ok(Self { actor, molecules, held, held_beads, waiting, mine, ready, ready_total, unread, urgent, due })
    }

    /// The molecule and step of a place.
    pub fn at(&self, (m, s): (usize, usize)) -> (&View, &StepView) {
        (&self.molecules[m], &self.molecules[m].steps[s])
    }
}
