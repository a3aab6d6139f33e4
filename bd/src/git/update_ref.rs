//! A compare-and-swap through `git update-ref`, for refs that have reflogs and for repositories that gix cannot write.

use super::patience::while_locked;
use super::process::Runner;
use super::{Cas, Expected, GitError, Oid};

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
    // Hooks are off: a state commit is nothing that a `reference-transaction` hook was written for. The waiting is ours.
    let mut args = vec!["-c", "core.hooksPath=/dev/null"];
    args.extend(["-c", "core.filesRefLockTimeout=0", "-c", "core.packedRefsTimeout=0", "-c", "reftable.lockTimeout=0"]);
    args.extend(["update-ref", "-m", reason, "--stdin", "-z"]);
    crate::failpoint!("git.ref.before");
    let out = while_locked(name, || runner.output(&args, line.as_bytes()))?;
    crate::failpoint!("git.ref.after");
    if out.ok() {
        return Ok(Cas::Done);
    }
    let actual = tip()?;
    if actual == seen { Err(out.error("update-ref")) } else { Ok(Cas::Moved(actual)) }
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
