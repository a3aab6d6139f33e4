//! The index as a hook sees it: its entries, and what they change against a tree. Read here where gix understands the
//! index, else asked of git.

use super::backend::Backend;
use super::index::in_tree;
use super::repo::Repo;
use super::{GitError, Mode, Oid, PathChange, Staged, Tracked};
use gix::index::entry::{Flags, Stage};
use gix::index::extension::Tree as Known;
use std::ffi::OsStr;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The index, where gix understands it. `None` = ask git.
fn open<B: Backend>(repo: &Repo<B>, file: Option<&Path>) -> Option<gix::index::File> {
    if repo.format.sha256 || repo.format.foreign {
        return None;
    }
    let path = file.map_or_else(|| repo.paths.git_dir.join("index"), Path::to_owned);
    if !path.exists() {
        let empty = gix::index::State::new(gix::hash::Kind::Sha1);
        return Some(gix::index::File::from_state(empty, path));
    }
    let options = gix::index::decode::Options { thread_limit: Some(1), ..Default::default() };
    let index = gix::index::File::at(path, gix::hash::Kind::Sha1, true, options).ok()?;
    (!index.is_sparse()).then_some(index)
}

/// See [`super::Git::index_entries`].
pub(super) fn entries<B: Backend>(repo: &Repo<B>, file: Option<&Path>) -> Result<Vec<Tracked>, GitError> {
    let mut out: Vec<Tracked> = Vec::new();
    let mut take = |path: &[u8], mode: Mode, oid: Oid| {
        // A path in conflict has up to three entries.
        if out.last().is_none_or(|last| last.path != path) {
            out.push(Tracked { path: path.to_vec(), mode, oid });
        }
    };
    if let Some(index) = open(repo, file) {
        for entry in index.entries() {
            take(entry.path(&index), mode_of(entry.mode.bits()), oid_of(&entry.id)?);
        }
        return Ok(out);
    }
    let said = ask(repo, file, &["ls-files", "--stage", "-z", "--full-name"])?;
    for line in said.split(|b| *b == 0).filter(|line| !line.is_empty()) {
        let bad = || GitError::Other("git ls-files said something unexpected".to_owned());
        let tab = memchr::memchr(b'\t', line).ok_or_else(bad)?;
        let words = std::str::from_utf8(&line[..tab]).map_err(|_| bad())?;
        let mut words = words.split(' ');
        let mode = words.next().and_then(|m| u32::from_str_radix(m, 8).ok()).ok_or_else(bad)?;
        let oid = words.next().and_then(Oid::from_hex).ok_or_else(bad)?;
        take(&line[tab + 1..], mode_of(mode), oid);
    }
    Ok(out)
}

/// See [`super::Git::index_changes`].
pub(super) fn changes<B: Backend>(repo: &Repo<B>, file: Option<&Path>, tree: Option<Oid>) -> Result<Staged, GitError> {
    let Some(index) = open(repo, file) else { return changes_by_git(repo, file, tree) };
    let mut out = Staged::default();
    let mut todo = vec![Folder { prefix: Vec::new(), tree, range: 0..index.entries().len(), known: index.tree() }];
    while let Some(folder) = todo.pop() {
        if !folder.is_unchanged() {
            compare(repo, &index, &folder, &mut out, &mut todo)?;
        }
    }
    out.changes.sort_by(|a, b| a.path.cmp(&b.path));
    out.conflicts.sort();
    out.conflicts.dedup();
    Ok(out)
}

/// One folder: what the tree has there, which entries of the index are in it, what git remembers of it.
struct Folder<'a> {
    prefix: Vec<u8>,
    tree: Option<Oid>,
    range: Range<usize>,
    known: Option<&'a Known>,
}

impl Folder<'_> {
    /// True if git noted in the index that exactly these entries are that tree: nothing in it has to be read.
    fn is_unchanged(&self) -> bool {
        let Some(known) = self.known else { return false };
        let all = known.num_entries.is_some_and(|n| n as usize == self.range.len());
        all && self.tree.is_some_and(|tree| tree.as_bytes() == known.id.as_bytes())
    }
}

