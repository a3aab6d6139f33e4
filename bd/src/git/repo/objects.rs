//! Reading objects as what they are, and packing them.

use super::Repo;
use crate::git::backend::Backend;
use crate::git::codec::{self, Kind};
use crate::git::{EachBlob, GitError, Oid, TreeEntry, loose, transport};
use std::path::PathBuf;

impl<B: Backend> Repo<B> {
    /// Reads one object of a kind; a partial clone's missing object is fetched.
    pub(super) fn read_as(&self, id: Oid, want: Kind, into: &mut Vec<u8>) -> Result<(), GitError> {
        let mut found = self.backend.read(id, into)?;
        if found.is_none() && want == Kind::Tree && is_empty_tree(id) {
            // git knows it without a file.
            return Ok(());
        }
        if found.is_none() && self.format.partial {
            transport::fetch_objects(&self.runner, &self.config, &[id])?;
            found = self.backend.read(id, into)?;
        }
        check_kind(id, found.ok_or_else(|| missing(id))?, want)
    }

    pub(super) fn commit_bytes(&self, commit: Oid) -> Result<Vec<u8>, GitError> {
        let mut bytes = Vec::new();
        self.read_as(commit, Kind::Commit, &mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn commit_header(&self, commit: Oid) -> Result<(Oid, Vec<Oid>), GitError> {
        codec::decode_commit(commit, &self.commit_bytes(commit)?)
    }

    pub(super) fn tree_entries(&self, tree: Oid) -> Result<Vec<TreeEntry>, GitError> {
        let mut bytes = Vec::new();
        self.read_as(tree, Kind::Tree, &mut bytes)?;
        codec::decode_tree(tree, &bytes)
    }

    pub(super) fn blob(&self, blob: Oid, into: &mut Vec<u8>) -> Result<(), GitError> {
        self.read_as(blob, Kind::Blob, into)
    }

    pub(super) fn blobs(&self, blobs: &[Oid], each: &mut EachBlob<'_>) -> Result<(), GitError> {
        let mut take = |id: Oid, kind: Kind, bytes: &[u8]| {
            check_kind(id, kind, Kind::Blob)?;
            each(id, bytes)
        };
        let absent = self.backend.read_many(blobs, &mut take)?;
        if absent.is_empty() {
            return Ok(());
        }
        if self.format.partial {
            transport::fetch_objects(&self.runner, &self.config, &absent)?;
            let still = self.backend.read_many(&absent, &mut take)?;
            return still.first().map_or(Ok(()), |id| Err(missing(*id)));
        }
        Err(missing(absent[0]))
    }

    pub(super) fn whole(&self, id: Oid) -> bool {
        let mut bytes = Vec::new();
        match self.backend.read(id, &mut bytes) {
            Ok(Some(kind)) => codec::hash(id, kind, &bytes) == Some(id),
            _ => false,
        }
    }

    /// The object at a path below a tree.
    pub(super) fn find_entry(&self, tree: Oid, path: &str) -> Result<Option<TreeEntry>, GitError> {
        let mut names = path.split('/').filter(|name| !name.is_empty()).peekable();
        let mut tree = tree;
        while let Some(name) = names.next() {
            let mut bytes = Vec::new();
            self.read_as(tree, Kind::Tree, &mut bytes)?;
            let mut items = codec::tree_items(tree, &bytes);
            let found = items.find(|item| item.as_ref().map_or(true, |(_, found, _)| *found == name.as_bytes())).transpose()?;
            let Some((mode, _, oid)) = found else { return Ok(None) };
            let entry = TreeEntry { name: name.to_owned(), mode, oid };
            if names.peek().is_none() {
                return Ok(Some(entry));
            }
            if entry.mode != crate::git::Mode::Tree {
                return Ok(None);
            }
            tree = entry.oid;
        }
        Ok(None)
    }

    /// Packs what is loose and reachable, then drops loose copies of what is packed. `prune-packed` deletes nothing
    /// that has no second copy, so unreachable objects of others stay.
    pub(super) fn pack(&self, tip: Oid, not: Option<Oid>) -> Result<(), GitError> {
        let base = self.paths.common_dir.join("objects").join("pack").join("pack");
        let base = base.to_str().ok_or_else(|| GitError::Unsupported(format!("`{}` is not UTF-8", base.display())))?;
        // The loose copies go: the pack must be on the disk before, whatever the user's core.fsync says.
        let mut args =
            vec!["-c", "core.fsync=pack,pack-metadata", "pack-objects", "--revs", "--unpacked", "--incremental", "--local"];
        args.extend(["--non-empty", "--delta-base-offset", "-q"]);
        if self.format.partial {
            args.push("--exclude-promisor-objects");
        }
        args.push(base);
        let revs = not.map_or_else(|| format!("{tip}\n"), |not| format!("{tip}\n^{not}\n"));
        crate::failpoint!("git.pack.before");
        self.runner.ok("pack-objects", &args, revs.as_bytes())?;
        crate::failpoint!("git.pack.after");
        crate::failpoint!("git.prune-packed.before");
        self.runner.ok("prune-packed", &["prune-packed", "-q"], &[])?;
        crate::failpoint!("git.prune-packed.after");
        Ok(())
    }

    /// Syncs a loose ref and the directories that lead to it; where refs are not files, all files of the ref store.
    pub(super) fn sync_ref(&self, name: &str) -> Result<(), GitError> {
        let common = &self.paths.common_dir;
        if self.format.reftable {
            let dir = common.join("reftable");
            let listed = std::fs::read_dir(&dir).map_err(|source| GitError::Io { path: dir.clone(), source })?;
            let files: Vec<PathBuf> = listed.filter_map(Result::ok).map(|e| e.path()).collect();
            loose::sync_all(&files)?;
            return loose::sync_all(&[dir]).map(drop);
        }
        let file = common.join(name);
        if loose::sync_all(&[file.clone(), common.join("packed-refs")])?.is_empty() {
            return Ok(());
        }
        let dirs: Vec<PathBuf> = file.ancestors().skip(1).take_while(|d| d.starts_with(common)).map(Into::into).collect();
        loose::sync_all(&dirs).map(drop)
    }
}

fn check_kind(id: Oid, found: Kind, want: Kind) -> Result<(), GitError> {
    if found == want {
        return Ok(());
    }
    Err(GitError::Object { id, why: format!("it is a {}, not a {}", found.name(), want.name()) })
}

fn missing(id: Oid) -> GitError {
    GitError::Object { id, why: "it is missing".to_owned() }
}

fn is_empty_tree(id: Oid) -> bool {
    codec::hash(id, Kind::Tree, b"") == Some(id)
}
