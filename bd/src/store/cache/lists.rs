//! `ready` and `list` from the presorted lists: the first rows, and how many there are in all.

use super::image::Image;
use super::layout::{Candidate, Section};
use super::overlay::OverRow;
use super::row::Standing;
use super::view::View;
use super::wire::{Broken, Read};
use crate::query::{Filter, Row, SortKey};
use crate::store::snapshot::ReadyAsk;
use std::cmp::Ordering;

/// How many entries of a list are read at first; every further reading takes more.
const FIRST: usize = 32;
/// At most so many at a time.
const MOST: usize = 2048;

/// The first rows with their numbers, and how many there are.
pub type Page = (Vec<(u32, Row)>, usize);

/// A list of the image, entry by entry, without the beads that the overlay has.
struct Cursor<'v> {
    view: &'v View,
    section: Section,
    next: usize,
    read: std::vec::IntoIter<Candidate>,
    step: usize,
    head: Option<Candidate>,
}

impl<'v> Cursor<'v> {
    fn new(view: &'v View, section: Section) -> Read<Self> {
        let mut out = Self { view, section, next: 0, read: Vec::new().into_iter(), step: FIRST, head: None };
        out.advance()?;
        Ok(out)
    }

    fn advance(&mut self) -> Read<()> {
        loop {
            let Some(next) = self.read.next() else {
                let base: &Image = &self.view.base;
                let read = base.list(self.section, self.next, self.step)?;
                if read.is_empty() {
                    self.head = None;
                    return Ok(());
                }
                self.next += read.len();
                self.step = (self.step * 4).min(MOST);
                self.read = read.into_iter();
                continue;
            };
            if self.view.over.get(next.bead).is_none() {
                self.head = Some(next);
                return Ok(());
            }
        }
    }
}

/// Several lists as one, in the order of [`SortKey::Priority`].
struct Merged<'v> {
    view: &'v View,
    cursors: Vec<Cursor<'v>>,
    changed: std::vec::IntoIter<Candidate>,
    head: Option<Candidate>,
}

impl<'v> Merged<'v> {
    fn new(view: &'v View, sections: &[Section], wanted: impl Fn(&Standing) -> bool) -> Read<Self> {
        let mut changed: Vec<Candidate> = Vec::new();
        for (number, row) in view.over.rows().filter(|(_, row)| wanted(&row.standing)) {
            changed.push(candidate(number, row));
        }
        // Many that came together are as old as each other: each name is looked up once.
        let mut named = changed.into_iter().map(|c| Ok((view.name_of(c.bead)?, c))).collect::<Read<Vec<_>>>()?;
        named.sort_unstable_by(|(a, x), (b, y)| (x.priority, x.created_at, a).cmp(&(y.priority, y.created_at, b)));
        let mut changed = named.into_iter().map(|(_, c)| c).collect::<Vec<_>>().into_iter();
        let head = changed.next();
        let cursors = sections.iter().map(|s| Cursor::new(view, *s)).collect::<Read<_>>()?;
        Ok(Self { view, cursors, changed, head })
    }

    fn next(&mut self) -> Read<Option<Candidate>> {
        let mut best: Option<(usize, Candidate)> = None;
        for (at, head) in self.cursors.iter().map(|c| c.head).chain([self.head]).enumerate() {
            let Some(head) = head else { continue };
            if match &best {
                Some((_, known)) => order(self.view, &head, known)?.is_lt(),
                None => true,
            } {
                best = Some((at, head));
            }
        }
        let Some((at, found)) = best else { return Ok(None) };
        match self.cursors.get_mut(at) {
            Some(cursor) => cursor.advance()?,
            None => self.head = self.changed.next(),
        }
        Ok(Some(found))
    }
}

/// Most urgent first, then oldest, then by id. Two numbers of the image are in the order of their ids.
fn order(view: &View, a: &Candidate, b: &Candidate) -> Read<Ordering> {
    let urgent = a.priority.cmp(&b.priority).then(a.created_at.cmp(&b.created_at));
    if urgent.is_ne() || a.bead == b.bead {
        return Ok(urgent);
    }
    if a.bead.max(b.bead) < view.base.len() {
        return Ok(a.bead.cmp(&b.bead));
    }
    Ok(view.name_of(a.bead)?.cmp(&view.name_of(b.bead)?))
}

