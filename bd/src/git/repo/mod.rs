//! The trait [`Git`] over either backend: what is the same for both is here and in the files beside this one, once.

mod changes;
mod history;
mod objects;
mod settings;

use super::backend::Backend;
use super::config::Config;
use super::discover::{Format, Located};
use super::process::Runner;
use super::{
    Cas, CommitSpec, EachBlob, Expected, FetchOutcome, Git, GitError, Head, Oid, PackFile, PathChange, PushOutcome, RepoPaths,
    Staged, Tracked, TreeEntry, index, loose, staged, transport, untracked,
};
use std::path::Path;
use std::sync::Arc;

/// One repository over one backend.
pub struct Repo<B> {
    pub(super) paths: RepoPaths,
    pub(super) format: Format,
    pub(super) runner: Arc<Runner>,
    pub(super) config: Arc<Config>,
    pub(super) backend: B,
}

impl<B: Backend> Repo<B> {
    pub(super) fn new(at: Located, runner: Arc<Runner>, config: Arc<Config>, backend: B) -> Self {
        Self { paths: at.paths, format: at.format, runner, config, backend }
    }
}

impl<B: Backend> Git for Repo<B> {
    fn paths(&self) -> &RepoPaths {
        &self.paths
    }

    fn tip(&self, name: &str) -> Result<Option<Oid>, GitError> {
        self.backend.tip(name)
    }

    fn head(&self) -> Result<Head, GitError> {
        if let Some(branch) = self.backend.symbolic("HEAD")? {
            return Ok(match self.backend.tip(&branch)? {
                Some(id) => Head::Branch(branch, id),
                None => Head::Unborn(branch),
            });
        }
        match self.backend.tip("HEAD")? {
            Some(id) => Ok(Head::Detached(id)),
            None => Err(GitError::Other("HEAD names neither a branch nor a commit".to_owned())),
        }
    }

    fn symbolic(&self, name: &str) -> Result<Option<String>, GitError> {
        self.backend.symbolic(name)
    }

    fn refs(&self, prefix: &str) -> Result<Vec<(String, Oid)>, GitError> {
        self.backend.refs(prefix)
    }

    fn update_ref(&self, name: &str, expected: Expected, new: Option<Oid>, reason: &str) -> Result<Cas, GitError> {
        self.backend.update_ref(name, expected, new, reason)
    }

    fn commit_tree(&self, commit: Oid) -> Result<Oid, GitError> {
        Ok(self.commit_header(commit)?.0)
    }

    fn commit_parents(&self, commit: Oid) -> Result<Vec<Oid>, GitError> {
        Ok(self.commit_header(commit)?.1)
    }

    fn read_commit(&self, commit: Oid) -> Result<Vec<u8>, GitError> {
        self.commit_bytes(commit)
    }

    fn read_tree(&self, tree: Oid) -> Result<Vec<TreeEntry>, GitError> {
        self.tree_entries(tree)
    }

    fn unlike(&self, a: Option<Oid>, b: Option<Oid>) -> Result<[Vec<TreeEntry>; 2], GitError> {
        self.unlike_entries(a, b)
    }

    fn read_blob(&self, blob: Oid, into: &mut Vec<u8>) -> Result<(), GitError> {
        self.blob(blob, into)
    }

    fn read_blobs(&self, blobs: &[Oid], each: &mut EachBlob<'_>) -> Result<(), GitError> {
        match self.reading_order(blobs) {
            Some(ordered) => self.blobs(&ordered, each),
            None => self.blobs(blobs, each),
        }
    }

    fn reading_order(&self, blobs: &[Oid]) -> Option<Vec<Oid>> {
        (!self.format.partial).then(|| self.backend.reading_order(blobs))
    }

    fn read_blobs_in_order(&self, blobs: &[Oid], each: &mut EachBlob<'_>) -> Result<(), GitError> {
        self.blobs(blobs, each)
    }

    fn pack_of(&self, ids: &[Oid]) -> Option<PackFile> {
        self.backend.pack_of(ids)
    }

    fn has_pack(&self, pack: &PackFile) -> bool {
        let file = self.paths.common_dir.join("objects").join("pack").join(format!("{}.pack", pack.name));
        file.metadata().is_ok_and(|about| about.len() == pack.bytes)
    }

    fn object_ok(&self, id: Oid) -> bool {
        self.whole(id)
    }

    fn object_there(&self, id: Oid) -> bool {
        self.backend.still_has(id) || self.whole(id)
    }

