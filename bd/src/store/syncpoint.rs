//! Sync points: from here on the disk itself has what git was given (STATE 5.3). A mutation syncs only the journal;
//! every 64 mutations, and in `bd sync`, the objects since the last point, their directories and the ref are synced,
//! and the tip is recorded: it is the one to go back to after a power loss.

use super::journal::{Journal, Record, Spot};
use super::marks::Marks;
use super::pack::{bare, lines};
use super::redactions::Redactions;
use super::sealed::SealedName;
use super::sources::STATE_REF;
use super::{Lock, Store};
use crate::error::{Error, Result};
use crate::git::{Git, GitError, Oid};
use std::collections::HashSet;
use std::io::Write;

/// Mutations between two sync points.
pub(super) const EVERY: u64 = 64;
/// Sync points between two runs that pack our loose files and objects: 4 × 64 = 256 mutations, which is 1 536 objects, well
/// below git's `gc.auto`, and a folder of at most 256 files in the state ref.
const POINTS_PER_PACK: u64 = 4;
/// How long the journal keeps what no remote holds, in seconds.
const KEEP: i64 = 30 * 86_400;

/// The last sync point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncPoint {
    /// The tip that is on the disk with everything that it reaches.
    pub tip: Option<Oid>,
    /// Sync points since our loose objects were packed.
    pub points: u64,
}

impl SyncPoint {
    /// True if our loose objects are to be packed before the user's git does it in the middle of a commit.
    pub fn pack_due(&self) -> bool {
        self.points >= POINTS_PER_PACK
    }
}

impl Store {
    /// The last sync point; empty if there was none or its record cannot be read.
    pub fn sync_point(&self) -> SyncPoint {
        let Ok(text) = std::fs::read_to_string(self.dir().join("marks").join("synced")) else { return SyncPoint::default() };
        let mut words = text.split_whitespace();
        let parsed = (words.next().and_then(Oid::from_hex), words.next().and_then(|n| n.parse().ok()), words.next());
        match parsed {
            (tip @ Some(_), Some(points), Some(".")) => SyncPoint { tip, points },
            _ => SyncPoint::default(),
        }
    }

    /// Makes a sync point of the state ref's tip.
    ///
    /// # Errors
    /// The disk does not take it; the old point stands.
    pub fn make_sync_point(&self, _lock: &Lock) -> Result<SyncPoint> {
        let git = self.git();
        let last = self.sync_point();
        let Some(tip) = git.tip(STATE_REF)? else { return Ok(last) };
        if last.tip != Some(tip) {
            let objects = objects_since(git, tip, last.tip)?;
            // Syncing passes over what is not there. A point to go back to must be whole; a partial clone may fetch.
            let partial = git.config("extensions.partialclone").is_some();
            if let Some(id) = objects.iter().copied().find(|o| !partial && !git.object_ok(*o)) {
                return Err(GitError::Object { id, why: "it is missing".to_owned() }.into());
            }
            git.sync_to_disk(&objects, Some(STATE_REF))?;
            self.record_sync_point(SyncPoint { tip: Some(tip), points: last.points + 1 })?;
        }
        self.sweep_leftovers();
        let marks = self.marks();
        if marks.tip == Some(tip) {
            self.set_marks(&Marks { since_sync: 0, ..marks });
        }
        Ok(self.sync_point())
    }

    /// Where the journal's records that the state ref holds end. Under the lock, after [`Store::commit_pending`].
    pub fn committed_end(&self, _lock: &Lock) -> Spot {
        self.marks().at
    }

    /// Notes that our loose objects were packed.
    pub fn objects_packed(&self, _lock: &Lock) -> Result<()> {
        match self.sync_point() {
            SyncPoint { tip: None, .. } => Ok(()),
            point => self.record_sync_point(SyncPoint { points: 0, ..point }),
        }
    }

