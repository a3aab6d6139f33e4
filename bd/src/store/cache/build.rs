//! An image from everything that was read: fold every bead, resolve its edges, find out what no clock changes, sort.

use super::block::{BLOCK, BlockWriter, Blocks, first_block, write_at};
use super::fold::{Job, Part};
use super::gather::Gathered;
use super::graph::Edges;
use super::key::Key;
use super::layout::{Candidate, Fixed, Head, Pages, SECTIONS, Section};
use super::text::TextWriter;
use super::wire::{Broken, Read, put_opt_int, put_str, put_var};
use crate::query::Categories;
use crate::store::damage::Damage;
use crate::store::names::short_take;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write};

/// How many beads one thread folds before they are written.
const CHUNK: usize = 1024;
/// Below this many a second thread is not worth its start.
const ALONE: usize = 256;
/// How many rows of a list stand side by side.
const FRONT: usize = 64;
/// With more different beginnings of names than this, a search looks at all names.
const PREFIXES: usize = 64;

/// What an image is made of besides the lines.
pub struct Plan<'a> {
    pub salt: u64,
    pub text_number: u64,
    pub key: Key,
    pub clean: bool,
    pub categories: &'a Categories,
    pub text: &'a TextWriter,
}

/// Writes the image to `file`.
///
/// # Errors
/// A disk that does not take it; a text that cannot be read back.
pub fn build(plan: &Plan<'_>, gathered: Gathered<'_>, file: File) -> Read<()> {
    // Rows that are written can be read again; where reading moves the cursor of whoever writes they are left alone.
    let back = if cfg!(unix) { Some(Blocks::new(file.try_clone()?, plan.salt)) } else { None };
    let mut out = BlockWriter::new(BufWriter::with_capacity(16 * BLOCK, file), plan.salt)?;
    let Gathered { mut readers } = gathered;
    let (lines, damage) = readers.first_mut().map_or((0, Vec::new()), |r| (r.lines, std::mem::take(&mut r.damage)));
    let job = Job::new(plan, &readers)?;
    let mut rows: Vec<Fixed> = Vec::with_capacity(job.len());
    let (mut starts, mut outs) = (vec![0u32], Vec::new());
    let (mut missing, mut aside) = (Vec::new(), Vec::new());
    let mut distinct = 0;
    for from in (0..job.len()).step_by(2 * CHUNK) {
        for part in two(&job, from)? {
            let mut heap = out.at();
            out.put(&part.heap)?;
            for bead in &part.beads {
                rows.push(Fixed { heap, ..bead.fixed });
                heap += bead.bytes as u64;
                starts.push(
                    u32::try_from(starts.last().copied().unwrap_or(0) as usize + bead.fixed.outs as usize).map_err(|_| Broken)?,
                );
            }
            outs.extend(part.outs);
            missing.extend(part.missing);
            aside.extend(part.aside);
            distinct += part.distinct;
        }
    }
    let sorted = job.into_sorted();
    let numbered = readers.first_mut().map(|r| std::mem::take(&mut r.names)).unwrap_or_default();
    drop(readers);
    let names: Vec<&str> = sorted.iter().map(|n| numbered.get(*n)).collect();
    let mut edges = Edges::new(rows.iter().map(|r| r.standing).collect(), starts, outs);
    edges.judge();
    for (at, row) in rows.iter_mut().enumerate() {
        row.standing = edges.standing[at];
        row.ins = edges.in_starts[at];
        let near = [at.checked_sub(1), Some(at + 1)].map(|n| n.and_then(|n| names.get(n)).copied().unwrap_or(""));
        row.short = short_take(names[at], &near);
    }
    let mut sections = Sections { out, table: [(0, 0); SECTIONS] };
    sections.put(Section::Rows, |bytes| rows.iter().for_each(|row| row.put(bytes)))?;
    sections.put(Section::Ins, |bytes| edges.ins.iter().for_each(|from| from.put(bytes)))?;
    drop(edges);
    let plain = lists(&rows, back.as_ref(), &mut sections)?;
    for (section, mut list) in [(Section::Missing, missing), (Section::Aside, aside)] {
        list.sort_unstable();
        sections.put(section, |bytes| put_named(bytes, &list))?;
    }
    sections.put(Section::Damage, |bytes| put_damage(bytes, &damage))?;
    ids(&names, &mut sections)?;
    let Sections { out, table } = sections;
    let head = Head {
        salt: plan.salt,
        text: plan.text_number,
        key: plan.key,
        clean: plan.clean,
        beads: names.len() as u32,
        plain,
        lines: lines as u64,
        distinct: distinct as u64,
        sections: table,
    };
    let file = out.finish()?.into_inner().map_err(|_| Broken)?;
    write_at(&file, &first_block(plan.salt, &head.put()).ok_or(Broken)?, 0)?;
    Ok(())
}

/// The next two chunks, folded side by side.
fn two(job: &Job<'_>, from: usize) -> Read<Vec<Part>> {
    let middle = (from + CHUNK).min(job.len());
    let end = (middle + CHUNK).min(job.len());
    if job.len() <= ALONE {
        return Ok(vec![job.fold(from..middle)?]);
    }
    let half = if end - from < 2 * CHUNK { from + (end - from) / 2 } else { middle };
    std::thread::scope(|scope| {
        let second = scope.spawn(|| job.fold(half..end));
        let first = job.fold(from..half)?;
        Ok(vec![first, second.join().map_err(|_| Broken)??])
    })
}

