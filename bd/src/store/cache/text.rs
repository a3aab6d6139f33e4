//! The event lines once more, uncompressed, so that one bead is read without inflating a pack.

use super::block::{read_at, write_at};
use super::hash::hash64;
use super::wire::{Broken, Read};
use crate::model::MAX_LINE;
use crate::store::load::Place;
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

/// What small files are gathered into before they are written.
const EXTENT: usize = 64 << 10;

/// Where a line is, how long it is, and where it was found: 40 bits, 21 bits, 3 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loc(pub u64);

impl Loc {
    /// `None` for what cannot be (a terabyte of text, a line over the limit).
    pub fn new(at: u64, len: usize, place: Place) -> Option<Self> {
        let place = Place::ALL.iter().position(|p| *p == place)? as u64;
        (at < 1 << 40 && len < 1 << 21).then_some(Self(at | (len as u64) << 40 | place << 61))
    }

    /// Offset in the text.
    pub fn at(self) -> u64 {
        self.0 & ((1 << 40) - 1)
    }

    /// Bytes of the line, without its end.
    pub fn len(self) -> usize {
        (self.0 >> 40) as usize & ((1 << 21) - 1)
    }

    /// The most shared place in which it was found.
    pub fn place(self) -> Place {
        Place::ALL.get((self.0 >> 61) as usize).copied().unwrap_or(Place::Journal)
    }

    /// The same line, found in another place as well.
    #[must_use]
    pub fn raised(self, place: Place) -> Self {
        Self::new(self.at(), self.len(), self.place().max(place)).unwrap_or(self)
    }
}

/// A line of a bead: where it is, and its checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRef {
    /// Where.
    pub loc: Loc,
    /// [`line_hash`] of its bytes.
    pub hash: u64,
}

impl LineRef {
    /// The bytes that it takes in the cache.
    pub const LEN: usize = 16;

    /// Appends it.
    pub fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.loc.0.to_le_bytes());
        out.extend_from_slice(&self.hash.to_le_bytes());
    }

    /// Reads it.
    pub fn take(take: &mut super::wire::Take<'_>) -> Read<Self> {
        Ok(Self { loc: Loc(take.u64()?), hash: take.u64()? })
    }
}

/// The checksum of a line.
pub fn line_hash(line: &str) -> u64 {
    hash64(0x11e5, line.as_bytes())
}

/// The text, read; and lines that are not in the file yet.
pub struct Text {
    file: File,
    /// Lines that will stand behind what the file holds, and where.
    fresh: String,
    fresh_at: u64,
}

impl Text {
    /// Reads from this file.
    pub fn new(file: File) -> Self {
        Self { file, fresh: String::new(), fresh_at: u64::MAX }
    }

    /// Adds a line in memory. Its place is the one that it will have in the file.
    pub fn push(&mut self, line: &str, place: Place) -> Read<LineRef> {
        if self.fresh.is_empty() {
            self.fresh_at = self.file.metadata()?.len();
        }
        let at = self.fresh_at + self.fresh.len() as u64;
        self.fresh.push_str(line);
        self.fresh.push('\n');
        Ok(LineRef { loc: Loc::new(at, line.len(), place).ok_or(Broken)?, hash: line_hash(line) })
    }

    /// Appends what was added to the file. The caller holds the cache's lock.
    ///
    /// # Errors
    /// Somebody else appended meanwhile: what was added has other places then.
    pub fn save(&mut self, file: &File) -> Read<()> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        if file.metadata()?.len() != self.fresh_at {
            return Err(Broken);
        }
        write_at(file, self.fresh.as_bytes(), self.fresh_at)?;
        self.fresh.clear();
        self.fresh_at = u64::MAX;
        Ok(())
    }

    /// One line, checked.
    pub fn line(&self, line: LineRef) -> Read<String> {
        let len = line.loc.len();
        if len > MAX_LINE + 64 {
            return Err(Broken);
        }
        let text = match line.loc.at().checked_sub(self.fresh_at) {
            Some(at) => self.fresh.get(at as usize..).and_then(|t| t.get(..len)).ok_or(Broken)?.to_owned(),
            None => {
                let mut bytes = vec![0; len];
                read_at(&self.file, &mut bytes, line.loc.at())?;
                String::from_utf8(bytes).map_err(|_| Broken)?
            }
        };
        if line_hash(&text) == line.hash { Ok(text) } else { Err(Broken) }
    }
}

