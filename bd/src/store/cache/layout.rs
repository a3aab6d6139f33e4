//! How an image is laid out: the first block says where everything is, the rest are sections of checked blocks.
//!
//! heap: per bead its resolved edges ([`Out`](super::graph::Out)), its lines ([`LineRef`](super::text::LineRef)) and its row
//! in full; rows: fixed width, by bead id; ids: the names in pages of one block, with a fence that says where each begins;
//! lists in the order of [`SortKey::Priority`](crate::query::SortKey::Priority): candidates for `ready` that no clock decides
//! over, those that a clock decides over, and what a plain `list` shows; the rows of their first entries stand once more before
//! them, side by side, and that is where these entries say that their rows are.

use super::block::PAYLOAD;
use super::key::{Key, VERSION};
use super::row::Standing;
use super::wire::{Broken, Read, Take};

const MAGIC: &[u8; 8] = b"bdcache\n";

/// The parts of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Section {
    /// [`Fixed`] of every bead.
    Rows,
    /// Incoming edges, by the bead that they lead to.
    Ins,
    /// Pages of names.
    Ids,
    /// The first name of every page.
    Fence,
    /// Candidates that are ready at any time.
    Free,
    /// Candidates that are ready at some time.
    Timed,
    /// What a plain `list` shows.
    Listed,
    /// Names that edges lead to and no bead has.
    Missing,
    /// Edges that count as edges to another name than the one that they were made to.
    Aside,
    /// What is wrong with the bytes.
    Damage,
    /// What names begin with.
    Prefixes,
}

/// How many sections there are.
pub const SECTIONS: usize = 11;

/// The first block.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Which image this is; blocks, text and overlay of another do not fit.
    pub salt: u64,
    /// The number of the file of lines.
    pub text: u64,
    /// What it was made from.
    pub key: Key,
    /// The state ref held all of the journal.
    pub clean: bool,
    /// How many beads.
    pub beads: u32,
    /// How many of the free candidates are plain work (see [`Candidate::is_plain`]).
    pub plain: u32,
    /// How many lines the sources hold.
    pub lines: u64,
    /// How many of them are distinct.
    pub distinct: u64,
    /// Where the sections are, and their bytes.
    pub sections: [(u64, u64); SECTIONS],
}

impl Head {
    /// The content of the first block.
    pub fn put(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for value in [VERSION, self.salt, self.text, self.lines, self.distinct] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for value in [self.beads, self.plain, u32::from(self.clean)] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for (at, len) in self.sections {
            out.extend_from_slice(&at.to_le_bytes());
            out.extend_from_slice(&len.to_le_bytes());
        }
        self.key.put(&mut out);
        out
    }

    /// The salt in the bytes of a first block that are not checked yet.
    pub fn salt(bytes: &[u8]) -> Read<u64> {
        let mut take = Take::new(bytes);
        if take.raw(MAGIC.len())? != MAGIC || take.u64()? != VERSION {
            return Err(Broken);
        }
        take.u64()
    }

    /// Reads it.
    pub fn take(bytes: &[u8]) -> Read<Self> {
        let salt = Self::salt(bytes)?;
        let mut take = Take::new(bytes.get(MAGIC.len() + 16..).ok_or(Broken)?);
        let (text, lines, distinct) = (take.u64()?, take.u64()?, take.u64()?);
        let (beads, plain, clean) = (take.u32()?, take.u32()?, take.u32()? == 1);
        let mut sections = [(0, 0); SECTIONS];
        for section in &mut sections {
            *section = (take.u64()?, take.u64()?);
        }
        Ok(Self { salt, text, key: Key::take(&mut take)?, clean, beads, plain, lines, distinct, sections })
    }
}

/// A bead in the section [`Section::Rows`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed {
    /// Where its part of the heap begins.
    pub heap: u64,
    /// Bytes of its row.
    pub row: u32,
    /// How many lines it has.
    pub lines: u32,
    /// How many edges leave it.
    pub outs: u32,
    /// The number of its first incoming edge.
    pub ins: u32,
    /// How many characters of its name after the prefix tell it from all others; 0 = the whole name.
    pub short: u8,
    /// What the ready rules make of it.
    pub standing: Standing,
}

impl Fixed {
    /// The bytes that it takes.
    pub const LEN: usize = 25 + Standing::LEN;

