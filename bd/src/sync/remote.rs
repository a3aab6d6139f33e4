//! The store remote as sync sees it: look, fetch, push. Every failure names its step (exit 8).

use crate::error::{Error, ErrorKind, Result};
use crate::git::{Cas, Expected, FetchOutcome, Git, GitError, Oid, PushOutcome};
use crate::store::{PUBLISHED_REF, Sources, Store, remove_stale_lock};

/// The remote and the names on both sides.
pub struct Remote<'a> {
    git: &'a dyn Git,
    /// Its name here.
    pub name: String,
    /// `refs/heads/<branch>` there.
    pub there: String,
    /// The tracking ref here.
    pub here: String,
}

/// What the remote says that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The tip of the published branch.
    pub tip: Option<Oid>,
    /// True if it has another branch.
    pub others: bool,
}

impl<'a> Remote<'a> {
    /// The store remote of a clone; `None` if there is none.
    ///
    /// # Errors
    /// Several remotes and no word on which (exit 2).
    pub fn of(store: &'a Store) -> Result<Option<Self>> {
        let sources: &Sources = store.sources();
        let Some(name) = sources.need_remote()? else { return Ok(None) };
        let here = sources.tracking.clone().unwrap_or_else(|| format!("refs/remotes/{name}/{}", sources.branch));
        Ok(Some(Self { git: store.git(), name: name.to_owned(), there: format!("refs/heads/{}", sources.branch), here }))
    }

    /// Asks the remote.
    pub fn look(&self) -> Result<Seen> {
        crate::failpoint!("sync.look.before");
        let refs = self.ask("asking the remote", &["HEAD", &self.there])?;
        crate::failpoint!("sync.look.after");
        let find = |refs: &[(String, Oid)], name: &str| refs.iter().find(|(n, _)| n == name).map(|(_, oid)| *oid);
        let (tip, head) = (find(&refs, &self.there), find(&refs, "HEAD"));
        if head.is_some() && head != tip {
            return Ok(Seen { tip, others: true });
        }
        // HEAD there names a branch that does not exist, or ours: only the whole list can tell.
        let heads = self.ask("asking the remote", &["refs/heads/*"])?;
        Ok(Seen { tip: find(&heads, &self.there).or(tip), others: heads.iter().any(|(name, _)| *name != self.there) })
    }

    fn ask(&self, step: &'static str, patterns: &[&str]) -> Result<Vec<(String, Oid)>> {
        self.git.ls_remote(&self.name, patterns).map_err(|e| self.failed(step, &e))
    }

    /// Fetches the published branch, and nothing else: code branches, also the default branch's tracking ref, are the
    /// user's to fetch. Returns the tip that is here now.
    pub fn fetch(&self) -> Result<Option<Oid>> {
        let spec = [format!("+{}:{}", self.there, self.here)];
        let lock = self.git.paths().common_dir.join(format!("{}.lock", self.here));
        crate::failpoint!("sync.fetch.before");
        let mut outcome = self.git.fetch(&self.name, &spec);
        // Whoever was killed while the tracking ref moved left its lock behind, and git waits for a person to remove it.
        if outcome.is_err() && lock.exists() {
            if !remove_stale_lock(self.git, &self.here) {
                return Err(Error::new(
                    ErrorKind::Locked,
                    format!("sync stopped at fetching: `{}` is locked by another process", self.here),
                )
                .hint("Try again in a moment; a lock that a dead process left is removed when it is 10 s old"));
            }
            outcome = self.git.fetch(&self.name, &spec);
        }
        crate::failpoint!("sync.fetch.after");
        match outcome.map_err(|e| self.failed("fetching", &e))? {
            FetchOutcome::Done => Ok(self.git.tip(&self.here)?),
            FetchOutcome::NoSuchRef => Ok(None),
        }
    }

    /// Pushes a commit onto `old`. `Ok(None)` = it is there; otherwise the remote's words.
    pub fn push(&self, new: Oid, old: Option<Oid>) -> Result<Option<String>> {
        crate::failpoint!("sync.push.before");
        let outcome = self.git.push(&self.name, new, &self.there, old);
        crate::failpoint!("sync.push.after");
        match outcome.map_err(|e| self.failed("publishing", &e))? {
            PushOutcome::Done => Ok(None),
            PushOutcome::Refused(words) => Ok(Some(words)),
        }
    }

    /// Notes what the remote has, after a push or a fetch whose events are in our state.
    pub fn note(&self, tip: Oid) -> Result<()> {
        for name in [self.here.as_str(), PUBLISHED_REF] {
            let old = self.git.tip(name)?;
            if old != Some(tip) {
                crate::failpoint!("sync.note.before");
                // Best effort: the next sync sees the remote again. Somebody's own fetch may have moved it meanwhile.
                let expected = old.map_or(Expected::Missing, Expected::Is);
                let mut cas = self.git.update_ref(name, expected, Some(tip), "bd sync");
                if matches!(cas, Err(GitError::Locked(_))) && remove_stale_lock(self.git, name) {
                    cas = self.git.update_ref(name, expected, Some(tip), "bd sync");
                }
                crate::failpoint!("sync.note.after");
                if let (Ok(Cas::Moved(_)), true) = (cas, name == PUBLISHED_REF) {
                    continue;
                }
            }
        }
        Ok(())
    }

    fn failed(&self, step: &str, error: &GitError) -> Error {
        let why = match error {
            GitError::Remote { why, .. } => why.clone(),
            GitError::NoGit => {
                return Error::new(ErrorKind::Environment, "`git` is not on the PATH").hint("Install git 2.39 or newer");
            }
            other => other.to_string(),
        };
        Error::new(ErrorKind::Remote, format!("sync stopped at {step} `{}`: {}", self.name, why.trim()))
            .hint("Nothing was lost: everything is kept in this clone, and `bd sync` goes on from there")
    }
}