fn candidate(number: u32, row: &OverRow) -> Candidate {
    let s = &row.standing;
    Candidate {
        priority: s.priority,
        created_at: s.created_at,
        bead: number,
        row: 0,
        row_at: 0,
        deferred_until: s.deferred_until,
        leased_until: s.leased_until(),
        short: 0,
        ephemeral: s.node.ephemeral,
        not_work: s.node.not_work,
    }
}

fn row(view: &View, candidate: &Candidate) -> Read<Row> {
    match view.over.get(candidate.bead) {
        Some(row) => view.over.row(row),
        None => {
            let row = view.base.row_at(candidate.row_at, candidate.row)?;
            view.note_short(&row.id, candidate.short);
            Ok(row)
        }
    }
}

/// What can be worked on.
pub fn ready(view: &View, ask: &ReadyAsk<'_>) -> Read<Page> {
    let fits = |c: &Candidate| {
        (ask.ephemeral || !c.ephemeral) && (ask.any_type || !c.not_work) && c.deferred_until <= ask.now && c.leased_until <= ask.now
    };
    let mut all = Merged::new(view, &[Section::Free, Section::Timed], Standing::is_candidate)?;
    let mut rows = Vec::new();
    let mut total = 0;
    let plain = !ask.ephemeral && !ask.any_type && ask.filter.is_plain();
    while let Some(candidate) = all.next()? {
        if !fits(&candidate) {
            continue;
        }
        let wanted = ask.limit == 0 || rows.len() < ask.limit;
        if plain {
            if !wanted {
                return Ok((rows, count(view, &fits)?));
            }
            rows.push((candidate.bead, row(view, &candidate)?));
            total += 1;
            continue;
        }
        let row = row(view, &candidate)?;
        if ask.filter.matches_row(&row) {
            total += 1;
            if wanted {
                rows.push((candidate.bead, row));
            }
        }
    }
    Ok((rows, total))
}

/// How many plain candidates there are: those that no clock decides over are counted already.
fn count(view: &View, fits: &dyn Fn(&Candidate) -> bool) -> Read<usize> {
    let mut total = view.base.head.plain as usize;
    for (number, row) in view.over.rows() {
        total = total.checked_sub(usize::from(row.was & 1)).ok_or(Broken)?;
        total += usize::from(row.standing.is_candidate() && fits(&candidate(number, row)));
    }
    let mut timed = Cursor::new(view, Section::Timed)?;
    while let Some(candidate) = timed.head {
        total += usize::from(fits(&candidate));
        timed.advance()?;
    }
    Ok(total)
}

/// What a plain `list` shows: everything that is not finished, most urgent first.
pub fn listed(view: &View, limit: usize) -> Read<Page> {
    let mut total = view.base.list_len(Section::Listed);
    for (_, row) in view.over.rows() {
        total = total.checked_sub(usize::from(row.was >> 1 & 1)).ok_or(Broken)?;
        total += usize::from(row.standing.listed);
    }
    let mut all = Merged::new(view, &[Section::Listed], |s| s.listed)?;
    let mut rows = Vec::new();
    while limit == 0 || rows.len() < limit {
        let Some(candidate) = all.next()? else { break };
        rows.push((candidate.bead, row(view, &candidate)?));
    }
    Ok((rows, total))
}

/// Any other list: every row is looked at.
pub fn filtered(view: &View, filter: &Filter, sort: SortKey, reverse: bool, limit: usize, now: i64) -> Read<Page> {
    let mut rows: Vec<(u32, Row)> = Vec::new();
    for number in 0..view.count() {
        let row = view.row(number)?;
        if filter.matches_row(&row) {
            rows.push((number, row));
        }
    }
    rows.sort_by(|a, b| if reverse { sort.compare(&b.1, &a.1, now) } else { sort.compare(&a.1, &b.1, now) });
    let total = rows.len();
    if limit > 0 {
        rows.truncate(limit);
    }
    Ok((rows, total))
}
