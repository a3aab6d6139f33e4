//! Bringing another tree's events into our state ref.

use super::union::{Sides, Union, union};
use crate::error::{Error, ErrorKind, Result};
use crate::git::Oid;
use crate::store::pack::Limits;
use crate::store::{Lock, STATE_REF, Store, edit_tree};

/// How to absorb.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner<'a> {
    /// Pack where packing is due.
    pub pack: bool,
    /// Streams that stay at home.
    pub home: &'a [&'a str],
    /// Compute only: write no ref.
    pub dry: bool,
}

/// Makes our state the union of itself and of `theirs` (a root tree), in at most one commit. Returns how the union
/// relates to theirs, and our tip after it.
///
/// # Errors
/// Damage (exit 9); a state ref that cannot be written.
pub fn absorb(store: &Store, lock: &Lock, theirs: Option<Oid>, manner: Manner<'_>) -> Result<(Union, Option<Oid>)> {
    let git = store.git();
    let quarantined = store.quarantined()?;
    let limits = if manner.pack { Limits::STANDARD } else { Limits { loose: usize::MAX, packs: usize::MAX, ..Limits::STANDARD } };
    let untidy = store.is_untidy();
    let tidied = || {
        if untidy && !manner.dry && theirs.is_some() {
            store.set_tidy();
        }
    };
    for _ in 0..5 {
        let tip = git.tip(STATE_REF)?;
        let ours = tip.map(|t| git.commit_tree(t)).transpose()?;
        let (redactions, enforced) = store.redactions(ours)?;
        let sides = Sides {
            git,
            ours,
            theirs,
            redactions: &redactions,
            quarantined: &quarantined,
            limits,
            enforce: !enforced || untidy,
            home: manner.home,
        };
        let union = union(&sides)?;
        if manner.dry || union.state.is_empty() {
            if let (Some(root), false) = (ours, manner.dry) {
                store.redactions_enforced(root, &union.redactions);
            }
            tidied();
            return Ok((union, tip));
        }
        let tree = edit_tree(git, ours, &union.state)?;
        if let Some(new) = store.commit_state(lock, tip, tree, message(&union))? {
            store.redactions_enforced(tree, &union.redactions);
            tidied();
            return Ok((union, Some(new)));
        }
        // Somebody who does not take our lock moved the ref: look again.
    }
    Err(Error::new(ErrorKind::Locked, format!("{STATE_REF} is moved all the time by another program"))
        .hint("Try again in a moment"))
}

fn message(union: &Union) -> String {
    match (union.fetched, union.redacted) {
        (0, 0) => "bd: pack\n".to_owned(),
        (0, _) => "bd: take redacted text out\n".to_owned(),
        (n, _) => format!("bd: fetch {}\n", super::report::events(n)),
    }
}
