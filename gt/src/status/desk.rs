//! Everything that concerns somebody now: molecules, steps that are held or free, checkpoints that wait, mail.

use crate::mail::{Directory, Marks, Message, Priority, Reader, urgent_of};
use crate::molecule::{CheckpointState, Glance, MoleculeState, OpenStep};
use crate::views::{Files, Letters, Molecules};
use bd::error::Result;
use bd::ops::list::Page;
use bd::ops::ready::{ReadyQuery, rows};
use bd::query::Row;
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::HashMap;

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

/// How many rows of what can be worked on are shown.
pub const ROWS: usize = 20;

/// What can be worked on, best first, at most [`ROWS`], and how many can. The molecules are looked at only where a row is a step.
///
/// # Errors
/// The store cannot be read.
pub fn ready_lines(store: &Store, snapshot: &Snapshot, now: Timestamp) -> Result<(Vec<ReadyLine>, usize)> {
    let page = ready_page(store, snapshot, ROWS, now)?;
    let is_step = |row: &Row| row.parent.is_some() || matches!(row.issue_type.as_str(), "step" | "checkpoint");
    let molecules = page.rows.iter().any(|l| is_step(&l.row)).then(|| Molecules::load(snapshot, now)).transpose()?;
    let lines = page.rows.iter().map(|l| ready_line(snapshot, molecules.as_ref(), &l.row)).collect::<Result<_>>()?;
    Ok((lines, page.total))
}

fn ready_page(store: &Store, snapshot: &Snapshot, limit: usize, now: Timestamp) -> Result<Page> {
    rows(snapshot, store.config(), &ReadyQuery { limit, ..ReadyQuery::default() }, now.as_millisecond())
}

fn ready_line(snapshot: &Snapshot, molecules: Option<&Molecules<'_>>, row: &Row) -> Result<ReadyLine> {
    let step = molecules.map(|m| m.step_of(row)).transpose()?.flatten().filter(|(glance, _)| !glance.is_over());
    let step = step.map(|(glance, step)| (glance.poured.name.to_owned(), step));
    let short = bd::ops::graph::short(snapshot, &row.id);
    Ok(ReadyLine { short, title: row.title.clone(), priority: row.priority, step, id: row.id.clone() })
}

/// What concerns somebody.
pub struct Desk<'a> {
    /// Who.
    pub actor: String,
    /// Every molecule that is not over, by name.
    pub molecules: Vec<Glance<'a>>,
    /// Steps that the actor holds: the molecule's place, and the step's among its open ones.
    pub held: Vec<(usize, usize)>,
    /// Other beads that the actor holds.
    pub held_beads: Vec<ReadyLine>,
    /// Checkpoints that wait for a person.
    pub waiting: Vec<(usize, usize)>,
    /// Those of them that the actor may decide.
    pub mine: Vec<(usize, usize)>,
    /// What can be worked on, best first, as many as were asked for.
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

impl<'a> Desk<'a> {
    /// Looks at everything, and at so many rows (one at least) of what can be worked on. `molecules` are those of the store; what is read of convoys' files is in `files` then, and not written yet.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn load(
        store: &Store,
        snapshot: &Snapshot,
        molecules: &'a Molecules<'_>,
        files: &mut Files,
        rows: usize,
        now: Timestamp,
    ) -> Result<Self> {
        let actor = store.actor().as_str().to_owned();
        let known = molecules;
        let molecules: Vec<Glance<'a>> = known.unclosed().filter(|g| !g.is_over()).collect();
        let directory = Directory::for_look(store, files)?;
        let reader = Reader::new(&directory, &actor);
        let of = |f: &dyn Fn(&Glance<'a>, &OpenStep<'a>) -> bool| {
            let mut out = Vec::new();
            for (m, glance) in molecules.iter().enumerate() {
                let rests = matches!(glance.poured.state, MoleculeState::Paused | MoleculeState::Waiting);
                let open = glance.open.iter().enumerate().filter(|_| !rests).filter(|(_, step)| f(glance, step));
                out.extend(open.map(|(at, _)| (m, at)));
            }
            out
        };
        let held = of(&|_, s| s.holder == Some(actor.as_str()));
        let asks = |s: &OpenStep<'a>| matches!(s.checkpoint(), Some(CheckpointState::Open | CheckpointState::Contested));
        let waiting = of(&|_, s| asks(s));
        // Most have one owner.
        let owners: RefCell<HashMap<Option<&'a str>, bool>> = RefCell::default();
        let owns = |g: &Glance<'a>| {
            let owner = g.poured.owner;
            let resolve = || directory.resolve(&g.owner_address()).is_ok_and(|r| r.members.contains(&reader.identity));
            owner.is_none() || *owners.borrow_mut().entry(owner).or_insert_with(resolve)
        };
        let mine = of(&|g, s| asks(s) && owns(g) && !g.workers.contains(&actor.as_str()));
        let page = ready_page(store, snapshot, rows.max(1), now)?;
        let line = |row: &Row| ready_line(snapshot, Some(known), row);
        let ready = page.rows.iter().map(|l| line(&l.row)).collect::<Result<_>>()?;
        let own = crate::views::assigned_beads(snapshot, &actor, 20, now.as_millisecond())?;
        let mut held_beads = own.iter().map(line).collect::<Result<Vec<_>>>()?;
        held_beads.retain(|l| l.step.is_none());
        let letters = Letters::load(snapshot)?;
        let marks = Marks::load(store, &reader.identity)?;
        let unread = letters.received(&reader).filter(|s| !marks.has_read(s.id) && !marks.has_archived(s.id)).count();
        let presses = letters.slips().filter(|s| s.priority == Priority::Urgent && !s.redacted);
        let presses = presses.map(|slip| letters.letter(&slip)).collect::<Result<Vec<_>>>()?;
        let urgent = urgent_of(&presses, &marks, &reader);
        let clone = |all: Vec<&Message>| all.into_iter().cloned().collect::<Vec<_>>();
        let urgent = (clone(urgent.received), clone(urgent.sent));
        let due = molecules.iter().any(|g| g.due);
        Ok(Self { actor, molecules, held, held_beads, waiting, mine, ready, ready_total: page.total, unread, urgent, due })
    }

    /// The molecule and step of a place.
    pub fn at(&self, (m, s): (usize, usize)) -> Option<(&Glance<'a>, &OpenStep<'a>)> {
        let glance = self.molecules.get(m)?;
        Some((glance, glance.open.get(s)?))
    }
}
