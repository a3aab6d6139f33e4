//! A state ref that is missing, shorter than it was, or unreadable (STATE 5.3): a mirror fetch, `git filter-repo`, a
//! deleted ref, objects that a power loss left empty. It is made whole again from what this clone still has: the old
//! tips, the tracking ref, the journal. Nothing is taken away, and the command says what it did.

use super::cache::seen;
use super::sources::{PUBLISHED_REF, STATE_REF};
use super::syncpoint::objects_since;
use super::tree::list_files_at;
use super::treediff::diff_trees;
use super::{Lock, Store, commit};
use crate::error::{Error, ErrorKind, Result};
use crate::git::{Cas, Expected, GitError, Oid};
use std::collections::BTreeMap;

/// How many commits a whole one is looked for in.
const LOOK_BACK: usize = 16;

impl Store {
    /// Looks whether the state ref is what this clone last made of it, and mends it if it is less. Cheap where all is
    /// well. What was done is said as a notice ([`Store::take_notices`]).
    ///
    /// # Errors
    /// The ref cannot be written; damage that only `bd doctor` can set aside.
    pub fn recover(&self, lock: &Lock) -> Result<()> {
        let expected = self.marks().tip.or_else(|| self.sync_point().tip);
        let tip = match self.git().tip(STATE_REF) {
            Ok(tip) if tip == expected => return Ok(()),
            Ok(tip) => tip,
            Err(_) => {
                self.set_ref_file_aside()?;
                None
            }
        };
        if let Some(tip) = tip {
            if !self.readable(tip) {
                return self.recover_deep(lock);
            }
            if expected.is_none_or(|old| self.descends(tip, old)) {
                return Ok(());
            }
        }
        let what = if tip.is_none() { "was missing" } else { "had lost commits" };
        let tip = self.gather(lock, tip, &[], false)?;
        commit::commit_pending(self, lock)?;
        if self.git().tip(STATE_REF)?.is_some() || tip.is_some() {
            self.notice(format!("the state ref {what}; it was rebuilt from what this clone still has"));
        }
        Ok(())
    }

    /// [`Store::recover`] for a tip that cannot be read, or whose objects cannot: what the journal has is written again.
    /// Where that is not enough the ref goes back to what is whole, damaged objects are moved away (git never rewrites an
    /// id that exists), and the journal and every file that can still be read are brought along. Looks at what came since
    /// the last sync point.
    ///
    /// # Errors
    /// As there.
    pub fn recover_deep(&self, lock: &Lock) -> Result<()> {
        self.rebuild(lock, false)
    }

    pub(super) fn rebuild(&self, lock: &Lock, everything: bool) -> Result<()> {
        let git = self.git();
        let away = self.dir().join("quarantine").join("objects");
        let deep = everything && !self.is_cut();
        for _ in 0..8 {
            let Some(tip) = git.tip(STATE_REF)? else { return Ok(()) };
            let point = self.sync_point().tip.filter(|b| self.readable(*b));
            let mut bad = self.unreadable(tip, point.filter(|_| !deep));
            if bad.is_empty() && everything {
                bad = self.hollow_files(tip);
            }
            if bad.is_empty() {
                return Ok(());
            }
            let count = if bad.len() == 1 { "1 object".to_owned() } else { format!("{} objects", bad.len()) };
            // What a lost tree named cannot be named any more; an empty file is no object of anybody's.
            let lost: Vec<Oid> = bad.iter().copied().chain(self.empty_objects()).collect();
            git.evict_damaged(&lost, &away)?;
            if self.refill(&bad)? {
                self.notice(format!(
                    "{count} of the state ref could not be read; the journal has them, and they were written again"
                ));
                continue;
            }
            let base = self.last_whole(tip, point.filter(|p| !deep || self.unreadable(*p, None).is_empty()));
            let left = self.still_readable(tip, point);
            crate::failpoint!("recover.back.before");
            if Some(tip) == base {
                break;
            }
            if self.move_state(Expected::Is(tip), base, "bd: back to the last sync point")? != Cas::Done {
                continue;
            }
            crate::failpoint!("recover.back.after");
            self.forget_marks();
            self.gather(lock, base, &left, deep)?;
            commit::commit_pending(self, lock)?;
            self.notice(format!(
                "the state ref could not be read ({count} damaged); it was rebuilt from the last sync point and the journal"
            ));
        }
        Err(Error::new(ErrorKind::Damaged, "the state ref cannot be read, and this clone has no whole copy of what it held")
            .hint("`bd sync` brings back what the remote has; `git fsck` names the objects that are damaged"))
    }

