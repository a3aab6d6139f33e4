//! The mail of a store for lists: of every message what decides whom it reaches and how it is sorted; the letters themselves are
//! read when they are shown.
//!
//! The file begins as every file of views does, but for its head alone, whose length follows; behind it are the letters, each with
//! a checksum in the head. A second, small file says of which moment the first one still is.

use super::file::{self, HEAD, Stretch, begin, read, write};
use super::text::{put_list, take_list, take_opt};
use crate::mail::{Ack, Artifact, MailKind, Mailbox, Message, Priority, Reader};
use bd::error::{Error, Result};
use bd::model::EventId;
use bd::store::wire::{Broken, Read, Take, put_opt_str, put_str, put_var};
use bd::store::{Moment, Place, Snapshot};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

const FILE: &str = "gt-mail";
const SEEN: &str = "gt-mail-seen";

/// What a list needs of a message.
#[derive(Clone, Copy, Debug)]
pub struct Slip {
    /// Its name.
    pub id: EventId,
    /// Kept on top.
    pub pinned: bool,
    /// How much it presses.
    pub priority: Priority,
    /// Its text was taken away.
    pub redacted: bool,
    audience: usize,
    /// Where the letter is, where it is kept.
    at: Option<Stretch>,
}

#[cfg(test)]
impl Slip {
    /// One for tests of what sorts them.
    pub fn of_test(id: EventId, priority: Priority) -> Self {
        Self { id, pinned: false, priority, redacted: false, audience: 0, at: None }
    }
}

/// To whom a message was sent: recipients, `to`, `cc`.
type Audience = [Vec<String>; 3];

/// All messages of a clone, oldest first.
pub struct Letters<'s> {
    snapshot: &'s Snapshot,
    slips: Slips,
    audiences: Vec<Audience>,
    file: Option<File>,
    whole: OnceCell<Mailbox>,
    /// The names of all, once somebody asks for short ones.
    ids: OnceCell<Vec<EventId>>,
}

/// The slips: as they are kept, since a look that only counts them need not have all of them in memory, or as they were made.
enum Slips {
    Kept(KeptSlips),
    Made(Vec<Slip>),
}

struct KeptSlips {
    heads: Vec<u8>,
    /// Where in the heads they begin.
    from: usize,
    count: usize,
    /// Where in the file the letters begin.
    letters: u64,
}