/// The text, written by several threads at once.
pub struct TextWriter {
    file: File,
    end: AtomicU64,
}

impl TextWriter {
    /// Writes behind what the file holds.
    pub fn new(file: File) -> io::Result<Self> {
        let end = AtomicU64::new(file.metadata()?.len());
        Ok(Self { file, end })
    }

    /// Takes a stretch of the file that nobody else writes to.
    fn reserve(&self, len: usize) -> u64 {
        self.end.fetch_add(len as u64, Ordering::Relaxed)
    }

    /// Appends one line, at once.
    pub fn append(&self, line: &str, place: Place) -> Read<LineRef> {
        let at = self.reserve(line.len() + 1);
        write_at(&self.file, line.as_bytes(), at)?;
        write_at(&self.file, b"\n", at + line.len() as u64)?;
        Ok(LineRef { loc: Loc::new(at, line.len(), place).ok_or(Broken)?, hash: line_hash(line) })
    }

    /// Overwrites a line with spaces: its text was redacted.
    pub fn blank(&self, loc: Loc) -> Read<()> {
        Ok(write_at(&self.file, &vec![b' '; loc.len()], loc.at())?)
    }

    /// A reader of the same file.
    pub fn reader(&self) -> Read<Text> {
        Ok(Text::new(self.file.try_clone()?))
    }
}

/// One thread's way of writing whole files of lines.
pub struct Sink<'t> {
    to: &'t TextWriter,
    at: u64,
    extent: Vec<u8>,
}

impl<'t> Sink<'t> {
    /// Writes nothing yet.
    pub fn new(to: &'t TextWriter) -> Self {
        Self { to, at: 0, extent: Vec::new() }
    }

    /// Puts the bytes of a file; returns where they begin.
    pub fn put(&mut self, bytes: &[u8]) -> Read<u64> {
        if bytes.len() >= EXTENT / 4 {
            let at = self.to.reserve(bytes.len());
            write_at(&self.to.file, bytes, at)?;
            return Ok(at);
        }
        if self.extent.is_empty() || self.extent.len() + bytes.len() > EXTENT {
            self.flush()?;
            self.extent.reserve_exact(EXTENT);
            self.at = self.to.reserve(EXTENT);
        }
        let at = self.at + self.extent.len() as u64;
        self.extent.extend_from_slice(bytes);
        Ok(at)
    }

    /// Writes what was gathered.
    pub fn flush(&mut self) -> Read<()> {
        write_at(&self.to.file, &self.extent, self.at)?;
        self.extent.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_and_changed_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("text");
        let open = || File::options().read(true).write(true).create(true).truncate(false).open(&path).unwrap();
        let writer = TextWriter::new(open()).unwrap();
        let mut sink = Sink::new(&writer);
        let small = sink.put(b"abc\ndef\n").unwrap();
        let large = sink.put(&vec![b'x'; EXTENT]).unwrap();
        let again = sink.put("grüße\n".as_bytes()).unwrap();
        sink.flush().unwrap();
        let appended = writer.append("later", Place::Ride).unwrap();
        let text = writer.reader().unwrap();
        let line = |at: u64, t: &str| LineRef { loc: Loc::new(at, t.len(), Place::State).unwrap(), hash: line_hash(t) };
        assert_eq!(text.line(line(small + 4, "def")).unwrap(), "def");
        assert_eq!(text.line(line(again, "grüße")).unwrap(), "grüße");
        assert_eq!(text.line(line(large, "xxx")).unwrap(), "xxx");
        assert_eq!(text.line(appended).unwrap(), "later");
        assert_eq!((appended.loc.place(), appended.loc.raised(Place::Published).place()), (Place::Ride, Place::Published));
        assert_eq!(appended.loc.raised(Place::Journal).place(), Place::Ride, "a place is never lowered");
        assert!(text.line(line(small, "abd")).is_err() && text.line(line(1 << 30, "abc")).is_err());
        writer.blank(appended.loc).unwrap();
        assert!(text.line(appended).is_err(), "what was blanked is gone");
    }
}
