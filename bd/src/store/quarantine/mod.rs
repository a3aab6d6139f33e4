//! Damaged bytes are set aside, their good lines stay (STATE 5): what `bd doctor --fix` does, and how it is undone.
//!
//! The bytes go to `<common dir>/beads/quarantine/`; the good lines become a sealed file of their own; one commit on the
//! state ref removes the bad file; the index notes it. Objects in the index are read no more, but for those of a row that is
//! being taken back.

mod index;
mod undo;

pub(super) use index::quarantined;

use self::index::Row;
use super::commit::edit_tree;
use super::journal::Journal;
use super::pack::{bare, lines};
use super::redactions::check_sealed;
use super::sealed::{SealedName, digest};
use super::sources::STATE_REF;
use super::tree::list_files;
use super::{Damage, Lock, Place, Store};
use crate::error::{Error, ErrorKind, Result};
use crate::git::Oid;
use crate::model::Event;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// A file that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Quarantined {
    /// The file, or `journal`.
    pub file: String,
    /// Where it was.
    pub place: &'static str,
    /// The name of the bytes below `quarantine/`; none where there were none to keep.
    pub kept_as: Option<String>,
    /// How many lines of it stay in force.
    pub good_lines: usize,
}

impl Store {
    /// Sets every damaged file aside, one commit each. A second time there is nothing left to do.
    ///
    /// # Errors
    /// The disk or the state ref does not take it; what was done before stands.
    pub fn quarantine(&self, lock: &Lock) -> Result<Vec<Quarantined>> {
        self.recover_deep(lock)?;
        self.drop_hollow_refs()?;
        let mut out = self.drop_unreadable(lock)?;
        let snapshot = self.snapshot_in_full()?;
        let mut files: BTreeMap<(Oid, String), &'static str> = BTreeMap::new();
        for damage in snapshot.damage().iter().chain(&self.damage_beside_events()?) {
            match damage.oid {
                Some(oid) => {
                    files.insert((oid, damage.file.clone()), damage.place);
                }
                None if damage.file == Place::Journal.as_str() => {
                    self.forget_marks();
                    out.extend(self.mend_log(lock, &Journal::new(self.dir()), Place::Journal.as_str())?);
                }
                None if damage.file == Place::Local.as_str() => {
                    out.extend(self.mend_log(lock, &Journal::local(self.dir()), Place::Local.as_str())?);
                }
                None => {}
            }
        }
        for ((oid, file), place) in files {
            out.push(self.set_aside(lock, oid, &file, place)?);
        }
        if !out.is_empty() {
            // What the files lost may still be in the journal.
            self.forget_marks();
            super::commit::commit_pending(self, lock)?;
        }
        Ok(out)
    }

    /// The damage in the streams that a snapshot does not read (mail, runs): a sync refuses to spread it.
    ///
    /// # Errors
    /// A tree that cannot be read.
    pub fn damage_beside_events(&self) -> Result<Vec<Damage>> {
        let git = self.git();
        let quarantined = self.quarantined()?;
        let mut out = Vec::new();
        let mut bytes = Vec::new();
        for (place, name) in [(Place::State, Some(STATE_REF)), (Place::Published, self.sources().tracking.as_deref())] {
            let Some(tip) = name.map(|name| git.tip(name)).transpose()?.flatten() else { continue };
            for file in list_files(git, tip)?.into_iter().filter(|f| f.stream != "events") {
                if quarantined.contains(&file.oid.to_string()) {
                    continue;
                }
                git.read_blob(file.oid, &mut bytes)?;
                if let Err((line, why)) = check_sealed(&file.stream, &file.name, &bytes) {
                    out.push(Damage { file: file.path(), place: place.as_str(), line, why, oid: Some(file.oid) });
                }
            }
        }
        Ok(out)
    }

    fn set_aside(&self, lock: &Lock, oid: Oid, file: &str, place: &'static str) -> Result<Quarantined> {
        let git = self.git();
        let mut bytes = Vec::new();
        git.read_blob(oid, &mut bytes)?;
        let base = file.rsplit('/').next().unwrap_or(file);
        let kept_as = format!("{oid}-{base}");
        self.keep(&kept_as, &bytes)?;
        let stream = super::syncpoint::stream_of(file).unwrap_or("events");
        let good = good_lines(stream, &bytes);
        let mut changes: BTreeMap<String, Option<Oid>> = BTreeMap::new();
        let tip = git.tip(STATE_REF)?;
        let root = tip.map(|t| git.commit_tree(t)).transpose()?;
        let path = format!(".beads/{file}");
        let held = root.map(|r| git.entry_at(r, &path)).transpose()?.flatten();
        if held.is_some_and(|e| e.oid == oid) {
            changes.insert(path.clone(), None);
        }
        let mut new = None;
        if let Some(first) = good.first().and_then(|l| std::str::from_utf8(l).ok()) {
            let mut sealed = Vec::new();
            for line in &good {
                sealed.extend_from_slice(line);
                sealed.push(b'\n');
            }
            let name = match SealedName::parse(base) {
                Some(SealedName::Pack { .. }) => SealedName::pack(&sealed),
                // Mail and runs have times of their own making: the minute in the name stands.
                Some(SealedName::Loose { minute, .. }) if stream != "events" => SealedName::loose(&sealed, &minute),
                _ => SealedName::loose(&sealed, &Event::parse(first).map(|e| e.at).unwrap_or_default()),
            };
            let path = format!(".beads/{}", name.state_path(stream));
            changes.insert(path.clone(), Some(git.write_blob(&sealed)?));
            new = Some(path);
        }
        let mut rows = index::read(self.dir())?;
        // What was stopped on its way, there or back, begins anew.
        rows.retain(|row| row.oid != oid || row.path != path);
        rows.push(Row { undone: true, oid, path, new });
        if !changes.is_empty() {
            // Out of force first: whoever is stopped behind the commit can be taken back as one who was not.
            index::replace(self.dir(), &rows)?;
            let tree = edit_tree(git, root, &changes)?;
            let message = format!("bd: quarantine {file}\n\nQuarantine: {oid}\n");
            if root != Some(tree) && self.commit_state(lock, tip, tree, message)?.is_none() {
                return Err(Error::new(ErrorKind::Locked, format!("{STATE_REF} was moved meanwhile")).hint("Try again in a moment"));
            }
        }
        // In force after the commit: a file in the index is read no more, and its good lines must be somewhere by then.
        rows.iter_mut().last().into_iter().for_each(|row| row.undone = false);
        index::replace(self.dir(), &rows)?;
        Ok(Quarantined { file: file.to_owned(), place, kept_as: Some(kept_as), good_lines: good.len() })
    }

