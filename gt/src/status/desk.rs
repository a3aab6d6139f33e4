//! Everything that concerns somebody now: molecules, steps that are held or free, checkpoints that wait, mail.

use crate::mail::{Directory, Mailbox, Marks, Message, Reader, urgent_unread};
use crate::molecule::{CheckpointState, MoleculeState, StepView, View, act, load_open};
use bd::error::Result;
use bd::ops::ready::{ReadyQuery, rows};
use bd::query::{Filter, SortKey};
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
        let molecules: Vec<View> = load_open(snapshot, now)?.into_iter().filter(|v| !over(v)).collect();
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
        let steps = |id: &str| {
            let found = molecules.iter().find_map(|v| Some((v, v.steps.iter().find(|s| s.bead.as_str() == id)?)));
            found.map(|(v, s)| (v.name.clone(), s.def.id.clone()))
        };
        let line = |row: &bd::query::Row| {
            let short = bd::ops::graph::short(snapshot, &row.id);
            ReadyLine { short, title: row.title.clone(), priority: row.priority, step: steps(&row.id), id: row.id.clone() }
        };
        let page = rows(snapshot, store.config(), &ReadyQuery { limit: 20, ..ReadyQuery::default() }, now.as_millisecond())?;
        let ready = page.rows.iter().map(|l| line(&l.row)).collect();
        let filter = Filter { assignee: Some(actor.clone()), ..Filter::default() };
        let own = snapshot.list_page(&filter, (SortKey::Priority, false), 20, now.as_millisecond(), false)?;
        let is_molecule = |row: &bd::query::Row| matches!(row.issue_type.as_str(), "molecule" | "convoy");
        let held_beads =
            own.rows.iter().filter(|(r, _)| !is_molecule(r)).map(|(r, _)| line(r)).filter(|l| l.step.is_none()).collect();
        let mailbox = Mailbox::load(snapshot)?;
        let marks = Marks::load(store, &reader.identity)?;
        let unread = mailbox.all().iter().filter(|m| reader.receives(m) && !marks.is_read(m) && !marks.is_archived(m)).count();
        let urgent = urgent_unread(&mailbox, &marks, &reader);
        let clone = |all: Vec<&Message>| all.into_iter().cloned().collect::<Vec<_>>();
        let urgent = (clone(urgent.received), clone(urgent.sent));
        let due = molecules.iter().any(act::due);
        Ok(Self { actor, held, held_beads, waiting, mine, ready, ready_total: page.total, unread, urgent, due, molecules })
    }

    /// The molecule and step of a place.
    pub fn at(&self, (m, s): (usize, usize)) -> (&View, &StepView) {
        (&self.molecules[m], &self.molecules[m].steps[s])
    }
}
