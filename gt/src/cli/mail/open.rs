//! What every verb of mail begins with: the messages, the reader and his marks.

use crate::mail::{Directory, Mailbox, Marks, Message, Reader};
use crate::views::{Files, Letters, Slip};
use bd::cli::Ctx;
use bd::error::{Error, Result};
use bd::store::{Snapshot, Store};
use std::rc::Rc;

/// The messages as one reader sees them.
pub(super) struct Opened {
    /// The store.
    pub store: Rc<Store>,
    /// All messages.
    pub mailbox: Mailbox,
    /// Who reads.
    pub reader: Reader,
    /// What he has read here.
    pub marks: Marks,
}

/// The same for a list: the letters are read when they are shown.
pub(super) struct Looked<'s> {
    /// All messages.
    pub letters: Letters<'s>,
    /// Who reads.
    pub reader: Reader,
    /// What he has read here.
    pub marks: Marks,
}

impl Looked<'_> {
    /// As [`Opened::inbox`].
    pub fn inbox(&self, all: bool, unread: bool) -> Vec<Slip> {
        let mine = |s: &Slip| (all || !self.marks.has_archived(s.id)) && !(unread && self.marks.has_read(s.id));
        let mut out: Vec<Slip> = self.letters.received(&self.reader).filter(mine).collect();
        out.sort_by_key(|s| std::cmp::Reverse((s.pinned, s.id)));
        out
    }

    /// As [`Opened::find`].
    pub fn find(&self, text: &str) -> Result<Slip> {
        if is_row(text) { row(text, &self.inbox(false, false)).copied() } else { self.letters.named(text) }
    }
}

/// Looks at the mail of the acting actor, or of another identity that this clone serves.
pub(super) fn look<'s>(store: &Store, snapshot: &'s Snapshot, identity: Option<&str>) -> Result<Looked<'s>> {
    let mut files = Files::open(store);
    let (reader, marks) = reader(store, &Directory::for_look(store, &mut files)?, identity)?;
    files.save();
    Ok(Looked { letters: Letters::load(snapshot)?, reader, marks })
}

/// Opens the mail of the acting actor, or of another identity that this clone serves.
pub(super) fn open(ctx: &mut Ctx<'_, '_>, identity: Option<&str>) -> Result<Opened> {
    let store = ctx.store()?;
    let snapshot = ctx.snapshot()?;
    let (reader, marks) = reader(&store, &Directory::of_config(&store)?, identity)?;
    Ok(Opened { mailbox: Mailbox::load(&snapshot)?, store, reader, marks })
}

fn reader(store: &Store, directory: &Directory, identity: Option<&str>) -> Result<(Reader, Marks)> {
    let name = match identity {
        None => store.actor().to_string(),
        Some(address) => {
            let address = address.trim();
            if address.is_empty() || crate::mail::identity(address).is_empty() {
                return Err(Error::usage("--identity needs an address").hint("`gt mail directory` shows those that there are"));
            }
            // A team, group or channel has no inbox of its own: its members have.
            match directory.resolve(address) {
                Ok(found) if found.members.len() == 1 && !found.for_team => found.members.into_iter().next().unwrap_or_default(),
                Ok(found) => {
                    return Err(Error::usage(format!("{} has no inbox: its members read, each for himself", found.address)));
                }
                Err(_) => address.to_owned(),
            }
        }
    };
    let reader = Reader::new(directory, &name);
    let marks = Marks::load(store, &reader.identity)?;
    Ok((reader, marks))
}

impl Opened {
    /// The reader's messages, pinned ones first, then the newest; those put away only where `all` is asked for.
    pub fn inbox(&self, all: bool, unread: bool) -> Vec<&Message> {
        let mine =
            |m: &&Message| self.reader.receives(m) && (all || !self.marks.is_archived(m)) && !(unread && self.marks.is_read(m));
        let mut out: Vec<&Message> = self.mailbox.all().iter().filter(mine).collect();
        out.sort_by_key(|m| std::cmp::Reverse((m.pinned, m.id)));
        out
    }

    /// The message that a text names: the number of its row in the inbox, or (part of) its id.
    pub fn find(&self, text: &str) -> Result<&Message> {
        if is_row(text) { row(text, &self.inbox(false, false)).copied() } else { self.mailbox.find(text) }
    }
}

fn is_row(text: &str) -> bool {
    text.len() <= 5 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn row<'a, T>(text: &str, inbox: &'a [T]) -> Result<&'a T> {
    let row: usize = text.parse().unwrap_or(0);
    row.checked_sub(1).and_then(|at| inbox.get(at)).ok_or_else(|| {
        let rows = inbox.len();
        Error::usage(format!("the inbox has no row {row}")).hint(match rows {
            0 => "It is empty".to_owned(),
            rows => format!("It has the rows 1 to {rows}: `gt mail inbox`"),
        })
    })
}
