//! A range of commits as a person or a CI script names it.

use super::What;
use bd::error::{Error, ErrorKind, Result};
use bd::git::{Git, Oid};

/// Reads `A..B` (the commits of B that A has not), `A...B` (since they parted), or one commit (against its first parent). A side
/// that is left out is HEAD. A side of zeros, as forges send for a new branch, or the empty tree, means that everything is new.
///
/// Both dots give what a pull request shows: what B added since it parted from A. Lines that only A removed since are not B's.
///
/// # Errors
/// A name that git does not know (usage), commits or a common ancestor that this clone has not fetched (remote).
pub fn parse_range(git: &dyn Git, text: &str) -> Result<What> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::usage("a range is empty").hint("Name one as `origin/main..HEAD`"));
    }
    let three = text.split_once("...");
    let Some((from, to)) = three.or_else(|| text.split_once("..")) else { return one(git, text) };
    if to.contains("..") {
        return Err(Error::usage(format!("`{}` is not a range", text.escape_debug())).hint("Name one as `origin/main..HEAD`"));
    }
    let side = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
    let to = commit(git, &side(to))?;
    let from = side(from);
    if is_nothing(git, &from) {
        return Ok(What::Range { from: None, to });
    }
    let from = commit(git, &from)?;
    let base = git.merge_base(from, to)?;
    match base {
        Some(base) => Ok(What::Range { from: Some(base), to }),
        None if is_shallow(git) => Err(Error::new(
            ErrorKind::Remote,
            format!("this clone is shallow: it does not reach back to where the sides of `{}` parted", text.escape_debug()),
        )
        .hint("Fetch the history between them (`git fetch --unshallow`, or a checkout with full depth)")),
        // Two histories that never met: what counts is what the one has and the other has not.
        None => Ok(What::Range { from: Some(from), to }),
    }
}

/// One commit against its first parent.
fn one(git: &dyn Git, text: &str) -> Result<What> {
    let to = commit(git, text)?;
    let from = git.commit_parents(to)?.first().copied();
    if let Some(parent) = from {
        if is_shallow(git) && git.commit_tree(parent).is_err() {
            let message = format!("this clone is shallow: the parent of `{}` is not fetched", text.escape_debug());
            return Err(Error::new(ErrorKind::Remote, message).hint("Fetch one more commit (`git fetch --deepen=1`)"));
        }
    }
    Ok(What::Range { from, to })
}

/// The commit that a person named.
///
/// # Errors
/// As [`parse_range`].
pub fn commit(git: &dyn Git, name: &str) -> Result<Oid> {
    if let Some(id) = git.resolve(name)? {
        return Ok(id);
    }
    let shown = name.escape_debug();
    let is_id = name.len() >= 40 && Oid::from_hex(name).is_some();
    let remote = git.remotes().into_iter().find(|r| name.strip_prefix(r.as_str()).is_some_and(|rest| rest.starts_with('/')));
    if let Some(remote) = &remote {
        let branch = name[remote.len() + 1..].split(['~', '^', '@', ':']).next().unwrap_or_default();
        return Err(Error::new(ErrorKind::Remote, format!("`{shown}` is not fetched into this clone")).hint(format!(
            "Fetch it: `git fetch {remote} {branch}:refs/remotes/{remote}/{branch}`; a checkout in CI often has one branch only"
        )));
    }
    if is_id {
        return Err(Error::new(ErrorKind::Remote, format!("the commit `{shown}` is not in this clone"))
            .hint("Fetch it, or check out with full depth"));
    }
    Err(Error::usage(format!("git knows no commit `{shown}`")).hint("Name a range as `origin/main..HEAD`"))
}

/// Zeros or the empty tree: nothing was there before.
fn is_nothing(git: &dyn Git, name: &str) -> bool {
    let empty = ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"];
    Oid::from_hex(name).is_some_and(|id| id.as_bytes().iter().all(|b| *b == 0))
        || empty.contains(&name) && git.resolve(name).is_ok()
}

fn is_shallow(git: &dyn Git) -> bool {
    git.paths().common_dir.join("shallow").exists()
}
