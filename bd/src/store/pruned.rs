//! What a `git gc --prune=now` beside us takes away. git asks which objects the refs reach, and removes the others a
//! moment later: what a command wrote in between, and even what it has named since, is garbage to it. Nothing that we do
//! keeps it from that; the journal has the bytes, and they are written again.

use super::journal::Journal;
use super::sources::{PUBLISHED_REF, STATE_REF};
use super::syncpoint::objects_since;
use super::tree::list_files_at;
use super::{Lock, Store};
use crate::error::{Error, Result};
use crate::git::{Expected, Oid, blob_id};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// How long the note of a running `gc` is believed, as git does.
const BELIEVED: Duration = Duration::from_secs(12 * 3600);

impl Store {
    /// [`Store::recover_deep`] after something was missed: looks at everything that the state ref reaches, and at the
    /// refs that remember what the remote had. A `git gc --prune=now` that began before our last commit takes its objects
    /// for garbage.
    ///
    /// # Errors
    /// As there.
    pub fn heal(&self, lock: &Lock) -> Result<()> {
        self.drop_hollow_refs()?;
        self.recover(lock)?;
        self.rebuild(lock, true)?;
        self.forget_gc();
        Ok(())
    }

    /// Writes the journal's files again that are among these objects. True if there was one.
    pub(super) fn refill(&self, bad: &[Oid]) -> Result<bool> {
        let git = self.git();
        let mut refilled = false;
        for record in Journal::new(self.dir()).read()?.records {
            let id = bad.first().and_then(|like| blob_id(*like, &record.bytes));
            if id.is_some_and(|id| bad.contains(&id) && !git.object_ok(id)) {
                git.write_blob(&record.bytes)?;
                refilled = true;
            }
        }
        Ok(refilled)
    }

    /// Refs that say what the remote had, and whose objects are gone: nothing can be learnt from them, and a fetch that
    /// believed them would bring nothing back.
    pub(super) fn drop_hollow_refs(&self) -> Result<()> {
        let git = self.git();
        for name in self.remembering_refs() {
            let Ok(Some(tip)) = git.tip(name) else { continue };
            if !self.is_whole(tip) || self.has_holes(tip) {
                crate::failpoint!("recover.hollow.before");
                git.update_ref(name, Expected::Is(tip), None, "bd: its objects are gone")?;
                crate::failpoint!("recover.hollow.after");
                self.notice(format!(
                    "what the remote was last known to have ({name}) could not be read; `bd sync` brings it again"
                ));
            }
        }
        Ok(())
    }

    /// The files of a commit whose bytes cannot be read. A partial clone fetches what it lacks.
    pub(super) fn hollow_files(&self, tip: Oid) -> Vec<Oid> {
        let git = self.git();
        let partial = git.config("extensions.partialclone").is_some();
        let mut bytes = Vec::new();
        let Ok(files) = git.commit_tree(tip).map_err(Error::from).and_then(|root| list_files_at(git, root)) else {
            return vec![tip];
        };
        let mut out: Vec<Oid> = files.into_iter().map(|f| f.oid).filter(|oid| !git.object_ok(*oid)).collect();
        out.retain(|oid| !partial || git.read_blob(*oid, &mut bytes).is_err());
        out
    }

    /// True if nothing of a commit is missing.
    pub(super) fn is_whole(&self, tip: Oid) -> bool {
        self.readable(tip) && self.hollow_files(tip).is_empty()
    }

    /// True while a `git gc` says that it runs. Its note is believed for twelve hours, as git does.
    pub(super) fn is_collecting(&self) -> bool {
        #[expect(clippy::disallowed_methods, reason = "compares with a file's time, which no injected clock can set")]
        let now = SystemTime::now();
        let common = &self.git().paths().common_dir;
        ["gc.pid", "objects/maintenance.lock"].iter().any(|name| {
            let modified = std::fs::metadata(common.join(name)).and_then(|m| m.modified());
            modified.is_ok_and(|at| now.duration_since(at).unwrap_or_default() < BELIEVED)
        })
    }

    fn gc_path(&self) -> PathBuf {
        self.dir().join("marks").join("collected")
    }

    /// Notes that a commit on `before` was made while a `gc` ran: when that has ended somebody looks what it took since.
    pub(super) fn note_gc(&self, before: Option<Oid>) {
        let path = self.gc_path();
        if !self.is_collecting() || path.exists() {
            return;
        }
        let text = before.map_or_else(|| "-\n".to_owned(), |tip| format!("{tip}\n"));
        crate::failpoint!("marks.gc.before");
        let _ = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text));
        crate::failpoint!("marks.gc.after");
    }

    fn forget_gc(&self) {
        let path = self.gc_path();
        if self.is_collecting() || !path.exists() {
            return;
        }
        crate::failpoint!("marks.gc_drop.before");
        let _ = std::fs::remove_file(path);
        crate::failpoint!("marks.gc_drop.after");
    }

    /// True while a `gc` runs, and after it until somebody has looked what it took.
    pub fn met_gc(&self) -> bool {
        self.gc_path().exists() || self.is_collecting()
    }

    /// Looks what a `gc` took that ended since, before the user's own git misses it. Best effort: whoever misses
    /// something looks again.
    pub(super) fn look_after_gc(&self) {
        let Ok(text) = std::fs::read_to_string(self.gc_path()) else { return };
        if self.is_collecting() {
            return;
        }
        let since = Oid::from_hex(text.trim());
        let whole = self.git().tip(STATE_REF).is_ok_and(|tip| tip.is_none_or(|tip| self.unreadable(tip, since).is_empty()));
        let known = self.remembering_refs().all(|name| self.git().tip(name).is_ok_and(|tip| tip.is_none_or(|t| self.readable(t))));
        if whole && known {
            self.forget_gc();
            return;
        }
        let _ = self.lock().and_then(|lock| self.heal(&lock));
    }

    /// The refs that say what the remote had; a bare clone's own branch is the user's.
    fn remembering_refs(&self) -> impl Iterator<Item = &str> {
        let tracking = self.sources().tracking.as_deref().filter(|name| name.starts_with("refs/remotes/"));
        [Some(PUBLISHED_REF), tracking].into_iter().flatten()
    }

    /// True if trees or commits that led to this one are gone. Where history was cut on purpose nobody looks.
    fn has_holes(&self, tip: Oid) -> bool {
        !self.is_cut() && objects_since(self.git(), tip, None).is_err()
    }

    /// True where objects are missing on purpose: a shallow or a partial clone.
    pub(super) fn is_cut(&self) -> bool {
        let git = self.git();
        git.paths().common_dir.join("shallow").exists() || git.config("extensions.partialclone").is_some()
    }
}
