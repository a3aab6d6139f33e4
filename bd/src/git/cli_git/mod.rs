//! The backend for what gix cannot read (SHA-256, reftable, extensions that only git knows): the git command.
//!
//! Slower by a process for most calls; objects come from `git cat-file --batch` processes that stay while we do.

mod batch;
mod refs;

use super::backend::{Backend, Each, checked};
use super::codec::Kind;
use super::patience::while_locked;
use super::process::Runner;
use super::{Cas, CommitSpec, Expected, GitError, Oid};
use std::sync::{Arc, Mutex, PoisonError};

/// Refs and objects through the git command.
pub(super) struct CliBackend {
    runner: Arc<Runner>,
    partial: bool,
    idle: Mutex<Vec<batch::Batch>>,
}

impl CliBackend {
    /// Asks git whether it can work here, so that a git too old for this repository says so before anything is done.
    pub fn new(runner: Arc<Runner>, partial: bool) -> Result<Self, GitError> {
        runner.ok("rev-parse", &["rev-parse", "--git-dir"], &[])?;
        Ok(Self { runner, partial, idle: Mutex::new(Vec::new()) })
    }

    /// Runs `work` with a batch of its own, so that threads read side by side. A batch is used again only after
    /// success: after a failure it may still hold answers that nobody took.
    fn with<T>(&self, work: impl FnOnce(&mut batch::Batch) -> Result<T, GitError>) -> Result<T, GitError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut batch = match idle {
            Some(batch) => batch,
            None => batch::Batch::start(&self.runner)?,
        };
        let result = work(&mut batch)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        Ok(result)
    }
}

impl Backend for CliBackend {
    fn tip(&self, name: &str) -> Result<Option<Oid>, GitError> {
        refs::tip(&self.runner, checked(name)?)
    }

    fn symbolic(&self, name: &str) -> Result<Option<String>, GitError> {
        refs::symbolic(&self.runner, checked(name)?)
    }

    fn refs(&self, prefix: &str) -> Result<Vec<(String, Oid)>, GitError> {
        refs::list(&self.runner, prefix)
    }

    fn update_ref(&self, name: &str, expected: Expected, new: Option<Oid>, reason: &str) -> Result<Cas, GitError> {
        super::update_ref::run(&self.runner, checked(name)?, expected, new, reason, &|| self.tip(name))
    }

    fn read(&self, id: Oid, into: &mut Vec<u8>) -> Result<Option<Kind>, GitError> {
        let answer = self.with(|batch| {
            batch.ask(&[id])?;
            batch.answer(id, into)
        });
        if self.partial && answer.is_err() { Ok(None) } else { answer }
    }

    fn read_many(&self, ids: &[Oid], each: &mut Each<'_>) -> Result<Vec<Oid>, GitError> {
        let (mut missing, mut buffer) = (Vec::new(), Vec::new());
        let (mut done, mut died) = (0, false);
        let result = self.with(|batch| {
            for some in ids.chunks(batch::AHEAD) {
                batch.ask(some).inspect_err(|_| died = true)?;
                for id in some {
                    match batch.answer(*id, &mut buffer).inspect_err(|_| died = true)? {
                        Some(kind) => each(*id, kind, &buffer)?,
                        None => missing.push(*id),
                    }
                    done += 1;
                }
            }
            Ok(())
        });
        match result {
            Ok(()) => Ok(missing),
            // An older git that may not fetch dies over the first object that a partial clone lacks: it is missing, and
            // so may be all after it.
            Err(_) if died && self.partial => {
                missing.extend_from_slice(&ids[done..]);
                Ok(missing)
            }
            Err(e) => Err(e),
        }
    }

    fn write(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, GitError> {
        write_object(&self.runner, kind, bytes)
    }

    fn write_signed(&self, spec: &CommitSpec) -> Result<Oid, GitError> {
        super::signed::write(&self.runner, spec)
    }
}

/// Writes an object through the git command.
pub(super) fn write_object(runner: &Runner, kind: Kind, bytes: &[u8]) -> Result<Oid, GitError> {
    crate::failpoint!("git.object.before");
    let args = ["hash-object", "-w", "-t", kind.name(), "--no-filters", "--stdin"];
    let out = while_locked("objects", || runner.output(&args, bytes))?;
    crate::failpoint!("git.object.after");
    if !out.ok() {
        return Err(out.error("hash-object"));
    }
    Oid::from_hex(&out.text()).ok_or_else(|| GitError::Other("git hash-object named no object".to_owned()))
}
