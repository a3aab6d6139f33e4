//! Waiting for what other git processes do to pass: bounded, with growing pauses.

use super::GitError;
use super::process::Output;
use std::time::Duration;

/// Pauses between attempts, in milliseconds: about a second in all.
const PAUSES: [u64; 7] = [5, 15, 40, 80, 160, 300, 400];

/// Runs a git command again while it fails over somebody's lock, or over a folder that a `gc` removed under it. Any
/// other outcome is the caller's to judge.
pub(super) fn while_locked(lock: &str, mut run: impl FnMut() -> Result<Output, GitError>) -> Result<Output, GitError> {
    let mut pauses = PAUSES.iter();
    loop {
        let out = run()?;
        if out.ok() || !(is_locked(&out) || has_vanished(&out)) {
            return Ok(out);
        }
        match pauses.next() {
            Some(ms) => std::thread::sleep(Duration::from_millis(*ms)),
            None if is_locked(&out) => return Err(GitError::Locked(lock.to_owned())),
            None => return Ok(out),
        }
    }
}

/// True if git failed because another process holds a lock. The words are those of lock files, of `git config` and of
/// the reftable backend.
fn is_locked(out: &Output) -> bool {
    let said = &out.stderr;
    said.contains(".lock': File exists")
        || said.contains("could not lock config file") && said.contains("File exists")
        || said.contains("cannot lock references")
}

/// True if git made a folder for an object or a ref, and found it gone when it put the file there.
fn has_vanished(out: &Output) -> bool {
    let said = &out.stderr;
    said.contains("unable to create temporary file: No such file or directory")
        || said.contains(".lock': No such file or directory")
}
