//! New lines in a view: the beads that they are about are folded again, and whatever the change can reach is judged again.

use super::graph::{EXTERNAL, MISSING, Out, judge};
use super::lean::{Folder, encode_any, encoded_id};
use super::overlay::{After, Changed, was};
use super::row::put_row;
use super::text::{LineRef, line_hash};
use super::view::View;
use super::wire::{Broken, Read};
use crate::fold::fold_bead;
use crate::model::{BeadId, Event, Kind};
use crate::query::{Categories, EdgeKind, Filter, Memo, Row, affected, affected_by, is_external};
use crate::store::load::Place;
use std::collections::{BTreeMap, BTreeSet};

/// More beads than this are not judged one by one: a new image costs less.
const MOST: usize = 4096;

/// A line that was not there, or not in this place.
pub struct Arrived {
    /// Without indent and end.
    pub line: String,
    /// Where it was found.
    pub place: Place,
}

/// One bead while it changes.
struct Work {
    number: u32,
    new: bool,
    name: String,
    row: Row,
    lines: Vec<LineRef>,
    /// The row is another one than before.
    folded: bool,
}

impl View {
    /// Takes lines in. Returns how many of them nobody had.
    ///
    /// # Errors
    /// A line that is no event, a redaction, too large a change, or an image that cannot be read: make a new one.
    pub fn apply(&mut self, categories: &Categories, arrived: &[Arrived], after: &mut After) -> Read<()> {
        let mut by_bead: BTreeMap<String, Vec<(Vec<u8>, &Arrived)>> = BTreeMap::new();
        for line in arrived {
            let mut encoded = Vec::new();
            let bead = encode_any(&line.line, &mut encoded).map_err(|_| Broken)?;
            by_bead.entry(bead.into_owned()).or_default().push((encoded, line));
        }
        if by_bead.len() > MOST {
            return Err(Broken);
        }
        let folder = Folder::new(categories);
        let mut works = Vec::with_capacity(by_bead.len());
        for (name, new) in by_bead {
            BeadId::new(&name).map_err(|_| Broken)?;
            works.extend(self.work(&folder, categories, name, &new, after)?);
        }
        self.settle(works, after)
    }

    /// One bead's lines, old and new, folded. `None` if nothing changes.
    fn work(
        &mut self,
        folder: &Folder<'_>,
        categories: &Categories,
        name: String,
        new: &[(Vec<u8>, &Arrived)],
        after: &mut After,
    ) -> Read<Option<Work>> {
        let known = self.number(&name)?;
        let mut lines = known.map_or(Ok(Vec::new()), |number| self.line_refs(number))?;
        let mut texts: Vec<String> = lines.iter().map(|l| self.base.text()?.line(*l)).collect::<Read<_>>()?;
        let old = texts.len();
        let mut raised = false;
        let mut encoded: Vec<Vec<u8>> = Vec::new();
        for (bytes, arrived) in new {
            let hash = line_hash(&arrived.line);
            if let Some(at) = (0..lines.len()).find(|at| lines[*at].hash == hash && texts[*at] == arrived.line) {
                raised |= lines[at].loc.place() < arrived.place;
                lines[at].loc = lines[at].loc.raised(arrived.place);
                continue;
            }
            lines.push(self.base.text_mut()?.push(&arrived.line, arrived.place)?);
            texts.push(arrived.line.clone());
            encoded.push(bytes.clone());
            after.distinct += 1;
        }
        let number = known.unwrap_or(0);
        if encoded.is_empty() {
            let row = if raised { self.row(number)? } else { return Ok(None) };
            return Ok(Some(Work { number, new: false, name, row, lines, folded: false }));
        }
        for text in &texts[..old] {
            let mut bytes = Vec::new();
            encode_any(text, &mut bytes).map_err(|_| Broken)?;
            encoded.push(bytes);
        }
        encoded.sort_unstable_by_key(|e| encoded_id(e));
        let twice = encoded.windows(2).any(|pair| encoded_id(&pair[0]) == encoded_id(&pair[1]));
        let slices: Vec<&[u8]> = encoded.iter().map(Vec::as_slice).collect();
        let row = match if twice { None } else { folder.fold(&name, &slices) } {
            Some(row) => row,
            None => exact(&name, &texts, old, categories)?,
        };
        Ok(Some(Work { number, new: known.is_none(), name, row, lines, folded: true }))
    }

