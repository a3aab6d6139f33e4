//! Finds the repository of a directory as git does, without git and without opening it.
//!
//! Inherited `GIT_DIR` and its kin are not followed: hooks set them for the repository that they run in, and the
//! hook's working directory leads to the same place (process.rs takes them out for our own children too).

use super::config::parse_one;
use super::{GitError, RepoPaths};
use std::path::{Path, PathBuf};

/// What was found, with what must be known to choose how it is read.
#[derive(Clone, Debug)]
pub(super) struct Located {
    /// Where things are.
    pub paths: RepoPaths,
    /// A directory from which git finds the same repository.
    pub start: PathBuf,
    /// How it stores things.
    pub format: Format,
}

/// The parts of a repository's own configuration that say how to read it.
#[derive(Clone, Debug, Default)]
pub(super) struct Format {
    /// Objects are named by SHA-256.
    pub sha256: bool,
    /// Refs are in something else than files.
    pub reftable: bool,
    /// An extension that we do not know; git decides whether it does.
    pub foreign: bool,
    /// Objects may be missing and can be fetched.
    pub partial: bool,
    /// `config.worktree` is read.
    pub worktree_config: bool,
    bare: Option<bool>,
    worktree: Option<String>,
}

/// The repository that `cwd` is in.
///
/// # Errors
/// [`GitError::NotARepository`] where there is none; [`GitError::Other`] where a `.git` file points to nothing.
pub fn discover(cwd: &Path) -> Result<RepoPaths, GitError> {
    locate(cwd, None).map(|found| found.paths)
}

/// [`discover`] with the value of `GIT_CEILING_DIRECTORIES`.
pub(super) fn locate(cwd: &Path, ceilings: Option<&str>) -> Result<Located, GitError> {
    let none = || GitError::NotARepository(cwd.to_owned());
    let top = std::fs::canonicalize(cwd).map_err(|_| none())?;
    let ceiling = ceilings.and_then(|list| nearest_ceiling(list, &top));
    let device = device(&top);
    for dir in top.ancestors() {
        if ceiling.as_deref() == Some(dir) || crate::git::discover::device(dir) != device {
            break;
        }
        let dot_git = dir.join(".git");
        if let Some(git_dir) = named_by_file(&dot_git)? {
            let common = git_common(&git_dir).ok_or_else(|| {
                GitError::Other(format!("`{}` names `{}`, which is not a git repository", dot_git.display(), git_dir.display()))
            })?;
            return found(dir, git_dir, common, true);
        }
        if let Some(common) = git_common(&dot_git) {
            return found(dir, dot_git, common, true);
        }
        if let Some(common) = git_common(dir) {
            return found(dir, dir.to_owned(), common, false);
        }
    }
    Err(none())
}

/// The nearest directory of the list that is strictly above `top`.
fn nearest_ceiling(list: &str, top: &Path) -> Option<PathBuf> {
    std::env::split_paths(list)
        .filter(|p| p.is_absolute())
        .map(|p| std::fs::canonicalize(&p).unwrap_or(p))
        .filter(|p| top != p && top.starts_with(p))
        .max_by_key(|p| p.components().count())
}

/// git does not cross into another file system while it looks upwards.
#[cfg(unix)]
fn device(dir: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    dir.metadata().map_or(0, |m| m.dev())
}

#[cfg(not(unix))]
fn device(_: &Path) -> u64 {
    0
}

/// What a `.git` file (linked worktree, submodule, `--separate-git-dir`) points to.
fn named_by_file(dot_git: &Path) -> Result<Option<PathBuf>, GitError> {
    if !dot_git.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(dot_git).map_err(|source| GitError::Io { path: dot_git.to_owned(), source })?;
    let target = text.strip_prefix("gitdir:").map(|t| t.trim_start_matches(' ').trim_end_matches(['\n', '\r']));
    let Some(target) = target.filter(|t| !t.is_empty()) else {
        return Err(GitError::Other(format!("`{}` is not a file that points to a git repository", dot_git.display())));
    };
    let path = dot_git.parent().map_or_else(|| PathBuf::from(target), |dir| dir.join(target));
    Ok(Some(std::fs::canonicalize(&path).unwrap_or(path)))
}

