//! The journal: what this clone has promised and the remote may not have yet.
//!
//! A record is a line `rec <path> <bytes> <sha256>` and then the bytes of a sealed file. A torn last record was never
//! acknowledged and is cut by the next writer; a reader passes it over.

use super::cache::hash64;
use super::lock::Lock;
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// One promise: a sealed file and its place in the state ref.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Path below `.beads/` in the state ref.
    pub path: String,
    /// The bytes of the sealed file.
    pub bytes: Vec<u8>,
    /// Where the record begins in the journal.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
}

/// How many bytes before a place say that the journal is still the one in which it was found.
const TAIL: u64 = 64;

/// Where a whole record ends, and what stood before it: a place that another journal cannot take for its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Bytes from the beginning.
    pub end: u64,
    /// A checksum of the last ones before it.
    pub tail: u64,
}

/// The file.
pub struct Journal {
    path: PathBuf,
}

/// What a reading found.
#[derive(Debug, Default)]
pub struct Contents {
    /// Whole records, in order.
    pub records: Vec<Record>,
    /// Where the reading began: the place that was asked for, or 0 where the journal is not the one that it was found in.
    pub from: u64,
    /// Where the last whole record ends.
    pub whole: u64,
    /// The same place, to come back to.
    pub spot: Spot,
    /// The length of the file.
    pub len: u64,
    /// Where bytes were changed that cannot be a torn append.
    pub damage: Option<String>,
}

impl Journal {
    /// The journal below the clone's folder.
    pub fn new(dir: &Path) -> Self {
        Self { path: dir.join("journal") }
    }

    /// The log of ephemeral beads below the clone's folder: the same format, never committed, never published.
    pub fn local(dir: &Path) -> Self {
        Self { path: dir.join("local") }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its length in bytes; 0 if there is none.
    pub fn len(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |m| m.len())
    }

    /// True if it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads all records.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(&self) -> Result<Contents> {
        self.read_after(Spot::default())
    }

    /// Reads the records behind a place. Where it is none of this journal's (another file was put there, or the mark is
    /// older than the journal), everything is read: what follows a place in the middle of a record looks torn, and a
    /// writer would cut it.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read_after(&self, spot: Spot) -> Result<Contents> {
        let before = spot.end.min(TAIL);
        let Some((bytes, len)) = self.bytes_from(spot.end - before)? else { return Ok(Contents::default()) };
        let fits = bytes.get(..before as usize).is_some_and(|tail| tail_of(tail) == spot.tail);
        if spot.end == 0 || fits {
            return Ok(parse(&bytes, before as usize, spot.end, len));
        }
        let Some((bytes, len)) = self.bytes_from(0)? else { return Ok(Contents::default()) };
        Ok(parse(&bytes, 0, 0, len))
    }

    /// Reads the records from a record's end on that the caller has made sure of.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub(super) fn read_from(&self, end: u64) -> Result<Contents> {
        Ok(self.bytes_from(end)?.map(|(bytes, len)| parse(&bytes, 0, end.min(len), len)).unwrap_or_default())
    }

    /// The bytes from a place on, and the length of the file; `None` if there is no file.
    fn bytes_from(&self, from: u64) -> Result<Option<(Vec<u8>, u64)>> {
        let io = |e: std::io::Error| Error::io(&self.path, &e);
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io(e)),
        };
        let len = file.metadata().map_err(io)?.len();
        let mut bytes = Vec::with_capacity(len.saturating_sub(from) as usize);
        if from < len {
            file.seek(SeekFrom::Start(from)).map_err(io)?;
            file.read_to_end(&mut bytes).map_err(io)?;
        }
        Ok(Some((bytes, len)))
    }

    /// Appends one record and syncs it: from here the command cannot lose it. `whole` is where the last whole record ends;
    /// a torn one behind it is cut first. Returns the new end.
    ///
    /// # Errors
    /// The disk does not take it; the file is then cut back to `whole` if the disk lets us.
    pub fn append(&self, lock: &Lock, whole: u64, path: &str, bytes: &[u8]) -> Result<u64> {
        self.append_all(lock, whole, &[(path, bytes)])
    }

    /// Appends records with one write and one sync, in this order. After a crash in the middle the first ones may be whole:
    /// the command was not acknowledged, and a caller puts first what does no harm alone and is not made twice.
    ///
    /// # Errors
    /// As [`Journal::append`]; then none of them is there.
    pub fn append_all(&self, _lock: &Lock, whole: u64, records: &[(&str, &[u8])]) -> Result<u64> {
        let io = |e: std::io::Error| Error::io(&self.path, &e);
        let fresh = !self.path.exists();
        crate::failpoint!("journal.open.before");
        let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(&self.path).map_err(io)?;
        crate::failpoint!("journal.open.after");
        if file.metadata().map_err(io)?.len() != whole {
            crate::failpoint!("journal.cut.before");
            file.set_len(whole).map_err(io)?;
            crate::failpoint!("journal.cut.after");
        }
        file.seek(SeekFrom::Start(whole)).map_err(io)?;
        let mut all = Vec::new();
        for (path, bytes) in records {
            all.extend_from_slice(format!("rec {path} {} {}\n", bytes.len(), hex(&Sha256::digest(bytes))).as_bytes());
            all.extend_from_slice(bytes);
        }
        crate::failpoint!("journal.append.before");
        let written = crate::fault!("journal.append", file.write_all(&all[..all.len() / 2]), file.write_all(&all));
        crate::failpoint!("journal.append.after");
        crate::failpoint!("journal.sync.before");
        let written = written.and_then(|()| crate::fault!("journal.sync", file.sync_data()));
        crate::failpoint!("journal.sync.after");
        if let Err(e) = written {
            crate::failpoint!("journal.take_back.before");
            let _ = file.set_len(whole);
            crate::failpoint!("journal.take_back.after");
            return Err(io(e));
        }
        if fresh {
            // The first record also makes the name of the file durable.
            if let Some(dir) = self.path.parent() {
                crate::failpoint!("journal.name.before");
                File::open(dir).and_then(|d| d.sync_all()).map_err(|e| Error::io(dir, &e))?;
                crate::failpoint!("journal.name.after");
            }
        }
        Ok(whole + all.len() as u64)
    }

    /// Replaces the journal by these records (the ones still owed), through a synced temporary file.
    ///
    /// # Errors
    /// The disk does not take it; the old journal then stands.
    pub fn replace(&self, _lock: &Lock, records: &[Record]) -> Result<()> {
        let temp = self.path.with_extension("new");
        let done = self.replace_through(&temp, records);
        if done.is_err() {
            crate::failpoint!("journal.replace_take_back.before");
            let _ = std::fs::remove_file(&temp);
            crate::failpoint!("journal.replace_take_back.after");
        }
        done
    }

    fn replace_through(&self, temp: &Path, records: &[Record]) -> Result<()> {
        let io = |e: std::io::Error| Error::io(temp, &e);
        crate::failpoint!("journal.replace.before");
        let mut file = File::create(temp).map_err(io)?;
        for record in records {
            crate::failpoint!("journal.replace.record");
            let head = format!("rec {} {} {}\n", record.path, record.bytes.len(), hex(&Sha256::digest(&record.bytes)));
            file.write_all(head.as_bytes()).and_then(|()| file.write_all(&record.bytes)).map_err(io)?;
        }
        crate::failpoint!("journal.replace.sync");
        crate::fault!("journal.replace", file.sync_all()).map_err(io)?;
        crate::failpoint!("journal.replace.rename");
        std::fs::rename(temp, &self.path).map_err(io)?;
        crate::failpoint!("journal.replace.name");
        if let Some(dir) = self.path.parent() {
            File::open(dir).and_then(|d| d.sync_all()).map_err(|e| Error::io(dir, &e))?;
        }
        crate::failpoint!("journal.replace.after");
        Ok(())
    }
}

