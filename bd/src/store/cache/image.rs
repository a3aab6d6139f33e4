//! An image, read: a few blocks for every question.

use super::block::{BLOCK, Blocks, PAYLOAD, read_at};
use super::graph::Out;
use super::layout::{Candidate, Fixed, Head, Section};
use super::row::take_row;
use super::text::{LineRef, Text};
use super::wire::{Broken, Read, Take};
use crate::git::Oid;
use crate::query::Row;
use crate::store::damage::Damage;
use crate::store::load::Place;
use std::cell::OnceCell;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The base image of a clone.
pub struct Image {
    /// What it is and where its parts are.
    pub head: Head,
    blocks: Blocks,
    dir: PathBuf,
    text: OnceCell<Text>,
    fence: OnceCell<Vec<(u32, String)>>,
}

/// The file of an image below the cache's folder.
pub fn base_path(dir: &Path) -> PathBuf {
    dir.join("base")
}

/// The file of the lines with a number.
pub fn text_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("text-{number:016x}"))
}

impl Image {
    /// Opens the image in the cache's folder and checks its first block.
    pub fn open(dir: &Path) -> Read<Self> {
        let file = File::open(base_path(dir))?;
        let mut first = [0; BLOCK];
        read_at(&file, &mut first, 0)?;
        let blocks = Blocks::new(file, Head::salt(&first)?);
        let head = Head::take(blocks.checked(0, &first)?)?;
        Ok(Self { head, blocks, dir: dir.to_owned(), text: OnceCell::new(), fence: OnceCell::new() })
    }

    /// How many beads it has.
    pub fn len(&self) -> u32 {
        self.head.beads
    }

    fn section(&self, section: Section, from: u64, len: usize) -> Read<Vec<u8>> {
        let (at, whole) = self.head.sections[section as usize];
        if from.checked_add(len as u64).is_none_or(|end| end > whole) {
            return Err(Broken);
        }
        self.blocks.read(at + from, len)
    }

    fn whole(&self, section: Section) -> Read<Vec<u8>> {
        let (at, len) = self.head.sections[section as usize];
        self.blocks.read(at, usize::try_from(len).map_err(|_| Broken)?)
    }

    /// A bead's fixed part, and where its incoming edges end.
    fn pair(&self, bead: u32) -> Read<(Fixed, u32)> {
        if bead >= self.len() {
            return Err(Broken);
        }
        let from = u64::from(bead) * Fixed::LEN as u64;
        if bead + 1 == self.len() {
            let bytes = self.section(Section::Rows, from, Fixed::LEN)?;
            let end = self.head.sections[Section::Ins as usize].1 / Out::LEN as u64;
            return Ok((Fixed::take(&mut Take::new(&bytes))?, u32::try_from(end).map_err(|_| Broken)?));
        }
        let bytes = self.section(Section::Rows, from, 2 * Fixed::LEN)?;
        let mut take = Take::new(&bytes);
        Ok((Fixed::take(&mut take)?, Fixed::take(&mut take)?.ins))
    }

    /// A bead's fixed part.
    pub fn fixed(&self, bead: u32) -> Read<Fixed> {
        let bytes = self.section(Section::Rows, u64::from(bead) * Fixed::LEN as u64, Fixed::LEN)?;
        Fixed::take(&mut Take::new(&bytes))
    }

    /// A row in full.
    pub fn row_at(&self, at: u64, len: u32) -> Read<Row> {
        take_row(&mut Take::new(&self.blocks.read(at, len as usize)?))
    }

    /// The lines of a bead.
    pub fn lines(&self, fixed: &Fixed) -> Read<Vec<LineRef>> {
        let bytes = self.blocks.read(fixed.lines_at(), fixed.lines as usize * LineRef::LEN)?;
        let mut take = Take::new(&bytes);
        (0..fixed.lines).map(|_| LineRef::take(&mut take)).collect()
    }

    /// The edges that leave a bead.
    pub fn outs(&self, fixed: &Fixed) -> Read<Vec<Out>> {
        if fixed.outs == 0 {
            return Ok(Vec::new());
        }
        let bytes = self.blocks.read(fixed.heap, fixed.outs as usize * Out::LEN)?;
        let mut take = Take::new(&bytes);
        (0..fixed.outs).map(|_| Out::take(&mut take)).collect()
    }

    /// The edges that reach a bead.
    pub fn ins(&self, bead: u32) -> Read<Vec<Out>> {
        let (fixed, end) = self.pair(bead)?;
        let count = end.checked_sub(fixed.ins).ok_or(Broken)?;
        if count == 0 {
            return Ok(Vec::new());
        }
        let bytes = self.section(Section::Ins, u64::from(fixed.ins) * Out::LEN as u64, count as usize * Out::LEN)?;
        let mut take = Take::new(&bytes);
        (0..count).map(|_| Out::take(&mut take)).collect()
    }

    /// The lines of events.
    pub fn text(&self) -> Read<&Text> {
        if self.text.get().is_none() {
            let _ = self.text.set(Text::new(File::open(text_path(&self.dir, self.head.text))?));
        }
        self.text.get().ok_or(Broken)
    }

