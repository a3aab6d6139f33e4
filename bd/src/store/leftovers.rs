//! What killed processes leave in git's folder and nobody else removes: gix writes an object into `objects/.tmpXXXXXX`
//! before it has its name, and git's own `gc` sweeps only names of git's (`tmp_obj_…`).

use super::Store;
use std::time::{Duration, SystemTime};

/// Writing one object takes milliseconds: what is older than this is a dead process's.
const OLD: Duration = Duration::from_secs(3600);

impl Store {
    /// Removes such files, best effort: one listing of a folder with at most 258 entries, at every sync point.
    pub(super) fn sweep_leftovers(&self) {
        let objects = self.git().paths().common_dir.join("objects");
        // The age of a file is asked of the file system's own clock.
        #[expect(clippy::disallowed_methods, reason = "compares with a file's time, which no injected clock can set")]
        let now = SystemTime::now();
        for entry in std::fs::read_dir(objects).into_iter().flatten().flatten() {
            let Ok(about) = entry.metadata() else { continue };
            let age = about.modified().ok().and_then(|at| now.duration_since(at).ok()).unwrap_or_default();
            if about.is_file() && is_temporary(&entry.file_name().to_string_lossy()) && age > OLD {
                crate::failpoint!("leftovers.before");
                let _ = std::fs::remove_file(entry.path());
                crate::failpoint!("leftovers.after");
            }
        }
    }
}

/// The names that gix gives to a file without a name: `.tmp` and six letters or digits.
fn is_temporary(name: &str) -> bool {
    name.strip_prefix(".tmp").is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}