/// The records in `bytes`, which begin `skip` bytes before the place `from` of the journal.
fn parse(bytes: &[u8], skip: usize, from: u64, len: u64) -> Contents {
    let place = |at: usize| from + (at - skip) as u64;
    let mut out = Contents { from, whole: from, len, ..Contents::default() };
    let (mut at, mut whole) = (skip, skip);
    while at < bytes.len() {
        let Some((path, body, next)) = parse_record(bytes, at) else {
            // A torn append is the last thing in the file. If a whole record follows, bytes were changed in between;
            // the good records still count. The first byte of the bad one may be what was changed.
            let mut later = memchr::memmem::find_iter(&bytes[at + 1..], b"rec ").map(|p| at + 1 + p);
            let Some(good) = later.find(|p| parse_record(bytes, *p).is_some()) else { break };
            out.damage = Some(format!("byte {}: a record that is not whole, with whole ones behind it", place(at)));
            at = good;
            continue;
        };
        out.records.push(Record { path: path.to_owned(), bytes: bytes[body.clone()].to_vec(), start: place(at), end: place(next) });
        (at, whole) = (next, next);
    }
    out.whole = place(whole);
    out.spot = Spot { end: out.whole, tail: tail_of(&bytes[..whole]) };
    out
}

/// A checksum of the last bytes before a place.
fn tail_of(before: &[u8]) -> u64 {
    let from = before.len().saturating_sub(TAIL as usize);
    if before.is_empty() { 0 } else { hash64(TAIL, &before[from..]) }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The record that begins at `at`: its path, where its bytes are, where the next one begins.
fn parse_record(bytes: &[u8], at: usize) -> Option<(&str, std::ops::Range<usize>, usize)> {
    let line_end = at + memchr::memchr(b'\n', &bytes[at..])?;
    let line = std::str::from_utf8(&bytes[at..line_end]).ok()?;
    let mut words = line.strip_prefix("rec ")?.split(' ');
    let (path, len, digest) = (words.next()?, words.next()?.parse::<usize>().ok()?, words.next()?);
    let body = line_end + 1..(line_end + 1).checked_add(len)?;
    let content = bytes.get(body.clone())?;
    (words.next().is_none() && hex(&Sha256::digest(content)) == digest).then_some((path, body.clone(), body.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn records_come_back_and_a_torn_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::acquire(dir.path(), Duration::ZERO).unwrap();
        let journal = Journal::new(dir.path());
        let one = journal.append(&lock, 0, "events/a", b"one\n").unwrap();
        let spot = journal.read().unwrap().spot;
        assert_eq!(spot.end, one);
        let two = journal.append(&lock, one, "events/b", b"two\n").unwrap();
        let all = journal.read().unwrap();
        assert_eq!(all.records.iter().map(|r| r.bytes.clone()).collect::<Vec<_>>(), [b"one\n", b"two\n"]);
        assert_eq!(journal.read_after(spot).unwrap().records.len(), 1);
        for cut in one + 1..two {
            OpenOptions::new().write(true).open(journal.path()).unwrap().set_len(cut).unwrap();
            let torn = journal.read().unwrap();
            assert_eq!((torn.records.len(), torn.whole, torn.damage), (1, one, None));
        }
        let again = journal.append(&lock, one, "events/c", b"three\n").unwrap();
        let all = journal.read().unwrap();
        assert_eq!((all.records.len(), all.whole), (2, again));
        assert_eq!(all.records[1].path, "events/c");
    }

    #[test]
    fn of_records_in_one_write_a_cut_leaves_the_first_ones_whole() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::acquire(dir.path(), Duration::ZERO).unwrap();
        let journal = Journal::new(dir.path());
        let end = journal.append_all(&lock, 0, &[("mail/a", b"one\n"), ("events/b", b"two\n")]).unwrap();
        let all = journal.read().unwrap();
        let (first, paths) = (all.records[0].end, all.records.iter().map(|r| r.path.as_str()).collect::<Vec<_>>());
        assert_eq!((paths, all.whole), (vec!["mail/a", "events/b"], end));
        for cut in (0..end).rev() {
            OpenOptions::new().write(true).open(journal.path()).unwrap().set_len(cut).unwrap();
            let torn = journal.read().unwrap();
            let whole = if cut < first { 0 } else { first };
            assert_eq!((torn.records.len(), torn.whole, torn.damage), (usize::from(cut >= first), whole, None), "{cut}");
        }
    }

    #[test]
    fn changed_bytes_in_the_middle_are_damage() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::acquire(dir.path(), Duration::ZERO).unwrap();
        let journal = Journal::new(dir.path());
        let one = journal.append(&lock, 0, "events/a", b"one\n").unwrap();
        journal.append(&lock, one, "events/b", b"two\n").unwrap();
        let mut bytes = std::fs::read(journal.path()).unwrap();
        bytes[one as usize - 2] ^= 1;
        std::fs::write(journal.path(), bytes).unwrap();
        let read = journal.read().unwrap();
        assert!(read.damage.is_some());
        assert_eq!(read.records.iter().map(|r| &*r.path).collect::<Vec<_>>(), ["events/b"], "the good record still counts");
    }

    #[test]
    fn a_place_that_is_none_of_this_journals_makes_nothing_look_torn() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::acquire(dir.path(), Duration::ZERO).unwrap();
        let journal = Journal::new(dir.path());
        let one = journal.append(&lock, 0, "events/a", b"{\"a\":1}\n{\"a\":2}\n").unwrap();
        let two = journal.append(&lock, one, "events/b", b"{\"b\":1}\n").unwrap();
        let right = journal.read().unwrap().spot;
        for end in 0..two + 20 {
            let read = journal.read_after(Spot { end, ..right }).unwrap();
            assert_eq!(read.whole, two, "a mark at {end}: the next writer would cut whole records");
            assert_eq!(read.damage, None, "{end}");
            assert!(read.records.len() == 2 || end == two, "{end}");
            assert_eq!((read.spot, read.from), (right, if end == two { two } else { 0 }), "{end}");
        }
    }

    #[test]
    fn a_record_that_lost_its_first_byte_takes_no_other_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::acquire(dir.path(), Duration::ZERO).unwrap();
        let journal = Journal::new(dir.path());
        let one = journal.append(&lock, 0, "events/a", b"one\n").unwrap();
        let two = journal.append(&lock, one, "events/b", b"two\n").unwrap();
        let mut bytes = std::fs::read(journal.path()).unwrap();
        bytes[0] = 0;
        std::fs::write(journal.path(), bytes).unwrap();
        let read = journal.read().unwrap();
        assert_eq!((read.records.len(), read.whole), (1, two), "the one behind it is whole, and stays");
        assert!(read.damage.is_some(), "and it is said");
    }
}
