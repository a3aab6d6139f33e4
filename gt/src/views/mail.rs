//! The mail of a store for lists: of every message what decides whom it reaches and how it is sorted; the letters themselves are
//! read when they are shown, and what is looked through for words when somebody searches.
//!
//! The file begins as every file of views does, but for its head alone, whose length follows; behind it are the letters, each with
//! a checksum in the head, and then what is looked through of each, with one for all. A second, small file says of which moment
//! the first one still is.

use super::file::{self, HEAD, Stretch, begin, read, write};
use super::letter;
use super::slips::{self, ACKED, ALONE, KeptSlips, LEAST, NOWHERE, Slip, Slips, newest};
use super::text::{put_list, take_list};
use crate::mail::{Mailbox, Message, Reader, Words, end_of, looked_through, named, short, short_alone};
use bd::error::{Error, Result};
use bd::model::EventId;
use bd::store::wire::{Read, Take, put_bytes, put_str, put_var};
use bd::store::{Moment, Snapshot};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::ops::Range;
use std::path::Path;

const FILE: &str = "gt-mail";
const SEEN: &str = "gt-mail-seen";
/// What ends a text that is looked through: no text has this byte.
const END: u8 = 0xff;

/// To whom a message was sent: recipients, `to`, `cc`.
type Audience = [Vec<String>; 3];
/// Who sent a message: in whose name, and the actor.
type Sender = [String; 2];

/// All messages of a clone, oldest first.
pub struct Letters<'s> {
    snapshot: &'s Snapshot,
    slips: Slips,
    audiences: Vec<Audience>,
    senders: Senders,
    file: Option<Parts>,
    whole: OnceCell<Mailbox>,
}

/// Those who sent something, or where in the heads they are: few looks ask for them.
enum Senders {
    Kept(Range<usize>),
    Made(Vec<Sender>),
}

/// What is behind the heads.
struct Parts {
    file: File,
    /// What is looked through.
    texts: Stretch,
}

impl<'s> Letters<'s> {
    /// Those that there are.
    ///
    /// # Errors
    /// The mail cannot be read.
    pub fn load(snapshot: &'s Snapshot) -> Result<Self> {
        let folder = snapshot.cache_folder();
        let moment = snapshot.moment();
        let kept = moment.as_ref().and_then(|_| open(&folder).ok());
        if let (Some(moment), Some((mark, out))) = (&moment, kept) {
            let seen = seen(&folder);
            let is_same = seen.as_ref().is_some_and(|(then, of)| then == moment && *of == mark);
            if is_same || snapshot.mail_mark()? == mark {
                if !is_same && snapshot.is_current() {
                    note(&folder, moment, &mark);
                }
                let Opened { slips, audiences, senders, parts } = out;
                return Ok(Self {
                    snapshot,
                    slips: Slips::Kept(slips),
                    audiences,
                    senders: Senders::Kept(senders),
                    file: Some(parts),
                    whole: OnceCell::new(),
                });
            }
        }
        let mark = snapshot.mail_mark()?;
        let mailbox = Mailbox::load(snapshot)?;
        let made = Made::of(&mailbox);
        if let Some(moment) = moment.filter(|m| snapshot.moment().as_ref() == Some(m)) {
            // What came while it was read belongs to no mark.
            let is_of_it = snapshot.mail_mark()? == mark && snapshot.is_current();
            if is_of_it && save(&folder, &mark, &made, &mailbox).is_ok() {
                note(&folder, &moment, &mark);
            }
            file::let_go(snapshot, &folder, FILE);
        }
        Ok(Self {
            snapshot,
            slips: Slips::Made(made.slips),
            audiences: made.audiences,
            senders: Senders::Made(made.senders),
            file: None,
            whole: OnceCell::from(mailbox),
        })
    }

    /// Every message.
    pub fn slips(&self) -> impl Iterator<Item = Slip> + Clone {
        self.slips.iter()
    }

    /// Those that reach somebody.
    pub fn received(&self, reader: &Reader) -> impl Iterator<Item = Slip> {
        let reaches = self.reaches(reader);
        self.slips().filter(move |slip| has(&reaches, slip.audience))
    }

    /// Those that somebody sent.
    pub fn sent(&self, reader: &Reader) -> impl Iterator<Item = Slip> {
        let wrote = self.wrote(reader);
        self.slips().filter(move |slip| has(&wrote, slip.sender))
    }

