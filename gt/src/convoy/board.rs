//! The board of a convoy: a pure function of what people wrote, what was poured, what is tracked and the time.

use super::bead::State;
use super::days;
use super::line::{Line, Poured, Standing};
use super::members::{Members, Plain};
use super::model::{ConvoyFile, requires_of};
use crate::molecule::{CheckpointState, MoleculeState};
use jiff::{SignedDuration, Timestamp};

/// What is known of a convoy besides its members.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The teams: the file's, else those that it was made with.
    pub teams: Vec<String>,
    /// True if its landing was proven; a closed one without that was closed by hand.
    pub proven: bool,
}

/// What progress is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `timeline.total_days` says how many there are.
    Days,
    /// Every member is a molecule.
    Molecules,
    /// Every member is a plain bead.
    Beads,
    /// Molecules and plain beads.
    Members,
}

impl Unit {
    /// The word, in the plural.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Molecules => "molecules",
            Self::Beads => "beads",
            Self::Members => "members",
        }
    }
}

/// The approval that comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The molecule.
    pub molecule: String,
    /// The checkpoint.
    pub checkpoint: String,
    /// True if somebody has to decide now.
    pub open: bool,
    /// When it is thought to open; of an open one, until when it has to be decided.
    pub at: Option<Timestamp>,
}

/// Everything that the board shows, counted.
#[derive(Clone, Debug)]
pub struct Board {
    /// What it is of.
    pub facts: Facts,
    /// In words: `In Progress (Day 2 Complete)`.
    pub status: String,
    /// How much is done.
    pub done: u32,
    /// Of how much.
    pub total: u32,
    /// In what.
    pub unit: Unit,
    /// How many members wait for somebody to mend or settle something.
    pub blocking: usize,
    /// The molecules, in the order of the file, then by name.
    pub molecules: Vec<Line>,
    /// The plain beads, by name.
    pub beads: Vec<Line>,
    /// The approval that comes next.
    pub next_checkpoint: Option<Next>,
    /// The first molecule that is planned and could be poured now.
    pub launch: Option<String>,
}

fn share(done: u32, total: u32) -> f64 {
    if total == 0 { 0.0 } else { f64::from(done) * 100.0 / f64::from(total) }
}

impl Tally {
    /// Done of all, in percent.
    pub fn percent(&self) -> f64 {
        share(self.done, self.total)
    }
}

impl Board {
    /// Done of all, in percent.
    pub fn percent(&self) -> f64 {
        share(self.done, self.total)
    }

    /// Every member.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.molecules.iter().chain(&self.beads)
    }

    /// True if there is a member and every one is closed.
    pub fn is_complete(&self) -> bool {
        self.lines().next().is_some() && self.lines().all(|l| l.standing.is_closed())
    }
}

/// Counts everything anew.
pub fn board(facts: Facts, file: Option<&ConvoyFile>, members: &Members, now: Timestamp) -> Board {
    board_of(facts, file, &members.poured(), &members.plain, now)
}

/// The same from what the board looks at.
pub fn board_of(facts: Facts, file: Option<&ConvoyFile>, poured: &[Poured<'_>], plain: &[Plain], now: Timestamp) -> Board {
    let molecules = molecules(file, poured);
    let beads: Vec<Line> = plain.iter().map(Line::of_bead).collect();
    let counted: Vec<Counted<'_>> = molecules.iter().map(|l| (l.id.as_str(), l.standing)).collect();
    let (done, total, unit) = progress(file.and_then(|f| f.timeline.total_days), &counted, &beads);
    let all = || molecules.iter().chain(&beads);
    let status = status(facts.state, facts.proven, &molecules, all());
    let blocking = all().filter(|l| l.trouble).count();
    let launch = molecules.iter().find(|l| matches!(l.standing, Standing::Planned | Standing::Startable)).map(|l| l.id.clone());
    let order = molecules.iter().filter_map(|l| poured.iter().find(|p| p.name == l.id));
    let next_checkpoint = next(order, now);
    Board { facts, status, done, total, unit, blocking, molecules, beads, next_checkpoint, launch }
}

/// How far a convoy is: the numbers of its [`Board`], without the lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    /// How much is done.
    pub done: u32,
    /// Of how much.
    pub total: u32,
    /// In what.
    pub unit: Unit,
    /// How many members wait for somebody to mend or settle something.
    pub blocking: usize,
}

/// Counts without making the lines.
pub fn tally(file: Option<&ConvoyFile>, poured: &[Poured<'_>], plain: &[Plain]) -> Tally {
    let members = members(file, poured);
    let beads: Vec<Line> = plain.iter().map(Line::of_bead).collect();
    let counted: Vec<Counted<'_>> = members.iter().map(|m| (m.id(), m.standing())).collect();
    let (done, total, unit) = progress(file.and_then(|f| f.timeline.total_days), &counted, &beads);
    let in_trouble = members.iter().filter(|m| m.is_trouble()).count();
    Tally { done, total, unit, blocking: in_trouble + beads.iter().filter(|l| l.trouble).count() }
}

/// A molecule of the convoy.
enum Member<'a> {
    Poured(&'a Poured<'a>),
    /// With whether something has to come before it, and what of that is not done.
    Planned(&'a super::Planned, bool, Vec<String>),
}

/// What progress looks at of a molecule: its name, and where it stands.
type Counted<'a> = (&'a str, Standing);