    /// Puts the new rows into the overlay, and judges again what they can reach.
    fn settle(&mut self, mut works: Vec<Work>, after: &After) -> Read<()> {
        let listed = Filter::default();
        let mut next = self.count();
        for work in works.iter_mut().filter(|w| w.new) {
            work.number = next;
            next += 1;
        }
        let fresh: BTreeMap<&str, u32> = works.iter().filter(|w| w.new).map(|w| (w.name.as_str(), w.number)).collect();
        let mut reach: BTreeSet<usize> = BTreeSet::new();
        let mut moved: Vec<usize> = Vec::new();
        let mut changed = Vec::with_capacity(works.len());
        for work in works.iter().filter(|w| !w.new).chain(works.iter().filter(|w| w.new)) {
            let outs = self.resolve(&work.row, &fresh)?;
            let mut standing = super::fold::standing_of(&work.row, listed.matches_row(&work.row));
            if !work.new {
                let before = self.standing(work.number)?;
                (standing.blocked, standing.deferred_until) = (before.blocked, before.deferred_until);
                if work.folded && (before.node != standing.node || self.outs(work.number)? != outs) {
                    reach.extend(affected(self, work.number as usize));
                    moved.push(work.number as usize);
                }
            } else {
                moved.push(work.number as usize);
            }
            let mut row = Vec::new();
            put_row(&mut row, &work.row);
            let was = self.was(work.number)?;
            let name = work.new.then(|| work.name.clone());
            changed.push(Changed { number: work.number, name, standing, was, row, outs, lines: work.lines.clone() });
        }
        // A record that nothing may be built on: what it can reach is not judged yet.
        let mut unfinished = *after;
        unfinished.key.frame = !after.key.frame;
        self.over.push(&unfinished, &changed)?;
        self.forget();
        reach.extend(affected_by(self, &moved));
        if reach.len() > MOST {
            return Err(Broken);
        }
        let mut memo = Memo::new();
        let mut changed = Vec::new();
        for at in reach {
            let number = at as u32;
            let mut standing = self.standing(number)?;
            let (blocked, deferred_until) = judge(self, at, &mut memo);
            if (blocked, deferred_until) == (standing.blocked, standing.deferred_until) {
                continue;
            }
            (standing.blocked, standing.deferred_until) = (blocked, deferred_until);
            let mut row = Vec::new();
            put_row(&mut row, &self.row(number)?);
            let (outs, lines) = (self.outs(number)?, self.line_refs(number)?);
            changed.push(Changed { number, name: None, standing, was: self.was(number)?, row, outs, lines });
        }
        if self.is_broken() {
            return Err(Broken);
        }
        self.over.push(after, &changed)?;
        self.forget();
        Ok(())
    }

    fn was(&self, number: u32) -> Read<u8> {
        match self.over.get(number) {
            Some(row) => Ok(row.was),
            None if number < self.base.len() => Ok(was(&self.base.fixed(number)?)),
            None => Ok(0),
        }
    }

    fn resolve(&self, row: &Row, fresh: &BTreeMap<&str, u32>) -> Read<Vec<Out>> {
        let mut outs = Vec::with_capacity(row.edges.len());
        for edge in &row.edges {
            let name = edge.target();
            let kind: EdgeKind = edge.edge_kind();
            let target = match fresh.get(name) {
                Some(number) => *number,
                None if is_external(name) => EXTERNAL,
                None => self.number(name)?.unwrap_or(MISSING),
            };
            outs.push(Out { target, kind });
        }
        Ok(outs)
    }
}

/// The exact fold, for what the index fold declines. A new redaction, or a new line that an old one reaches, is more
/// than a new row: text has to go as well, which a new image sees to. The first `old` lines are stubs where they must be.
fn exact(name: &str, texts: &[String], old: usize, categories: &Categories) -> Read<Row> {
    let id = BeadId::new(name).map_err(|_| Broken)?;
    let events: Vec<Event> = texts.iter().map(|t| Event::parse(t).map_err(|_| Broken)).collect::<Read<_>>()?;
    let redacts = |e: &&Event| e.kind == Kind::REDACT;
    let reached = |new: &Event| events.iter().filter(redacts).any(|e| e.ids.contains(&new.id)) && !new.is_stub();
    if events[old..].iter().any(|new| redacts(&new) || reached(new)) {
        return Err(Broken);
    }
    Ok(Row::of(&fold_bead(&id, &events.iter().collect::<Vec<_>>()), categories))
}
