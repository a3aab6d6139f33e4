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
use crate::store::sealed::{SealedName, digest};
use std::sync::Mutex;

/// About 5 000 events: below that a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 5_000 * 260;
/// How many small objects a thread takes at a time; packs are taken one by one.
const TAKE: usize = 32;

/// What is still to be read, packs first: what comes last should be small, so that no thread waits for another.
struct Queue<'b> {
    blobs: Mutex<(Vec<&'b Blob>, usize)>,
    absent: Mutex<Vec<Oid>>,
}

impl<'b> Queue<'b> {
    fn new(blobs: &'b [Blob]) -> Self {
        let mut order: Vec<&Blob> = blobs.iter().collect();
        order.sort_by_key(|b| !is_pack(b));
        Self { blobs: Mutex::new((order, 0)), absent: Mutex::new(Vec::new()) }
    }

    fn take(&self) -> Read<Vec<&'b Blob>> {
        let mut queue = self.blobs.lock().map_err(|_| Broken)?;
        let (all, next) = &mut *queue;
        let rest = all.get(*next..).unwrap_or_default();
        let count = if rest.first().is_some_and(|b| is_pack(b)) { 1 } else { rest.len().min(TAKE) };
        *next += count;
        Ok(rest[..count].to_vec())
    }

    fn is_empty(&self) -> bool {
        self.blobs.lock().map_or(true, |queue| queue.1 >= queue.0.len())
    }
}

fn is_pack(blob: &Blob) -> bool {
    blob.uses.iter().any(|(_, _, name)| matches!(name, SealedName::Pack { .. }))
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
    /// Every object is inflated into the same memory.
    buffer: Vec<u8>,
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
            buffer: Vec::new(),
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
/// # Errors
/// Anything at all: the exact way then says what it is.
pub fn gather<'t>(loader: &Loader, blobs: &[Blob], logs: &[(Place, Contents)], text: &'t TextWriter) -> Read<Gathered<'t>> {
    let queue = Queue::new(blobs);
    let mut first = Reader::new(text);
    for (place, contents) in logs {
        first.log(contents, *place)?;
    }
    let second = std::thread::scope(|scope| {
        let mut other = None;
        let mut read = 0;
        while let Some(bytes) = some(loader, &queue, &mut first)? {
            read += bytes;
            if read > WORTH_A_THREAD && other.is_none() && !queue.is_empty() {
                other = Some(scope.spawn(|| {
                    let mut reader = Reader::new(text);
                    while some(loader, &queue, &mut reader)?.is_some() {}
                    reader.sink.flush()?;
                    Ok::<_, Broken>(reader)
                }));
            }
        }
        other.map(|thread| thread.join().map_err(|_| Broken)?).transpose()
    })?;
    let absent = queue.absent.into_inner().map_err(|_| Broken)?;
    rest(loader, blobs, &absent, &mut first)?;
    first.sink.flush()?;
    let mut readers = vec![first];
    readers.extend(second);
    join(&mut readers)?;
    Ok(Gathered { readers })
}

/// Reads the next few objects and says how many bytes they had; `None` when there are no more.
fn some(loader: &Loader, queue: &Queue<'_>, reader: &mut Reader<'_>) -> Read<Option<usize>> {
    let mine = queue.take()?;
    let mut read = 0;
    for blob in &mine {
        let mut buffer = std::mem::take(&mut reader.buffer);
        if loader.git.read_blob(blob.oid, &mut buffer).is_ok() {
            read += buffer.len();
            reader.blob(blob, &buffer)?;
        } else {
            queue.absent.lock().map_err(|_| Broken)?.push(blob.oid);
        }
        reader.buffer = buffer;
    }
    Ok((!mine.is_empty()).then_some(read))
}

/// Asks once more for what was not there, in one call: a partial clone fetches it.
fn rest(loader: &Loader, blobs: &[Blob], absent: &[Oid], reader: &mut Reader<'_>) -> Read<()> {
    if absent.is_empty() {
        return Ok(());
    }
    let mut failed = Ok(());
    let read = loader.git.read_blobs(absent, &mut |oid, bytes| {
        for blob in blobs.iter().filter(|b| b.oid == oid) {
            failed = failed.and_then(|()| reader.blob(blob, bytes));
        }
        failed.map_err(|Broken| GitError::Other("the cache cannot be written".to_owned()))
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
