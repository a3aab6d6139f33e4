//! What came since the key: the journal's new records, and the files that only the new trees have.

use super::apply::Arrived;
use super::key::{Key, LogMark};
use super::overlay::After;
use super::view::View;
use super::wire::{Broken, Read};
use crate::git::{Git, GitError, Oid};
use crate::store::journal::Journal;
use crate::store::load::{Loader, Place};
use crate::store::marks::Marks;
use crate::store::tree::{FileEntry, list_rides};
use crate::store::treediff::diff_trees;
use std::collections::{HashMap, HashSet};

/// More files than this are read together with all the others.
const MOST: usize = 4096;

/// True if the state ref holds everything that the journal has: then nothing hangs on the journal.
pub fn is_clean(loader: &Loader, key: &Key) -> bool {
    let marks = Marks::read(&loader.dir);
    key.journal.len == 0 || (marks.tip.is_some() && marks.tip == key.tips.state && marks.at.end == key.journal.len)
}

/// Brings a view to `now`.
///
/// # Errors
/// Whatever is not plainly an addition: make a new image.
pub fn update(loader: &Loader, view: &mut View, now: &Key) -> Read<()> {
    let before = view.after();
    if before.key.frame != now.frame {
        return Err(Broken);
    }
    let clean = is_clean(loader, now);
    let mut arrived = Vec::new();
    journal(loader, &before, now, clean, &mut arrived)?;
    local(loader, &before, now, &mut arrived)?;
    let mut files = Files { git: &*loader.git, gone: Vec::new(), came: HashMap::new() };
    files.state(Place::State, before.key.tips.state, now.tips.state)?;
    files.state(Place::Published, before.key.tips.published, now.tips.published)?;
    files.rides(before.key.tips.rides, now.tips.rides)?;
    let changed = !files.came.is_empty() || !files.gone.is_empty();
    files.take(loader, &mut arrived)?;
    // Nobody counts the lines of files that may be in other places as well.
    let logs = (before.key.journal, before.key.local) == (now.journal, now.local);
    let lines = before.lines.filter(|_| logs && !changed);
    let mut after = After { key: *now, clean, lines, distinct: before.distinct };
    view.apply(&loader.categories, &arrived, &mut after)
}

fn records(log: &Journal, from: u64, place: Place, arrived: &mut Vec<Arrived>) -> Read<()> {
    let contents = log.read_from(from).map_err(|_| Broken)?;
    if contents.whole != contents.len || contents.damage.is_some() {
        return Err(Broken);
    }
    for record in contents.records.iter().filter(|r| r.path.starts_with("events/")) {
        lines(&record.bytes, place, arrived)?;
    }
    Ok(())
}

fn journal(loader: &Loader, before: &After, now: &Key, clean: bool, arrived: &mut Vec<Arrived>) -> Read<()> {
    let (old, new) = (before.key.journal, now.journal);
    let log = Journal::new(&loader.dir);
    if old == new {
        Ok(())
    } else if new.len > old.len && LogMark::of(log.path(), Some(old.len))? == old {
        records(&log, old.len, Place::Journal, arrived)
    } else if before.clean && clean {
        // Records that the state ref holds were dropped.
        Ok(())
    } else {
        Err(Broken)
    }
}

fn local(loader: &Loader, before: &After, now: &Key, arrived: &mut Vec<Arrived>) -> Read<()> {
    let (old, new) = (before.key.local, now.local);
    let log = Journal::local(&loader.dir);
    if old == new {
        Ok(())
    } else if new.len > old.len && LogMark::of(log.path(), Some(old.len))? == old {
        records(&log, old.len, Place::Local, arrived)
    } else {
        Err(Broken)
    }
}

/// The lines of a file; a bad one is damage, which a new image notes.
fn lines(bytes: &[u8], place: Place, arrived: &mut Vec<Arrived>) -> Read<()> {
    let text = std::str::from_utf8(bytes).map_err(|_| Broken)?;
    for line in text.split('\n').filter(|l| !l.bytes().all(|b| b.is_ascii_whitespace())) {
        arrived.push(Arrived { line: line.trim_start_matches(' ').to_owned(), place });
    }
    Ok(())
}