    /// Those with all of these words that reach somebody or that he sent, of everybody where nobody is named: how many, and at most
    /// so many of the newest, newest first.
    ///
    /// # Errors
    /// The mail cannot be read.
    pub fn with(&self, words: &Words, reader: Option<&Reader>, most: usize) -> Result<(usize, Vec<Slip>)> {
        let (reaches, wrote) = reader.map(|reader| (self.reaches(reader), self.wrote(reader))).unwrap_or_default();
        let mine = |slip: &Slip| reader.is_none() || has(&reaches, slip.audience) || has(&wrote, slip.sender);
        if let Some(texts) = self.file.as_ref().and_then(|parts| file::body(&parts.file, parts.texts).ok()) {
            let mut ends = memchr::memchr_iter(END, &texts);
            let (mut from, mut is_whole) = (0, true);
            let fits = |slip: &Slip| {
                let text = ends.next().and_then(|end| texts.get(std::mem::replace(&mut from, end + 1)..end));
                is_whole &= text.is_some();
                mine(slip) && text.is_some_and(|text| words.are_in(text))
            };
            let found = newest(self.slips().filter(fits), most);
            if is_whole && ends.next().is_none() {
                return Ok(found);
            }
        }
        let fits = |m: &&Message| words.are_in(looked_through(m).as_bytes());
        let fit: HashSet<EventId> = self.mailbox()?.all().iter().filter(fits).map(|m| m.id).collect();
        Ok(newest(self.slips().filter(|slip| mine(slip) && fit.contains(&slip.id)), most))
    }

    fn reaches(&self, reader: &Reader) -> Vec<bool> {
        self.audiences.iter().map(|[to, by, cc]| reader.is_among(to, by, cc)).collect()
    }

    fn wrote(&self, reader: &Reader) -> Vec<bool> {
        let wrote = |from: &str, by: &str| reader.wrote(from, by);
        match (&self.senders, &self.slips) {
            (Senders::Made(all), _) => all.iter().map(|[from, by]| wrote(from, by)).collect(),
            (Senders::Kept(range), Slips::Kept(kept)) => {
                let mut take = Take::new(kept.heads.get(range.clone()).unwrap_or_default());
                let next = || Some(wrote(take.str().ok()?, take.str().ok()?));
                std::iter::from_fn(next).collect()
            }
            (Senders::Kept(_), Slips::Made(_)) => Vec::new(),
        }
    }

    /// The message that a text names, as [`named`] says.
    ///
    /// # Errors
    /// As there.
    pub fn named(&self, text: &str) -> Result<Slip> {
        named(text, self.slips(), |slip| slip.id)
    }

    /// A conversation, as [`Mailbox::thread`].
    pub fn thread(&self, thread: EventId) -> impl Iterator<Item = Slip> {
        self.slips().filter(move |slip| slip.thread == thread || slip.id == thread)
    }

    /// A message whole.
    ///
    /// # Errors
    /// The mail cannot be read.
    pub fn letter(&self, slip: &Slip) -> Result<Message> {
        let kept = |parts: &Parts| letter::take(&file::body(&parts.file, slip.stretch()?).ok()?).ok();
        if let Some(message) = self.file.as_ref().and_then(kept) {
            return Ok(message);
        }
        let gone = || Error::internal("a message is gone");
        self.mailbox()?.all().iter().find(|m| m.id == slip.id).cloned().ok_or_else(gone)
    }

    /// All messages whole.
    ///
    /// # Errors
    /// The mail cannot be read.
    pub fn mailbox(&self) -> Result<&Mailbox> {
        if self.whole.get().is_none() {
            let _ = self.whole.set(Mailbox::load(self.snapshot)?);
        }
        self.whole.get().ok_or_else(|| Error::internal("the mail is gone"))
    }

    /// As [`Mailbox::short`].
    pub fn short(&self, slip: &Slip) -> String {
        if slip.is_alone() { short_alone(slip.id) } else { short(slip.id, self.slips().map(|slip| slip.id)) }
    }
}

/// True if the one of a number is among these.
fn has(all: &[bool], number: u32) -> bool {
    all.get(number as usize).copied().unwrap_or(false)
}

struct Made {
    slips: Vec<Slip>,
    audiences: Vec<Audience>,
    senders: Vec<Sender>,
}

