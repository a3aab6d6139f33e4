//! What this clone remembers about its own journal: a help for speed, checked and discardable.

use super::Store;
use super::journal::Spot;
use crate::git::Oid;
use std::path::{Path, PathBuf};

/// How far the journal is in the state ref.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The tip of the state ref that holds every record up to `end`.
    pub tip: Option<Oid>,
    /// A record's end in the journal.
    pub at: Spot,
    /// Mutations since the last sync point.
    pub since_sync: u64,
}

impl Store {
    fn marks_path(&self) -> PathBuf {
        path(self.dir())
    }

    /// Reads the marks; anything odd gives empty ones, and everything is looked at again.
    pub(super) fn marks(&self) -> Marks {
        Marks::read(self.dir())
    }

    /// Forgets them: the whole journal is compared with the state ref again.
    pub(super) fn forget_marks(&self) {
        crate::failpoint!("marks.forget.before");
        let _ = std::fs::remove_file(self.marks_path());
        crate::failpoint!("marks.forget.after");
    }

    /// Writes the marks, best effort: losing them costs a look at the whole journal.
    pub(super) fn set_marks(&self, marks: &Marks) {
        let path = self.marks_path();
        let Some(tip) = marks.tip else {
            // A tip that was given up must not be gone back to.
            return self.forget_marks();
        };
        let text = format!("{tip} {} {} {:016x} .\n", marks.at.end, marks.since_sync, marks.at.tail);
        crate::failpoint!("marks.before");
        if std::fs::write(&path, &text).is_err() {
            let _ = path.parent().map(std::fs::create_dir_all);
            crate::failpoint!("marks.again.before");
            let _ = std::fs::write(&path, text);
        }
        crate::failpoint!("marks.after");
    }
}

impl Store {
    fn untidy_path(&self) -> PathBuf {
        self.dir().join("marks").join("untidy")
    }

    /// Writes down that the state ref was made whole again: it may hold lines in loose files that packs hold as well,
    /// and the next union looks into all of them. Best effort: losing it costs bytes, no event.
    pub(super) fn set_untidy(&self) {
        let path = self.untidy_path();
        crate::failpoint!("marks.untidy.before");
        let _ = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, ""));
        crate::failpoint!("marks.untidy.after");
    }

    /// True from a rebuilt state ref to the union after it.
    pub fn is_untidy(&self) -> bool {
        self.untidy_path().exists()
    }

    /// The union has looked into all files.
    pub fn set_tidy(&self) {
        crate::failpoint!("marks.tidy.before");
        let _ = std::fs::remove_file(self.untidy_path());
        crate::failpoint!("marks.tidy.after");
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join("marks").join("committed")
}

impl Marks {
    /// Reads the marks of a clone's folder; anything odd gives empty ones.
    pub(super) fn read(dir: &Path) -> Self {
        let Ok(text) = std::fs::read_to_string(path(dir)) else { return Self::default() };
        let mut words = text.split_whitespace();
        let mut parse = || {
            let tip = Oid::from_hex(words.next()?)?;
            let end = words.next()?.parse().ok()?;
            let since_sync = words.next()?.parse().ok()?;
            let at = match words.next()? {
                // Written before marks had a checksum: the tip counts, the place does not.
                "." => return words.next().is_none().then_some(Self { tip: Some(tip), at: Spot::default(), since_sync }),
                tail => Spot { end, tail: u64::from_str_radix(tail, 16).ok()? },
            };
            (words.next()? == "." && words.next().is_none()).then_some(Self { tip: Some(tip), at, since_sync })
        };
        parse().unwrap_or_default()
    }
}
