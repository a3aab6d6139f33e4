//! Folding what was gathered, bead by bead, in the order of the names.

use super::build::Plan;
use super::gather::{Entry, Reader};
use super::graph::{EXTERNAL, MISSING, Out};
use super::layout::Fixed;
use super::lean::Folder;
use super::row::{NEVER, Standing, put_row};
use super::text::{LineRef, Loc, Text};
use super::wire::{Broken, Read};
use crate::fold::{fold_bead, stub_line};
use crate::model::{BeadId, Event, Kind};
use crate::query::{Filter, Row, is_external};
use std::ops::Range;

/// All beads, to be folded in parts.
pub struct Job<'a> {
    plan: &'a Plan<'a>,
    readers: &'a [Reader<'a>],
    text: Text,
    /// Numbers of beads, by name.
    sorted: Vec<u32>,
    /// The place of every number in that order.
    places: Vec<u32>,
    /// Where the lines of a number begin in `entries`.
    starts: Vec<u32>,
    /// Lines, by bead: over all readers, one after the other.
    entries: Vec<u32>,
}

/// What a stretch of beads came to.
pub struct Part {
    pub heap: Vec<u8>,
    pub beads: Vec<Folded>,
    pub outs: Vec<Out>,
    /// Names that edges lead to and no bead has, and from where.
    pub missing: Vec<(String, u32)>,
    /// Names that edges were made to which lead to another one (a `waits-for` with a spawner), and from where.
    pub aside: Vec<(String, u32)>,
    pub distinct: usize,
}

/// One bead: its place in the heap is not known yet.
pub struct Folded {
    pub fixed: Fixed,
    pub bytes: usize,
}

