//! Places where a test can end the process, or only see that it passed. Compiled to nothing in a normal build.
//!
//! `BD_FAILPOINT=name` (or `name#3`: the third time) aborts at that place; `BD_FAILPOINT_LOG=file` notes every place passed.

/// A place with a name.
#[macro_export]
macro_rules! failpoint {
    ($name:expr) => {
        #[cfg(feature = "failpoints")]
        $crate::failpoint::hit($name);
    };
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
