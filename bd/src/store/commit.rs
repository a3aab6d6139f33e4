//! From the journal to the state ref: one commit, compare-and-swap (STATE 5.2).

use super::Store;
use super::journal::{Journal, Record, Spot};
use super::lock::Lock;
use super::marks::Marks;
use super::sources::STATE_REF;
use crate::error::Result;
use crate::git::{Cas, CommitSpec, Expected, Git, GitError, Mode, Oid, STALE_LOCK, Signature, TreeEntry, lock_age};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// How often objects that somebody removes under us are written again.
const TRIES: usize = 10;

/// Commits what the journal holds and the ref lacks. `Ok(false)`: the ref could not be written, the journal stands.
pub(super) fn commit_pending(store: &Store, lock: &Lock) -> Result<bool> {
    let git = store.git();
    let journal = Journal::new(store.dir());
    let marks = store.marks();
    for _ in 0..5 {
        let tip = git.tip(STATE_REF)?;
        let at = if tip.is_some() && tip == marks.tip { marks.at } else { Spot::default() };
        let contents = journal.read_after(at)?;
        let missing: Vec<&Record> = match (tip, contents.from) {
            (Some(tip), 0) => {
                let root = git.commit_tree(tip)?;
                let mut missing = Vec::new();
                for record in &contents.records {
                    if git.entry_at(root, &format!(".beads/{}", record.path))?.is_none() {
                        missing.push(record);
                    }
                }
                if missing.is_empty() { missing } else { super::syncpoint::lacking(store, root, missing)? }
            }
            _ => contents.records.iter().collect(),
        };
        if missing.is_empty() {
            if let Some(tip) = tip {
                store.set_marks(&Marks { tip: Some(tip), at: contents.spot, since_sync: marks.since_sync });
            }
            return Ok(true);
        }
        match commit(store, tip, &missing) {
            Ok(Some(new)) => {
                store.set_marks(&Marks { tip: Some(new), at: contents.spot, since_sync: marks.since_sync + 1 });
                if marks.since_sync + 1 >= super::syncpoint::EVERY {
                    // A disk that does not take it now takes it at the next mutation: the journal stands until then.
                    let _ = store.make_sync_point(lock);
                }
                return Ok(true);
            }
            // Somebody else moved the ref (another tool, a fetch): look again.
            Ok(None) => {}
            Err(GitError::Locked(_)) => {
                if !remove_stale_lock(git, STATE_REF) {
                    return Ok(false);
                }
            }
            Err(e @ (GitError::Io { .. } | GitError::Other(_) | GitError::Unsupported(_))) => {
                *store.unwritten.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(e.to_string());
                return Ok(false);
            }
            Err(e) => return Err(e.into()),
        }
    }
    Ok(false)
}

/// One attempt; `None` if the ref moved meanwhile.
fn commit(store: &Store, tip: Option<Oid>, records: &[&Record]) -> Result<Option<Oid>, GitError> {
    let git = store.git();
    let root = tip.map(|t| git.commit_tree(t)).transpose()?;
    let mut changes = BTreeMap::new();
    for record in records {
        changes.insert(format!(".beads/{}", record.path), Some(git.write_blob(&record.bytes)?));
    }
    let who = store.signature();
    let mut written: Vec<Oid> = changes.values().flatten().copied().collect();
    let tree = edit_tree_noting(git, root, &changes, &mut written)?;
    let parents = tip.into_iter().collect();
    let spec = CommitSpec { tree, parents, author: who.clone(), committer: who, message: message(records), sign: true };
    let new = git.write_commit(&spec)?;
    let expected = tip.map_or(Expected::Missing, Expected::Is);
    crate::failpoint!("state.cas.before");
    let cas = git.update_ref(STATE_REF, expected, Some(new), "bd")?;
    crate::failpoint!("state.cas.after");
    if cas != Cas::Done {
        return Ok(None);
    }
    // Until the ref named them, a `git gc --prune=now` beside us took these objects for garbage.
    written.push(new);
    for _ in 0..TRIES {
        if written.iter().all(|id| git.object_there(*id)) {
            break;
        }
        for record in records {
            git.write_blob(&record.bytes)?;
        }
        edit_tree(git, root, &changes)?;
        // Signed again it would be another one.
        if !git.object_ok(new) && git.write_commit(&spec)? != new {
            return Err(GitError::Object { id: new, why: "it was removed while it was written".to_owned() });
        }
    }
    store.note_gc(tip);
    Ok(Some(new))
}

impl Store {
    /// Moves the state ref (compare-and-swap). The lock of a dead process is removed first, where that is in the way.
    pub(super) fn move_state(&self, expected: Expected, new: Option<Oid>, reason: &str) -> Result<Cas, GitError> {
        crate::failpoint!("state.replace.before");
        let mut cas = self.git().update_ref(STATE_REF, expected, new, reason);
        if matches!(cas, Err(GitError::Locked(_))) && remove_stale_lock(self.git(), STATE_REF) {
            cas = self.git().update_ref(STATE_REF, expected, new, reason);
        }
        crate::failpoint!("state.replace.after");
        cas
    }

    /// Makes a whole new tree the state, in one commit on `tip` (compare-and-swap). What the journal holds must be
    /// committed before. `None` if the ref moved meanwhile.
    ///
    /// # Errors
    /// The ref or the objects cannot be written.
    pub(crate) fn commit_state(&self, _lock: &Lock, tip: Option<Oid>, tree: Oid, message: String) -> Result<Option<Oid>> {
        let git = self.git();
        let who = self.signature();
        let parents = tip.into_iter().collect();
        let new = git.write_commit(&CommitSpec { tree, parents, author: who.clone(), committer: who, message, sign: true })?;
        let marks = self.marks();
        let cas = self.move_state(tip.map_or(Expected::Missing, Expected::Is), Some(new), "bd");
        if cas? != Cas::Done {
            return Ok(None);
        }
        self.note_gc(tip);
        let at = if marks.tip == tip { marks.at } else { Spot::default() };
        self.set_marks(&Marks { tip: Some(new), at, since_sync: marks.since_sync + 1 });
        Ok(Some(new))
    }
}