/// The files that came and went.
struct Files<'g> {
    git: &'g dyn Git,
    /// By source: what is there no more.
    gone: Vec<(Place, Vec<FileEntry>)>,
    came: HashMap<Oid, Vec<(Place, FileEntry)>>,
}

impl Files<'_> {
    fn add(&mut self, place: Place, gone: Vec<FileEntry>, came: Vec<FileEntry>) -> Read<()> {
        for file in came {
            self.came.entry(file.oid).or_default().push((place, file));
        }
        if !gone.is_empty() {
            self.gone.push((place, gone));
        }
        let gone: usize = self.gone.iter().map(|(_, files)| files.len()).sum();
        if self.came.len() + gone > MOST { Err(Broken) } else { Ok(()) }
    }

    fn state(&mut self, place: Place, old: Option<Oid>, new: Option<Oid>) -> Read<()> {
        if old == new {
            return Ok(());
        }
        let root = |tip: Option<Oid>| tip.map(|t| self.git.commit_tree(t)).transpose().map_err(|_| Broken);
        let diff = diff_trees(self.git, root(old)?, root(new)?).map_err(|_| Broken)?;
        let events = |files: Vec<FileEntry>| files.into_iter().filter(|f| f.stream == "events").collect();
        self.add(place, events(diff.a), events(diff.b))
    }

    fn rides(&mut self, old: Option<Oid>, new: Option<Oid>) -> Read<()> {
        if old == new {
            return Ok(());
        }
        // The user's own commits move this branch: most of them leave our folder alone.
        let folder = |tip: Option<Oid>| -> Result<Option<Oid>, GitError> {
            let Some(tip) = tip else { return Ok(None) };
            Ok(self.git.entry_at(self.git.commit_tree(tip)?, ".beads/events")?.map(|e| e.oid))
        };
        if folder(old).map_err(|_| Broken)? == folder(new).map_err(|_| Broken)? {
            return Ok(());
        }
        let list = |tip: Option<Oid>| tip.map_or(Ok(Vec::new()), |t| list_rides(self.git, t)).map_err(|_| Broken);
        let (old, new) = (list(old)?, list(new)?);
        let (before, behind): (HashSet<&FileEntry>, HashSet<&FileEntry>) = (old.iter().collect(), new.iter().collect());
        let gone = before.difference(&behind).map(|f| (*f).clone()).collect();
        let came = behind.difference(&before).map(|f| (*f).clone()).collect();
        self.add(Place::Ride, gone, came)
    }

    /// The lines of what came. What went must have its lines in what came in the same place (it was packed).
    fn take(self, loader: &Loader, arrived: &mut Vec<Arrived>) -> Read<()> {
        if self.came.is_empty() && self.gone.is_empty() {
            return Ok(());
        }
        let quarantined = crate::store::quarantine::quarantined(&loader.dir).map_err(|_| Broken)?;
        let oids: Vec<Oid> = self.came.keys().copied().collect();
        if oids.iter().any(|oid| !quarantined.is_empty() && quarantined.contains(&oid.to_string())) {
            return Err(Broken);
        }
        let start = arrived.len();
        let mut found = Ok(());
        let read = self.git.read_blobs(&oids, &mut |oid, bytes| {
            for (place, file) in self.came.get(&oid).into_iter().flatten() {
                let sound = file.name.matches(bytes);
                found = found.and_then(|()| if sound { lines(bytes, *place, arrived) } else { Err(Broken) });
            }
            found.map_err(|Broken| GitError::Other("damage".to_owned()))
        });
        read.map_err(|_| Broken)?;
        for (place, files) in &self.gone {
            let there: HashSet<&str> = arrived[start..].iter().filter(|a| a.place == *place).map(|a| a.line.as_str()).collect();
            let oids: Vec<Oid> = files.iter().map(|f| f.oid).collect();
            let mut contained = true;
            let read = self.git.read_blobs(&oids, &mut |_, bytes| {
                let mut old = Vec::new();
                contained &= lines(bytes, *place, &mut old).is_ok() && old.iter().all(|a| there.contains(a.line.as_str()));
                Ok(())
            });
            if read.is_err() || !contained {
                return Err(Broken);
            }
        }
        Ok(())
    }
}
