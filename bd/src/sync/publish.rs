//! The whole of `bd sync`: commit, fetch, union, publish (STATE 7).

use super::absorb::{Manner, absorb};
use super::choice::{Choice, Why, choice, home_streams};
use super::remote::{Remote, Seen};
use super::report::{Report, events};
use super::union::{Changes, Union};
use crate::error::{Error, ErrorKind, Result};
use crate::git::{CommitSpec, Oid};
use crate::store::{Lock, Store, edit_tree};
use std::time::{Duration, Instant};

/// How long lost races are tried again.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// Syncs a clone.
///
/// # Errors
/// The step that failed: a damaged store (exit 9), a held lock (7), the remote (8). What was done before it stands,
/// and what this clone knows is never less than before.
pub fn sync(store: &Store, options: Options) -> Result<Report> {
    let patience = if options.wait { store.config().lock_timeout() + PATIENCE } else { Duration::ZERO };
    let _flight = Lock::acquire(&store.dir().join("push"), patience)?;
    let remote = Remote::of(store)?;
    let mut report = Report::new(
        store.sources().remote.clone(),
        remote.as_ref().and_then(|r| store.git().remote_url(&r.name)),
        store.sources().branch.clone(),
        choice(store),
    );
    report.dry_run = options.dry_run;
    if !options.dry_run {
        settle(store)?;
    }
    let Some(remote) = remote else {
        local(store, options)?;
        return Ok(report);
    };
    let began = Instant::now();
    loop {
        let there = if options.fetch { look_and_fetch(store, &remote, options)? } else { Known::here(store, &remote)? };
        let pushes = options.push && report.publishing == Choice::On;
        let (union, ours) = join(store, &remote, there.tip, pushes, options)?;
        tell(&mut report, &union);
        if !pushes || options.dry_run || union.publish.is_empty() {
            report.unpublished = union.fresh;
            if let (Some(tip), false) = (there.tip, options.dry_run) {
                remote.note(tip)?;
            }
            return Ok(report);
        }
        if !there.others {
            return Err(Error::new(ErrorKind::Remote, format!("`{}` has no other branch: the first one that it gets becomes its default branch", remote.name))
                .hint("Push the code first, then run `bd sync`")
                .hint("Everything is kept in this clone meanwhile"));
        }
        let new = write(store, there.tip, &union)?;
        let Some(words) = remote.push(new, there.tip)? else {
            report.published += union.fresh;
            report.first = there.tip.is_none() || store.git().tip(crate::store::PUBLISHED_REF)?.is_none();
            report.unpublished = 0;
            remote.note(new)?;
            let _ = ours;
            return Ok(report);
        };
        let now = remote.look()?;
        if now.tip == Some(new) {
            // It arrived, and only the answer was lost: the next round finds nothing to do.
            continue;
        }
        if now.tip == there.tip {
            return Err(Error::new(ErrorKind::Remote, format!("sync stopped at publishing: `{}` refuses the branch `{}`: {}", remote.name, report.branch, words.trim()))
                .hint("Whoever runs the remote can allow it; `git config beads.share false` keeps the beads in this clone")
                .hint("Where the branch may not be pushed, `bd ride` carries a branch's events in its pull request"));
        }
        if began.elapsed() > PATIENCE {
            return Err(Error::new(ErrorKind::Remote, format!("others have published to `{}` faster than this clone for {} s", remote.name, PATIENCE.as_secs()))
                .hint("Run `bd sync` again"));
        }
        pause(store);
    }
}

/// Under the clone's lock: what the journal holds is committed.
fn settle(store: &Store) -> Result<()> {
    let lock = store.lock()?;
    if store.commit_pending(&lock)? {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Environment, "sync stopped at committing: the state ref cannot be written").hint("The events are safe in this clone's journal; `bd doctor` looks at the rest"))
}

/// Without a remote: pack what is due.
fn local(store: &Store, options: Options) -> Result<()> {
    if !options.dry_run {
        let lock = store.lock()?;
        absorb(store, &lock, None, Manner { pack: true, ..Manner::default() })?;
    }
    Ok(())
}

/// What the remote has, as far as it is known here.
struct Known {
    tip: Option<Oid>,
    others: bool,
}

impl Known {
    fn here(store: &Store, remote: &Remote<'_>) -> Result<Self> {
        Ok(Self { tip: store.git().tip(&remote.here)?, others: true })
    }
}

fn look_and_fetch(store: &Store, remote: &Remote<'_>, options: Options) -> Result<Known> {
    let Seen { tip, others } = remote.look()?;
    let here = store.git().tip(&remote.here)?;
    if options.dry_run || tip.is_none() {
        return Ok(Known { tip: if tip.is_none() { None } else { here }, others });
    }
    if tip == here {
        return Ok(Known { tip, others });
    }
    if here.is_some() {
        // The fetch may move the ref to where the remote was set back to: what is here now must be ours first.
        join(store, remote, here, false, options)?;
    }
    Ok(Known { tip: remote.fetch()?, others })
}

/// Our state becomes the union with the remote's.
fn join(store: &Store, remote: &Remote<'_>, tip: Option<Oid>, pack: bool, options: Options) -> Result<(Union, Option<Oid>)> {
    let theirs = tip.map(|t| store.git().commit_tree(t)).transpose()?;
    let lock = store.lock()?;
    if !options.dry_run {
        store.commit_pending(&lock)?;
    }
    absorb(store, &lock, theirs, Manner { pack, home: home_streams(store.git(), &remote.name), dry: options.dry_run })
}

fn tell(report: &mut Report, union: &Union) {
    report.fetched += union.fetched;
    report.redacted += union.redacted;
    report.left_out.clone_from(&union.foreign);
}

/// One commit whose only parent is the remote's tip and whose tree is the union.
fn write(store: &Store, tip: Option<Oid>, union: &Union) -> Result<Oid> {
    let git = store.git();
    let root = tip.map(|t| git.commit_tree(t)).transpose()?;
    let changes: &Changes = &union.publish;
    let tree = edit_tree(git, root, changes)?;
    let who = store.signature();
    let message = format!("bd: publish {}\n\nActor: {}\n", events(union.fresh), store.actor());
    Ok(git.write_commit(&CommitSpec { tree, parents: tip.into_iter().collect(), author: who.clone(), committer: who, message, sign: true })?)
}

/// Up to a second, so that clones that lost one race do not meet again in the next.
fn pause(store: &Store) {
    let [a, b] = store.env().random::<2>().unwrap_or([1, 0]);
    std::thread::sleep(Duration::from_millis(u64::from(u16::from_le_bytes([a, b])) % 1000));
}

#[allow(unused)]
fn _why(_: Why) {}
