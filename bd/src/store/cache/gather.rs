//! Reading every line once: two threads share the objects, each with one buffer, and keep a few dozen bytes an event.

use super::lean::{encode_any, encoded_id};
use super::names::Names;
use super::text::{Loc, Sink, TextWriter, line_hash};
use super::wire::{Broken, Read};
use crate::git::{GitError, Oid};
use crate::model::{BeadId, Event};
use crate::store::damage::Damage;
use crate::store::journal::Contents;
use crate::store::load::{Blob, Loader, Place, log_damage};
use crate::store::sealed::digest;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many small files are read in one go.
const SMALL: usize = 64;

/// A line that was read.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The number of its bead.
    pub bead: u32,
    /// Where its encoded event begins.
    pub at: u32,
    /// Where the line is.
    pub loc: Loc,
    /// Its checksum.
    pub hash: u64,
}

/// What one thread has read.
pub struct Reader<'t> {
    /// Numbers of its own.
    pub names: Names,
    /// Encoded events, one after the other.
    pub arena: Vec<u8>,
    /// The lines, in the order of reading.
    pub entries: Vec<Entry>,
    /// How many lines there were, duplicates included.
    pub lines: usize,
    /// What is wrong with them.
    pub damage: Vec<Damage>,
    sink: Sink<'t>,
    /// The bead of the line before.
    last: u32,
}

impl<'t> Reader<'t> {
    fn new(text: &'t TextWriter) -> Self {
        Self {
            names: Names::default(),
            arena: Vec::new(),
            entries: Vec::new(),
            lines: 0,
            damage: Vec::new(),
            sink: Sink::new(text),
            last: 0,
        }
    }

    /// The encoded event of an entry (and what follows it: an event says itself where it ends).
    pub fn event(&self, entry: &Entry) -> &[u8] {
        self.arena.get(entry.at as usize..).unwrap_or_default()
    }

    /// The id of an entry's event.
    pub fn id(&self, entry: &Entry) -> u128 {
        encoded_id(self.event(entry))
    }

    fn blob(&mut self, blob: &Blob, bytes: &[u8]) -> Read<()> {
        let place = blob.uses.iter().map(|u| u.1).max().unwrap_or(Place::State);
        let found = digest(bytes);
        for (path, place, name) in &blob.uses {
            if name.digest() != found {
                self.damage.push(Damage {
                    file: path.clone(),
                    place: place.as_str(),
                    line: None,
                    why: "its bytes do not match the digest in its name".to_owned(),
                    oid: Some(blob.oid),
                });
            }
        }
        self.file(bytes, place, blob.uses.len(), &|line, why, damage| {
            damage.extend(blob.uses.iter().map(|(path, place, _)| Damage {
                file: path.clone(),
                place: place.as_str(),
                line: Some(line),
                why: why.clone(),
                oid: Some(blob.oid),
            }));
        })
    }

    fn log(&mut self, contents: &Contents, place: Place) -> Read<()> {
        for record in contents.records.iter().filter(|r| r.path.starts_with("events/")) {
            self.file(&record.bytes, place, 1, &|line, why, damage| {
                damage.push(Damage { file: record.path.clone(), place: place.as_str(), line: Some(line), why, oid: None });
            })?;
        }
        self.damage.extend(log_damage(place, contents));
        Ok(())
    }

    /// Takes the lines of one file that stands in `times` places.
    fn file(&mut self, bytes: &[u8], place: Place, times: usize, bad: &dyn Fn(usize, String, &mut Vec<Damage>)) -> Read<()> {
        let start = self.sink.put(bytes)?;
        let whole = std::str::from_utf8(bytes).ok();
        let mut next = 0;
        let mut number = 0;
        while next <= bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[next..]).map_or(bytes.len(), |n| next + n);
            let (from, raw) = (next, &bytes[next..end]);
            next = end + 1;
            number += 1;
            if raw.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.lines += times;
            let text = match whole {
                Some(whole) => whole.get(from..end),
                None => std::str::from_utf8(raw).ok(),
            };
            let Some(text) = text else {
                bad(number, "it is not UTF-8".to_owned(), &mut self.damage);
                continue;
            };
            let line = text.trim_start_matches(' ');
            let at = start + from as u64 + (text.len() - line.len()) as u64;
            if let Err(why) = self.line(line, at, place)? {
                bad(number, why, &mut self.damage);
            }
        }
        Ok(())
    }

    /// Takes one line. The inner error is what is wrong with the line.
    fn line(&mut self, line: &str, at: u64, place: Place) -> Read<Result<(), String>> {
        let mark = self.arena.len();
        let bead = match encode_any(line, &mut self.arena) {
            Ok(bead) => bead,
            Err(e) => return Ok(Err(e.to_string())),
        };
        // What is about one bead stands together more often than not.
        let known = if !bead.is_empty() && self.names.get(self.last) == bead { Some(self.last) } else { self.names.find(&bead) };
        let number = match known {
            Some(number) => number,
            None if BeadId::new(&bead).is_err() => {
                self.arena.truncate(mark);
                return Ok(Err(Event::parse(line).map_or_else(|e| e.to_string(), |_| "its bead cannot be one".to_owned())));
            }
            None => self.names.intern(&bead).ok_or(Broken)?,
        };
        self.last = number;
        self.entries.push(Entry {
            bead: number,
            at: u32::try_from(mark).map_err(|_| Broken)?,
            loc: Loc::new(at, line.len(), place).ok_or(Broken)?,
            hash: line_hash(line),
        });
        Ok(Ok(()))
    }
}