fn compare<'a, B: Backend>(
    repo: &Repo<B>,
    index: &'a gix::index::File,
    folder: &Folder<'a>,
    out: &mut Staged,
    todo: &mut Vec<Folder<'a>>,
) -> Result<(), GitError> {
    let depth = folder.prefix.len();
    let entries = index.entries();
    let path = |n: usize| -> &[u8] { entries[n].path(index) };
    let mut old = repo.items(folder.tree)?.into_iter().peekable();
    let mut at = folder.range.start;
    loop {
        // Names of folders keep their slash on both sides: one order for all.
        let here = (at < folder.range.end).then(|| {
            let rest = &path(at)[depth..];
            memchr::memchr(b'/', rest).map_or(rest, |slash| &rest[..=slash])
        });
        let order = match (old.peek(), here) {
            (None, None) => return Ok(()),
            (Some(item), Some(key)) => item.key.as_slice().cmp(key),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
        };
        let item = if order.is_le() { old.next() } else { None };
        let Some(key) = here.filter(|_| order.is_ge()) else {
            if let Some(item) = item {
                gone(repo, [folder.prefix.as_slice(), &item.key].concat(), (item.mode, item.oid), out)?;
            }
            continue;
        };
        let whole = [folder.prefix.as_slice(), key].concat();
        if key.ends_with(b"/") {
            let inside = entries[at..folder.range.end].partition_point(|e| e.path(index).starts_with(&whole));
            let name = &key[..key.len() - 1];
            let known = folder.known.and_then(|k| k.children.iter().find(|c| c.name.as_slice() == name));
            todo.push(Folder { prefix: whole, tree: item.map(|i| i.oid), range: at..at + inside, known });
            at += inside;
            continue;
        }
        let entry = &entries[at];
        at += 1;
        if entry.stage() != Stage::Unconflicted {
            at += entries[at..folder.range.end].partition_point(|e| e.path(index) == whole.as_slice());
            out.conflicts.push(whole);
            continue;
        }
        let old = item.map(|i| (i.mode, i.oid));
        // `git add -N` announces a file; the commit will not have it.
        let new =
            if entry.flags.contains(Flags::INTENT_TO_ADD) { None } else { Some((mode_of(entry.mode.bits()), oid_of(&entry.id)?)) };
        if old != new {
            out.changes.push(PathChange { path: whole, old, new });
        }
    }
}

/// Something of the tree that the index has not: all files of it.
fn gone<B: Backend>(repo: &Repo<B>, path: Vec<u8>, old: (Mode, Oid), out: &mut Staged) -> Result<(), GitError> {
    if old.0 != Mode::Tree {
        out.changes.push(PathChange { path, old: Some(old), new: None });
        return Ok(());
    }
    let below = repo.between_trees(Some(old.1), None)?;
    out.changes.extend(below.into_iter().map(|c| PathChange { path: [path.as_slice(), &c.path].concat(), ..c }));
    Ok(())
}

fn changes_by_git<B: Backend>(repo: &Repo<B>, file: Option<&Path>, tree: Option<Oid>) -> Result<Staged, GitError> {
    // The empty tree: git knows it without a file.
    let like = Oid::from_bytes(if repo.format.sha256 { &[0; 32] } else { &[0; 20] });
    let empty = || like.and_then(|like| super::codec::hash(like, super::codec::Kind::Tree, b""));
    let tree = tree.or_else(empty).ok_or_else(|| GitError::Other("the empty tree has no name".to_owned()))?.to_string();
    let args = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index"];
    let mut args: Vec<&str> = args.to_vec();
    args.extend([tree.as_str(), "--"]);
    let said = ask(repo, file, &args)?;
    let mut fields = said.split(|b| *b == 0);
    let mut out = Staged::default();
    while let Some(head) = fields.next().filter(|f| !f.is_empty()) {
        let bad = || GitError::Other("git diff-index said something unexpected".to_owned());
        let words: Vec<&str> = std::str::from_utf8(head).map_err(|_| bad())?.trim_start_matches(':').split(' ').collect();
        let [old_mode, new_mode, old, new, kind] = words[..] else { return Err(bad()) };
        let path = fields.next().ok_or_else(bad)?.to_vec();
        if kind.starts_with('U') {
            out.conflicts.push(path);
            continue;
        }
        let side = |mode: &str, id: &str| {
            let mode = u32::from_str_radix(mode, 8).ok()?;
            (mode != 0).then(|| Oid::from_hex(id).map(|id| (mode_of(mode), id)))?
        };
        out.changes.push(PathChange { path, old: side(old_mode, old), new: side(new_mode, new) });
    }
    out.conflicts.sort();
    out.conflicts.dedup();
    out.changes.retain(|c| !out.conflicts.contains(&c.path));
    out.changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(out)
}

/// Runs git at the top of the tree with that index.
fn ask<B: Backend>(repo: &Repo<B>, file: Option<&Path>, args: &[&str]) -> Result<Vec<u8>, GitError> {
    let file: Option<PathBuf> = file.map(Path::to_owned);
    let vars: Vec<(&str, &OsStr)> = file.iter().map(|f| ("GIT_INDEX_FILE", f.as_os_str())).collect();
    let out = in_tree(repo, args, &[], &vars)?;
    if out.ok() { Ok(out.stdout) } else { Err(out.error(args[0])) }
}

fn mode_of(bits: u32) -> Mode {
    match bits {
        0o040_000 => Mode::Tree,
        0o120_000 => Mode::Link,
        0o160_000 => Mode::Submodule,
        0o100_755 => Mode::Executable,
        _ => Mode::Blob,
    }
}

fn oid_of(id: &gix::oid) -> Result<Oid, GitError> {
    Oid::from_bytes(id.as_bytes()).ok_or_else(|| GitError::Other(format!("`{id}` is not an object name")))
}
