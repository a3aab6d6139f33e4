//! The index, for rides and `init`: reading which paths are tracked, and setting exactly the entries of a ride.

use super::backend::Backend;
use super::repo::Repo;
use super::{GitError, Oid};

/// True if the index has this path.
pub(super) fn has<B: Backend>(repo: &Repo<B>, path: &str) -> Result<bool, GitError> {
    Ok(below(repo, path)?.iter().any(|p| p == path))
}

/// The paths of the index that are, or are below, this one. Sorted.
pub(super) fn below<B: Backend>(repo: &Repo<B>, prefix: &str) -> Result<Vec<String>, GitError> {
    if repo.paths.work_dir.is_none() {
        return Ok(Vec::new());
    }
    let args = ["--literal-pathspecs", "ls-files", "-z", "--full-name", "--", prefix];
    let out = repo.runner.ok("ls-files", &args, &[])?;
    let names = out.split(|b| *b == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

/// See [`super::Git::index_set`].
pub(super) fn set<B: Backend>(repo: &Repo<B>, entries: &[(String, Option<Oid>)]) -> Result<(), GitError> {
    let mut input = Vec::new();
    for (path, oid) in entries {
        match oid {
            Some(oid) => input.extend_from_slice(format!("100644 {oid} 0\t{path}\0").as_bytes()),
            None => input.extend_from_slice(format!("0 {} 0\t{path}\0", "0".repeat(40)).as_bytes()),
        }
    }
    repo.runner.ok("update-index", &["update-index", "--add", "-z", "--index-info"], &input).map(drop)
}