/// The sections in the order in which they are written.
pub struct Sections<W> {
    out: BlockWriter<W>,
    table: [(u64, u64); SECTIONS],
}

impl<W: Write> Sections<W> {
    fn put(&mut self, section: Section, fill: impl FnOnce(&mut Vec<u8>)) -> Read<()> {
        let mut bytes = Vec::new();
        fill(&mut bytes);
        self.out.align()?;
        self.table[section as usize] = (self.out.at(), bytes.len() as u64);
        Ok(self.out.put(&bytes)?)
    }
}

/// The presorted lists; returns how many of the free candidates are plain.
fn lists<W: Write>(rows: &[Fixed], back: Option<&Blocks>, sections: &mut Sections<W>) -> Read<u32> {
    let urgency = |i: &u32| (rows[*i as usize].standing.priority, rows[*i as usize].standing.created_at, *i);
    let sorted = |wanted: &dyn Fn(&Fixed) -> bool| {
        let mut order: Vec<u32> = (0..rows.len() as u32).filter(|i| wanted(&rows[*i as usize])).collect();
        order.sort_unstable_by_key(urgency);
        order
    };
    let order = sorted(&|row| row.standing.is_candidate());
    let listed = sorted(&|row| row.standing.listed);
    let front = front(rows, order.iter().take(FRONT).chain(listed.iter().take(FRONT)), back, sections)?;
    let candidate = |i: &u32| {
        let mut candidate = Candidate::new(*i, &rows[*i as usize]);
        candidate.row_at = front.get(i).copied().unwrap_or(candidate.row_at);
        candidate
    };
    let mut plain = 0;
    for (section, timeless) in [(Section::Free, true), (Section::Timed, false)] {
        sections.put(section, |bytes| {
            for candidate in order.iter().filter(|i| rows[**i as usize].standing.is_timeless() == timeless).map(candidate) {
                plain += u32::from(timeless && candidate.is_plain());
                candidate.put(bytes);
            }
        })?;
    }
    sections.put(Section::Listed, |bytes| listed.iter().for_each(|i| candidate(i).put(bytes)))?;
    Ok(plain)
}

/// The rows that a look shows first once more, side by side: one block instead of one for every row. Returns where each is.
fn front<'i, W: Write>(
    rows: &[Fixed],
    first: impl Iterator<Item = &'i u32>,
    back: Option<&Blocks>,
    sections: &mut Sections<W>,
) -> Read<HashMap<u32, u64>> {
    let mut places = HashMap::new();
    let Some(back) = back else { return Ok(places) };
    sections.out.align()?;
    sections.out.flush()?;
    for i in first {
        if let Entry::Vacant(place) = places.entry(*i) {
            let row = &rows[*i as usize];
            let bytes = back.read(row.row_at(), row.row as usize)?;
            place.insert(sections.out.at());
            sections.out.put(&bytes)?;
        }
    }
    Ok(places)
}

/// The names in pages, the fence, and what names begin with.
fn ids<W: Write>(names: &[&str], sections: &mut Sections<W>) -> Read<()> {
    let mut pages = Pages::default();
    for (number, name) in names.iter().enumerate() {
        pages.push(number as u32, name)?;
    }
    let Pages { bytes: paged, fence, .. } = pages;
    sections.put(Section::Ids, |bytes| *bytes = paged)?;
    sections.put(Section::Fence, |bytes| {
        put_var(bytes, fence.len() as u64);
        for (number, name) in &fence {
            put_var(bytes, u64::from(*number));
            put_str(bytes, name);
        }
    })?;
    sections.put(Section::Prefixes, |bytes| put_prefixes(bytes, names))
}

/// What names have before their first and before their last `-`; nothing where that are too many.
fn put_prefixes(bytes: &mut Vec<u8>, names: &[&str]) {
    let mut all: BTreeSet<&str> = BTreeSet::new();
    for name in names {
        all.extend(name.split_once('-').map(|(p, _)| p));
        all.extend(name.rsplit_once('-').map(|(p, _)| p));
        if all.len() > PREFIXES {
            bytes.push(0);
            return;
        }
    }
    bytes.push(1);
    put_var(bytes, all.len() as u64);
    for prefix in all {
        put_str(bytes, prefix);
    }
}

fn put_named(bytes: &mut Vec<u8>, list: &[(String, u32)]) {
    put_var(bytes, list.len() as u64);
    for (name, from) in list {
        put_str(bytes, name);
        put_var(bytes, u64::from(*from));
    }
}

fn put_damage(bytes: &mut Vec<u8>, damage: &[Damage]) {
    put_var(bytes, damage.len() as u64);
    for Damage { file, place, line, why, oid } in damage {
        put_str(bytes, file);
        put_str(bytes, place);
        put_opt_int(bytes, line.map(|l| l as i64));
        put_str(bytes, why);
        put_str(bytes, &oid.map(|o| o.to_string()).unwrap_or_default());
    }
}
