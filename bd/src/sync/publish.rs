//! Making the union the remote's: one commit whose only parent is the remote's tip (STATE 7).

use super::remote::Remote;
use super::report::{Report, events};
use super::union::Union;
use crate::error::{Error, ErrorKind, Result};
use crate::git::{CommitSpec, Oid};
use crate::store::{Store, edit_tree};
use std::time::Duration;

/// How long lost races are tried again.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long a branch that is locked there is tried again: a living process holds the lock for as long as one ref moves.
pub const LOCK_PATIENCE: Duration = Duration::from_secs(3);

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The remote has it; its new tip.
    Done(Oid),
    /// Somebody else was faster: fetch and try again.
    Lost,
    /// Somebody is moving the branch there at this moment, or died while doing so: the words of the remote.
    Locked(String),
}

/// Publishes a union onto the remote's tip.
///
/// # Errors
/// The remote refuses the branch, or is out of reach (exit 8).
pub fn publish(store: &Store, remote: &Remote<'_>, tip: Option<Oid>, union: &Union, report: &Report) -> Result<Attempt> {
    let (new, tree) = commit(store, tip, union)?;
    let Some(words) = remote.push(new, tip)? else { return Ok(Attempt::Done(new)) };
    // The words are in the language of whoever runs the remote; where its tip is now is a fact.
    let now = remote.look()?;
    if now.tip == Some(new) {
        return Ok(Attempt::Done(new));
    }
    if now.tip != tip {
        return Ok(Attempt::Lost);
    }
    if !is_there(store, new, tree, union) {
        // A `gc` beside us took what no ref names yet for garbage: it is made again.
        return Ok(Attempt::Lost);
    }
    if words.contains(".lock': File exists") {
        return Ok(Attempt::Locked(words));
    }
    let said = format!("sync stopped at publishing: `{}` refuses the branch `{}`: {}", remote.name, report.branch, words.trim());
    Err(Error::new(ErrorKind::Remote, said)
        .hint("Whoever runs the remote can allow it; `git config beads.share false` keeps the beads in this clone")
        .hint("Where the branch may not be pushed, `bd ride` carries a branch's events in its pull request"))
}

/// One commit whose only parent is the remote's tip and whose tree is the union.
fn commit(store: &Store, tip: Option<Oid>, union: &Union) -> Result<(Oid, Oid)> {
    let git = store.git();
    let root = tip.map(|t| git.commit_tree(t)).transpose()?;
    let tree = edit_tree(git, root, &union.publish)?;
    let who = store.signature();
    let message = format!("bd: publish {}\n\nActor: {}\n", events(union.fresh), store.actor());
    let new = git.write_commit(&CommitSpec {
        tree,
        parents: tip.into_iter().collect(),
        author: who.clone(),
        committer: who,
        message,
        sign: true,
    })?;
    Ok((new, tree))
}

/// True if a publication's objects can be read.
fn is_there(store: &Store, commit: Oid, tree: Oid, union: &Union) -> bool {
    let git = store.git();
    let named = |(path, oid): (&String, &Option<Oid>)| match (git.entry_at(tree, path), oid) {
        (Ok(_), None) => true,
        (Ok(Some(found)), Some(oid)) => found.oid == *oid && git.object_ok(*oid),
        _ => false,
    };
    git.object_ok(commit) && union.publish.iter().all(named)
}

/// The lock of the branch there did not go away.
pub fn locked(remote: &Remote<'_>, branch: &str, words: &str) -> Error {
    let said = format!("sync stopped at publishing: the branch `{branch}` of `{}` stays locked: {}", remote.name, words.trim());
    Error::new(ErrorKind::Remote, said)
        .hint("A process that died there may have left the lock; whoever runs the remote sees to it. Nothing was lost: everything is kept in this clone")
}

/// A pause of up to a second, so that clones that met in one race do not meet again in the next.
pub fn pause(store: &Store) {
    let [a, b] = store.env().random::<2>().unwrap_or([1, 0]);
    std::thread::sleep(Duration::from_millis(u64::from(u16::from_le_bytes([a, b])) % 1000));
}

/// The remote is empty: what it gets first becomes its default branch.
pub fn refuse_empty(remote: &Remote<'_>) -> Error {
    let said = format!("`{}` has no other branch: the first one that it gets becomes its default branch", remote.name);
    Error::new(ErrorKind::Remote, said).hint("Push the code first, then run `bd sync`; everything is kept in this clone meanwhile")
}
