//! The only room that knows gix or starts `git`. Everything else sees the trait [`Git`] and plain types.
//!
//! `gix_git` serves SHA-1 repositories with the files ref backend, `cli_git` the rest (SHA-256, reftable) through the
//! git command; all that is not refs and raw objects is `repo`, once for both. [`open`] chooses. Network is always the user's own `git`.

mod backend;
mod bounded;
mod cli_git;
mod codec;
mod config;
mod discover;
mod gix_git;
mod index;
mod loose;
mod owner;
mod patience;
mod process;
mod redact;
mod repo;
mod signed;
mod staged;
mod transport;
mod types;
mod untracked;
mod update_ref;

pub use discover::discover;
pub use process::is_repo_local;
pub use redact::redact;
pub use types::{
    Cas, CommitSpec, Expected, FetchOutcome, GitError, Head, Mode, Oid, PackFile, PathChange, PushOutcome, RepoPaths, Signature,
    Staged, Tracked, TreeEntry,
};

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Takes one blob of many; an error stops the reading.
pub type EachBlob<'a> = dyn FnMut(Oid, &[u8]) -> Result<(), GitError> + 'a;

/// One repository, as the store needs it.
///
/// Every method that changes a ref is a compare-and-swap. No method moves HEAD, checks out, resets, stashes
/// or force-pushes; the only ones that touch the index or the working tree say so in their names.
pub trait Git: Send + Sync {
    /// Where things are.
    fn paths(&self) -> &RepoPaths;

    // ---- refs -------------------------------------------------------------------------------------------------
    /// The object that a full ref name points to (symbolic refs followed, tags not peeled). `None` = no such ref.
    fn tip(&self, name: &str) -> Result<Option<Oid>, GitError>;
    /// What HEAD is in this worktree.
    fn head(&self) -> Result<Head, GitError>;
    /// The target of a symbolic ref, e.g. `refs/remotes/origin/HEAD`.
    fn symbolic(&self, name: &str) -> Result<Option<String>, GitError>;
    /// All refs below a prefix, sorted by name.
    fn refs(&self, prefix: &str) -> Result<Vec<(String, Oid)>, GitError>;
    /// Moves, makes (`Expected::Missing`) or deletes (`new = None`) a ref if it still is what the caller saw.
    /// Waits at most a second for a lock that another process holds, then fails with [`GitError::Locked`].
    fn update_ref(&self, name: &str, expected: Expected, new: Option<Oid>, reason: &str) -> Result<Cas, GitError>;

