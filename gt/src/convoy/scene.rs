//! A convoy with everything that belongs to it, read at one moment.

use super::bead::{Convoy, find};
use super::board::{Board, Facts, Tally, board, tally};
use super::line::Poured;
use super::look::{Look, others};
use super::members::{Members, Plain, collect};
use super::model::ConvoyFile;
use super::nodes::nodes;
use super::place;
use super::stage::Node;
use crate::molecule::Shelf;
use bd::error::Result;
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use std::collections::HashSet;

/// A convoy, its file, its members and the board over them.
pub struct Scene {
    /// The convoy.
    pub convoy: Convoy,
    /// What its file says, where it has one.
    pub file: Option<ConvoyFile>,
    /// Its members.
    pub members: Members,
    /// Everything counted.
    pub board: Board,
}

impl Scene {
    /// Reads the convoy that a text names.
    ///
    /// # Errors
    /// There is no such convoy; its file cannot be understood.
    pub fn load(store: &Store, snapshot: &Snapshot, text: &str, now: Timestamp) -> Result<Self> {
        let convoy = find(store, snapshot, text)?;
        Self::of(store, snapshot, convoy, &Shelf::all(snapshot, now), now)
    }

    /// Reads what belongs to a convoy. `molecules` are those of the store.
    ///
    /// # Errors
    /// Its file cannot be understood.
    pub fn of(store: &Store, snapshot: &Snapshot, convoy: Convoy, molecules: &Shelf<'_>, now: Timestamp) -> Result<Self> {
        let file = place::at(store, &path_of(&convoy))?;
        Self::with(snapshot, convoy, file, molecules, now)
    }

    /// Puts together what was read.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn with(
        snapshot: &Snapshot,
        convoy: Convoy,
        file: Option<ConvoyFile>,
        molecules: &Shelf<'_>,
        now: Timestamp,
    ) -> Result<Self> {
        let members = collect(snapshot, &convoy, molecules, now)?;
        let board = board(facts(&convoy, file.as_ref()), file.as_ref(), &members, now);
        Ok(Self { convoy, file, members, board })
    }

    /// As [`Look::nodes`].
    ///
    /// # Errors
    /// As there.
    pub fn nodes(&self, store: &Store, snapshot: &Snapshot) -> Result<Vec<Node>> {
        nodes(store, snapshot, &self.board, self.file.as_ref(), &self.members.poured(), &self.members.plain)
    }
}

/// A convoy as lists and boards show it: its members are counted and not kept.
pub struct Outlook {
    /// The convoy.
    pub convoy: Convoy,
    /// What its file says, where it has one.
    pub file: Option<ConvoyFile>,
    /// Everything counted.
    pub board: Board,
}

impl Outlook {
    /// Puts together what was read. `molecules` are all of the store, by name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn with(
        snapshot: &Snapshot,
        convoy: Convoy,
        file: Option<ConvoyFile>,
        molecules: &[Poured<'_>],
        now: Timestamp,
    ) -> Result<Self> {
        let poured = Self::poured(&convoy, molecules);
        Ok(Look::with(snapshot, convoy, file, poured, now)?.into())
    }

    /// How far a convoy is, without its board. `molecules` are all of the store, by name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn tally(
        snapshot: &Snapshot,
        convoy: &Convoy,
        file: Option<&ConvoyFile>,
        molecules: &[Poured<'_>],
        now: Timestamp,
    ) -> Result<Tally> {
        let poured = Self::poured(convoy, molecules);
        let plain: Vec<Plain> = others(snapshot, &convoy.tracks, &poured, now)?;
        Ok(tally(file, &poured, &plain))
    }

    fn poured<'a>(convoy: &Convoy, molecules: &[Poured<'a>]) -> Vec<Poured<'a>> {
        let tracked: HashSet<&str> = convoy.tracks.iter().map(String::as_str).collect();
        let is_in = |p: &&Poured<'_>| p.convoy == Some(convoy.id.as_str()) || tracked.contains(p.bead);
        molecules.iter().filter(is_in).cloned().collect()
    }
}

impl From<Look<'_>> for Outlook {
    fn from(look: Look<'_>) -> Self {
        Self { convoy: look.convoy, file: look.file, board: look.board }
    }
}

impl From<Scene> for Outlook {
    fn from(scene: Scene) -> Self {
        Self { convoy: scene.convoy, file: scene.file, board: scene.board }
    }
}

/// Where the file of a convoy is or would be, from the top of the tree.
pub fn path_of(convoy: &Convoy) -> String {
    convoy.file.clone().unwrap_or_else(|| place::usual(&convoy.id))
}

/// The facts: what the file says comes before what the convoy was made with.
pub fn facts(convoy: &Convoy, file: Option<&ConvoyFile>) -> Facts {
    let teams = file.map(|f| f.teams.involved.clone()).filter(|t| !t.is_empty());
    Facts {
        id: convoy.id.clone(),
        name: file.and_then(|f| f.name.clone()).unwrap_or_else(|| convoy.name.clone()),
        owner: file.and_then(|f| f.owner.clone()).or_else(|| convoy.owner.clone()),
        state: convoy.state,
        proven: convoy.landed.is_some(),
        teams: teams.unwrap_or_else(|| convoy.teams.clone()),
    }
}
