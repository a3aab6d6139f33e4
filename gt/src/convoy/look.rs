//! A convoy as looks see it: of its molecules what is kept of them (`views`), in place of all their beads.

use super::bead::Convoy;
use super::board::{Board, board_of};
use super::line::Poured;
use super::members::{Plain, plain};
use super::model::ConvoyFile;
use super::nodes::nodes;
use super::scene::facts;
use super::stage::{Node, Plan, plan};
use bd::error::Result;
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use std::collections::HashSet;

/// A convoy, its file, its members and the board over them.
pub struct Look<'a> {
    /// The convoy.
    pub convoy: Convoy,
    /// What its file says, where it has one.
    pub file: Option<ConvoyFile>,
    /// The molecules among its members, by name.
    pub poured: Vec<Poured<'a>>,
    /// The other members.
    pub plain: Vec<Plain>,
    /// Everything counted.
    pub board: Board,
}

impl<'a> Look<'a> {
    /// Puts together what was read. `poured` are the molecules that belong to the convoy, by name.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn with(
        snapshot: &Snapshot,
        convoy: Convoy,
        file: Option<ConvoyFile>,
        poured: Vec<Poured<'a>>,
        now: Timestamp,
    ) -> Result<Self> {
        let plain = others(snapshot, &convoy.tracks, &poured, now)?;
        let board = board_of(facts(&convoy, file.as_ref()), file.as_ref(), &poured, &plain, now);
        Ok(Self { convoy, file, poured, plain, board })
    }

    /// Its members as a plan sees them.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn nodes(&self, store: &Store, snapshot: &Snapshot) -> Result<Vec<Node>> {
        nodes(store, snapshot, &self.board, self.file.as_ref(), &self.poured, &self.plain)
    }

    /// Looks it over.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn plan(&self, store: &Store, snapshot: &Snapshot) -> Result<Plan> {
        Ok(plan(&self.nodes(store, snapshot)?))
    }
}

/// Those of the beads that are no molecules among `poured`, as they stand.
///
/// # Errors
/// The store cannot be read.
pub fn others(snapshot: &Snapshot, ids: &[String], poured: &[Poured<'_>], now: Timestamp) -> Result<Vec<Plain>> {
    let known: HashSet<&str> = poured.iter().map(|p| p.bead).collect();
    ids.iter().filter(|id| !known.contains(id.as_str())).map(|id| plain(snapshot, id, now)).collect()
}