    // ---- objects ----------------------------------------------------------------------------------------------
    /// The tree of a commit.
    fn commit_tree(&self, commit: Oid) -> Result<Oid, GitError>;
    /// The parents of a commit.
    fn commit_parents(&self, commit: Oid) -> Result<Vec<Oid>, GitError>;
    /// The raw bytes of a commit object (for messages and trailers).
    fn read_commit(&self, commit: Oid) -> Result<Vec<u8>, GitError>;
    /// The entries of a tree, in git's order.
    fn read_tree(&self, tree: Oid) -> Result<Vec<TreeEntry>, GitError>;
    /// The entries that two trees do not both have (`None` = an empty one), each side's own: what they share is not copied.
    fn unlike(&self, a: Option<Oid>, b: Option<Oid>) -> Result<[Vec<TreeEntry>; 2], GitError>;
    /// The content of a blob, into a buffer that the caller reuses (it is cleared first).
    fn read_blob(&self, blob: Oid, into: &mut Vec<u8>) -> Result<(), GitError>;
    /// The content of many blobs, each handed to `each` in any order; blobs that a partial clone lacks are fetched
    /// in one call. An error from `each` stops the reading.
    fn read_blobs(&self, blobs: &[Oid], each: &mut EachBlob<'_>) -> Result<(), GitError>;
    /// The blobs in the order in which reading them is fastest, for callers that then read stretches of them side by side.
    /// `None` where one call of [`Git::read_blobs`] must have them all (a partial clone fetches what it lacks).
    fn reading_order(&self, blobs: &[Oid]) -> Option<Vec<Oid>>;
    /// The same as [`Git::read_blobs`], in the given order.
    fn read_blobs_in_order(&self, blobs: &[Oid], each: &mut EachBlob<'_>) -> Result<(), GitError>;
    /// The pack that holds all of these objects, of which none is loose; `None` where that cannot be said.
    fn pack_of(&self, ids: &[Oid]) -> Option<PackFile>;
    /// True if this pack is there as it was. A pack never changes, and git syncs it before it counts on it: what was read
    /// out of it once can be read again.
    fn has_pack(&self, pack: &PackFile) -> bool;
    /// True if the object can be read and is whole (exists, inflates).
    fn object_ok(&self, id: Oid) -> bool;
    /// True if the object is there: one that this process wrote is not read again, any other is as [`Git::object_ok`] says.
    fn object_there(&self, id: Oid) -> bool;
    /// Writes a blob; the same bytes give the same id and cost nothing twice. Not synced.
    fn write_blob(&self, bytes: &[u8]) -> Result<Oid, GitError>;
    /// Writes a tree; the entries are sorted here. Not synced.
    fn write_tree(&self, entries: &[TreeEntry]) -> Result<Oid, GitError>;
    /// Writes a commit (signed where `spec.sign` is set and the user's config asks for it). Moves no ref. Not synced.
    fn write_commit(&self, spec: &CommitSpec) -> Result<Oid, GitError>;
    /// Syncs these loose objects, their directories and the loose ref to the disk. Objects that are packed are passed over.
    fn sync_to_disk(&self, objects: &[Oid], ref_name: Option<&str>) -> Result<(), GitError>;
    /// Moves damaged loose objects (empty, truncated) among `ids` out of the object database into `into`; returns those moved.
    fn evict_damaged(&self, ids: &[Oid], into: &Path) -> Result<Vec<Oid>, GitError>;
    /// Packs the loose objects reachable from `tip` and not from `not`, and prunes what it packed. Never touches other objects.
    fn pack_reachable(&self, tip: Oid, not: Option<Oid>) -> Result<(), GitError>;

    // ---- history ----------------------------------------------------------------------------------------------
    /// Resolves a revision as `git rev-parse --verify REV^{commit}` does. `None` = no such revision.
    fn resolve(&self, rev: &str) -> Result<Option<Oid>, GitError>;
    /// The best common ancestor.
    fn merge_base(&self, a: Oid, b: Oid) -> Result<Option<Oid>, GitError>;
    /// Commits reachable from `tip` and not from `not`, newest first, at most `limit`.
    fn commits_between(&self, tip: Oid, not: Option<Oid>, limit: usize) -> Result<Vec<Oid>, GitError>;
    /// The object at a path in a tree.
    fn entry_at(&self, tree: Oid, path: &str) -> Result<Option<TreeEntry>, GitError>;
    /// The paths that differ between two trees (`None` = an empty one), sorted, without a guess at what was renamed.
    fn tree_changes(&self, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<PathChange>, GitError>;
    /// What an index has that a tree (`None` = an empty one) has not, and the other way round. `file` is the index of a hook
    /// (`GIT_INDEX_FILE`, absolute); without it the one of this worktree.
    fn index_changes(&self, file: Option<&Path>, tree: Option<Oid>) -> Result<Staged, GitError>;
    /// All paths of an index, sorted, each once.
    fn index_entries(&self, file: Option<&Path>) -> Result<Vec<Tracked>, GitError>;
    /// What is in the working tree and neither tracked nor ignored, sorted: what `git ls-files --others --exclude-standard`
    /// says at the top. Another repository within is one path that ends with `/`.
    fn untracked(&self) -> Result<Vec<Vec<u8>>, GitError>;
    /// True if a merge, rebase, cherry-pick, revert, bisect or am is under way in this worktree; the name of it.
    fn operation(&self) -> Option<&'static str>;

    // ---- config -----------------------------------------------------------------------------------------------
    /// A value of git's configuration (system, user, repository, worktree, environment), the last one.
    fn config(&self, key: &str) -> Option<String>;
    /// Sets a value in the repository's own configuration.
    fn set_config(&self, key: &str, value: &str) -> Result<(), GitError>;
    /// Removes a value from the repository's own configuration; no error if there is none.
    fn unset_config(&self, key: &str) -> Result<(), GitError>;
    /// The names of the remotes, sorted.
    fn remotes(&self) -> Vec<String>;
    /// A remote's URL for fetching (without credentials).
    fn remote_url(&self, remote: &str) -> Option<String>;

    // ---- index and working tree (rides and init only) ------------------------------------------------------------
    /// True if the index or HEAD has this path (relative to the top of the working tree).
    fn is_tracked(&self, path: &str) -> Result<bool, GitError>;
    /// The paths that the index has below a prefix.
    fn tracked_below(&self, prefix: &str) -> Result<Vec<String>, GitError>;
    /// Sets or removes (`None`) exactly these paths in the index, under `index.lock` (waited for at most a second), with
    /// the stat data of the files in the working tree, which the caller has written. All other entries keep their
    /// content, flags and kind of storage. Refused where an entry would drop another (`a` beside `a/b`).
    fn index_set(&self, entries: &[(String, Option<Oid>)]) -> Result<(), GitError>;

    // ---- network (the user's git) ---------------------------------------------------------------------------------
    /// `git fetch` of explicit refspecs, never `--depth`, no tags, no FETCH_HEAD, hooks off.
    fn fetch(&self, remote: &str, refspecs: &[String]) -> Result<FetchOutcome, GitError>;
    /// Pushes one object to one full ref name with a lease on what it was (`None` = must not exist). Never forced beyond the lease.
    fn push(&self, remote: &str, new: Oid, ref_name: &str, expected: Option<Oid>) -> Result<PushOutcome, GitError>;
    /// The refs of a remote below the given patterns.
    fn ls_remote(&self, remote: &str, patterns: &[&str]) -> Result<Vec<(String, Oid)>, GitError>;
    /// Runs `git` with these arguments in this repository with a clean environment and returns what it printed.
    /// For the rare porcelain that has no method here; never for what moves a user's ref.
    fn run(&self, args: &[&str]) -> Result<String, GitError>;
}

/// Opens the repository that `env.cwd` is in, with the backend that can serve it. Reads two small files; objects,
/// refs and the rest of the configuration are opened when they are asked for.
///
/// # Errors
/// No repository, or one that neither gix nor git can serve.
pub fn open(env: &crate::env::Env) -> Result<Box<dyn Git>, GitError> {
    let at = discover::locate(&env.cwd, env.var("GIT_CEILING_DIRECTORIES"))?;
    let by_command = at.format.sha256 || at.format.reftable || at.format.foreign;
    open_at(env, at, by_command)
}

fn open_at(env: &crate::env::Env, at: discover::Located, by_command: bool) -> Result<Box<dyn Git>, GitError> {
    let runner = Arc::new(process::Runner::new(env, &at.start));
    let config = Arc::new(config::Config::new(env, &at, runner.program().ok()));
    if by_command {
        let backend = cli_git::CliBackend::new(runner.clone(), at.format.partial)?;
        return Ok(Box::new(repo::Repo::new(at, runner, config, backend)));
    }
    owner::check(&at, &config)?;
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(env.now().as_millisecond().max(0).unsigned_abs());
    let backend = gix_git::GixBackend::new(at.paths.clone(), runner.clone(), config.clone(), now);
    Ok(Box::new(repo::Repo::new(at, runner, config, backend)))
}

/// The id that a blob of these bytes has in a repository of which `like` is an object. `None` where the bytes are made to
/// collide with others.
pub fn blob_id(like: Oid, bytes: &[u8]) -> Option<Oid> {
    codec::hash(like, codec::Kind::Blob, bytes)
}

/// A ref's lock that is older than this is a dead process's: git holds one for milliseconds.
pub(crate) const STALE_LOCK: Duration = Duration::from_secs(10);

/// How long ago the lock of a ref was made, by the file system's own clock; `Err`: how far ahead of now. `None` = there is none.
pub(crate) fn lock_age(common_dir: &Path, name: &str) -> Option<std::result::Result<Duration, Duration>> {
    let made = std::fs::metadata(common_dir.join(format!("{name}.lock"))).and_then(|m| m.modified()).ok()?;
    #[expect(clippy::disallowed_methods, reason = "compares with a file's time, which no injected clock can set")]
    let now = SystemTime::now();
    Some(now.duration_since(made).map_err(|ahead| ahead.duration()))
}

#[cfg(test)]
mod tests;
