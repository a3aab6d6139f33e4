//! The store: journal, sealed files, state ref, sources and their union, lock, damage, cache (STATE 2–5, 8).
//!
//! A reader takes a [`Snapshot`]; a writer calls [`Store::write`]. Both see exactly what STATE 2 names: the state ref,
//! the journal, the store remote's branch `beads` and the rides on its default branch.

mod batch;
mod cache;
mod clone_id;
mod commit;
mod damage;
mod journal;
mod leftovers;
mod load;
mod lock;
mod mail;
mod marks;
mod names;
pub mod pack;
mod pruned;
mod quarantine;
mod recover;
mod redactions;
mod sealed;
mod sign;
mod snapshot;
mod sources;
mod syncpoint;
mod tree;
mod treediff;
mod tx;

#[cfg(test)]
mod tests;

pub use batch::Batch;
pub use cache::{Moment, hash64, wire};
pub use clone_id::CLONE_KEY;
pub(crate) use commit::{edit_tree, remove_stale_lock};
pub use damage::Damage;
pub use journal::{Journal, Record, Spot};
pub use load::{Place, StoredEvent};
pub use lock::Lock;
pub use quarantine::Quarantined;
pub use redactions::{Redactions, check_sealed, damaged};
pub use sealed::{SealedName, digest, seal};
pub use sign::Worth;
pub use snapshot::{ReadyAsk, RowPage, Snapshot};
pub use sources::{PUBLISHED_REF, STATE_REF, Sources};
pub use syncpoint::SyncPoint;
pub use tree::{FileEntry, list_files, list_files_at, list_rides};
pub use treediff::{TreeDiff, diff_trees, stream_files};
pub use tx::Tx;

use crate::config::Config;
use crate::env::Env;
use crate::error::{Error, ErrorKind, Result};
use crate::git::Git;
use crate::model::Actor;
use std::path::PathBuf;
use std::sync::Arc;

/// One clone's store.
pub struct Store {
    env: Arc<Env>,
    git: Arc<dyn Git>,
    config: Config,
    sources: Sources,
    dir: PathBuf,
    actor: Actor,
    now: jiff::Timestamp,
    notices: std::sync::Mutex<Vec<String>>,
    unwritten: std::sync::Mutex<Option<String>>,
}

impl Store {
    /// Opens the store of the repository that `env.cwd` is in.
    ///
    /// # Errors
    /// No repository, no store in it (`bd init` was never run and nothing is fetched), published state that is known
    /// to exist and was not fetched (exit 8), a configuration that does not parse.
    pub fn open(env: Arc<Env>) -> Result<Self> {
        let git: Arc<dyn Git> = Arc::from(crate::git::open(&env)?);
        let store = Self::attach(env, git)?;
        store.mend()?;
        if !store.is_initialised()? {
            if store.config.sync_published() && store.sources.remote.is_some() {
                return Err(Error::new(
                    ErrorKind::Remote,
                    "the beads of this repository are published, and this clone has not fetched them",
                )
                .hint("Run `bd sync` to fetch them"));
            }
            return Err(Error::usage("this repository has no beads yet").hint("Run `bd init` to start"));
        }
        Ok(store)
    }

    /// Opens without asking whether there is anything yet: for `bd init` and `bd doctor`.
    pub fn attach(env: Arc<Env>, git: Arc<dyn Git>) -> Result<Self> {
        let sources = Sources::find(&*git)?;
        let config = Config::load(&env, &*git, &sources)?;
        let dir = git.paths().beads_dir();
        let actor = crate::config::actor(&env, &*git, &config);
        let now = env.now();
        Ok(Self {
            env,
            git,
            config,
            sources,
            dir,
            actor,
            now,
            notices: std::sync::Mutex::default(),
            unwritten: std::sync::Mutex::default(),
        })
    }

    /// True if there is state here: the state ref, a journal, a fetched branch, rides, or a configuration.
    pub fn is_initialised(&self) -> Result<bool> {
        if self.git.tip(STATE_REF)?.is_some() || self.dir.join("journal").exists() {
            return Ok(true);
        }
        if let Some(name) = &self.sources.tracking {
            if self.git.tip(name)?.is_some() {
                return Ok(true);
            }
        }
        // A configuration alone is a store, unless it says that the state is elsewhere.
        Ok(self.config.is_from_repository() && !self.config.sync_published())
    }

