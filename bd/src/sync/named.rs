//! Which beads a branch is about: those that its commits name, else those that the actor holds (STATE 6).

use crate::error::Result;
use crate::git::Oid;
use crate::model::{BeadId, DepType};
use crate::query::RowEdge;
use crate::store::{Snapshot, Store};
use std::collections::BTreeSet;

/// Why these beads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Commits of the branch name them: `Bead:` trailers, or ids in their messages.
    Commits,
    /// The actor holds them.
    Claim,
    /// Nothing names a bead.
    Nothing,
}

/// The beads that the commits of `head` that `base` lacks name, else those that the actor holds; and with them the beads
/// that hang on those (children, and what was discovered while working on them).
///
/// # Errors
/// History that cannot be read.
pub fn named_beads(store: &Store, snapshot: &Snapshot, head: Oid, base: Option<Oid>) -> Result<(BTreeSet<BeadId>, By)> {
    let mut out = BTreeSet::new();
    for commit in store.git().commits_between(head, base, 10_000)? {
        let text = store.git().read_commit(commit)?;
        let text = String::from_utf8_lossy(&text);
        if let Some((_, message)) = text.split_once("\n\n") {
            ids_in(message, store.config().prefix(), snapshot, &mut out)?;
        }
    }
    let mut by = By::Commits;
    if out.is_empty() {
        by = By::Claim;
        for row in snapshot.rows()? {
            // Where several hold it, the row names none.
            if row.claim.and_then(|c| c.holder).as_deref() == Some(store.actor().as_str()) {
                out.insert(BeadId::new(&row.id)?);
            }
        }
    }
    if out.is_empty() {
        return Ok((out, By::Nothing));
    }
    follow(snapshot, &mut out)?;
    Ok((out, by))
}

/// Finds ids in a text: whole ones of any form, and unique prefixes of ours that begin with the project's prefix.
fn ids_in(text: &str, prefix: &str, snapshot: &Snapshot, out: &mut BTreeSet<BeadId>) -> Result<()> {
    let known: BTreeSet<BeadId> = snapshot.ids()?.into_iter().filter(|id| !id.is_pseudo()).collect();
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')));
    for word in words.map(|w| w.trim_matches(['.', '-'])).filter(|w| w.contains('-')) {
        let whole = BeadId::new(word).ok().filter(|id| known.contains(id));
        let short = || {
            let tail = word.strip_prefix(prefix)?.strip_prefix('-')?;
            (tail.len() >= 4).then(|| snapshot.resolve(word).ok()).flatten()
        };
        out.extend(whole.or_else(short));
    }
    Ok(())
}

fn follow(snapshot: &Snapshot, out: &mut BTreeSet<BeadId>) -> Result<()> {
    let rows = snapshot.rows()?;
    loop {
        let before = out.len();
        for row in &rows {
            let hangs = |e: &RowEdge| {
                (e.kind == DepType::PARENT_CHILD || e.kind == DepType::DISCOVERED_FROM) && out.contains(e.to.as_str())
            };
            if !out.contains(row.id.as_str()) && row.edges.iter().any(hangs) {
                out.insert(BeadId::new(&row.id)?);
            }
        }
        if out.len() == before {
            return Ok(());
        }
    }
}
