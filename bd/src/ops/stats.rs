//! Counts that need more than rows.

use crate::error::Result;
use crate::query::{Activity, activity as count};
use crate::store::{STATE_REF, Snapshot, Store};

/// What happened in the last hours, by the writers' clocks; commits are those of the state ref.
pub fn activity(store: &Store, snapshot: &Snapshot, hours: u64) -> Result<Activity> {
    let since = store.now().as_millisecond() - i64::try_from(hours).unwrap_or(24) * 3_600_000;
    let mut events = Vec::new();
    for id in snapshot.ids()? {
        events.extend(snapshot.events(&id)?.into_iter().map(|e| e.event));
    }
    let commits = match store.git().tip(STATE_REF)? {
        Some(tip) => {
            let recent = store.git().commits_between(tip, None, 1000)?;
            let recent = recent.into_iter().map(|c| store.git().read_commit(c));
            let mut count = 0;
            for commit in recent {
                // `committer NAME <MAIL> SECONDS ZONE`
                let text = String::from_utf8_lossy(&commit?).into_owned();
                let line = text.lines().find(|l| l.starts_with("committer ")).unwrap_or_default();
                let seconds: i64 = line.rsplit(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
                if seconds * 1000 <= since {
                    break;
                }
                count += 1;
            }
            count
        }
        None => 0,
    };
    Ok(count(&events, since, hours, commits))
}