    fn record_sync_point(&self, point: SyncPoint) -> Result<()> {
        let Some(tip) = point.tip else { return Ok(()) };
        let dir = self.dir().join("marks");
        let (path, temp) = (dir.join("synced"), dir.join("synced.new"));
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&dir)?;
            crate::failpoint!("syncpoint.create.before");
            let mut file = std::fs::File::create(&temp)?;
            crate::failpoint!("syncpoint.create.after");
            file.write_all(format!("{tip} {} .\n", point.points).as_bytes())?;
            crate::failpoint!("syncpoint.write.after");
            crate::fault!("syncpoint", file.sync_all())?;
            crate::failpoint!("syncpoint.rename.before");
            std::fs::rename(&temp, &path)?;
            crate::failpoint!("syncpoint.rename.after");
            std::fs::File::open(&dir)?.sync_all()?;
            crate::failpoint!("syncpoint.named.after");
            Ok(())
        };
        write().map_err(|e| {
            crate::failpoint!("syncpoint.take_back.before");
            let _ = std::fs::remove_file(&temp);
            crate::failpoint!("syncpoint.take_back.after");
            Error::io(&path, &e)
        })
    }

    /// Drops the journal's records that end at or before `held`, which the store remote has. `stays_home` says which
    /// records it will never have: those go when they are 30 days old (see [`Store::outlived`]).
    /// Only after a sync point, with everything in the state ref, and while no `gc` looks for garbage: one that began
    /// before our last commit may take its objects away, and the journal is where they come back from.
    ///
    /// # Errors
    /// The disk does not take the new journal; the old one then stands.
    pub fn trim_journal(&self, lock: &Lock, held: Spot, stays_home: &dyn Fn(&Record) -> bool) -> Result<()> {
        let marks = self.marks();
        let point = self.sync_point();
        let Some(tip) = point.tip.filter(|tip| Some(*tip) == marks.tip && !self.is_collecting()) else { return Ok(()) };
        let journal = Journal::new(self.dir());
        let contents = journal.read()?;
        if contents.damage.is_some() || contents.whole != contents.len || contents.spot != marks.at {
            return Ok(());
        }
        // The journal may have been written anew since `held` was found.
        let held = if journal.read_after(held)?.from == held.end { held.end } else { 0 };
        let outlived = self.outlived(tip, contents.records.iter().filter(|r| stays_home(r)).collect())?;
        let goes = |r: &Record| if stays_home(r) { outlived.contains(&r.start) } else { r.end <= held };
        if !contents.records.iter().any(goes) {
            return Ok(());
        }
        let keep: Vec<Record> = contents.records.iter().filter(|r| !goes(r)).cloned().collect();
        self.rewrite_journal(lock, &keep)
    }

    /// Replaces the journal by records that the state ref holds.
    fn rewrite_journal(&self, lock: &Lock, keep: &[Record]) -> Result<()> {
        let marks = self.marks();
        // While the file changes under it, the mark must not point into the middle of a record.
        self.set_marks(&Marks { at: Spot::default(), ..marks.clone() });
        let journal = Journal::new(self.dir());
        journal.replace(lock, keep)?;
        self.set_marks(&Marks { at: journal.read()?.spot, ..marks });
        self.forget_aged();
        Ok(())
    }

    /// Those among the records that nobody will publish that were 30 days old at a sync a day ago already, and that the
    /// state ref holds, looked at in its files. A clock decides nothing by itself: one that was in 2040 for a moment has
    /// been seen there once only.
    fn outlived(&self, tip: Oid, records: Vec<&Record>) -> Result<HashSet<u64>> {
        let old: Vec<&Record> = records.into_iter().filter(|r| self.is_old(r)).collect();
        if old.is_empty() {
            self.forget_aged();
            return Ok(HashSet::new());
        }
        let (now, day) = (self.now().as_second(), 86_400);
        let path = self.aged_path();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let seen = text.trim_end().split_once(' ').and_then(|(at, end)| Some((at.parse::<i64>().ok()?, end.parse::<u64>().ok()?)));
        let Some((first, end)) = seen.filter(|(first, _)| *first <= now) else {
            crate::failpoint!("marks.aged.before");
            let _ = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            let _ = std::fs::write(&path, format!("{now} {}\n", old.iter().map(|r| r.end).max().unwrap_or(0)));
            crate::failpoint!("marks.aged.after");
            return Ok(HashSet::new());
        };
        let old: Vec<&Record> = old.into_iter().filter(|r| now - first >= day && r.end <= end).collect();
        if old.is_empty() {
            return Ok(HashSet::new());
        }
        let root = self.git().commit_tree(tip)?;
        let lacking: HashSet<u64> = lacking(self, root, old.clone())?.into_iter().map(|r| r.start).collect();
        Ok(old.into_iter().map(|r| r.start).filter(|start| !lacking.contains(start)).collect())
    }

    fn aged_path(&self) -> std::path::PathBuf {
        self.dir().join("marks").join("aged")
    }

    /// Forgets when records were first seen to be old: the journal is another one, or the clock was wrong.
    fn forget_aged(&self) {
        crate::failpoint!("marks.aged_drop.before");
        let _ = std::fs::remove_file(self.aged_path());
        crate::failpoint!("marks.aged_drop.after");
    }

    fn is_old(&self, record: &Record) -> bool {
        let name = record.path.rsplit('/').next().and_then(SealedName::parse);
        let Some(SealedName::Loose { minute, .. }) = name else { return false };
        let text = format!("{}-{}-{}T{}:{}:00Z", &minute[..4], &minute[4..6], &minute[6..8], &minute[9..11], &minute[11..13]);
        crate::model::parse_time(&text).is_some_and(|t| self.now().as_second() - t.as_second() > KEEP)
    }

    /// Takes redacted text out of the journal, whose records the state ref must hold.
    ///
    /// # Errors
    /// The disk does not take the new journal; the old one then stands.
    pub fn redact_journal(&self, lock: &Lock, redactions: &Redactions) -> Result<bool> {
        // What never leaves this clone has a journal of its own, with its own redactions.
        let local = Journal::local(self.dir());
        let contents = local.read()?;
        let mut known = redactions.clone();
        contents.records.iter().for_each(|r| known.collect(&r.bytes));
        let mut records = contents.records;
        if enforce(&mut records, &known) && contents.damage.is_none() {
            local.replace(lock, &records)?;
        }
        let changed = self.redact_shared(lock, redactions)?;
        // Last: a look at the same time computes from what is there.
        self.forget_computed(&known);
        Ok(changed)
    }

    fn redact_shared(&self, lock: &Lock, redactions: &Redactions) -> Result<bool> {
        if redactions.is_empty() {
            return Ok(false);
        }
        let contents = Journal::new(self.dir()).read()?;
        let mut records = contents.records;
        let changed = enforce(&mut records, redactions);
        if changed && contents.damage.is_none() && contents.whole == contents.len && self.marks().at == contents.spot {
            self.rewrite_journal(lock, &records)?;
            return Ok(true);
        }
        Ok(false)
    }
}