/// What a commit's message says of an event.
#[derive(serde::Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    bead: Cow<'a, str>,
    #[serde(borrow)]
    by: Cow<'a, str>,
    #[serde(borrow, rename = "do")]
    kind: Cow<'a, str>,
}

/// Subject, and the trailers that `git log` and our own history read: `Bead:` and `Actor:`, each name once.
fn message(records: &[&Record]) -> String {
    let mut beads: BTreeSet<String> = BTreeSet::new();
    let mut actors: BTreeSet<String> = BTreeSet::new();
    let mut kinds: Vec<String> = Vec::new();
    let mut count = 0;
    for record in records {
        for line in record.bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            let Ok(event) = serde_json::from_slice::<Named<'_>>(line) else { continue };
            count += 1;
            if !kinds.iter().any(|k| *k == event.kind) {
                kinds.push(event.kind.into_owned());
            }
            if !beads.contains(event.bead.as_ref()) {
                beads.insert(event.bead.into_owned());
            }
            if !actors.contains(event.by.as_ref()) {
                actors.insert(event.by.into_owned());
            }
        }
    }
    let what = match (count, beads.len()) {
        (1, 1) => format!("{} {}", kinds.join(", "), beads.first().map_or("", String::as_str)),
        (_, 1) => format!("{} {}, {count} events", kinds.join(", "), beads.first().map_or("", String::as_str)),
        (_, n) => format!("{}: {count} events on {n} beads", kinds.join(", ")),
    };
    let mut out = format!("bd: {what}\n\n");
    // A bulk command names none: the file does.
    for bead in beads.iter().filter(|_| beads.len() <= 20) {
        out.push_str(&format!("Bead: {bead}\n"));
    }
    for actor in actors.iter().take(20) {
        out.push_str(&format!("Actor: {actor}\n"));
    }
    out
}

impl Store {
    /// The acting actor as author and committer of a state commit.
    pub(crate) fn signature(&self) -> Signature {
        let email = self.git().config("user.email").unwrap_or_default();
        let email = if email.is_empty() { "bd@localhost".to_owned() } else { email };
        Signature { name: self.actor().to_string(), email, seconds: self.now().as_second() }
    }
}

/// Writes the trees that result from setting (`Some`) or removing (`None`) blobs at paths; untouched entries stay as
/// they are, foreign ones too, and directories that become empty go. Returns the new root.
pub(crate) fn edit_tree(git: &dyn Git, root: Option<Oid>, changes: &BTreeMap<String, Option<Oid>>) -> Result<Oid, GitError> {
    edit_tree_noting(git, root, changes, &mut Vec::new())
}

/// [`edit_tree`], which notes the trees that it writes.
fn edit_tree_noting(
    git: &dyn Git,
    root: Option<Oid>,
    changes: &BTreeMap<String, Option<Oid>>,
    written: &mut Vec<Oid>,
) -> Result<Oid, GitError> {
    match edit_level(git, root, changes, written)? {
        Some(tree) => Ok(tree),
        None => git.write_tree(&[]),
    }
}

fn edit_level(
    git: &dyn Git,
    old: Option<Oid>,
    changes: &BTreeMap<String, Option<Oid>>,
    written: &mut Vec<Oid>,
) -> Result<Option<Oid>, GitError> {
    let mut entries = match old {
        Some(old) => git.read_tree(old)?,
        None => Vec::new(),
    };
    let mut below: BTreeMap<&str, BTreeMap<String, Option<Oid>>> = BTreeMap::new();
    for (path, oid) in changes {
        if let Some((dir, rest)) = path.split_once('/') {
            below.entry(dir).or_default().insert(rest.to_owned(), *oid);
        } else {
            entries.retain(|e| e.name != *path);
            entries.extend(oid.map(|oid| TreeEntry { name: path.clone(), mode: Mode::Blob, oid }));
        }
    }
    for (dir, changes) in below {
        let old = entries.iter().find(|e| e.name == dir && e.mode == Mode::Tree).map(|e| e.oid);
        let new = edit_level(git, old, &changes, written)?;
        entries.retain(|e| e.name != dir);
        entries.extend(new.map(|oid| TreeEntry { name: dir.to_owned(), mode: Mode::Tree, oid }));
    }
    if entries.is_empty() {
        return Ok(None);
    }
    let tree = git.write_tree(&entries)?;
    written.push(tree);
    Ok(Some(tree))
}

/// Takes the lock of a dead process off one of the refs that we write (the state ref, the tracking ref, what was
/// published). Under the clone's lock, or the push lock, nobody of ours holds it, and git holds it for milliseconds: a
/// lock file older than 10 s is a dead process's. True if the ref can be tried again.
pub(crate) fn remove_stale_lock(git: &dyn Git, name: &str) -> bool {
    let common_dir = &git.paths().common_dir;
    // One from the future was left by a process with a wrong clock: git has been waited for longer than it holds a lock.
    let Some(Ok(age) | Err(age)) = lock_age(common_dir, name) else { return true };
    age > STALE_LOCK && {
        crate::failpoint!("state.stale_lock.before");
        let gone = std::fs::remove_file(common_dir.join(format!("{name}.lock"))).is_ok();
        crate::failpoint!("state.stale_lock.after");
        gone
    }
}
