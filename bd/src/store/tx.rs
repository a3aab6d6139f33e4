//! One mutation: events made on a fresh snapshot, sealed, journalled, committed.

use super::journal::Journal;
use super::load::Place;
use super::lock::Lock;
use super::sealed::seal;
use super::snapshot::Snapshot;
use super::{Store, commit};
use crate::error::{Error, ErrorKind, Result};
use crate::fold::{Bead, fold_bead};
use crate::model::{Actor, BeadId, Event, EventId, Kind, format_time};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a mutation works with. Events that it pushed are seen by its own later questions.
pub struct Tx<'a> {
    pub(super) store: &'a Store,
    pub(super) snapshot: Snapshot,
    pub(super) events: Vec<Event>,
    pub(super) mail: Vec<Event>,
    /// Beads that were read: a transition of a workflow asks for each of its steps several times, and nothing but what is pushed
    /// changes one while the lock is held.
    pub(super) read: RefCell<HashMap<BeadId, Bead>>,
}

/// So many beads are remembered at most.
const REMEMBERED: usize = 4096;

impl Tx<'_> {
    /// What was known when the lock was taken (without the events pushed since).
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The store.
    pub fn store(&self) -> &Store {
        self.store
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        self.store.actor()
    }

    /// The time that this mutation calls now.
    pub fn now(&self) -> jiff::Timestamp {
        self.store.now()
    }

    /// One bead, with the events pushed so far.
    pub fn bead(&self, id: &BeadId) -> Result<Option<Bead>> {
        if !self.events.iter().any(|e| e.bead == *id) {
            return self.unchanged(id);
        }
        let stored = self.snapshot.events(id)?;
        // Of a mutation of a thousand beads only what is about this one; what redacts may name any event.
        let own = self.events.iter().filter(|e| e.bead == *id || e.kind == Kind::REDACT);
        let events: Vec<&Event> = stored.iter().map(|e| &e.event).chain(own).collect();
        Ok(Some(fold_bead(id, &events)).filter(Bead::exists))
    }

    /// A bead of which nothing was pushed.
    fn unchanged(&self, id: &BeadId) -> Result<Option<Bead>> {
        if let Some(bead) = self.read.borrow().get(id) {
            return Ok(Some(bead.clone()));
        }
        let bead = self.snapshot.bead(id)?;
        let mut read = self.read.borrow_mut();
        if let Some(bead) = bead.as_ref().filter(|_| read.len() < REMEMBERED) {
            read.insert(id.clone(), bead.clone());
        }
        Ok(bead)
    }

    /// The bead that a text names, or an error that names the nearest; beads made in this mutation count.
    pub fn resolve(&self, text: &str) -> Result<BeadId> {
        if let Some(event) = self.events.iter().find(|e| e.bead.as_str() == text) {
            return Ok(event.bead.clone());
        }
        self.snapshot.resolve(text)
    }

    /// A fresh bead id with the configured (or the given) prefix.
    pub fn mint(&self, prefix: Option<&str>) -> Result<BeadId> {
        let prefix = prefix.unwrap_or(self.store.config().prefix());
        Ok(BeadId::mint(prefix, self.random()?)?)
    }

    fn random<const N: usize>(&self) -> Result<[u8; N]> {
        self.store.env().random().map_err(|e| Error::new(ErrorKind::Environment, format!("the system gave no random bytes: {e}")))
    }

    /// An event of the acting actor, now, with a fresh name, not pushed yet.
    pub fn event(&self, bead: &BeadId, kind: Kind) -> Result<Event> {
        let now = self.now();
        let id = EventId::new(now.as_millisecond(), self.random()?);
        Ok(Event::new(id, format_time(now), self.actor().clone(), bead.clone(), kind))
    }

    /// Adds an event to the mutation. Nothing is written before the whole mutation is made.
    pub fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Adds an event of the stream `mail`: durable and committed with the others of this mutation, never folded into beads.
    /// A crash between the two leaves the mail without the others, so a message that a repeated command would make again
    /// carries a key by which two are one.
    pub fn push_mail(&mut self, event: Event) {
        self.mail.push(event);
    }

    /// The events of the stream `mail` pushed so far.
    pub fn pushed_mail(&self) -> &[Event] {
        &self.mail
    }

    /// The events pushed so far.
    pub fn pushed(&self) -> &[Event] {
        &self.events
    }
}

pub(super) fn write<T>(store: &Store, lock: &Lock, make: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
    let mut tx =
        Tx { store, snapshot: sound_snapshot(store, lock)?, events: Vec::new(), mail: Vec::new(), read: RefCell::default() };
    let out = make(&mut tx)?;
    finish(lock, tx)?;
    Ok(out)
}

