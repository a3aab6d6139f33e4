//! What is in the working tree and neither tracked nor ignored.
//!
//! The folders are walked here, by the patterns of gix, wherever that gives what git would say. Where a rule of git's own comes
//! in (a repository within the repository, names that differ in case alone, settings that depend on the remotes, a file of patterns
//! that is tracked and not there, a folder that cannot be read) git is asked.

use super::backend::Backend;
use super::repo::Repo;
use super::{GitError, Mode, Tracked, index};
use gix::bstr::ByteSlice;
use gix::glob::pattern::Case;
use gix::ignore::{Search, search::Ignore};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::FileType;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Folders below a longer path than this are git's: a level of them is a call of ours.
const DEEP: usize = 1024;

/// See [`super::Git::untracked`].
pub(super) fn list<B: Backend>(repo: &Repo<B>) -> Result<Vec<Vec<u8>>, GitError> {
    let Some(top) = &repo.paths.work_dir else { return Ok(Vec::new()) };
    let tracked = super::staged::entries(repo, None)?;
    if let Some(found) = walked(repo, top, &tracked) {
        return Ok(found);
    }
    let out = index::in_tree(repo, &["ls-files", "-z", "--others", "--exclude-standard", "--full-name"], &[], &[])?;
    if !out.ok() {
        return Err(out.error("ls-files"));
    }
    Ok(out.stdout.split(|b| *b == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec).collect())
}

/// The same without a process; `None` = ask git.
pub(super) fn walked<B: Backend>(repo: &Repo<B>, top: &Path, tracked: &[Tracked]) -> Option<Vec<Vec<u8>>> {
    let is_off = |key: &str| {
        repo.config.get(key).is_none_or(|v| matches!(v.to_ascii_lowercase().as_str(), "" | "false" | "no" | "off" | "0"))
    };
    if !is_off("core.ignoreCase") || !is_off("core.precomposeUnicode") || repo.config.asks_for_remotes() {
        return None;
    }
    let tracked = tracked.iter().map(|entry| (entry.path.as_slice(), entry.mode)).collect();
    let mut walk = Walk { top, tracked, search: Search::default(), out: Vec::new() };
    // The repository's own decide before the user's.
    for file in [own_patterns(repo)?, repo.paths.common_dir.join("info/exclude")] {
        match std::fs::read(&file) {
            Ok(bytes) => walk.take_up(bytes, &file, None)?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => return None,
        }
    }
    walk.folder(&mut Vec::new())?;
    walk.out.sort();
    Some(walk.out)
}

/// The user's own file of patterns, a name that leads nowhere where there is none; `None` where git has to be asked which it is.
fn own_patterns<B: Backend>(repo: &Repo<B>) -> Option<PathBuf> {
    let Some(named) = repo.config.get("core.excludesFile") else {
        return Some(repo.config.user_folder().map(|dir| dir.join("ignore")).unwrap_or_default());
    };
    match named.strip_prefix("~/") {
        Some(below) => Some(repo.config.home()?.join(below)),
        None => Some(PathBuf::from(named)).filter(|path| path.is_absolute() || path.as_os_str().is_empty()),
    }
    // One whose name is no text was read as something else.
    .filter(|path| !path.to_string_lossy().contains('\u{fffd}'))
}

struct Walk<'a> {
    top: &'a Path,
    tracked: HashMap<&'a [u8], Mode>,
    search: Search,
    out: Vec<Vec<u8>>,
}

impl Walk<'_> {
    /// Goes through a folder; its path is empty or ends with `/`, and is the same afterwards. `None` = ask git.
    fn folder(&mut self, path: &mut Vec<u8>) -> Option<()> {
        let here = self.top.join(OsStr::from_bytes(path));
        let mut entries: Vec<(Vec<u8>, FileType)> = Vec::new();
        for entry in std::fs::read_dir(&here).ok()? {
            let entry = entry.ok()?;
            entries.push((entry.file_name().into_vec(), entry.file_type().ok()?));
        }
        let end = path.len();
        if end > DEEP || end > 0 && entries.iter().any(|(name, _)| name == b".git") {
            return None;
        }
        let lists = self.search.patterns.len();
        self.patterns_of(&here, path, &entries)?;
        for (name, kind) in entries.iter().filter(|(name, _)| name != b".git") {
            path.extend_from_slice(name);
            let known = self.tracked.get(path.as_slice()).copied();
            if kind.is_dir() {
                // A file of the index that is a folder on the disk is looked into; a submodule is not.
                if known != Some(Mode::Submodule) && !self.is_ignored(path, true) {
                    path.push(b'/');
                    self.folder(path)?;
                }
            } else if known.is_none() && (kind.is_file() || kind.is_symlink()) && !self.is_ignored(path, false) {
                self.out.push(path.clone());
            }
            path.truncate(end);
        }
        self.search.patterns.truncate(lists);
        Some(())
    }

    /// Takes up the `.gitignore` of a folder. A link is none: git does not follow it, and reads the one of the index where it may.
    fn patterns_of(&mut self, here: &Path, path: &[u8], entries: &[(Vec<u8>, FileType)]) -> Option<()> {
        let is_tracked = self.tracked.contains_key([path, b".gitignore"].concat().as_slice());
        match entries.iter().find(|(name, _)| name == b".gitignore") {
            Some((_, kind)) if kind.is_file() => {
                let bytes = std::fs::read(here.join(".gitignore")).ok()?;
                self.take_up(bytes, &Path::new(OsStr::from_bytes(path)).join(".gitignore"), Some(Path::new("")))
            }
            _ => (!is_tracked).then_some(()),
        }
    }

    fn take_up(&mut self, mut bytes: Vec<u8>, source: &Path, root: Option<&Path>) -> Option<()> {
        // To git a pattern ends there.
        if bytes.contains(&0) {
            return None;
        }
        // To git the end of the file ends a line, and a carriage return before it counts for nothing.
        bytes.push(b'\n');
        self.search.add_patterns_buffer(&bytes, source, root, Ignore::default()).ok()
    }

    fn is_ignored(&self, path: &[u8], is_dir: bool) -> bool {
        let found = self.search.pattern_matching_relative_path(path.as_bstr(), Some(is_dir), Case::Sensitive);
        found.is_some_and(|found| !found.pattern.is_negative())
    }
}