    /// Appends it.
    pub fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.heap.to_le_bytes());
        for value in [self.row, self.lines, self.outs, self.ins] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.push(self.short);
        self.standing.put(out);
    }

    /// Reads it.
    pub fn take(take: &mut Take<'_>) -> Read<Self> {
        Ok(Self {
            heap: take.u64()?,
            row: take.u32()?,
            lines: take.u32()?,
            outs: take.u32()?,
            ins: take.u32()?,
            short: take.u8()?,
            standing: Standing::take(take)?,
        })
    }

    /// Where its lines begin.
    pub fn lines_at(&self) -> u64 {
        self.heap + u64::from(self.outs) * super::graph::Out::LEN as u64
    }

    /// Where its row begins.
    pub fn row_at(&self) -> u64 {
        self.lines_at() + u64::from(self.lines) * super::text::LineRef::LEN as u64
    }
}

/// An entry of a list: enough to order it, to judge it with a clock, and to find its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Most urgent first.
    pub priority: i64,
    /// Then oldest.
    pub created_at: i64,
    /// The bead's number; in one image the order of numbers is that of the ids.
    pub bead: u32,
    /// Bytes of its row.
    pub row: u32,
    /// Where its row is.
    pub row_at: u64,
    /// Put off until then.
    pub deferred_until: i64,
    /// Held until then.
    pub leased_until: i64,
    /// As in [`Fixed`].
    pub short: u8,
    /// Ephemeral.
    pub ephemeral: bool,
    /// Its type is no work to pick up.
    pub not_work: bool,
}

impl Candidate {
    /// The bytes that it takes.
    pub const LEN: usize = 50;

    /// Of a bead.
    pub fn new(bead: u32, fixed: &Fixed) -> Self {
        let s = &fixed.standing;
        Self {
            priority: s.priority,
            created_at: s.created_at,
            bead,
            row: fixed.row,
            row_at: fixed.row_at(),
            deferred_until: s.deferred_until,
            leased_until: s.leased_until(),
            short: fixed.short,
            ephemeral: s.node.ephemeral,
            not_work: s.node.not_work,
        }
    }

    /// Work that a plain `ready` may offer.
    pub fn is_plain(&self) -> bool {
        !self.ephemeral && !self.not_work
    }

    /// Appends it.
    pub fn put(&self, out: &mut Vec<u8>) {
        for value in [self.priority, self.created_at, self.deferred_until, self.leased_until] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&self.row_at.to_le_bytes());
        out.extend_from_slice(&self.bead.to_le_bytes());
        out.extend_from_slice(&self.row.to_le_bytes());
        out.extend_from_slice(&[self.short, u8::from(self.ephemeral) | u8::from(self.not_work) << 1]);
    }

    /// Reads it.
    pub fn take(take: &mut Take<'_>) -> Read<Self> {
        let (priority, created_at, deferred_until, leased_until) = (take.i64()?, take.i64()?, take.i64()?, take.i64()?);
        let (row_at, bead, row, short, flags) = (take.u64()?, take.u32()?, take.u32()?, take.u8()?, take.u8()?);
        let (ephemeral, not_work) = (flags & 1 != 0, flags & 2 != 0);
        Ok(Self { priority, created_at, bead, row, row_at, deferred_until, leased_until, short, ephemeral, not_work })
    }
}

/// Names in pages of one block: each a byte of length and the name; a length of 0 ends a page.
#[derive(Default)]
pub struct Pages {
    /// The pages.
    pub bytes: Vec<u8>,
    /// The number of the first name of every page, and the name.
    pub fence: Vec<(u32, String)>,
    used: usize,
}

impl Pages {
    /// Adds the next name.
    pub fn push(&mut self, number: u32, name: &str) -> Read<()> {
        let len = u8::try_from(name.len()).ok().filter(|l| *l > 0).ok_or(Broken)?;
        if self.fence.is_empty() || self.used + name.len() + 2 > PAYLOAD {
            let full = self.fence.len() * PAYLOAD;
            self.bytes.resize(full, 0);
            self.fence.push((number, name.to_owned()));
            self.used = 0;
        }
        self.bytes.push(len);
        self.bytes.extend_from_slice(name.as_bytes());
        self.used += name.len() + 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_pages_are_bounded() {
        let mut pages = Pages::default();
        let names: Vec<String> = (0..2000).map(|i| format!("bd-{i:012}")).collect();
        for (at, name) in names.iter().enumerate() {
            pages.push(at as u32, name).unwrap();
        }
        assert_eq!(pages.fence.len(), (2000 * 16usize).div_ceil(PAYLOAD / 16 * 16));
        assert!(pages.bytes.len() <= pages.fence.len() * PAYLOAD);
        assert!(pages.push(2000, "").is_err() && pages.push(2000, &"x".repeat(300)).is_err());
        assert!(Head::take(&[0; PAYLOAD]).is_err());
    }
}