    /// From here on this clone has a store, even an empty one: nothing says that it is elsewhere.
    ///
    /// # Errors
    /// The lock is held, or the clone's folder cannot be written.
    pub fn begin_here(&self) -> Result<()> {
        let _lock = self.lock()?;
        let path = self.dir.join("journal");
        crate::failpoint!("init.journal.before");
        let opened = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        crate::failpoint!("init.journal.after");
        opened.map(drop).map_err(|e| Error::io(&path, &e))
    }

    /// The environment.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The seam to git.
    pub fn git(&self) -> &dyn Git {
        &*self.git
    }

    /// The configuration that decides (STATE 2).
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What the statuses of this project mean.
    pub fn categories(&self) -> crate::query::Categories {
        crate::query::Categories::with_custom(self.config.statuses())
    }

    /// Which refs are read.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The clone's own folder, `<common dir>/beads`.
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Who acts: `--actor`, `BD_ACTOR`, `BEADS_ACTOR`, git's `user.name`, `USER`, else `unknown`.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Acts as somebody else (`--actor`).
    pub fn act_as(&mut self, actor: Actor) {
        self.actor = actor;
    }

    /// The time that this command calls now.
    pub fn now(&self) -> jiff::Timestamp {
        self.now
    }

    /// Says something that people should know; the command prints it on stderr when it ends.
    pub fn notice(&self, text: impl Into<String>) {
        self.notices.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(text.into());
    }

    /// What was said since the last call.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut *self.notices.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// What is known at this moment. Takes no lock.
    ///
    /// # Errors
    /// An object that cannot be read (exit 9).
    pub fn snapshot(&self) -> Result<Snapshot> {
        match Snapshot::take(self) {
            // Something that the refs name is gone (a `gc` that took what was just written for garbage): the journal has it.
            Err(e) if e.kind == ErrorKind::Damaged => {
                let healed = self.lock().and_then(|lock| self.heal(&lock)).and_then(|()| Snapshot::take(self));
                healed.map_err(|_| e)
            }
            other => other,
        }
    }

    /// What is known, every byte read and judged anew: for `bd doctor`, which must see damage that the cache's key cannot
    /// (bytes changed in place inside the journal).
    ///
    /// # Errors
    /// As [`Store::snapshot`].
    pub fn snapshot_in_full(&self) -> Result<Snapshot> {
        Snapshot::in_full(self)
    }

    /// The clone's lock, waited for at most [`Config::lock_timeout`].
    ///
    /// # Errors
    /// The lock is held for longer (exit 7), or its file cannot be made.
    pub fn lock(&self) -> Result<Lock> {
        Lock::acquire(&self.dir, self.config.lock_timeout())
    }

    /// Runs `make` on a fresh snapshot under the clone's lock and makes the events that it pushed durable:
    /// one journal record with one `fdatasync`, then one commit on the state ref (STATE 5).
    /// If `make` fails, or pushes nothing, nothing is written.
    ///
    /// # Errors
    /// What `make` returns; a damaged store (exit 9); a held lock (exit 7); a disk that does not take the record.
    pub fn write<T>(&self, make: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let lock = self.lock()?;
        self.recover(&lock)?;
        tx::write(self, &lock, make)
    }

    /// Commits what the journal holds and the state ref lacks; `true` if the ref is now complete.
    /// Never fails for a ref that cannot be written: the journal stands (STATE 5.2).
    pub fn commit_pending(&self, lock: &Lock) -> Result<bool> {
        self.recover(lock)?;
        commit::commit_pending(self, lock)
    }

    /// True if the state ref is known to hold all of the journal; asked without the lock, where that cannot be had.
    pub fn is_committed(&self) -> bool {
        let (marks, len) = (self.marks(), Journal::new(&self.dir).len());
        len == 0 || (marks.at.end == len && marks.tip.is_some() && self.git.tip(STATE_REF).is_ok_and(|tip| tip == marks.tip))
    }

    /// Why the last attempt to commit the journal was given up, in a sentence that names the state ref.
    pub fn why_uncommitted(&self) -> String {
        let why = self.unwritten.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        why.as_ref()
            .map_or_else(|| "the state ref cannot be written".to_owned(), |why| format!("the state ref cannot be written: {why}"))
    }
}