impl Member<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Poured(one) => one.name,
            Self::Planned(planned, ..) => &planned.id,
        }
    }

    fn standing(&self) -> Standing {
        match self {
            Self::Poured(one) => one.standing(),
            Self::Planned(planned, has_requires, missing) => Standing::of_planned(planned, *has_requires, missing),
        }
    }

    fn is_trouble(&self) -> bool {
        matches!(self, Self::Poured(one) if one.is_trouble())
    }

    fn line(self) -> Line {
        match self {
            Self::Poured(one) => Line::of_molecule(one),
            Self::Planned(planned, has_requires, missing) => Line::of_planned(planned, has_requires, missing),
        }
    }
}

fn members<'a>(file: Option<&'a ConvoyFile>, poured: &'a [Poured<'a>]) -> Vec<Member<'a>> {
    let known = |id: &str| poured.iter().find(|p| p.name == id);
    let mut out: Vec<Member<'a>> = Vec::with_capacity(poured.len());
    for planned in file.map(|f| f.molecules.as_slice()).unwrap_or_default() {
        out.push(match (known(&planned.id), file) {
            (Some(one), _) => Member::Poured(one),
            (None, None) => continue,
            (None, Some(file)) => {
                let before = requires_of(file, &planned.id);
                let done = |id: &String| match known(id) {
                    Some(one) => one.state == MoleculeState::Completed,
                    None => file.molecule(id).is_some_and(super::Planned::is_completed),
                };
                Member::Planned(planned, !before.is_empty(), before.into_iter().filter(|id| !done(id)).collect())
            }
        });
    }
    for one in poured {
        if !out.iter().any(|m| m.id() == one.name) {
            out.push(Member::Poured(one));
        }
    }
    out
}

fn molecules(file: Option<&ConvoyFile>, poured: &[Poured<'_>]) -> Vec<Line> {
    let mut out: Vec<Line> = members(file, poured).into_iter().map(Member::line).collect();
    // What the file says about a team counts until the molecule says something itself.
    for line in out.iter_mut().filter(|l| l.team.is_none()) {
        line.team = file.and_then(|f| f.molecule(&line.id)).and_then(|p| p.team.clone());
    }
    out
}

fn progress(total_days: Option<u32>, molecules: &[Counted<'_>], beads: &[Line]) -> (u32, u32, Unit) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    if let (Some(total), false) = (total_days, molecules.is_empty()) {
        let done = molecules.iter().filter(|(_, standing)| standing.is_done()).map(|(id, _)| days::span(id));
        return (done.fold(0, u32::saturating_add).min(total), total, Unit::Days);
    }
    // What was given up is neither done nor to be done.
    let all = || molecules.iter().map(|(_, standing)| *standing).chain(beads.iter().map(|l| l.standing));
    let wanted = || all().filter(|standing| *standing != Standing::GivenUp);
    let unit = match (molecules.is_empty(), beads.is_empty()) {
        (_, true) => Unit::Molecules,
        (true, false) => Unit::Beads,
        (false, false) => Unit::Members,
    };
    (count(wanted().filter(|standing| standing.is_done()).count()), count(wanted().count()), unit)
}

fn status<'a>(state: State, proven: bool, molecules: &[Line], mut all: impl Iterator<Item = &'a Line> + Clone) -> String {
    let last = molecules.iter().rev().find(|l| l.standing.is_done()).map(|l| days::label(&l.id));
    match state {
        State::Closed if proven => "Landed".to_owned(),
        State::Closed => "Closed (by hand, nothing proven)".to_owned(),
        State::StagedReady => "Staged (ready to launch)".to_owned(),
        State::StagedWarnings => "Staged (with warnings)".to_owned(),
        State::Open => {
            if all.clone().next().is_none() {
                "Empty".to_owned()
            } else if all.clone().all(|l| l.standing.is_closed()) {
                "Complete (not landed)".to_owned()
            } else if let Some(last) = last {
                format!("In Progress ({last} Complete)")
            } else if all.any(|l| l.standing.is_done() || l.standing.is_begun()) {
                "In Progress".to_owned()
            } else {
                "Not Started".to_owned()
            }
        }
    }
}

/// The approval of the first molecule that is under way: one that waits for an answer comes before one that will.
fn next<'p, 'a: 'p>(poured: impl Iterator<Item = &'p Poured<'a>>, now: Timestamp) -> Option<Next> {
    let mut found: Option<Next> = None;
    for one in poured {
        let active = matches!(one.state, MoleculeState::InProgress | MoleculeState::AwaitingCheckpoint | MoleculeState::NeedsFix);
        let Some((step, state, deadline)) = one.next.filter(|_| active) else { continue };
        let open = matches!(state, CheckpointState::Open | CheckpointState::Contested | CheckpointState::Expired);
        let eta = now.checked_add(SignedDuration::from_mins(i64::from(one.eta))).ok();
        let at = if open { deadline } else { eta };
        let next = Next { molecule: one.name.to_owned(), checkpoint: step.to_owned(), open, at };
        if open {
            return Some(next);
        }
        found.get_or_insert(next);
    }
    found
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
