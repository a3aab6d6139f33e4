//! The members of a convoy as [`super::stage`] looks at them.

use super::board::Board;
use super::line::Poured;
use super::members::Plain;
use super::model::{ConvoyFile, requires_of};
use super::stage::{Need, Node, Outside};
use crate::molecule::MoleculeState;
use bd::error::Result;
use bd::model::{BeadId, Category, DepType};
use bd::query::{Categories, Row, Rule, is_external};
use bd::store::{Snapshot, Store};
use std::collections::{BTreeMap, BTreeSet};

/// How far up parents are followed.
const MAX_DEPTH: usize = 64;

/// Makes the nodes. `board` is over the same members and file.
///
/// # Errors
/// The store cannot be read.
pub fn nodes(
    store: &Store,
    snapshot: &Snapshot,
    board: &Board,
    file: Option<&ConvoyFile>,
    poured: &[Poured<'_>],
    plain: &[Plain],
) -> Result<Vec<Node>> {
    let mut reader = Reader { store, snapshot, rows: BTreeMap::new() };
    // What a member is known by in the plan: its bead, or the name of a molecule that is only planned.
    let key = |line: &super::Line| line.bead.clone().unwrap_or_else(|| line.id.clone());
    let ids: BTreeSet<String> = board.lines().map(key).collect();
    let named: BTreeMap<&str, String> = board.molecules.iter().map(|l| (l.id.as_str(), key(l))).collect();
    let mut out = Vec::new();
    for line in board.lines() {
        let id = key(line);
        let mut node = Node { id: id.clone(), shown: line.shown.clone(), closed: line.standing.is_closed(), ..Node::default() };
        let plain = plain.iter().find(|p| p.id == line.id);
        if let Some(plain) = plain {
            node.missing = plain.is_missing();
            node.contested = plain.conflict || plain.rule == Rule::Contested;
            node.put_off = matches!(plain.rule, Rule::Deferred | Rule::DeferredUntil | Rule::AncestorDeferred);
        }
        if let Some(one) = poured.iter().find(|p| p.name == line.id) {
            node.put_off = one.state == MoleculeState::Paused;
            node.contested = line.trouble && !node.put_off && one.state != MoleculeState::NeedsFix;
        }
        if let Some(file) = file.filter(|_| plain.is_none()) {
            node.no_formula =
                line.bead.is_none() && file.molecule(&line.id).is_some_and(|m| m.formula.is_none() && !m.is_completed());
            for before in requires_of(file, &line.id) {
                if let Some(to) = named.get(before.as_str()) {
                    node.needs.push(Need { id: to.clone(), shown: before, outside: Outside::Nothing });
                }
            }
        }
        if line.bead.is_some() {
            reader.edges(&id, &ids, &mut node)?;
        }
        node.needs.sort();
        node.needs.dedup_by(|a, b| a.id == b.id);
        out.push(node);
    }
    for node in &mut out {
        node.container = reader.is_epic(&node.id);
    }
    let parents: BTreeSet<String> = out.iter().filter_map(|n| n.part_of.clone()).collect();
    out.iter_mut().filter(|n| parents.contains(&n.id)).for_each(|n| n.container = true);
    // An epic without parts among the members is work like any other.
    out.iter_mut().filter(|n| !parents.contains(&n.id)).for_each(|n| n.container = false);
    Ok(out)
}

/// Reads rows: they say what a bead waits for and where it stands, and cost a small part of the bead.
struct Reader<'a> {
    store: &'a Store,
    snapshot: &'a Snapshot,
    rows: BTreeMap<String, Option<Row>>,
}

impl Reader<'_> {
    fn row(&mut self, id: &str) -> Result<Option<&Row>> {
        if !self.rows.contains_key(id) {
            let row = match BeadId::new(id) {
                // The store's own have no rows, and an edge that somebody published may lead to one.
                Ok(id) if id.is_pseudo() => self.snapshot.bead(&id)?.map(|b| Row::of(&b, &Categories::built_in())),
                Ok(id) => self.snapshot.row(&id)?,
                Err(_) => None,
            };
            self.rows.insert(id.to_owned(), row.filter(|row| !row.deleted));
        }
        Ok(self.rows.get(id).and_then(Option::as_ref))
    }

    fn is_epic(&mut self, id: &str) -> bool {
        self.row(id).ok().flatten().is_some_and(|row| row.issue_type == "epic")
    }

    /// The beads above one, nearest first.
    fn above(&mut self, id: &str) -> Result<Vec<String>> {
        let mut out: Vec<String> = Vec::new();
        let mut at = id.to_owned();
        while out.len() < MAX_DEPTH {
            let Some(parent) = self.row(&at)?.and_then(|row| row.parent.clone()) else { break };
            if parent == id || out.contains(&parent) {
                break;
            }
            out.push(parent.clone());
            at = parent;
        }
        Ok(out)
    }

    /// Reads what a bead and those above it wait for.
    fn edges(&mut self, id: &str, members: &BTreeSet<String>, node: &mut Node) -> Result<()> {
        let above = self.above(id)?;
        node.part_of = above.iter().find(|p| members.contains(*p)).cloned();
        for from in std::iter::once(id).chain(above.iter().map(String::as_str)) {
            let targets: Vec<String> = self.row(from)?.map(blocking).unwrap_or_default();
            for to in targets {
                if to == id || above.contains(&to) {
                    // Its own bead may be what waits for itself; what is above never counts.
                    if to == id && from == id {
                        node.needs.push(Need { id: to.clone(), shown: to, outside: Outside::Nothing });
                    }
                    continue;
                }
                node.needs.push(self.need(&to, members, &above)?);
            }
        }
        Ok(())
    }

    fn need(&mut self, to: &str, members: &BTreeSet<String>, own: &[String]) -> Result<Need> {
        let short = BeadId::new(to).map_or_else(|_| to.to_owned(), |id| self.snapshot.short(&id));
        let found = |id: &str, outside| Need { id: id.to_owned(), shown: short.clone(), outside };
        if members.contains(to) {
            return Ok(found(to, Outside::Nothing));
        }
        if is_external(to) {
            return Ok(found(to, Outside::External));
        }
        let config = self.store.config();
        let Some((closed, wait)) =
            self.row(to)?.map(|row| (config.category(&row.status) == Category::Done, row.issue_type == bd::ops::wait::TYPE))
        else {
            return Ok(found(to, Outside::Dangling));
        };
        if closed {
            return Ok(found(to, Outside::Nothing));
        }
        // A step of a member counts as that member, unless it is a part of the same one.
        let whole = self.above(to)?.into_iter().find(|p| members.contains(p) && !own.contains(p));
        Ok(match whole {
            Some(whole) => found(&whole, Outside::Nothing),
            None => found(to, if wait { Outside::Wait } else { Outside::Open }),
        })
    }
}

/// The targets of the edges that can hold a bead back.
fn blocking(row: &Row) -> Vec<String> {
    let kinds = [DepType::BLOCKS, DepType::CONDITIONAL_BLOCKS, DepType::WAITS_FOR];
    row.edges.iter().filter(|e| kinds.contains(&e.kind)).map(|e| e.target().to_owned()).collect()
}
