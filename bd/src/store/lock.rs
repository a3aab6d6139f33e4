//! The clone's lock: one writer at a time, in all worktrees.

use crate::error::{Error, ErrorKind, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Held until dropped; the system lets go of it when the process dies, however it dies.
pub struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// The lock for a command that changes nothing: where the folder cannot be written nobody changes anything meanwhile
    /// either, at least not from here, and the command goes on without it.
    ///
    /// # Errors
    /// As [`Lock::acquire`], but for that.
    pub fn to_look(dir: &Path, patience: Duration) -> Result<Self> {
        match Self::acquire(dir, patience) {
            Err(e) if e.kind == ErrorKind::Environment => Ok(Self { _file: None }),
            other => other,
        }
    }

    /// Takes the lock below `dir`, which is made if need be, waiting at most `patience`.
    pub fn acquire(dir: &Path, patience: Duration) -> Result<Self> {
        crate::failpoint!("lock.acquire.before");
        std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, &e))?;
        let path = dir.join("lock");
        crate::failpoint!("lock.open.before");
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        crate::failpoint!("lock.open.after");
        let mut file = opened.map_err(|e| Error::io(&path, &e))?;
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_micros(200);
        loop {
            crate::failpoint!("lock.try.before");
            let tried = file.try_lock();
            crate::failpoint!("lock.try.after");
            match tried {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if waited < patience => {
                    std::thread::sleep(pause);
                    waited += pause;
                    // Short pauses keep the queue moving: the holder needs some milliseconds.
                    pause = (pause * 2).min(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    let holder = holder.trim();
                    let who = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
                    return Err(Error::new(
                        ErrorKind::Locked,
                        format!("another command{who} has held the lock of this clone for {} s", waited.as_secs()),
                    )
                    .hint("Try again in a moment; BD_LOCK_TIMEOUT sets how long to wait, in seconds"));
                }
                Err(TryLockError::Error(e)) => return Err(Error::io(&path, &e)),
            }
        }
        // Whose lock it is, for the message above; never read as truth.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
        crate::failpoint!("lock.acquire.after");
        Ok(Self { _file: Some(file) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_waits_and_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::acquire(dir.path(), Duration::ZERO).unwrap();
        let Err(error) = Lock::acquire(dir.path(), Duration::from_millis(20)) else { panic!("two holders") };
        assert_eq!(error.kind, ErrorKind::Locked);
        assert!(error.message.contains(&std::process::id().to_string()));
        drop(first);
        assert!(Lock::acquire(dir.path(), Duration::ZERO).is_ok());
    }
}