/// The common directory, if this is a git directory by git's own test: HEAD, objects and refs.
fn git_common(dir: &Path) -> Option<PathBuf> {
    let head = dir.join("HEAD");
    let linked = std::fs::read_link(&head).is_ok_and(|target| target.starts_with("refs"));
    if !linked {
        let head = std::fs::read(&head).ok()?;
        let hex = head.trim_ascii_end();
        let reference = head.strip_prefix(b"ref:").is_some_and(|r| r.trim_ascii_start().starts_with(b"refs/"));
        if !reference && !((hex.len() == 40 || hex.len() == 64) && hex.iter().all(u8::is_ascii_hexdigit)) {
            return None;
        }
    }
    let common = match std::fs::read_to_string(dir.join("commondir")) {
        Ok(text) => {
            let path = dir.join(text.trim_end_matches(['\n', '\r']));
            std::fs::canonicalize(&path).unwrap_or(path)
        }
        Err(_) => dir.to_owned(),
    };
    (common.join("objects").is_dir() && common.join("refs").exists()).then_some(common)
}

/// `in_tree`: it was found as `.git` of a directory, not as the directory itself.
fn found(start: &Path, git_dir: PathBuf, common_dir: PathBuf, in_tree: bool) -> Result<Located, GitError> {
    let mut format = read_format(&common_dir.join("config"))?;
    let linked = git_dir != common_dir;
    if linked {
        // `core.bare` and `core.worktree` of the shared file speak of the main worktree only.
        (format.bare, format.worktree) = (None, None);
    }
    if format.worktree_config {
        let own = read_format(&git_dir.join("config.worktree"))?;
        format.bare = own.bare.or(format.bare);
        format.worktree = own.worktree.or(format.worktree);
    }
    let work_dir = match (&format.worktree, format.bare) {
        (_, Some(true)) => None,
        (Some(tree), _) => {
            let path = git_dir.join(tree);
            Some(std::fs::canonicalize(&path).unwrap_or(path))
        }
        (None, _) => in_tree.then(|| start.to_owned()),
    };
    Ok(Located { paths: RepoPaths { git_dir, common_dir, work_dir }, start: start.to_owned(), format })
}

fn read_format(path: &Path) -> Result<Format, GitError> {
    let mut format = Format::default();
    let Some(entries) = parse_one(path)? else { return Ok(format) };
    let mut version = 0;
    let mut foreign = false;
    for (key, value) in &entries {
        let yes = is_true(value);
        match key.as_str() {
            "core.repositoryformatversion" => version = value.parse().unwrap_or(u32::MAX),
            "core.bare" => format.bare = Some(yes),
            "core.worktree" => format.worktree = Some(value.clone()),
            "extensions.objectformat" => format.sha256 = value != "sha1",
            "extensions.refstorage" => format.reftable = value != "files",
            "extensions.worktreeconfig" => format.worktree_config = yes,
            "extensions.partialclone" => format.partial = true,
            "extensions.noop" | "extensions.noop-v1" | "extensions.preciousobjects" | "extensions.relativeworktrees" => {}
            _ if key.starts_with("extensions.") => foreign = true,
            _ if key.starts_with("remote.") && key.ends_with(".promisor") => format.partial |= yes,
            _ => {}
        }
    }
    // git heeds extensions only from version 1 on, and refuses versions that it does not know.
    format.foreign = version > 1 || (version == 1 && foreign);
    Ok(format)
}

/// git's reading of a boolean: a key without a value was made "true" by the parser.
pub(super) fn is_true(value: &str) -> bool {
    ["true", "yes", "on"].iter().any(|word| value.eq_ignore_ascii_case(word)) || value.parse::<i64>().is_ok_and(|n| n != 0)
}
