//! The whole of `bd sync`: commit the journal, fetch, union, pack if due, publish, sync point (STATE 7).

use super::absorb::{Manner, absorb};
use super::choice::{Choice, choice, home_streams};
use super::contest::settle_claims;
use super::lost::missing_lines;
use super::publish::{Attempt, LOCK_PATIENCE, PATIENCE, locked, pause, publish, refuse_empty};
use super::remote::{Remote, Seen};
use super::report::Report;
use super::rides::absorb_rides;
use super::union::Union;
use crate::error::{Error, ErrorKind, Result};
use crate::git::Oid;
use crate::store::{Lock, PUBLISHED_REF, Record, STATE_REF, Spot, Store};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Publish, where publishing is chosen.
    pub push: bool,
    /// Ask the remote and fetch.
    pub fetch: bool,
    /// Change nothing here or there; only say what would be done with what is known here.
    pub dry_run: bool,
    /// Wait for another sync of this clone; otherwise fail with exit 7 if there is one.
    pub wait: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { push: true, fetch: true, dry_run: false, wait: true }
    }
}

/// How often a sync begins again after a `gc` took objects away.
const PRUNED_TRIES: usize = 3;

/// Syncs a clone.
///
/// # Errors
/// The step that failed: a damaged store (exit 9), a held lock (7), the remote (8). What was done before it stands,
/// and what this clone knows is never less than before.
pub fn sync(store: &Store, options: Options) -> Result<Report> {
    let patience = if options.wait { store.config().lock_timeout() + PATIENCE } else { Duration::ZERO };
    // A dry run asks, and need not wait for those who change.
    let _flight = if options.dry_run { None } else { Some(Lock::acquire(&store.dir().join("push"), patience)?) };
    let mut left = PRUNED_TRIES;
    loop {
        let error = match once(store, options) {
            Err(e) if left > 0 && !options.dry_run && misses_objects(store, &e) => e,
            other => return other,
        };
        // A `gc` beside us took what was not named by a ref yet for garbage; the journal has it, or the remote.
        left -= 1;
        if store.lock().and_then(|lock| store.heal(&lock)).is_err() {
            return Err(error);
        }
    }
}

/// True if objects of this clone may be what failed: ours could not be read, or git says so when it fetches or pushes.
fn misses_objects(store: &Store, error: &Error) -> bool {
    let git_says =
        || ["bad object", "bad tree", "missing", "unable to read", "necessary objects"].iter().any(|w| error.message.contains(w));
    error.kind == ErrorKind::Damaged || (error.kind == ErrorKind::Remote && (store.met_gc() || git_says()))
}

fn once(store: &Store, options: Options) -> Result<Report> {
    let remote = Remote::of(store)?;
    let url = remote.as_ref().and_then(|r| store.git().remote_url(&r.name));
    let report = Report::new(store.sources().remote.clone(), url, store.sources().branch.clone(), choice(store), options.dry_run);
    match remote {
        None => alone(store, report),
        Some(remote) => Flight { store, remote, options, report, arrived: BTreeSet::new() }.fly(),
    }
}

/// Without a remote: commit, pack what is due, sync point.
fn alone(store: &Store, report: Report) -> Result<Report> {
    if !report.dry_run {
        let lock = store.lock()?;
        settle(store, &lock)?;
        absorb_rides(store, &lock)?;
        let (union, _) = absorb(store, &lock, None, Manner { pack: true, ..Manner::default() })?;
        finish(store, &lock, &union, Spot::default(), Choice::Off(super::choice::Why::NoRemote))?;
    }
    Ok(report)
}

/// What the journal holds is committed.
fn settle(store: &Store, lock: &Lock) -> Result<()> {
    // The cache answers without reading old objects: what a power loss took is looked for before anything is shared.
    store.recover_deep(lock)?;
    if store.commit_pending(lock)? {
        return Ok(());
    }
    // A lock is waited for by trying again; the rest needs a person.
    let locked = store.git().paths().common_dir.join(format!("{STATE_REF}.lock")).exists();
    let kind = if locked { ErrorKind::Locked } else { ErrorKind::Environment };
    let why = if locked { "the state ref is locked by another process".to_owned() } else { store.why_uncommitted() };
    Err(Error::new(kind, format!("sync stopped at committing: {why}"))
        .hint("The events are safe in this clone's journal; `bd doctor` looks at the rest"))
}

/// Sync point; then the journal lets go of what ends at or before `held`, which the remote has.
fn finish(store: &Store, lock: &Lock, union: &Union, held: Spot, publishing: Choice) -> Result<()> {
    store.redact_journal(lock, &union.redactions)?;
    store.make_sync_point(lock)?;
    // Where publishing is off all stays here, but for what the remote has by another way: then `held` is no beginning.
    let home = publishing != Choice::On && held == Spot::default();
    store.trim_journal(lock, held, &|r: &Record| home || r.path.starts_with("mail/"))
}

/// One sync with a remote.
struct Flight<'a> {
    store: &'a Store,
    remote: Remote<'a>,
    options: Options,
    report: Report,
    /// Beads that events came in about.
    arrived: BTreeSet<crate::model::BeadId>,
}