    /// The sync point, or else the newest commit on the way back from `tip`, of which nothing is missing, nor of what came
    /// before it.
    fn last_whole(&self, tip: Oid, point: Option<Oid>) -> Option<Oid> {
        if point.is_some_and(|p| self.is_whole(p)) {
            return point;
        }
        let mut at = Some(tip);
        for _ in 0..LOOK_BACK {
            let commit = at?;
            if self.is_whole(commit) && self.unreadable(commit, None).is_empty() {
                return Some(commit);
            }
            at = self.git().commit_parents(commit).ok().and_then(|p| p.first().copied());
        }
        None
    }

    /// The commits whose files can at least be listed: from them comes what is left of a tip that is given up.
    fn still_readable(&self, tip: Oid, point: Option<Oid>) -> Vec<Oid> {
        let mut at = Some(tip);
        for _ in 0..LOOK_BACK {
            let Some(commit) = at else { break };
            if self.readable(commit) {
                return std::iter::once(commit).chain(point).collect();
            }
            at = self.git().commit_parents(commit).ok().and_then(|p| p.first().copied());
        }
        point.into_iter().collect()
    }

    /// Adds to `tip` the files of every other tip that this clone knows, and of `more`. `deep`: no history with holes in
    /// it is taken up again. Returns the new tip.
    fn gather(&self, lock: &Lock, tip: Option<Oid>, more: &[Oid], deep: bool) -> Result<Option<Oid>> {
        let git = self.git();
        self.set_untidy();
        let mut known: Vec<Oid> = [self.marks().tip, self.sync_point().tip].into_iter().flatten().collect();
        let own = known.len();
        for name in [Some(PUBLISHED_REF), self.sources().tracking.as_deref()].into_iter().flatten() {
            known.extend(git.tip(name).ok().flatten());
        }
        known.extend(more);
        let mut tip = tip;
        // A tip of ours that the ref was only moved back from brings its history along.
        let ahead =
            known.iter().take(own).copied().filter(|k| self.is_whole(*k) && !(deep && !self.unreadable(*k, None).is_empty()));
        if let Some(old) = ahead.into_iter().find(|k| tip.is_none_or(|t| t != *k && self.descends(*k, t))) {
            let expected = tip.map_or(Expected::Missing, Expected::Is);
            crate::failpoint!("recover.forward.before");
            if self.move_state(expected, Some(old), "bd: rebuild the state ref")? == Cas::Done {
                tip = Some(old);
            }
            crate::failpoint!("recover.forward.after");
        }
        for other in known {
            if Some(other) == tip || !self.readable(other) {
                continue;
            }
            let ours = tip.map(|t| git.commit_tree(t)).transpose()?;
            let theirs = git.commit_tree(other)?;
            let diff = diff_trees(git, ours, Some(theirs))?;
            // A file that is there with other bytes is damage, and damage is set aside by `bd doctor`, not papered over.
            let there: std::collections::HashSet<String> = diff.a.iter().map(super::FileEntry::path).collect();
            let missing = diff.b.into_iter().filter(|f| !there.contains(&f.path()));
            let changes: BTreeMap<String, Option<Oid>> =
                missing.filter(|f| git.object_ok(f.oid)).map(|f| (format!(".beads/{}", f.path()), Some(f.oid))).collect();
            if !changes.is_empty() {
                let tree = commit::edit_tree(git, ours, &changes)?;
                tip = self.commit_state(lock, tip, tree, "bd: rebuild the state ref\n".to_owned())?.or(tip);
            }
        }
        Ok(tip)
    }