/// Puts stubs in the place of redacted lines; true if there were any.
fn enforce(records: &mut [Record], redactions: &Redactions) -> bool {
    let mut changed = false;
    for record in records {
        let Some((dir, name)) = record.path.rsplit_once('/') else { continue };
        let Some((name, bytes)) = SealedName::parse(name).and_then(|name| redactions.enforce(&name, &record.bytes)) else {
            continue;
        };
        record.path = format!("{dir}/{name}");
        record.bytes = bytes;
        changed = true;
    }
    changed
}

/// The records with a line that a state tree holds in none of its files: a record's own file may have gone into a pack.
pub(super) fn lacking<'a>(store: &Store, root: Oid, records: Vec<&'a Record>) -> Result<Vec<&'a Record>> {
    let git = store.git();
    let mut wanted: HashSet<&[u8]> = records.iter().flat_map(|r| lines(&r.bytes)).map(bare).collect();
    let streams: HashSet<&str> = records.iter().filter_map(|r| stream_of(&r.path)).collect();
    let files = super::tree::list_files_at(git, root)?;
    let oids: Vec<Oid> = files.iter().filter(|f| streams.contains(f.stream.as_str())).map(|f| f.oid).collect();
    let mut stubs = Redactions::default();
    git.read_blobs(&oids, &mut |_, bytes| {
        stubs.collect(bytes);
        for line in lines(bytes) {
            wanted.remove(bare(line));
        }
        Ok(())
    })?;
    // What was redacted is there as its stub.
    let missing = |r: &&Record| lines(&r.bytes).any(|l| wanted.contains(bare(l)) && stubs.enforced_line(l).is_none());
    Ok(records.into_iter().filter(missing).collect())
}

/// `events` of `events/2026-01-01/…`, `runs/x` of `runs/x/…`.
pub(super) fn stream_of(path: &str) -> Option<&str> {
    let (dir, _) = path.rsplit_once('/')?;
    Some(match dir.rsplit_once('/') {
        Some((stream, day)) if super::tree::is_day(day) => stream,
        _ => dir,
    })
}

/// The commits from `tip` back to `base`, and the trees and blobs that they brought.
pub(super) fn objects_since(git: &dyn Git, tip: Oid, base: Option<Oid>) -> Result<Vec<Oid>, GitError> {
    let mut out = Vec::new();
    let mut seen = HashSet::new();
    let mut at = Some(tip);
    while let Some(commit) = at.filter(|c| Some(*c) != base) {
        let parent = git.commit_parents(commit)?.first().copied();
        out.push(commit);
        let old = parent.map(|p| git.commit_tree(p)).transpose()?;
        new_objects(git, git.commit_tree(commit)?, old, &mut seen, &mut out)?;
        at = parent;
    }
    Ok(out)
}

fn new_objects(git: &dyn Git, tree: Oid, old: Option<Oid>, seen: &mut HashSet<Oid>, out: &mut Vec<Oid>) -> Result<(), GitError> {
    if Some(tree) == old || !seen.insert(tree) {
        return Ok(());
    }
    out.push(tree);
    let before = old.map(|t| git.read_tree(t)).transpose()?.unwrap_or_default();
    for entry in git.read_tree(tree)? {
        let twin = before.iter().find(|e| e.name == entry.name);
        if twin.is_some_and(|t| t.oid == entry.oid) {
            continue;
        }
        match entry.mode {
            crate::git::Mode::Tree => {
                let old = twin.filter(|t| t.mode == entry.mode).map(|t| t.oid);
                new_objects(git, entry.oid, old, seen, out)?;
            }
            crate::git::Mode::Submodule => {}
            _ if seen.insert(entry.oid) => out.push(entry.oid),
            _ => {}
        }
    }
    Ok(())
}
