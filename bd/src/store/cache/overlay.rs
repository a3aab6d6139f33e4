//! What came after the image was made: one record for every change, appended to a small file.
//!
//! The file begins with the salt of the image that it belongs to. A record is its length, its checksum (which counts
//! the place in the file, so that a record cannot stand where another was) and its content; a torn one is passed over.

use super::graph::Out;
use super::hash::hash64;
use super::key::Key;
use super::layout::Fixed;
use super::row::{Standing, take_row};
use super::text::LineRef;
use super::wire::{Broken, Read, Take, put_bytes, put_str, put_var};
use crate::query::Row;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

const HEAD: usize = 16;
const FRAME: usize = 12;

/// The file below the cache's folder.
pub fn overlay_path(dir: &Path) -> PathBuf {
    dir.join("overlay")
}

/// One bead as a record has it.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Its number: below the image's count one of the image, else a new one.
    pub number: u32,
    /// The name of a new one.
    pub name: Option<String>,
    /// What the ready rules make of it.
    pub standing: Standing,
    /// What the image's lists had of it: bit 0 = a plain free candidate, bit 1 = listed.
    pub was: u8,
    /// Its row.
    pub row: Vec<u8>,
    /// Its edges, in the order of the row's.
    pub outs: Vec<Out>,
    /// Its lines.
    pub lines: Vec<LineRef>,
}

/// A bead in the overlay.
pub struct OverRow {
    /// What the ready rules make of it.
    pub standing: Standing,
    /// As in [`Changed`].
    pub was: u8,
    /// Its edges.
    pub outs: Vec<Out>,
    row: Range<usize>,
    lines: Range<usize>,
}

/// The state that a record leaves behind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct After {
    /// What image and overlay together were made from.
    pub key: Key,
    /// The state ref held all of the journal.
    pub clean: bool,
    /// How many lines the sources hold; `None` = nobody counted.
    pub lines: Option<u64>,
    /// How many of them are distinct.
    pub distinct: u64,
}

/// The changes since an image, in memory.
pub struct Overlay {
    bytes: Vec<u8>,
    /// How much of `bytes` is in the file.
    saved: usize,
    base: u32,
    rows: HashMap<u32, OverRow>,
    names: Vec<String>,
    by_name: BTreeMap<String, u32>,
    /// For every record where it ends, what it left behind, and how many of `changes` there were then.
    records: Vec<(usize, Key, usize)>,
    /// The beads that the records changed, one record after the other.
    changes: Vec<u32>,
    /// What the last record left behind; `None` = there is none.
    pub after: Option<After>,
}

impl Overlay {
    /// Nothing has changed since the image with this salt and so many beads.
    pub fn empty(salt: u64, base: u32) -> Self {
        let mut bytes = b"bdover1\n".to_vec();
        bytes.extend_from_slice(&salt.to_le_bytes());
        Self {
            bytes,
            saved: 0,
            base,
            rows: HashMap::new(),
            names: Vec::new(),
            by_name: BTreeMap::new(),
            records: Vec::new(),
            changes: Vec::new(),
            after: None,
        }
    }

    /// Reads the overlay of an image. One that belongs to another image, or none, is empty; what is torn or changed
    /// ends it: what came later is then found out anew.
    pub fn load(dir: &Path, salt: u64, base: u32) -> Self {
        let mut out = Self::empty(salt, base);
        let Ok(bytes) = std::fs::read(overlay_path(dir)) else { return out };
        if bytes.get(..HEAD) != Some(&out.bytes[..]) {
            return out;
        }
        out.bytes = bytes;
        let mut at = HEAD;
        while let Some(content) = out.record(at) {
            let end = content.end;
            if out.absorb(content).is_err() {
                // A record with a good checksum that cannot be read is of a version that lies about itself.
                return Self::empty(salt, base);
            }
            at = end;
        }
        out.bytes.truncate(at);
        out.saved = at;
        out
    }

    fn record(&self, at: usize) -> Option<Range<usize>> {
        let mut take = Take::new(self.bytes.get(at..)?);
        let (len, sum) = (take.u32().ok()? as usize, take.u64().ok()?);
        let content = at + FRAME..(at + FRAME).checked_add(len)?;
        (hash64(self.salt() ^ at as u64, self.bytes.get(content.clone())?) == sum).then_some(content)
    }

    fn salt(&self) -> u64 {
        self.bytes.get(8..HEAD).and_then(|b| b.first_chunk::<8>()).map_or(0, |b| u64::from_le_bytes(*b))
    }

    /// Adds a record in memory.
    pub fn push(&mut self, after: &After, changed: &[Changed]) -> Read<()> {
        let mut content = Vec::new();
        after.key.put(&mut content);
        content.push(u8::from(after.clean));
        put_var(&mut content, after.lines.map_or(0, |n| n + 1));
        put_var(&mut content, after.distinct);
        put_var(&mut content, changed.len() as u64);
        for bead in changed {
            put_var(&mut content, u64::from(bead.number));
            if let Some(name) = &bead.name {
                put_str(&mut content, name);
            }
            bead.standing.put(&mut content);
            content.push(bead.was);
            put_bytes(&mut content, &bead.row);
            put_var(&mut content, bead.outs.len() as u64);
            bead.outs.iter().for_each(|out| out.put(&mut content));
            put_var(&mut content, bead.lines.len() as u64);
            bead.lines.iter().for_each(|line| line.put(&mut content));
        }
        let at = self.bytes.len();
        let len = u32::try_from(content.len()).map_err(|_| Broken)?;
        self.bytes.extend_from_slice(&len.to_le_bytes());
        self.bytes.extend_from_slice(&hash64(self.salt() ^ at as u64, &content).to_le_bytes());
        self.bytes.extend_from_slice(&content);
        self.absorb(at + FRAME..self.bytes.len())
    }

