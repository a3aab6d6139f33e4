//! The way back out of quarantine. Whatever happens on it, a good line stays readable somewhere.

use super::good_lines;
use super::index::{self, Row};
use crate::error::{Error, ErrorKind, Result};
use crate::git::{Mode, Oid, blob_id};
use crate::model::Event;
use crate::store::commit::edit_tree;
use crate::store::redactions::check_sealed;
use crate::store::sources::STATE_REF;
use crate::store::syncpoint::stream_of;
use crate::store::{Lock, SealedName, Store};
use std::collections::{BTreeMap, HashSet};

/// What becomes of paths in a tree.
type Changes = BTreeMap<String, Option<Oid>>;

impl Store {
    /// Takes the last quarantine back: the bytes are in the state ref and read again, under every path at which they were set
    /// aside, and the files made of their good lines go. Returns the paths, that of the last quarantine first; none if nothing
    /// is in quarantine.
    ///
    /// # Errors
    /// The disk or the state ref does not take it; the bytes are lost, hold what was redacted since, or somebody made a folder in
    /// their place (nothing is changed then).
    pub fn undo_quarantine(&self, lock: &Lock) -> Result<Vec<String>> {
        let mut rows = index::read(self.dir())?;
        let Some(oid) = rows.last().map(|row| row.oid) else { return Ok(Vec::new()) };
        // An object is read or not, whatever its path: while one row of it is in force, none of its lines would be.
        let ours: Vec<Row> = rows.iter().rev().filter(|row| row.oid == oid).cloned().collect();
        self.bring_back(oid, &ours)?;
        let git = self.git();
        let tip = git.tip(STATE_REF)?;
        let root = tip.map(|t| git.commit_tree(t)).transpose()?;
        self.refuse_redacted(root, oid, &ours)?;
        let changes = self.taken_back(root, oid, &ours)?;
        // The bytes must be read from the moment on that they are in the state ref: their good lines stand nowhere else then.
        // So the rows go out of force first, and out of the index last: whoever is stopped in between does the rest next time.
        rows.iter_mut().filter(|row| row.oid == oid).for_each(|row| row.undone = true);
        index::replace(self.dir(), &rows)?;
        let mut paths: Vec<String> = Vec::new();
        for row in ours {
            if !paths.contains(&row.path) {
                paths.push(row.path);
            }
        }
        let tree = edit_tree(git, root, &changes)?;
        let message = format!("bd: take {} out of quarantine\n\nQuarantine: {oid}\n", paths.join(", "));
        if root != Some(tree) && self.commit_state(lock, tip, tree, message)?.is_none() {
            return Err(Error::new(ErrorKind::Locked, format!("{STATE_REF} was moved meanwhile")).hint("Try again in a moment"));
        }
        rows.retain(|row| row.oid != oid);
        index::replace(self.dir(), &rows)?;
        Ok(paths)
    }

    /// Sees to it that the object is there: once nothing names it, git prunes it, and a tree with it in would be a broken one.
    fn bring_back(&self, oid: Oid, rows: &[Row]) -> Result<()> {
        let git = self.git();
        if git.object_ok(oid) {
            return Ok(());
        }
        let dir = self.dir().join("quarantine");
        for row in rows {
            let kept = dir.join(format!("{oid}-{}", base(&row.path)));
            let bytes = match std::fs::read(&kept) {
                Ok(bytes) => bytes,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(Error::io(&kept, &e)),
            };
            if blob_id(oid, &bytes) != Some(oid) {
                continue;
            }
            // git never rewrites an id that exists.
            git.evict_damaged(&[oid], &dir.join("objects"))?;
            if git.write_blob(&bytes)? == oid && git.object_ok(oid) {
                return Ok(());
            }
        }
        Err(Error::new(ErrorKind::Damaged, format!("object {oid} is gone from git, and {} has no whole copy of it", dir.display()))
            .hint("The good lines of it count as they are; there is nothing to take back"))
    }

    /// A text that somebody took away does not come back into the tip (STATE 4), and damaged bytes cannot be told apart: they stay aside.
    fn refuse_redacted(&self, root: Option<Oid>, oid: Oid, rows: &[Row]) -> Result<()> {
        let mut bytes = Vec::new();
        self.git().read_blob(oid, &mut bytes)?;
        if !self.redactions(root)?.0.reach(&bytes) {
            return Ok(());
        }
        let path = rows.first().map(|row| row.path.as_str()).unwrap_or_default();
        let kept = self.dir().join("quarantine").join(format!("{oid}-{}", base(path)));
        Err(Error::new(ErrorKind::Conflict, format!("{path} holds text that was redacted after it was set aside"))
            .hint(format!("Its good lines count as they are; delete {} once nobody needs it", kept.display())))
    }

    /// What changes in the tree: the object at its paths, the files made of it gone, and what is good in other files that stand
    /// there by now (the journal may have brought the file back as it was) in files of their own.
    fn taken_back(&self, root: Option<Oid>, oid: Oid, rows: &[Row]) -> Result<Changes> {
        let git = self.git();
        let mut changes: Changes = rows.iter().filter_map(|row| Some((row.new.clone()?, None))).collect();
        changes.extend(rows.iter().map(|row| (row.path.clone(), Some(oid))));
        let Some(root) = root else { return Ok(changes) };
        let aside = index::quarantined(self.dir())?;
        let mut restored = Vec::new();
        git.read_blob(oid, &mut restored)?;
        let mut more = Changes::new();
        let mut bytes = Vec::new();
        for path in changes.keys() {
            // What is in quarantine itself counts for nothing here, and its bytes are kept.
            let there = git.entry_at(root, path)?.filter(|e| e.oid != oid && !aside.contains(&e.oid.to_string()));
            let Some(there) = there else { continue };
            if matches!(there.mode, Mode::Tree | Mode::Submodule) {
                return Err(Error::new(ErrorKind::Conflict, format!("{path} is a folder on {STATE_REF} by now"))
                    .hint("Nothing of ours makes one there: whoever did has to take it away first"));
            }
            git.read_blob(there.oid, &mut bytes)?;
            let stream = path.strip_prefix(".beads/").and_then(stream_of).unwrap_or("events");
            let name = SealedName::parse(base(path));
            if !name.as_ref().is_some_and(|name| check_sealed(stream, name, &bytes).is_ok()) {
                // Damaged in another way: those bytes go where these come from.
                self.keep(&format!("{}-{}", there.oid, base(path)), &bytes)?;
            }
            let known: HashSet<&[u8]> = good_lines(stream, &restored).into_iter().collect();
            let lines: Vec<&[u8]> = good_lines(stream, &bytes).into_iter().filter(|line| !known.contains(line)).collect();
            if let Some(first) = lines.first() {
                let sealed: Vec<u8> = lines.iter().flat_map(|line| [line, b"\n".as_slice()].concat()).collect();
                let at = std::str::from_utf8(first).ok().and_then(|line| Event::parse(line).ok()).map(|e| e.at).unwrap_or_default();
                // The same lines have the same name among their kind, and that is the place which is taken.
                let kept = if name.is_some_and(|name| name.is_pack()) {
                    SealedName::loose(&sealed, &at)
                } else {
                    SealedName::pack(&sealed)
                };
                let kept = format!(".beads/{}", kept.state_path(stream));
                self.notice(format!("{path} held other good lines by now: they are in {kept}"));
                more.insert(kept, Some(git.write_blob(&sealed)?));
            }
        }
        changes.extend(more);
        Ok(changes)
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