    /// For every opening of the store: mends a state ref that cannot be read, and makes one again that this clone once
    /// had: the journal may have let go of what it held. Costs two small reads where all is well.
    ///
    /// # Errors
    /// As [`Store::recover`].
    pub fn mend(&self) -> Result<()> {
        if self.state_readable() {
            self.look_after_gc();
            return Ok(());
        }
        let missing = matches!(self.git().tip(STATE_REF), Ok(None));
        match self.lock().and_then(|lock| self.heal(&lock)) {
            // Somebody moves the ref at this moment, or nothing can be written here: what is left can still be read.
            Err(e) if missing && matches!(e.kind, ErrorKind::Locked | ErrorKind::Environment) => {
                self.notice(format!("the state ref is missing and could not be rebuilt yet: {e}"));
                Ok(())
            }
            other => other,
        }
    }

    /// True unless the state ref's tip, or the first tree below it, is what a power loss left of it. Two small reads,
    /// or a look whether the pack is there in which they were found before.
    fn state_readable(&self) -> bool {
        match self.git().tip(STATE_REF) {
            Ok(Some(tip)) if seen::is_packed(self.git(), self.dir(), tip) => true,
            Ok(Some(tip)) => {
                let root = self.git().commit_tree(tip).ok().filter(|root| self.git().read_tree(*root).is_ok());
                root.inspect(|root| seen::note(self.git(), self.dir(), tip, *root)).is_some()
            }
            Ok(None) => self.marks().tip.or_else(|| self.sync_point().tip).is_none(),
            Err(_) => false,
        }
    }

    /// Loose objects of length 0: names that reached the disk before their bytes did.
    fn empty_objects(&self) -> Vec<Oid> {
        let objects = self.git().paths().common_dir.join("objects");
        let mut out = Vec::new();
        for fan in std::fs::read_dir(objects).into_iter().flatten().flatten() {
            let head = fan.file_name().to_string_lossy().into_owned();
            if head.len() != 2 {
                continue;
            }
            for file in std::fs::read_dir(fan.path()).into_iter().flatten().flatten() {
                if file.metadata().is_ok_and(|m| m.is_file() && m.len() == 0) {
                    out.extend(Oid::from_hex(&format!("{head}{}", file.file_name().to_string_lossy())));
                }
            }
        }
        out
    }

    /// True if a commit and all its trees can be read.
    pub(super) fn readable(&self, tip: Oid) -> bool {
        self.git().commit_tree(tip).is_ok_and(|root| list_files_at(self.git(), root).is_ok())
    }

    /// The objects that came since `base` and cannot be read, as far as they can be named.
    pub(super) fn unreadable(&self, tip: Oid, base: Option<Oid>) -> Vec<Oid> {
        let git = self.git();
        match objects_since(git, tip, base) {
            Ok(objects) => objects.into_iter().filter(|o| !git.object_ok(*o)).collect(),
            // The walk stops at the first one: it is named, and the next round finds the next.
            Err(GitError::Object { id, .. }) => vec![id],
            Err(_) => vec![tip],
        }
    }

    /// True if `old` is `tip` or one of its first parents.
    fn descends(&self, tip: Oid, old: Oid) -> bool {
        let mut at = Some(tip);
        while let Some(commit) = at {
            if commit == old {
                return true;
            }
            at = self.git().commit_parents(commit).ok().and_then(|p| p.first().copied());
        }
        false
    }

    /// A loose ref file without an object's name in it is what a power loss leaves; git itself refuses to touch it.
    fn set_ref_file_aside(&self) -> Result<()> {
        let path = self.git().paths().common_dir.join(STATE_REF);
        let content = std::fs::read_to_string(&path).unwrap_or_default();
        if !path.is_file() || Oid::from_hex(content.trim()).is_some() {
            // Not the kind of damage that we know: git's own words are better.
            return self.git().tip(STATE_REF).map(drop).map_err(Into::into);
        }
        let away = self.dir().join("quarantine");
        crate::failpoint!("recover.ref.before");
        std::fs::create_dir_all(&away)
            .and_then(|()| std::fs::rename(&path, away.join("state-ref")))
            .map_err(|e| Error::io(&path, &e))?;
        crate::failpoint!("recover.ref.after");
        Ok(())
    }
}