    fn absorb(&mut self, content: Range<usize>) -> Read<()> {
        let start = content.start;
        let bytes = std::mem::take(&mut self.bytes);
        let result = self.read(bytes.get(content).unwrap_or_default(), start);
        self.bytes = bytes;
        result
    }

    fn read(&mut self, content: &[u8], start: usize) -> Read<()> {
        let mut take = Take::new(content);
        let key = Key::take(&mut take)?;
        let clean = take.bool()?;
        let lines = take.var()?.checked_sub(1);
        let after = After { key, clean, lines, distinct: take.var()? };
        for _ in 0..take.count(Standing::LEN)? {
            let number = u32::try_from(take.var()?).map_err(|_| Broken)?;
            let known = self.base as usize + self.names.len();
            // The same bead may come several times; a number's first time brings its name.
            if number as usize == known {
                let name = take.str()?.to_owned();
                self.by_name.insert(name.clone(), number);
                self.names.push(name);
            } else if number as usize > known {
                return Err(Broken);
            }
            let (standing, was) = (Standing::take(&mut take)?, take.u8()?);
            let stretch = |take: &mut Take<'_>, len: usize| {
                let from = start + content.len() - take.rest().len();
                take.raw(len).map(|_| from..from + len)
            };
            let len = take.count(1)?;
            let row = stretch(&mut take, len)?;
            let outs = (0..take.count(Out::LEN)?).map(|_| Out::take(&mut take)).collect::<Read<_>>()?;
            let count = take.count(LineRef::LEN)?;
            let lines = stretch(&mut take, count * LineRef::LEN)?;
            self.rows.insert(number, OverRow { standing, was, outs, row, lines });
            self.changes.push(number);
        }
        self.records.push((start + content.len(), key, self.changes.len()));
        self.after = Some(after);
        Ok(())
    }

    /// Appends to the file what is not there yet. The caller holds the cache's lock and has seen that the file is what
    /// was loaded.
    pub fn save(&mut self, dir: &Path) -> Read<()> {
        let path = overlay_path(dir);
        if self.saved == 0 {
            // The old one belongs to another image, or is no good.
            let temp = dir.join("overlay.new");
            std::fs::write(&temp, &self.bytes)?;
            std::fs::rename(&temp, &path)?;
        } else {
            let mut file = File::options().write(true).open(&path)?;
            let len = file.metadata()?.len();
            if len != self.saved as u64 {
                // A torn record of somebody who died.
                file.set_len(self.saved as u64)?;
            }
            std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(self.saved as u64))?;
            file.write_all(self.bytes.get(self.saved..).unwrap_or_default())?;
        }
        self.saved = self.bytes.len();
        Ok(())
    }

    /// How much is in the file.
    pub fn saved(&self) -> usize {
        self.saved
    }

    /// Bytes in all.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The beads that changed after the record that ended at a place and left this key behind; `None`: there is no such record.
    pub fn changed_since(&self, at: usize, key: &Key) -> Option<&[u32]> {
        let (_, _, before) = self.records.iter().find(|(end, left, _)| *end == at && left == key)?;
        self.changes.get(*before..)
    }

    /// The beads that any record changed.
    pub fn all_changes(&self) -> &[u32] {
        &self.changes
    }

    /// The beads that changed.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &OverRow)> {
        self.rows.iter().map(|(n, row)| (*n, row))
    }

    /// How many beads changed.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many new beads there are.
    pub fn fresh(&self) -> u32 {
        self.names.len() as u32
    }

    /// A bead that changed.
    pub fn get(&self, number: u32) -> Option<&OverRow> {
        self.rows.get(&number)
    }

    /// The name of a new bead.
    pub fn name(&self, number: u32) -> Option<&str> {
        self.names.get(number.checked_sub(self.base)? as usize).map(String::as_str)
    }

    /// The number of a new bead.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// The new names, in order.
    pub fn by_name(&self) -> &BTreeMap<String, u32> {
        &self.by_name
    }

    /// The row of a bead that changed.
    pub fn row(&self, row: &OverRow) -> Read<Row> {
        take_row(&mut Take::new(self.row_bytes(row)))
    }

    /// The bytes of that row.
    pub fn row_bytes(&self, row: &OverRow) -> &[u8] {
        self.bytes.get(row.row.clone()).unwrap_or_default()
    }

    /// The lines of a bead that changed.
    pub fn lines(&self, row: &OverRow) -> Read<Vec<LineRef>> {
        let mut take = Take::new(self.bytes.get(row.lines.clone()).unwrap_or_default());
        (0..row.lines.len() / LineRef::LEN).map(|_| LineRef::take(&mut take)).collect()
    }
}

/// What an image's lists have of a bead.
pub fn was(fixed: &Fixed) -> u8 {
    let s = &fixed.standing;
    let plain = s.is_candidate() && s.is_timeless() && !s.node.ephemeral && !s.node.not_work;
    u8::from(plain) | u8::from(s.listed) << 1
}
