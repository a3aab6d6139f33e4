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
use std::sync::mpsc::{TrySendError, channel, sync_channel};

/// About 5 000 events: below that a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 5_000 * 260;
/// Small objects are handed over together, in a piece of this size.
const PIECE: usize = 256 << 10;

/// Objects on their way from the thread that inflates to one that parses.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
    /// Which object ends where.
    ends: Vec<(usize, usize)>,
}

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

    /// Takes the objects of a piece, and empties it.
    fn piece(&mut self, blobs: &[Blob], piece: &mut Piece) -> Read<()> {
        let mut from = 0;
        for (number, end) in piece.ends.drain(..) {
            self.blob(&blobs[number], &piece.bytes[from..end])?;
            from = end;
        }
        piece.bytes.clear();
        Ok(())
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
        let number = match self.names.find(&bead) {
            Some(number) => number,
            None if BeadId::new(&bead).is_err() => {
                self.arena.truncate(mark);
                return Ok(Err(Event::parse(line).map_or_else(|e| e.to_string(), |_| "its bead cannot be one".to_owned())));
            }
            None => self.names.intern(&bead).ok_or(Broken)?,
        };
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
/// One thread inflates, in the order of the packs (what git stored as a difference is made from what came just before);
/// above some thousand events a second one parses, and the first helps it when it does not keep up.
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
    let second = std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<Piece>(1);
        let (give_back, empty) = channel::<Piece>();
        let mut waiting = Some((receive, give_back));
        let mut other = None;
        let (mut piece, mut read, mut failed) = (Piece::default(), 0, false);
        let mut hand_over = |piece: &mut Piece, read: usize| -> Read<()> {
            if let Some((receive, give_back)) = waiting.take_if(|_| read > WORTH_A_THREAD) {
                other = Some(scope.spawn(move || {
                    let mut reader = Reader::new(text);
                    for mut piece in receive {
                        reader.piece(blobs, &mut piece)?;
                        let _ = give_back.send(piece);
                    }
                    reader.sink.flush()?;
                    Ok::<_, Broken>(reader)
                }));
            }
            if waiting.is_some() {
                return first.piece(blobs, piece);
            }
            match send.try_send(std::mem::replace(piece, empty.try_recv().unwrap_or_default())) {
                Ok(()) => Ok(()),
                Err(TrySendError::Full(back)) => {
                    *piece = back;
                    first.piece(blobs, piece)
                }
                Err(TrySendError::Disconnected(_)) => Err(Broken),
            }
        };
        let result = loader.git.read_blobs(&oids, &mut |oid, bytes| {
            let Some(number) = numbers.get(&oid) else { return Ok(()) };
            piece.bytes.extend_from_slice(bytes);
            piece.ends.push((*number, piece.bytes.len()));
            read += bytes.len();
            if piece.bytes.len() >= PIECE && hand_over(&mut piece, read).is_err() {
                failed = true;
                return Err(GitError::Other("the cache cannot be made".to_owned()));
            }
            Ok(())
        });
        let last = if result.is_ok() && !failed { hand_over(&mut piece, read) } else { Err(Broken) };
        drop(send);
        let second = other.map(|thread| thread.join().map_err(|_| Broken)?).transpose();
        last?;
        second
    })?;
    first.sink.flush()?;
    let mut readers = vec![first];
    readers.extend(second);
    join(&mut readers)?;
    Ok(Gathered { readers })
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