    fn write_blob(&self, bytes: &[u8]) -> Result<Oid, GitError> {
        self.backend.write(super::codec::Kind::Blob, bytes)
    }

    fn write_tree(&self, entries: &[TreeEntry]) -> Result<Oid, GitError> {
        self.backend.write(super::codec::Kind::Tree, &super::codec::encode_tree(entries)?)
    }

    fn write_commit(&self, spec: &CommitSpec) -> Result<Oid, GitError> {
        if spec.sign && self.config.is_true("commit.gpgSign") {
            return self.backend.write_signed(spec);
        }
        self.backend.write(super::codec::Kind::Commit, &super::codec::encode_commit(spec))
    }

    fn sync_to_disk(&self, objects: &[Oid], ref_name: Option<&str>) -> Result<(), GitError> {
        crate::failpoint!("git.sync.before");
        loose::sync(&self.paths.common_dir, objects)?;
        if let Some(name) = ref_name {
            self.sync_ref(name)?;
        }
        crate::failpoint!("git.sync.after");
        Ok(())
    }

    fn evict_damaged(&self, ids: &[Oid], into: &Path) -> Result<Vec<Oid>, GitError> {
        loose::evict_damaged(&self.paths.common_dir, ids, into)
    }

    fn pack_reachable(&self, tip: Oid, not: Option<Oid>) -> Result<(), GitError> {
        self.pack(tip, not)
    }

    fn resolve(&self, rev: &str) -> Result<Option<Oid>, GitError> {
        self.resolve_rev(rev)
    }

    fn merge_base(&self, a: Oid, b: Oid) -> Result<Option<Oid>, GitError> {
        self.best_base(a, b)
    }

    fn commits_between(&self, tip: Oid, not: Option<Oid>, limit: usize) -> Result<Vec<Oid>, GitError> {
        self.rev_list(tip, not, limit)
    }

    fn entry_at(&self, tree: Oid, path: &str) -> Result<Option<TreeEntry>, GitError> {
        self.find_entry(tree, path)
    }

    fn tree_changes(&self, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<PathChange>, GitError> {
        self.between_trees(old, new)
    }

    fn index_changes(&self, file: Option<&Path>, tree: Option<Oid>) -> Result<Staged, GitError> {
        staged::changes(self, file, tree)
    }

    fn index_entries(&self, file: Option<&Path>) -> Result<Vec<Tracked>, GitError> {
        staged::entries(self, file)
    }

    fn untracked(&self) -> Result<Vec<Vec<u8>>, GitError> {
        untracked::list(self)
    }

    fn operation(&self) -> Option<&'static str> {
        self.under_way()
    }

    fn config(&self, key: &str) -> Option<String> {
        self.config.get(key)
    }

    fn set_config(&self, key: &str, value: &str) -> Result<(), GitError> {
        self.write_config(key, Some(value))
    }

    fn unset_config(&self, key: &str) -> Result<(), GitError> {
        self.write_config(key, None)
    }

    fn remotes(&self) -> Vec<String> {
        self.remote_names()
    }

    fn remote_url(&self, remote: &str) -> Option<String> {
        self.url_of(remote)
    }

    fn is_tracked(&self, path: &str) -> Result<bool, GitError> {
        if index::has(self, path)? {
            return Ok(true);
        }
        self.in_head(path)
    }

    fn tracked_below(&self, prefix: &str) -> Result<Vec<String>, GitError> {
        index::below(self, prefix)
    }

    fn index_set(&self, entries: &[(String, Option<Oid>)]) -> Result<(), GitError> {
        index::set(self, entries)
    }

    fn fetch(&self, remote: &str, refspecs: &[String]) -> Result<FetchOutcome, GitError> {
        transport::fetch(&self.runner, &self.config, remote, refspecs)
    }

    fn push(&self, remote: &str, new: Oid, ref_name: &str, expected: Option<Oid>) -> Result<PushOutcome, GitError> {
        transport::push(&self.runner, &self.config, remote, new, ref_name, expected)
    }

    fn ls_remote(&self, remote: &str, patterns: &[&str]) -> Result<Vec<(String, Oid)>, GitError> {
        transport::ls_remote(&self.runner, &self.config, remote, patterns)
    }

    fn run(&self, args: &[&str]) -> Result<String, GitError> {
        let step = args.first().copied().unwrap_or_default();
        crate::failpoint!("git.run.before");
        let out = self.runner.ok(step, args, &[])?;
        crate::failpoint!("git.run.after");
        Ok(String::from_utf8_lossy(&out).into_owned())
    }
}