impl<'a> Job<'a> {
    /// Sorts the beads and gathers each one's lines.
    pub fn new(plan: &'a Plan<'a>, readers: &'a [Reader<'a>]) -> Read<Self> {
        let names = &readers.first().ok_or(Broken)?.names;
        let sorted = names.sorted();
        let mut places = vec![0; sorted.len()];
        for (place, number) in sorted.iter().enumerate() {
            places[*number as usize] = place as u32;
        }
        let mut starts = vec![0u32; sorted.len() + 1];
        let all = || readers.iter().flat_map(|r| &r.entries);
        for entry in all() {
            starts[entry.bead as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0; starts.last().copied().unwrap_or(0) as usize];
        for (at, entry) in all().enumerate() {
            let slot = &mut next[entry.bead as usize];
            entries[*slot as usize] = at as u32;
            *slot += 1;
        }
        Ok(Self { plan, readers, text: plan.text.reader()?, sorted, places, starts, entries })
    }

    /// How many beads there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// A name, by place.
    pub fn name(&self, place: usize) -> &str {
        self.readers[0].names.get(self.sorted[place])
    }

    /// Ends the job: the numbers in the order of the names.
    pub fn into_sorted(self) -> Vec<u32> {
        self.sorted
    }

    fn entry(&self, mut at: u32) -> Read<(&'a Reader<'a>, &'a Entry)> {
        for reader in self.readers {
            match reader.entries.get(at as usize) {
                Some(entry) => return Ok((reader, entry)),
                None => at -= reader.entries.len() as u32,
            }
        }
        Err(Broken)
    }

    /// Folds some beads.
    pub fn fold(&self, places: Range<usize>) -> Read<Part> {
        let folder = Folder::new(self.plan.categories);
        let listed = Filter::default();
        let mut part = Part {
            heap: Vec::new(),
            beads: Vec::with_capacity(places.len()),
            outs: Vec::new(),
            missing: Vec::new(),
            aside: Vec::new(),
            distinct: 0,
        };
        let mut mine: Vec<(u128, &Reader<'_>, &Entry)> = Vec::new();
        let mut lines: Vec<LineRef> = Vec::new();
        for place in places {
            let number = self.sorted[place] as usize;
            mine.clear();
            for at in &self.entries[self.starts[number] as usize..self.starts[number + 1] as usize] {
                let (reader, entry) = self.entry(*at)?;
                mine.push((reader.id(entry), reader, entry));
            }
            let row = self.row(&folder, place, &mut mine, &mut lines)?;
            part.distinct += lines.len();
            let start = part.heap.len();
            for edge in &row.edges {
                if edge.target() != edge.to {
                    part.aside.push((edge.to.clone(), place as u32));
                }
                let target = match self.readers[0].names.find(edge.target()) {
                    Some(number) => self.places[number as usize],
                    None if is_external(edge.target()) => EXTERNAL,
                    None => {
                        part.missing.push((edge.target().to_owned(), place as u32));
                        MISSING
                    }
                };
                let out = Out { target, kind: edge.edge_kind() };
                out.put(&mut part.heap);
                part.outs.push(out);
            }
            for line in &lines {
                line.put(&mut part.heap);
            }
            let row_at = part.heap.len();
            put_row(&mut part.heap, &row);
            let standing = standing_of(&row, listed.matches_row(&row));
            let fixed = Fixed {
                heap: 0,
                row: (part.heap.len() - row_at) as u32,
                lines: lines.len() as u32,
                outs: row.edges.len() as u32,
                ins: 0,
                short: 0,
                standing,
            };
            part.beads.push(Folded { fixed, bytes: part.heap.len() - start });
        }
        Ok(part)
    }

    /// The row of a bead, and its distinct lines.
    fn row(
        &self,
        folder: &Folder<'_>,
        place: usize,
        mine: &mut [(u128, &Reader<'_>, &Entry)],
        lines: &mut Vec<LineRef>,
    ) -> Read<Row> {
        mine.sort_unstable_by_key(|(id, _, entry)| (*id, entry.hash, entry.loc.0));
        lines.clear();
        let mut events: Vec<&[u8]> = Vec::with_capacity(mine.len());
        let mut last: Option<(u128, LineRef)> = None;
        let mut strange = false;
        for (id, reader, entry) in mine.iter() {
            let line = LineRef { loc: entry.loc, hash: entry.hash };
            if let (Some((other, before)), Some(kept)) = (last, lines.last_mut()) {
                if other == *id {
                    // The same line in another file, or two lines under one id.
                    if before.hash == line.hash && self.text.line(before)? == self.text.line(line)? {
                        kept.loc = kept.loc.raised(line.loc.place());
                        continue;
                    }
                    strange = true;
                }
            }
            last = Some((*id, line));
            lines.push(line);
            events.push(reader.event(entry));
        }
        let folded = if strange { None } else { folder.fold(self.name(place), &events) };
        match folded {
            Some(row) => Ok(row),
            None => self.exact(place, mine, lines),
        }
    }

    /// The exact fold, and stubs in the place of what was redacted: a copy of a secret must not outlive it here.
    fn exact(&self, place: usize, mine: &[(u128, &Reader<'_>, &Entry)], lines: &mut [LineRef]) -> Read<Row> {
        let id = BeadId::new(self.name(place)).map_err(|_| Broken)?;
        let mut events = Vec::with_capacity(lines.len());
        for line in lines.iter() {
            events.push(Event::parse(&self.text.line(*line)?).map_err(|_| Broken)?);
        }
        let row = Row::of(&fold_bead(&id, &events.iter().collect::<Vec<_>>()), self.plan.categories);
        let redacted: Vec<u128> =
            events.iter().filter(|e| e.kind == Kind::REDACT).flat_map(|e| e.ids.iter().map(|i| i.0)).collect();
        for (event, line) in events.iter().zip(lines.iter_mut()) {
            if event.kind == Kind::REDACT || event.is_stub() || !redacted.contains(&event.id.0) {
                continue;
            }
            let text = self.text.line(*line)?;
            let stub = stub_line(&text);
            let copies: Vec<Loc> = mine.iter().filter(|(_, _, e)| e.hash == line.hash).map(|(_, _, e)| e.loc).collect();
            *line = self.plan.text.append(&stub, line.loc.place())?;
            for copy in copies {
                self.plan.text.blank(copy)?;
            }
        }
        Ok(row)
    }
}

/// What the row alone says; what the graph says comes later.
pub fn standing_of(row: &Row, listed: bool) -> Standing {
    Standing { node: row.node(), blocked: false, deferred_until: NEVER, priority: row.priority, created_at: row.created_at, listed }
}
