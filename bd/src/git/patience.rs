//! Waiting for locks of other git processes: bounded, with growing pauses.

use super::GitError;
use super::process::Output;
use std::time::Duration;

/// Pauses between attempts, in milliseconds: about a second in all.
const PAUSES: [u64; 7] = [5, 15, 40, 80, 160, 300, 400];

/// Runs a git command again while it fails over somebody's lock. Any other outcome is the caller's to judge.
pub(super) fn while_locked(lock: &str, mut run: impl FnMut() -> Result<Output, GitError>) -> Result<Output, GitError> {
    let mut pauses = PAUSES.iter();
    loop {
        let out = run()?;
        if out.ok() || !is_locked(&out) {
            return Ok(out);
        }
        match pauses.next() {
            Some(ms) => std::thread::sleep(Duration::from_millis(*ms)),
            None => return Err(GitError::Locked(lock.to_owned())),
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