    /// The same, to add lines to.
    pub fn text_mut(&mut self) -> Read<&mut Text> {
        self.text()?;
        self.text.get_mut().ok_or(Broken)
    }

    fn fence(&self) -> Read<&[(u32, String)]> {
        if self.fence.get().is_none() {
            let bytes = self.whole(Section::Fence)?;
            let mut take = Take::new(&bytes);
            let pages = (0..take.count(2)?)
                .map(|_| Ok((u32::try_from(take.var()?).map_err(|_| Broken)?, take.str()?.to_owned())))
                .collect::<Read<_>>()?;
            let _ = self.fence.set(pages);
        }
        self.fence.get().map(Vec::as_slice).ok_or(Broken)
    }

    /// Hands the names from a page on to `f`, with their numbers, until it says that it has enough.
    fn names_from(&self, page: usize, f: &mut dyn FnMut(u32, &str) -> bool) -> Read<()> {
        let fence = self.fence()?;
        for (page, (first, _)) in fence.iter().enumerate().skip(page) {
            let (at, len) = self.head.sections[Section::Ids as usize];
            let from = page as u64 * PAYLOAD as u64;
            let bytes = self.blocks.read(at + from, (len.saturating_sub(from) as usize).min(PAYLOAD))?;
            let mut take = Take::new(&bytes);
            let mut number = *first;
            while let Ok(len @ 1..) = take.u8() {
                let name = std::str::from_utf8(take.raw(usize::from(len))?).map_err(|_| Broken)?;
                if !f(number, name) {
                    return Ok(());
                }
                number += 1;
            }
        }
        Ok(())
    }

    /// Hands all names from the first that is not before `from` on to `f`, in order, until it says that it has enough.
    pub fn names_since(&self, from: &str, f: &mut dyn FnMut(u32, &str) -> bool) -> Read<()> {
        let page = self.fence()?.partition_point(|(_, first)| first.as_str() <= from).saturating_sub(1);
        self.names_from(page, &mut |number, name| name < from || f(number, name))
    }

    /// The number of a bead.
    pub fn find(&self, name: &str) -> Read<Option<u32>> {
        let mut found = None;
        self.names_since(name, &mut |number, other| {
            found = (other == name).then_some(number);
            false
        })?;
        Ok(found)
    }

    /// The name of a bead.
    pub fn name(&self, bead: u32) -> Read<String> {
        let page = self.fence()?.partition_point(|(first, _)| *first <= bead).saturating_sub(1);
        let mut found = None;
        self.names_from(page, &mut |number, name| {
            if number == bead {
                found = Some(name.to_owned());
            }
            number < bead
        })?;
        found.ok_or(Broken)
    }

    /// How many entries a list has.
    pub fn list_len(&self, section: Section) -> usize {
        (self.head.sections[section as usize].1 / Candidate::LEN as u64) as usize
    }

    /// Some entries of a list.
    pub fn list(&self, section: Section, from: usize, count: usize) -> Read<Vec<Candidate>> {
        let count = count.min(self.list_len(section).saturating_sub(from));
        let bytes = self.section(section, (from * Candidate::LEN) as u64, count * Candidate::LEN)?;
        let mut take = Take::new(&bytes);
        (0..count).map(|_| Candidate::take(&mut take)).collect()
    }

    /// [`Section::Missing`] or [`Section::Aside`]: names, and the beads whose edges name them, in order.
    pub fn named(&self, section: Section) -> Read<Vec<(String, u32)>> {
        let bytes = self.whole(section)?;
        let mut take = Take::new(&bytes);
        (0..take.count(2)?).map(|_| Ok((take.str()?.to_owned(), u32::try_from(take.var()?).map_err(|_| Broken)?))).collect()
    }

    /// What was wrong with the bytes.
    pub fn damage(&self) -> Read<Vec<Damage>> {
        let bytes = self.whole(Section::Damage)?;
        let mut take = Take::new(&bytes);
        (0..take.count(5)?)
            .map(|_| {
                let file = take.str()?.to_owned();
                let word = take.str()?;
                let place = Place::ALL.iter().map(|p| p.as_str()).find(|p| *p == word).ok_or(Broken)?;
                let line = take.opt_int()?.map(|l| l as usize);
                let why = take.str()?.to_owned();
                Ok(Damage { file, place, line, why, oid: Oid::from_hex(take.str()?) })
            })
            .collect()
    }

    /// What names begin with, before their first and their last `-`; `None` where that are too many to ask one by one.
    pub fn prefixes(&self) -> Read<Option<Vec<String>>> {
        let bytes = self.whole(Section::Prefixes)?;
        let mut take = Take::new(&bytes);
        if !take.bool()? {
            return Ok(None);
        }
        let all = (0..take.count(1)?).map(|_| Ok(take.str()?.to_owned())).collect::<Read<_>>()?;
        Ok(Some(all))
    }
}
