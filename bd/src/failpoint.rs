//! Places where a test can end the process, or only see that it passed. Compiled to nothing in a normal build.
//!
//! `BD_FAILPOINT=name` (or `name#3`: the third time) aborts at that place; `BD_FAILPOINT_LOG=file` notes every place passed.
//! `BD_FAULT=name` lets a call fail as on a full disk.

/// A place with a name.
#[macro_export]
macro_rules! failpoint {
    ($name:expr) => {
        #[cfg(feature = "failpoints")]
        $crate::failpoint::hit($name);
    };
}

/// A call that a disk may refuse. In a test build that names it in `BD_FAULT` it fails as on a full disk, after `$part`, which is
/// what the disk still took; in a normal build it is the call and nothing else.
#[cfg(feature = "failpoints")]
#[macro_export]
macro_rules! fault {
    ($name:expr, $call:expr) => {
        $crate::fault!($name, (), $call)
    };
    ($name:expr, $part:expr, $call:expr) => {
        match $crate::failpoint::refused($name) {
            Some(error) => {
                let _ = $part;
                Err(error)
            }
            None => $call,
        }
    };
}

/// A call that a disk may refuse: here it is the call and nothing else.
#[cfg(not(feature = "failpoints"))]
#[macro_export]
macro_rules! fault {
    ($name:expr, $call:expr) => {
        $call
    };
    ($name:expr, $part:expr, $call:expr) => {
        $call
    };
}

/// The error of a full disk, if this is the call that the test named.
#[cfg(feature = "failpoints")]
pub fn refused(name: &str) -> Option<std::io::Error> {
    #[expect(clippy::disallowed_methods, reason = "test builds only, and the library's Env is not at hand here")]
    let wanted = std::env::var("BD_FAULT").ok();
    (wanted.as_deref() == Some(name)).then(|| std::io::Error::from(std::io::ErrorKind::StorageFull))
}

/// Aborts the process if the place is the one that the test named.
#[cfg(feature = "failpoints")]
pub fn hit(name: &str) {
    use std::io::Write;
    use std::sync::atomic::{AtomicU64, Ordering};
    static HITS: AtomicU64 = AtomicU64::new(0);
    #[expect(clippy::disallowed_methods, reason = "test builds only, and the library's Env is not at hand here")]
    let (wanted, log) = (std::env::var("BD_FAILPOINT").ok(), std::env::var("BD_FAILPOINT_LOG").ok());
    if let Some(log) = log {
        if let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(log) {
            // One write: threads pass places at the same time.
            let _ = file.write_all(format!("{name}\n").as_bytes());
        }
    }
    let Some(wanted) = wanted else { return };
    let (place, nth) = wanted.split_once('#').map_or((wanted.as_str(), 1), |(p, n)| (p, n.parse().unwrap_or(1)));
    if place == name && HITS.fetch_add(1, Ordering::SeqCst) + 1 == nth {
        std::process::abort();
    }
}