impl Flight<'_> {
    fn fly(mut self) -> Result<Report> {
        let began = Instant::now();
        loop {
            let (tip, others) = self.learn()?;
            let pushes = self.options.push && self.report.publishing == Choice::On;
            let (mut union, mut held) = self.join(tip, pushes)?;
            self.hear(&union);
            if self.options.dry_run {
                self.report.unpublished = union.fresh;
                return Ok(self.report);
            }
            if self.meet()? {
                (union, held) = self.join(tip, pushes)?;
            }
            if !pushes || union.publish.is_empty() {
                self.report.unpublished = union.fresh;
                return self.end(&union, tip, if union.fresh == 0 { held } else { Spot::default() });
            }
            if !others {
                return Err(refuse_empty(&self.remote));
            }
            match publish(self.store, &self.remote, tip, &union, &self.report)? {
                Attempt::Done(new) => {
                    self.report.published += union.fresh;
                    self.report.first = self.told()?;
                    return self.end(&union, Some(new), held);
                }
                Attempt::Locked(words) if began.elapsed() > LOCK_PATIENCE => {
                    return Err(locked(&self.remote, &self.report.branch, &words));
                }
                Attempt::Locked(_) | Attempt::Lost => {}
            }
            if began.elapsed() > PATIENCE {
                let said =
                    format!("others have published to `{}` faster than this clone for {} s", self.remote.name, PATIENCE.as_secs());
                return Err(Error::new(ErrorKind::Remote, said).hint("Run `bd sync` again"));
            }
            pause(self.store);
        }
    }

    /// What the remote has: asked and fetched, or as last fetched.
    fn learn(&mut self) -> Result<(Option<Oid>, bool)> {
        let git = self.store.git();
        let here = git.tip(&self.remote.here)?;
        if !self.options.fetch {
            return Ok((here, true));
        }
        let Seen { tip, others } = self.remote.look()?;
        if self.options.dry_run {
            self.report.news = tip != here;
            return Ok((if tip.is_none() { None } else { here }, others));
        }
        if let Some(here) = here.filter(|h| Some(*h) != tip) {
            // A fetch may move the tracking ref to where somebody set the branch back to: what it holds now is ours first.
            let (union, _) = self.join(Some(here), false)?;
            self.hear(&union);
        }
        let tip = if tip.is_none() || tip == here { tip } else { self.remote.fetch()? };
        self.look_back(tip)?;
        Ok((tip, others))
    }

    /// Events that the remote had and has no more become ours again, if they are not, and so are published again.
    fn look_back(&mut self, tip: Option<Oid>) -> Result<()> {
        let git = self.store.git();
        let Some(known) = git.tip(PUBLISHED_REF)?.filter(|k| Some(*k) != tip) else { return Ok(()) };
        let root = |c: Option<Oid>| c.map(|c| git.commit_tree(c)).transpose();
        let (mut redactions, _) = self.store.redactions(root(git.tip(crate::store::STATE_REF)?)?)?;
        let mut missing = missing_lines(git, root(Some(known))?, root(tip)?, &redactions)?;
        if !missing.is_empty() {
            // What somebody redacted since is not lost: its stub is there.
            redactions.merge(self.store.redactions(root(tip)?)?.0);
            missing = missing_lines(git, root(Some(known))?, root(tip)?, &redactions)?;
        }
        self.report.restored = self.report.restored.max(missing.len());
        if !missing.is_empty() {
            self.join(Some(known), false)?;
        }
        Ok(())
    }

    /// Our state becomes the union with the remote's. Also returns where the journal's committed records end.
    fn join(&self, tip: Option<Oid>, pack: bool) -> Result<(Union, Spot)> {
        let theirs = tip.map(|t| self.store.git().commit_tree(t)).transpose()?;
        let patience = self.store.config().lock_timeout();
        let lock = if self.options.dry_run { Lock::to_look(self.store.dir(), patience)? } else { self.store.lock()? };
        if !self.options.dry_run {
            settle(self.store, &lock)?;
            absorb_rides(self.store, &lock)?;
        }
        let home = home_streams(self.store.git(), &self.remote.name);
        let (union, _) = absorb(self.store, &lock, theirs, Manner { pack, home, dry: self.options.dry_run })?;
        Ok((union, self.store.committed_end(&lock)))
    }

    fn hear(&mut self, union: &Union) {
        self.report.fetched += union.fetched;
        self.report.redacted += union.redacted;
        self.report.left_out.clone_from(&union.foreign);
        self.report.healed.clone_from(&union.healed);
        self.arrived.extend(union.beads.iter().cloned());
    }

    /// Looks at what came in: claims that met are settled (true = events were written), conflicts are named.
    fn meet(&mut self) -> Result<bool> {
        if self.arrived.is_empty() {
            return Ok(false);
        }
        let snapshot = self.store.snapshot()?;
        let tip = self.store.git().tip(crate::store::STATE_REF)?;
        self.report.lost.extend(settle_claims(self.store, &snapshot)?);
        self.report.conflicts.clear();
        for id in &self.arrived {
            if snapshot.bead(id)?.is_some_and(|b| !b.conflicts().is_empty()) {
                self.report.conflicts.push(id.clone());
            }
        }
        Ok(self.store.git().tip(crate::store::STATE_REF)? != tip)
    }

    /// True if this clone publishes to this URL for the first time: people are told who can read it.
    fn told(&self) -> Result<bool> {
        let path = self.store.dir().join("marks").join("told");
        let url = self.report.url.clone().unwrap_or_default();
        if std::fs::read_to_string(&path).is_ok_and(|old| old == url) {
            return Ok(false);
        }
        crate::failpoint!("sync.told.before");
        let written = std::fs::create_dir_all(self.store.dir().join("marks")).and_then(|()| std::fs::write(&path, url));
        crate::failpoint!("sync.told.after");
        written.map_err(|e| Error::io(&path, &e))?;
        Ok(true)
    }

    fn end(mut self, union: &Union, tip: Option<Oid>, held: Spot) -> Result<Report> {
        if let Some(tip) = tip {
            self.remote.note(tip)?;
        }
        let lock = self.store.lock()?;
        finish(self.store, &lock, union, held, self.report.publishing)?;
        self.report.tip = tip;
        Ok(self.report)
    }
}
