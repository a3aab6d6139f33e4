//! Is the store well, and shared: what `bd status` and the pre-push note say. Asks no network.

use super::choice::{Choice, choice};
use super::lost::missing_lines;
use super::named::named_beads;
use super::ride::{Stand, default_tip, not_riding, redactions, short};
use crate::error::{ErrorKind, Result};
use crate::fold::Holding;
use crate::git::{Head, Oid};
use crate::model::BeadId;
use crate::store::{Damage, Journal, STATE_REF, Store};

/// How this clone stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The branch that one stands on; `None` where HEAD is detached.
    pub branch: Option<String>,
    /// The tip of the state ref.
    pub state: Option<Oid>,
    /// Why the state ref could not be written just now; the journal stands meanwhile.
    pub unwritten: Option<String>,
    /// Records in the journal: what this clone has promised and the remote may not have.
    pub journal: usize,
    /// Lines that the sources hold, and how many of them are distinct.
    pub lines: (usize, usize),
    /// The store remote.
    pub remote: Option<String>,
    /// Its URL.
    pub url: Option<String>,
    /// Several remotes, and none is named as the store's.
    pub ambiguous: bool,
    /// The branch there.
    pub published_branch: String,
    /// Whether this clone publishes.
    pub publishing: Choice,
    /// The remote's tip as last fetched.
    pub fetched: Option<Oid>,
    /// Events here that the remote lacked when it was last fetched.
    pub unpublished: usize,
    /// Events of this clone on the branch's beads that no branch carries; `None` where no ride can be made.
    pub not_riding: Option<usize>,
    /// What is wrong with the bytes.
    pub damage: Vec<Damage>,
    /// Beads with a visible conflict.
    pub conflicts: Vec<BeadId>,
    /// Beads that several hold.
    pub contested: Vec<BeadId>,
}

impl Standing {
    /// True if nothing is damaged, in conflict or contested, and everything is committed.
    pub fn is_well(&self) -> bool {
        self.damage.is_empty() && self.conflicts.is_empty() && self.contested.is_empty() && self.unwritten.is_none()
    }
}

/// Looks. A journal that is ahead of the state ref is committed first, unless `read_only`.
///
/// # Errors
/// Refs or objects that cannot be read.
pub fn standing(store: &Store, read_only: bool) -> Result<Standing> {
    let git = store.git();
    let unwritten = if read_only { None } else { settle(store)? };
    let sources = store.sources();
    let snapshot = store.snapshot()?;
    let state = git.tip(STATE_REF)?;
    let fetched = sources.tracking.as_deref().map(|n| git.tip(n)).transpose()?.flatten();
    let left = left_behind(store)?;
    let mut out = Standing {
        branch: match git.head()? {
            Head::Branch(name, _) | Head::Unborn(name) => Some(short(&name).to_owned()),
            Head::Detached(_) => None,
        },
        state,
        unwritten,
        journal: Journal::new(store.dir()).read()?.records.len(),
        lines: snapshot.line_counts(),
        remote: sources.remote.clone(),
        url: sources.remote.as_deref().and_then(|r| git.remote_url(r)),
        ambiguous: sources.ambiguous,
        published_branch: sources.branch.clone(),
        publishing: choice(store),
        fetched,
        unpublished: left.unpublished,
        not_riding: left.not_riding,
        damage: snapshot.damage().to_vec(),
        conflicts: Vec::new(),
        contested: Vec::new(),
    };
    for bead in snapshot.all()? {
        if !bead.conflicts().is_empty() {
            out.conflicts.push(bead.id.clone());
        }
        if matches!(bead.holding(), Holding::Contested(_)) {
            out.contested.push(bead.id.clone());
        }
    }
    Ok(out)
}

/// What a push of code does not carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Events here that the remote lacked when it was last fetched.
    pub unpublished: usize,
    /// Events of this clone on the branch's beads that no branch carries; `None` where no ride can be made.
    pub not_riding: Option<usize>,
}

/// Counts what a push does not carry (STATE 6). Asks no network and writes nothing.
///
/// # Errors
/// Refs or objects that cannot be read.
pub fn left_behind(store: &Store) -> Result<Left> {
    let (git, sources) = (store.git(), store.sources());
    let tree = |name: Option<&str>| name.map(|n| git.tip(n)).transpose()?.flatten().map(|c| git.commit_tree(c)).transpose();
    let (known, _) = redactions(store)?;
    let unpublished = match sources.remote {
        Some(_) => missing_lines(git, tree(Some(STATE_REF))?, tree(sources.tracking.as_deref())?, &known)?.len(),
        None => 0,
    };
    Ok(Left { unpublished, not_riding: not_riding_here(store, &store.snapshot()?)? })
}

/// Commits the journal; what stands in the way is told, not raised.
fn settle(store: &Store) -> Result<Option<String>> {
    let done = store.lock().and_then(|lock| store.commit_pending(&lock));
    match done {
        Ok(true) => Ok(None),
        Ok(false) => Ok(Some(store.why_uncommitted())),
        Err(e) if matches!(e.kind, ErrorKind::Locked | ErrorKind::Environment) => {
            Ok(if store.is_committed() { None } else { Some(e.message) })
        }
        Err(e) => Err(e),
    }
}

/// How many events a ride from here would carry; `None` on the default branch, and where none can be made.
fn not_riding_here(store: &Store, snapshot: &crate::store::Snapshot) -> Result<Option<usize>> {
    let Ok(stand) = Stand::find(store, "a ride") else { return Ok(None) };
    if store.sources().local_default.as_deref() == Some(stand.branch.as_str()) {
        return Ok(None);
    }
    let base = default_tip(store)?.map(|d| store.git().merge_base(d, stand.head)).transpose()?.flatten();
    let (beads, _) = named_beads(store, snapshot, stand.head, base)?;
    if beads.is_empty() {
        return Ok(Some(0));
    }
    let (known, _) = redactions(store)?;
    // A damaged ride is told as damage; here it only means that nobody can count.
    Ok(not_riding(store, &stand, Some(&beads), &known).ok().map(|events| events.len()))
}
