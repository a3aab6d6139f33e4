//! What a sync did.

use super::choice::Choice;
use crate::model::{Actor, BeadId};

/// A claim of ours that was not published when a published one of somebody else was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostClaim {
    /// The bead.
    pub bead: BeadId,
    /// Whose claim of ours was released.
    pub ours: Actor,
    /// Who holds the bead.
    pub winner: Actor,
}

/// The result of a sync: what was done, and what the remote has now.
#[derive(Clone, Debug)]
pub struct Report {
    /// The store remote.
    pub remote: Option<String>,
    /// Its URL, without credentials.
    pub url: Option<String>,
    /// The branch that holds the published state.
    pub branch: String,
    /// Whether this clone publishes.
    pub publishing: Choice,
    /// Events that came from the remote.
    pub fetched: usize,
    /// Events that the remote has got from here.
    pub published: usize,
    /// Events that the remote had once and had no more; they are among `published` where publishing is on.
    pub restored: usize,
    /// Events of this clone that the remote lacks when the sync has ended.
    pub unpublished: usize,
    /// Files from which a redaction took text here.
    pub redacted: usize,
    /// Paths on the remote's branch that were left out, because they are no files of events.
    pub left_out: Vec<String>,
    /// True if the published branch was made by this sync, or this clone published for the first time.
    pub first: bool,
    /// Beads with a visible conflict among those that came in.
    pub conflicts: Vec<BeadId>,
    /// Claims of ours that were released because somebody else's was published first (exit 6).
    pub lost: Vec<LostClaim>,
    /// True if nothing was written (`--dry-run`).
    pub dry_run: bool,
    /// A dry run that asked the remote: it has news that are not fetched.
    pub news: bool,
    /// Damaged files of the remote that ours replace.
    pub healed: Vec<String>,
    /// The remote's tip when the sync has ended.
    pub tip: Option<crate::git::Oid>,
}

impl Report {
    /// A report in which nothing has happened.
    pub fn new(remote: Option<String>, url: Option<String>, branch: String, publishing: Choice, dry_run: bool) -> Self {
        Self {
            remote,
            url,
            branch,
            publishing,
            fetched: 0,
            published: 0,
            restored: 0,
            unpublished: 0,
            redacted: 0,
            left_out: Vec::new(),
            first: false,
            conflicts: Vec::new(),
            lost: Vec::new(),
            dry_run,
            news: false,
            healed: Vec::new(),
            tip: None,
        }
    }
}

/// `1 event`, `2 events`.
pub fn events(n: usize) -> String {
    if n == 1 { "1 event".to_owned() } else { format!("{n} events") }
}