    /// Files of the state ref whose objects cannot be read at all: mended from the journal, or taken out.
    fn drop_unreadable(&self, lock: &Lock) -> Result<Vec<Quarantined>> {
        let git = self.git();
        let Some(tip) = git.tip(STATE_REF)? else { return Ok(Vec::new()) };
        let lost: Vec<_> = list_files(git, tip)?.into_iter().filter(|f| !git.object_ok(f.oid)).collect();
        if lost.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Oid> = lost.iter().map(|f| f.oid).collect();
        git.evict_damaged(&ids, &self.dir().join("quarantine").join("objects"))?;
        for record in Journal::new(self.dir()).read()?.records {
            if lost.iter().any(|f| f.path() == record.path) {
                git.write_blob(&record.bytes)?;
            }
        }
        let mut changes: BTreeMap<String, Option<Oid>> = BTreeMap::new();
        let mut out = Vec::new();
        for file in lost.iter().filter(|f| !git.object_ok(f.oid)) {
            changes.insert(format!(".beads/{}", file.path()), None);
            out.push(Quarantined { file: file.path(), place: "state ref", kept_as: None, good_lines: 0 });
        }
        if !changes.is_empty() {
            let tree = edit_tree(git, Some(git.commit_tree(tip)?), &changes)?;
            self.commit_state(lock, Some(tip), tree, "bd: take out files that cannot be read\n".to_owned())?;
            self.notice(
                "some files of the state ref could not be read and had no second copy here; `bd sync` brings back what others have",
            );
        }
        Ok(out)
    }

    /// Keeps a log's bytes and goes on with its whole records.
    fn mend_log(&self, lock: &Lock, journal: &Journal, name: &'static str) -> Result<Option<Quarantined>> {
        let contents = journal.read()?;
        if contents.damage.is_none() {
            return Ok(None);
        }
        let bytes = std::fs::read(journal.path()).map_err(|e| Error::io(journal.path(), &e))?;
        let kept_as = format!("{name}-{}", digest(&bytes));
        self.keep(&kept_as, &bytes)?;
        journal.replace(lock, &contents.records)?;
        // The cache remembers the damage, and a shorter log whose records the state ref holds is no news to it.
        crate::failpoint!("quarantine.cache.before");
        let _ = std::fs::remove_dir_all(self.dir().join("cache"));
        crate::failpoint!("quarantine.cache.after");
        Ok(Some(Quarantined { file: name.into(), place: name, kept_as: Some(kept_as), good_lines: contents.records.len() }))
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let dir = self.dir().join("quarantine");
        let path = dir.join(name);
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&dir)?;
            crate::failpoint!("quarantine.keep.before");
            let mut file = std::fs::File::create(&path)?;
            crate::failpoint!("quarantine.keep.write");
            file.write_all(bytes)?;
            crate::failpoint!("quarantine.keep.sync");
            file.sync_all()?;
            crate::failpoint!("quarantine.keep.after");
            std::fs::File::open(&dir)?.sync_all()?;
            crate::failpoint!("quarantine.keep.named");
            Ok(())
        };
        write().map_err(|e| Error::io(&path, &e))
    }

    /// The names below `quarantine/` of what is kept there.
    pub fn quarantine_names(&self) -> BTreeSet<String> {
        let dir = self.dir().join("quarantine");
        let names = std::fs::read_dir(dir).into_iter().flatten().filter_map(|e| e.ok()?.file_name().into_string().ok());
        names.filter(|n| n != "index" && n != "index.new").collect()
    }
}

/// The lines of a stream that count wherever they stand, without their indent.
fn good_lines<'a>(stream: &str, bytes: &'a [u8]) -> Vec<&'a [u8]> {
    let is_good = |line: &str| match stream {
        "events" => Event::parse(line).is_ok(),
        _ => serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok(),
    };
    lines(bytes).filter(|line| std::str::from_utf8(line).is_ok_and(is_good)).map(bare).collect()
}
