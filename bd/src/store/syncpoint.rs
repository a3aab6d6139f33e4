//! Sync points: from here on the disk itself has what git was given (STATE 5.3). A mutation syncs only the journal;
//! every 64 mutations, and in `bd sync`, the objects since the last point, their directories and the ref are synced,
//! and the tip is recorded: it is the one to go back to after a power loss.

use super::journal::{Journal, Record};
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
/// Sync points between two runs that pack our loose objects: 8 × 64 = 512 mutations, well below git's `gc.auto`.
const POINTS_PER_PACK: u64 = 8;
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
            git.sync_to_disk(&objects_since(git, tip, last.tip)?, Some(STATE_REF))?;
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
    pub fn committed_end(&self, _lock: &Lock) -> u64 {
        self.marks().end
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
            file.sync_all()?;
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

    /// Drops the journal's records that end at or before `held`, which the store remote has, and those that are older
    /// than 30 days, which nobody will publish. `stays_home` says which of the held ones the remote has not.
    /// Only after a sync point, and with everything in the state ref.
    ///
    /// # Errors
    /// The disk does not take the new journal; the old one then stands.
    pub fn trim_journal(&self, lock: &Lock, held: u64, stays_home: &dyn Fn(&Record) -> bool) -> Result<()> {
        let marks = self.marks();
        let point = self.sync_point();
        if point.tip.is_none() || point.tip != marks.tip {
            return Ok(());
        }
        let journal = Journal::new(self.dir());
        let contents = journal.read(0)?;
        if contents.damage.is_some() || contents.whole != contents.len || contents.whole != marks.end {
            return Ok(());
        }
        let goes = |r: &Record| (r.end <= held && !stays_home(r)) || self.is_old(r);
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
        self.set_marks(&Marks { end: 0, ..marks.clone() });
        let journal = Journal::new(self.dir());
        journal.replace(lock, keep)?;
        self.set_marks(&Marks { end: journal.len(), ..marks });
        Ok(())
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
        let contents = local.read(0)?;
        let mut known = redactions.clone();
        contents.records.iter().for_each(|r| known.collect(&r.bytes));
        let mut records = contents.records;
        if enforce(&mut records, &known) && contents.damage.is_none() {
            local.replace(lock, &records)?;
        }
        if redactions.is_empty() {
            return Ok(false);
        }
        let contents = Journal::new(self.dir()).read(0)?;
        let mut records = contents.records;
        let changed = enforce(&mut records, redactions);
        if changed && contents.damage.is_none() && self.marks().end == contents.len {
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