/// One slip after the other.
#[derive(Clone)]
enum Each<'a> {
    Kept { take: Take<'a>, left: usize, at: u64 },
    Made(std::slice::Iter<'a, Slip>),
}

impl Iterator for Each<'_> {
    type Item = Slip;

    fn next(&mut self) -> Option<Slip> {
        match self {
            Self::Made(all) => all.next().copied(),
            Self::Kept { take, left, at } => {
                *left = left.checked_sub(1)?;
                take_slip(take, at).ok()
            }
        }
    }
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
                let (slips, audiences, file) = out;
                return Ok(Self {
                    snapshot,
                    slips: Slips::Kept(slips),
                    audiences,
                    file: Some(file),
                    whole: OnceCell::new(),
                    ids: OnceCell::new(),
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
        }
        Ok(Self {
            snapshot,
            slips: Slips::Made(made.slips),
            audiences: made.audiences,
            file: None,
            whole: OnceCell::from(mailbox),
            ids: OnceCell::new(),
        })
    }

    /// Every message.
    pub fn slips(&self) -> impl Iterator<Item = Slip> + Clone {
        match &self.slips {
            Slips::Made(all) => Each::Made(all.iter()),
            Slips::Kept(kept) => {
                let take = Take::new(kept.heads.get(kept.from..).unwrap_or_default());
                Each::Kept { take, left: kept.count, at: kept.letters }
            }
        }
    }

    /// Those that reach somebody.
    pub fn received(&self, reader: &Reader) -> impl Iterator<Item = Slip> {
        let reaches: Vec<bool> = self.audiences.iter().map(|[to, by, cc]| reader.is_among(to, by, cc)).collect();
        self.slips().filter(move |slip| reaches.get(slip.audience).copied().unwrap_or(false))
    }

    /// A message whole.
    ///
    /// # Errors
    /// The mail cannot be read.
    pub fn letter(&self, slip: &Slip) -> Result<Message> {
        if let Some(message) = self.file.as_ref().and_then(|file| letter(file, slip.at?).ok()) {
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
    pub fn short(&self, id: EventId) -> String {
        let ids = self.ids.get_or_init(|| self.slips().map(|slip| slip.id).collect());
        crate::mail::short(id, ids.iter().copied())
    }
}

struct Made {
    slips: Vec<Slip>,
    audiences: Vec<Audience>,
}

impl Made {
    fn of(mailbox: &Mailbox) -> Self {
        let mut known: HashMap<Audience, usize> = HashMap::new();
        let mut out = Self { slips: Vec::new(), audiences: Vec::new() };
        for m in mailbox.all() {
            let audience: Audience = [m.recipients.clone(), m.to.clone(), m.cc.clone()];
            let audience = *known.entry(audience).or_insert_with_key(|audience| {
                out.audiences.push(audience.clone());
                out.audiences.len() - 1
            });
            out.slips.push(Slip { id: m.id, pinned: m.pinned, priority: m.priority, redacted: m.redacted, audience, at: None });
        }
        out
    }
}

type Opened = (KeptSlips, Vec<Audience>, File);

fn open(folder: &Path) -> Read<(Vec<u8>, Opened)> {
    let (file, heads, letters) = file::open(folder, FILE)?;
    let mut take = Take::new(&heads);
    let t = &mut take;
    let mark = t.bytes()?.to_vec();
    let audiences = (0..t.count(3)?).map(|_| Ok([take_list(t)?, take_list(t)?, take_list(t)?])).collect::<Read<Vec<_>>>()?;
    let count = t.count(28)?;
    let from = heads.len() - t.rest().len();
    Ok((mark, (KeptSlips { heads, from, count, letters }, audiences, file)))
}

/// The next slip; `at` is where its letter begins, and then where the next one's does.
fn take_slip(t: &mut Take<'_>, at: &mut u64) -> Read<Slip> {
    let (id, flags) = (EventId(t.u128()?), t.u8()?);
    let priority = *Priority::ALL.get(usize::from(flags >> 2)).ok_or(Broken)?;
    let (audience, len, sum) = (t.var()? as usize, t.var()? as usize, t.u64()?);
    let stretch = Stretch { at: *at, len, sum };
    *at = at.checked_add(len as u64).ok_or(Broken)?;
    Ok(Slip { id, pinned: flags & 1 != 0, priority, redacted: flags & 2 != 0, audience, at: Some(stretch) })
}

fn save(folder: &Path, mark: &[u8], made: &Made, mailbox: &Mailbox) -> std::io::Result<()> {
    let (mut head, mut letters) = (Vec::new(), Vec::new());
    put_var(&mut head, mark.len() as u64);
    head.extend_from_slice(mark);
    put_var(&mut head, made.audiences.len() as u64);
    made.audiences.iter().flatten().for_each(|list| put_list(&mut head, list));
    put_var(&mut head, made.slips.len() as u64);
    for (slip, message) in made.slips.iter().zip(mailbox.all()) {
        let letter = put_letter(message);
        head.extend_from_slice(&slip.id.0.to_le_bytes());
        let priority = Priority::ALL.iter().position(|p| *p == slip.priority).unwrap_or_default() as u8;
        head.push(u8::from(slip.pinned) | u8::from(slip.redacted) << 1 | priority << 2);
        put_var(&mut head, slip.audience as u64);
        put_var(&mut head, letter.len() as u64);
        head.extend_from_slice(&file::sum(&letter).to_le_bytes());
        letters.extend_from_slice(&letter);
    }
    file::write_parts(folder, FILE, &head, &letters)
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

fn letter(file: &File, stretch: Stretch) -> Read<Message> {
    take_letter(&file::body(file, stretch)?)
}

fn put_letter(m: &Message) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    for id in [m.id, m.thread, m.reply_to.unwrap_or(EventId(0))] {
        out.extend_from_slice(&id.0.to_le_bytes());
    }
    let place = |p: Place| Place::ALL.iter().position(|o| *o == p).unwrap_or_default() as u8;
    let kind = MailKind::ALL.iter().position(|k| *k == m.kind).unwrap_or_default() as u8;
    let priority = Priority::ALL.iter().position(|p| *p == m.priority).unwrap_or_default() as u8;
    out.extend([u8::from(m.reply_to.is_some()), u8::from(m.pinned), u8::from(m.redacted), kind, priority, place(m.place)]);
    for text in [&m.from, &m.by, &m.at, &m.subject, &m.body] {
        put_str(&mut out, text);
    }
    put_opt_str(&mut out, m.about.as_deref());
    put_opt_str(&mut out, m.key.as_deref());
    for list in [&m.to, &m.cc, &m.recipients] {
        put_list(&mut out, list);
    }
    put_var(&mut out, m.artifacts.len() as u64);
    for artifact in &m.artifacts {
        put_str(&mut out, &artifact.path);
        put_str(&mut out, &artifact.blob);
    }
    put_var(&mut out, m.acks.len() as u64);
    for ack in &m.acks {
        put_str(&mut out, &ack.by);
        put_str(&mut out, &ack.at);
    }
    out
}

fn take_letter(bytes: &[u8]) -> Read<Message> {
    let mut take = Take::new(bytes);
    let t = &mut take;
    let (id, thread, reply_to) = (EventId(t.u128()?), EventId(t.u128()?), EventId(t.u128()?));
    let reply_to = if t.bool()? { Some(reply_to) } else { None };
    let (pinned, redacted) = (t.bool()?, t.bool()?);
    let kind = *MailKind::ALL.get(usize::from(t.u8()?)).ok_or(Broken)?;
    let priority = *Priority::ALL.get(usize::from(t.u8()?)).ok_or(Broken)?;
    let place = *Place::ALL.get(usize::from(t.u8()?)).ok_or(Broken)?;
    let mut word = || -> Read<String> { Ok(t.str()?.to_owned()) };
    let (from, by, at, subject, body) = (word()?, word()?, word()?, word()?, word()?);
    let (about, key) = (take_opt(t)?, take_opt(t)?);
    let (to, cc, recipients) = (take_list(t)?, take_list(t)?, take_list(t)?);
    let two = |t: &mut Take<'_>| -> Read<(String, String)> { Ok((t.str()?.to_owned(), t.str()?.to_owned())) };
    let artifacts = (0..t.count(2)?).map(|_| two(t).map(|(path, blob)| Artifact { path, blob })).collect::<Read<_>>()?;
    let acks = (0..t.count(2)?).map(|_| two(t).map(|(by, at)| Ack { by, at })).collect::<Read<_>>()?;
    Ok(Message {
        id,
        from,
        by,
        at,
        to,
        cc,
        recipients,
        subject,
        body,
        kind,
        priority,
        thread,
        reply_to,
        pinned,
        artifacts,
        about,
        key,
        acks,
        redacted,
        place,
    })
}
