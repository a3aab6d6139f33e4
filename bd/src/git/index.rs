//! The index, for rides and `init`: which paths are tracked, and setting exactly the entries of a ride.
//!
//! Entries are set by git. An index that is written again gets a new time stamp, and unless every entry that was saved
//! in the same second as the old index is looked at anew, an edit of the user's in that second becomes invisible; split
//! and sparse indexes, the untracked cache and the file system monitor each have rules of their own. git knows them all.

use super::backend::Backend;
use super::patience::while_locked;
use super::repo::Repo;
use super::{GitError, Oid};
use gix::bstr::ByteSlice;
use std::collections::BTreeSet;

/// True if the index has this path.
pub(super) fn has<B: Backend>(repo: &Repo<B>, path: &str) -> Result<bool, GitError> {
    Ok(below(repo, path)?.iter().any(|p| p == path))
}

/// The paths of the index that are, or are below, this one. Sorted; none in a bare repository.
pub(super) fn below<B: Backend>(repo: &Repo<B>, prefix: &str) -> Result<Vec<String>, GitError> {
    let prefix = prefix.trim_end_matches('/');
    if repo.paths.work_dir.is_none() {
        return Ok(Vec::new());
    }
    if let Some(found) = read_here(repo, prefix) {
        return Ok(found);
    }
    // From the top: paths on the command line are relative to where git is started.
    let mut args = vec!["--literal-pathspecs", "ls-files", "-z", "--full-name", "--"];
    args.extend((!prefix.is_empty()).then_some(prefix));
    let out = in_tree(repo, &args, &[], &[])?;
    if !out.ok() {
        return Err(out.error("ls-files"));
    }
    let names = out.stdout.split(|b| *b == 0).filter(|name| !name.is_empty());
    let mut names: Vec<_> = names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    // A path in conflict has three entries.
    names.dedup();
    Ok(names)
}

/// The same without a process, where gix understands the index. `None` = ask git.
fn read_here<B: Backend>(repo: &Repo<B>, prefix: &str) -> Option<Vec<String>> {
    if repo.format.sha256 || repo.format.foreign {
        return None;
    }
    let path = repo.paths.git_dir.join("index");
    if !path.exists() {
        return Some(Vec::new());
    }
    let options = gix::index::decode::Options { thread_limit: Some(1), ..Default::default() };
    let index = gix::index::File::at(path, gix::hash::Kind::Sha1, true, options).ok()?;
    if index.is_sparse() {
        return None;
    }
    let mut names = Vec::new();
    for entry in index.entries() {
        let name = entry.path(&index).to_str_lossy();
        let inside = prefix.is_empty() || name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if inside && names.last().is_none_or(|last: &String| *last != *name) {
            names.push(name.into_owned());
        }
    }
    Some(names)
}

/// See [`super::Git::index_set`].
pub(super) fn set<B: Backend>(repo: &Repo<B>, entries: &[(String, Option<Oid>)]) -> Result<(), GitError> {
    if repo.paths.work_dir.is_none() {
        return Err(GitError::Other("a bare repository has no index".to_owned()));
    }
    if entries.is_empty() {
        return Ok(());
    }
    let null = "0".repeat(if repo.format.sha256 { 64 } else { 40 });
    let mut input = String::new();
    for (path, oid) in entries {
        if !is_inside(path) {
            return Err(GitError::Other(format!("`{}` is not a path in the working tree", path.escape_default())));
        }
        // Mode 0 removes; the id is not looked at then.
        let (mode, id) = oid.map_or_else(|| ("0", null.clone()), |oid| ("100644", oid.to_string()));
        input.extend([mode, " ", &id, " 0\t", path, "\0"]);
    }
    nothing_in_the_way(repo, entries)?;
    crate::failpoint!("git.index.before");
    let run = || in_tree(repo, &["update-index", "--add", "-z", "--index-info"], input.as_bytes(), &[]);
    let out = while_locked("index.lock", run)?;
    crate::failpoint!("git.index.after");
    if !out.ok() {
        return Err(out.error("update-index"));
    }
    // Without the stat data of the files every `git diff-index --quiet HEAD` would call them changed. A file that is not
    // there, or outside a sparse checkout, has none: that is no failure.
    let mut args = vec!["--literal-pathspecs", "add", "--refresh", "--"];
    args.extend(entries.iter().filter(|(_, oid)| oid.is_some()).map(|(path, _)| path.as_str()));
    crate::failpoint!("git.index-refresh.before");
    while_locked("index.lock", || in_tree(repo, &args, &[], &[]))?;
    crate::failpoint!("git.index-refresh.after");
    Ok(())
}

/// `--index-info` silently drops an entry `a` for a new `a/b`, and all below `a/b` for a new `a/b`: entries of the user's.
fn nothing_in_the_way<B: Backend>(repo: &Repo<B>, entries: &[(String, Option<Oid>)]) -> Result<(), GitError> {
    let set = || entries.iter().filter(|(_, oid)| oid.is_some()).map(|(path, _)| path.as_str());
    let tops: BTreeSet<&str> = set().filter_map(|path| path.split('/').next()).collect();
    for top in tops {
        let known = below(repo, top)?;
        let above = |a: &str, b: &str| b.strip_prefix(a).is_some_and(|rest| rest.starts_with('/'));
        for path in set().filter(|path| *path == top || above(top, path)) {
            if let Some(other) = known.iter().find(|k| above(k, path) || above(path, k)) {
                return Err(GitError::Other(format!("`{path}` cannot be in the index beside `{other}`")));
            }
        }
    }
    Ok(())
}

/// Runs git at the top of the working tree, with these variables beside the clean ones.
pub(super) fn in_tree<B: Backend>(
    repo: &Repo<B>,
    args: &[&str],
    input: &[u8],
    vars: &[(&str, &std::ffi::OsStr)],
) -> Result<super::process::Output, GitError> {
    let mut command = repo.runner.command()?;
    if let Some(top) = &repo.paths.work_dir {
        if !top.join(".git").exists() {
            // `core.worktree` points away from the git directory: git would not find back from there.
            command.arg("--git-dir").arg(&repo.paths.git_dir).arg("--work-tree").arg(top);
        }
        command.current_dir(top);
    }
    command.args(args).envs(vars.iter().copied());
    super::process::finish(command, input)
}

/// A relative path that neither leaves the tree nor enters `.git`.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\0')
        && path.split('/').all(|p| !matches!(p, "" | "." | "..") && !p.eq_ignore_ascii_case(".git"))
}