impl Made {
    fn of(mailbox: &Mailbox) -> Self {
        let (mut audiences, mut senders) = (Numbers::default(), Numbers::default());
        let mut slips = Vec::with_capacity(mailbox.all().len());
        let mut ends: HashMap<u64, usize> = HashMap::new();
        mailbox.all().iter().for_each(|m| *ends.entry(end_of(m.id)).or_default() += 1);
        for m in mailbox.all() {
            slips.push(Slip {
                id: m.id,
                thread: m.thread,
                pinned: m.pinned,
                priority: m.priority,
                redacted: m.redacted,
                more: u8::from(!m.acks.is_empty()) * ACKED + u8::from(ends.get(&end_of(m.id)) == Some(&1)) * ALONE,
                audience: audiences.of([m.recipients.clone(), m.to.clone(), m.cc.clone()]),
                sender: senders.of([m.from.clone(), m.by.clone()]),
                at: NOWHERE,
                len: 0,
                sum: 0,
            });
        }
        Self { slips, audiences: audiences.all, senders: senders.all }
    }
}

/// Things that many messages have in common, by number.
struct Numbers<T> {
    known: HashMap<T, u32>,
    all: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), all: Vec::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Numbers<T> {
    fn of(&mut self, one: T) -> u32 {
        *self.known.entry(one).or_insert_with_key(|one| {
            self.all.push(one.clone());
            (self.all.len() - 1) as u32
        })
    }
}

struct Opened {
    slips: KeptSlips,
    audiences: Vec<Audience>,
    senders: Range<usize>,
    parts: Parts,
}

fn open(folder: &Path) -> Read<(Vec<u8>, Opened)> {
    let (file, heads, letters) = file::open(folder, FILE)?;
    let mut take = Take::new(&heads);
    let t = &mut take;
    let mark = t.bytes()?.to_vec();
    let texts = Stretch { at: letters.saturating_add(t.u64()?), len: t.var()? as usize, sum: t.u64()? };
    let len = t.bytes()?.len();
    let end = heads.len() - t.rest().len();
    let audiences = (0..t.count(3)?).map(|_| Ok([take_list(t)?, take_list(t)?, take_list(t)?])).collect::<Read<Vec<_>>>()?;
    let count = t.count(LEAST)?;
    let from = heads.len() - t.rest().len();
    let slips = KeptSlips { heads, from, count, letters };
    Ok((mark, Opened { slips, audiences, senders: end - len..end, parts: Parts { file, texts } }))
}

fn save(folder: &Path, mark: &[u8], made: &Made, mailbox: &Mailbox) -> std::io::Result<()> {
    let (mut slips, mut bodies, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (slip, message) in made.slips.iter().zip(mailbox.all()) {
        let letter = letter::put(message);
        slips::put(&mut slips, &Slip { len: letter.len() as u32, sum: file::sum(&letter), ..*slip });
        bodies.extend_from_slice(&letter);
        texts.extend_from_slice(looked_through(message).as_bytes());
        texts.push(END);
    }
    let mut head = Vec::new();
    put_bytes(&mut head, mark);
    head.extend_from_slice(&(bodies.len() as u64).to_le_bytes());
    put_var(&mut head, texts.len() as u64);
    head.extend_from_slice(&file::sum(&texts).to_le_bytes());
    let mut senders = Vec::new();
    made.senders.iter().flatten().for_each(|name| put_str(&mut senders, name));
    put_bytes(&mut head, &senders);
    put_var(&mut head, made.audiences.len() as u64);
    made.audiences.iter().flatten().for_each(|list| put_list(&mut head, list));
    put_var(&mut head, made.slips.len() as u64);
    head.extend_from_slice(&slips);
    bodies.extend_from_slice(&texts);
    file::write_parts(folder, FILE, &head, &bodies)
}

fn seen(folder: &Path) -> Option<(Moment, Vec<u8>)> {
    let bytes = read(folder, SEEN)?;
    let mut take = Take::new(bytes.get(HEAD..)?);
    let moment = Moment::take(&mut take).ok()?;
    Some((moment, take.rest().to_vec()))
}

fn note(folder: &Path, moment: &Moment, mark: &[u8]) {
    let mut out = begin();
    moment.put(&mut out);
    out.extend_from_slice(mark);
    write(folder, SEEN, out);
}
