//! A compare-and-swap through `git update-ref`, for refs that have reflogs and for repositories that gix cannot write.

use super::process::{Output, Runner};
use super::{Cas, Expected, GitError, Oid};
use std::time::Duration;

/// Waits between attempts while somebody holds a lock: about a second in all. git itself waits 0.1 s for a loose ref
/// and 1 s for `packed-refs`.
const WAITS: [u64; 6] = [10, 30, 60, 120, 250, 400];

/// Moves, makes or deletes a ref. `tip` reads what the ref is now.
pub(super) fn run(
    runner: &Runner,
    name: &str,
    expected: Expected,
    new: Option<Oid>,
    reason: &str,
    tip: &dyn Fn() -> Result<Option<Oid>, GitError>,
) -> Result<Cas, GitError> {
    let seen = match expected {
        Expected::Missing => None,
        Expected::Is(id) => Some(id),
    };
    let Some(line) = command(name, seen, new) else {
        let actual = tip()?;
        return Ok(if actual.is_none() { Cas::Done } else { Cas::Moved(actual) });
    };
    // Hooks are off: a state commit is nothing that a `reference-transaction` hook was written for.
    let args = ["-c", "core.hooksPath=/dev/null", "update-ref", "-m", reason, "--stdin", "-z"];
    let mut waits = WAITS.iter();
    loop {
        crate::failpoint!("git.ref.before");
        let out = runner.output(&args, line.as_bytes())?;
        crate::failpoint!("git.ref.after");
        if out.ok() {
            return Ok(Cas::Done);
        }
        let actual = tip()?;
        if actual != seen {
            return Ok(Cas::Moved(actual));
        }
        if !is_locked(&out) {
            return Err(out.error("update-ref"));
        }
        match waits.next() {
            Some(ms) => std::thread::sleep(Duration::from_millis(*ms)),
            None => return Err(GitError::Locked(name.to_owned())),
        }
    }
}

/// The line for `--stdin -z`; `None` where there is nothing to do but to look.
fn command(name: &str, seen: Option<Oid>, new: Option<Oid>) -> Option<String> {
    match (new, seen) {
        (Some(new), Some(old)) => Some(format!("update {name}\0{new}\0{old}\0")),
        (Some(new), None) => Some(format!("create {name}\0{new}\0")),
        (None, Some(old)) => Some(format!("delete {name}\0{old}\0")),
        (None, None) => None,
    }
}

/// True if git failed because another process holds a lock.
pub(super) fn is_locked(out: &Output) -> bool {
    let said = &out.stderr;
    said.contains(".lock': File exists") || said.contains("Another git process seems to be running") || said.contains("data is locked")
}