/// Everything that was read: by one thread, or by two.
pub struct Gathered<'t> {
    /// The first one's numbers are everybody's.
    pub readers: Vec<Reader<'t>>,
}

/// Reads all lines of the sources and copies them to `text`.
///
/// Two threads read, each with one buffer: each its half of our packs, in the order in which git's packs have them (what git
/// stored as a difference is made from what came just before), then both what is left of the small files.
///
/// # Errors
/// Anything at all: the exact way then says what it is.
pub fn gather<'t>(loader: &Loader, blobs: &[Blob], logs: &[(Place, Contents)], text: &'t TextWriter) -> Read<Gathered<'t>> {
    let mut first = Reader::new(text);
    for (place, contents) in logs {
        first.log(contents, *place)?;
    }
    let numbers: HashMap<Oid, usize> = blobs.iter().enumerate().map(|(n, b)| (b.oid, n)).collect();
    let oids: Vec<Oid> = blobs.iter().map(|b| b.oid).collect();
    // A partial clone fetches what it lacks in one call.
    let (ordered, together) = match loader.git.reading_order(&oids) {
        Some(ordered) => (ordered, false),
        None => (oids, true),
    };
    let is_pack = |oid: &Oid| numbers.get(oid).is_some_and(|n| blobs[*n].uses.iter().any(|(_, _, name)| name.is_pack()));
    let (packs, small): (Vec<Oid>, Vec<Oid>) = ordered.into_iter().partition(|oid| together || is_pack(oid));
    let (mine, others) = packs.split_at(if together { packs.len() } else { packs.len().div_ceil(2) });
    let small: Vec<&[Oid]> = small.chunks(SMALL).collect();
    let next = AtomicUsize::new(0);
    let read_all = |reader: &mut Reader<'_>, packs: &[Oid]| -> Read<()> {
        let mut part = Some(packs);
        while let Some(oids) = part {
            read_part(loader, blobs, &numbers, reader, oids)?;
            part = small.get(next.fetch_add(1, Ordering::Relaxed)).copied();
        }
        reader.sink.flush()
    };
    let second = std::thread::scope(|scope| {
        let other = (!others.is_empty() || small.len() > 1).then(|| {
            scope.spawn(|| {
                let mut reader = Reader::new(text);
                read_all(&mut reader, others).map(|()| reader)
            })
        });
        let read = read_all(&mut first, mine);
        let second = other.map(|thread| thread.join().map_err(|_| Broken)?).transpose();
        read?;
        second
    })?;
    let mut readers = vec![first];
    readers.extend(second);
    join(&mut readers)?;
    Ok(Gathered { readers })
}

/// Reads some objects.
fn read_part(loader: &Loader, blobs: &[Blob], numbers: &HashMap<Oid, usize>, reader: &mut Reader<'_>, oids: &[Oid]) -> Read<()> {
    let read = loader.git.read_blobs_in_order(oids, &mut |oid, bytes| {
        let Some(number) = numbers.get(&oid) else { return Ok(()) };
        reader.blob(&blobs[*number], bytes).map_err(|_| GitError::Other("the cache cannot be made".to_owned()))
    });
    read.map_err(|_| Broken)
}

/// Gives the second reader's beads the first one's numbers.
fn join(readers: &mut [Reader<'_>]) -> Read<()> {
    let [first, others @ ..] = readers else { return Ok(()) };
    for other in others {
        let numbers: Vec<u32> =
            (0..other.names.len() as u32).map(|n| first.names.intern(other.names.get(n)).ok_or(Broken)).collect::<Read<_>>()?;
        for entry in &mut other.entries {
            entry.bead = *numbers.get(entry.bead as usize).ok_or(Broken)?;
        }
        other.names = Names::default();
        first.lines += std::mem::take(&mut other.lines);
        first.damage.append(&mut other.damage);
    }
    Ok(())
}
