//! Several mutations in one commit: all of them or none.

use super::Store;
use super::lock::Lock;
use super::snapshot::Snapshot;
use super::tx::{self, Tx};
use crate::error::{Error, Result};
use crate::model::Event;
use std::cell::RefCell;

/// An open batch: the clone's lock, what was known when it was taken, and the events made so far.
/// Dropping it writes nothing.
pub struct Batch {
    lock: Lock,
    /// Only empty while a step runs.
    snapshot: Option<Snapshot>,
    events: Vec<Event>,
    mail: Vec<Event>,
}

impl Batch {
    /// How many events were made so far.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

impl Store {
    /// Begins a batch.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn begin(&self) -> Result<Batch> {
        let lock = self.lock()?;
        self.recover(&lock)?;
        let snapshot = tx::sound_snapshot(self, &lock)?;
        Ok(Batch { lock, snapshot: Some(snapshot), events: Vec::new(), mail: Vec::new() })
    }

    /// Runs one step. It sees the events of the steps before it; if it fails, it leaves none of its own.
    ///
    /// # Errors
    /// What `make` returns.
    pub fn step<T>(&self, batch: &mut Batch, make: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let Some(snapshot) = batch.snapshot.take() else { return Err(Error::internal("a step inside a step of one batch")) };
        let (before, mail_before) = (batch.events.len(), batch.mail.len());
        let (events, mail) = (std::mem::take(&mut batch.events), std::mem::take(&mut batch.mail));
        let mut tx = Tx { store: self, snapshot, events, mail, read: RefCell::default() };
        let out = make(&mut tx);
        if out.is_err() {
            tx.events.truncate(before);
            tx.mail.truncate(mail_before);
        }
        batch.events = tx.events;
        batch.mail = tx.mail;
        batch.snapshot = Some(tx.snapshot);
        out
    }

    /// Makes the whole batch durable, in one write to the journal and one commit.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn commit(&self, batch: Batch) -> Result<()> {
        let Batch { lock, snapshot, events, mail } = batch;
        let Some(snapshot) = snapshot else { return Err(Error::internal("a batch that is still in a step")) };
        tx::finish(&lock, Tx { store: self, snapshot, events, mail, read: RefCell::default() })
    }
}
