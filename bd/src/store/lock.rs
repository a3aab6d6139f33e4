//! The clone's lock: one writer at a time, in all worktrees.

use crate::error::{Error, ErrorKind, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::mpsc::channel;
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
        crate::failpoint!("lock.try.before");
        let tried = file.try_lock();
        crate::failpoint!("lock.try.after");
        match tried {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if wait(&file, patience).map_err(|e| Error::io(&path, &e))? => {}
            Err(TryLockError::WouldBlock) => return Err(held(&mut file, patience)),
            Err(TryLockError::Error(e)) => return Err(Error::io(&path, &e)),
        }
        // Whose lock it is, for the message above; never read as truth.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
        crate::failpoint!("lock.acquire.after");
        Ok(Self { _file: Some(file) })
    }
}

/// Waits in the system's own queue, which is served in the order of arrival: whoever asks again and again is passed over by
/// luck, and fifty that do so keep a processor busy. Returns whether it is ours now. No system call waits for a lock and a time
/// at once, so a thread waits for the one and this one for the other; a lock that comes too late is let go of at once.
fn wait(file: &File, patience: Duration) -> std::io::Result<bool> {
    if patience.is_zero() {
        return Ok(false);
    }
    let waiting = file.try_clone()?;
    let (tell, told) = channel();
    std::thread::Builder::new().spawn(move || tell.send(waiting.lock()))?;
    match told.recv_timeout(patience) {
        Ok(locked) => locked.map(|()| true),
        Err(_) => Ok(false),
    }
}

fn held(file: &mut File, patience: Duration) -> Error {
    let mut holder = String::new();
    let _ = file.read_to_string(&mut holder);
    let holder = holder.trim();
    let who = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
    Error::new(ErrorKind::Locked, format!("another command{who} has held the lock of this clone for {} s", patience.as_secs()))
        .hint("Try again in a moment; BD_LOCK_TIMEOUT sets how long to wait, in seconds")
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