/// A snapshot to write on.
///
/// # Errors
/// The store is damaged (exit 9): nothing may be written before the bytes are in quarantine.
pub(super) fn sound_snapshot(store: &Store, lock: &Lock) -> Result<Snapshot> {
    let snapshot = match Snapshot::take(store) {
        // Something that the refs name is gone (a `gc` that took what was just written for garbage): the journal has it.
        Err(e) if e.kind == ErrorKind::Damaged => store.heal(lock).and_then(|()| Snapshot::take(store)).map_err(|_| e)?,
        other => other?,
    };
    if let Some(first) = snapshot.damage().first() {
        let more = match snapshot.damage().len() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        return Err(Error::new(ErrorKind::Damaged, format!("the store is damaged, nothing was written: {first}{more}"))
            .hint("`bd doctor` shows all of it and can put the damaged bytes into quarantine"));
    }
    Ok(snapshot)
}

/// Makes the pushed events durable and commits them.
pub(super) fn finish(lock: &Lock, mut tx: Tx<'_>) -> Result<()> {
    let store = tx.store;
    let mut mail = std::mem::take(&mut tx.mail);
    let (mut snapshot, mut shared, local) = tx.parted()?;
    if store.signs() {
        // Signed here, so that the cache holds the lines that the journal holds.
        for event in shared.iter_mut().chain(&mut mail) {
            store.sign_event(event)?;
        }
    }
    let (mut here, mut to_share) = (Vec::new(), Vec::new());
    if !local.is_empty() {
        let journal = Journal::local(store.dir());
        let (name, bytes) = seal(&local)?;
        let contents = journal.read()?;
        journal.append(lock, contents.whole, &name.state_path("events"), &bytes)?;
        here = bytes;
    }
    let mut committed = false;
    if !(shared.is_empty() && mail.is_empty()) {
        to_share = append_sealed(store, lock, &mail, &shared)?;
        committed = match commit::commit_pending(store, lock) {
            // Something below the tip cannot be read (a power loss). The record is durable: the state is rebuilt, or, where
            // that cannot be done, the journal stands and `bd status` says so. Either way the command has succeeded.
            Err(e) if e.kind == ErrorKind::Damaged => {
                store.heal(lock).is_ok() && commit::commit_pending(store, lock).unwrap_or(false)
            }
            other => other?,
        };
    }
    if let Some((loader, cache)) = snapshot.cache_mut() {
        cache.record(loader, &to_share, &here, committed);
    }
    Ok(())
}

impl Tx<'_> {
    /// The events to share and those that stay in this clone. An ephemeral bead is local until an event clears the flag
    /// (`bd update --persistent`); then everything that happened to it is shared.
    fn parted(self) -> Result<(Snapshot, Vec<Event>, Vec<Event>)> {
        let (mut shared, mut local) = (Vec::new(), Vec::new());
        // A record that says `ephemeral` in an import was shared once already, and round-trips.
        let imported: HashSet<&BeadId> = self.events.iter().filter(|e| e.kind == Kind::IMPORT).map(|e| &e.bead).collect();
        // A new bead of which this mutation does not say so is not ephemeral: a pour makes a thousand of those.
        let said: HashSet<&BeadId> = self.events.iter().filter(|e| e.set.get("ephemeral").is_some()).map(|e| &e.bead).collect();
        let mut judged: BTreeMap<BeadId, (bool, bool)> = BTreeMap::new();
        // Of a bead that was local until now, what is to be shared before its first new event.
        let mut before: BTreeMap<BeadId, Vec<Event>> = BTreeMap::new();
        for event in &self.events {
            if judged.contains_key(&event.bead) {
                continue;
            }
            let stored = self.snapshot.events(&event.bead)?;
            let is_local = stored.iter().all(|e| e.place == Place::Local);
            let may_be = !imported.contains(&event.bead) && (!stored.is_empty() || said.contains(&event.bead));
            let ephemeral = may_be && self.bead(&event.bead)?.is_some_and(|b| b.flag("ephemeral"));
            if is_local && !ephemeral && !stored.is_empty() {
                before.insert(event.bead.clone(), stored.into_iter().map(|e| e.event).collect());
            }
            judged.insert(event.bead.clone(), (is_local, ephemeral));
        }
        shared.reserve_exact(self.events.len());
        for event in self.events {
            shared.extend(before.remove(&event.bead).into_iter().flatten());
            match judged.get(&event.bead) {
                Some((true, true)) => local.push(event),
                _ => shared.push(event),
            }
        }
        Ok((self.snapshot, shared, local))
    }
}

/// Seals the events of each stream and appends them to the journal in one write: durable from here on. Returns the lines of those
/// on beads.
fn append_sealed(store: &Store, lock: &Lock, mail: &[Event], shared: &[Event]) -> Result<Vec<u8>> {
    let mut sealed = Vec::new();
    for (stream, events) in [("mail", mail), ("events", shared)] {
        if !events.is_empty() {
            let (name, bytes) = seal(events)?;
            sealed.push((name.state_path(stream), bytes));
        }
    }
    let records: Vec<(&str, &[u8])> = sealed.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let journal = Journal::new(store.dir());
    let contents = journal.read_after(store.marks().at)?;
    journal.append_all(lock, contents.whole, &records)?;
    Ok(if shared.is_empty() { Vec::new() } else { sealed.pop().map(|(_, bytes)| bytes).unwrap_or_default() })
}
