//! Which removed file is which new one: of a file that was moved only the changed lines are judged.

use super::FileChange;
use super::added::{is_binary, lines};
use bd::error::Result;
use bd::git::Git;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Beyond so many pairs only files of one name or of one content are taken for moved.
const MOST_PAIRS: usize = 100_000;
/// Larger files are moved only if they are equal.
const LARGEST: usize = 1 << 20;

/// Joins a removed and a new file where one became the other: equal content first, then at least half of it.
pub(super) fn find(git: &dyn Git, files: &mut Vec<FileChange>) -> Result<()> {
    let is_gone = |f: &FileChange| f.removed && !f.special && f.old_blob.is_some();
    let is_new = |f: &FileChange| !f.removed && !f.special && f.old_blob.is_none() && f.blob.is_some();
    let mut gone: Vec<usize> = (0..files.len()).filter(|n| is_gone(&files[*n])).collect();
    let mut new: Vec<usize> = (0..files.len()).filter(|n| is_new(&files[*n])).collect();
    if gone.is_empty() || new.is_empty() {
        return Ok(());
    }
    let mut joined: Vec<(usize, usize)> = Vec::new();
    // Equal content; of several, the one of the same name.
    for to in &new {
        let equal = |from: &&usize| files[**from].old_blob == files[*to].blob;
        let same_name = |from: &&usize| name(&files[**from].path) == name(&files[*to].path);
        let from = gone.iter().filter(equal).find(same_name).or_else(|| gone.iter().find(equal));
        if let Some(from) = from.copied() {
            joined.push((from, *to));
            gone.retain(|n| *n != from);
        }
    }
    new.retain(|n| joined.iter().all(|(_, to)| to != n));
    let few = gone.len().saturating_mul(new.len()) <= MOST_PAIRS;
    let froms = counted(git, files, &gone)?;
    let tos = counted(git, files, &new)?;
    let mut likely: Vec<(u64, bool, usize, usize)> = Vec::new();
    for (from, a) in &froms {
        for (to, b) in &tos {
            let same_name = name(&files[*from].path) == name(&files[*to].path);
            if few || same_name {
                let score = likeness(a, b);
                if score >= 50 {
                    likely.push((score, same_name, *from, *to));
                }
            }
        }
    }
    likely.sort_by(|a, b| b.cmp(a));
    for (_, _, from, to) in likely {
        if joined.iter().all(|(a, b)| *a != from && *b != to) {
            joined.push((from, to));
        }
    }
    for (from, to) in &joined {
        files[*to].old_path = Some(files[*from].path.clone());
        files[*to].old_blob = files[*from].old_blob;
    }
    let mut at = 0;
    files.retain(|_| {
        at += 1;
        joined.iter().all(|(from, _)| *from != at - 1)
    });
    Ok(())
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The lines of a file by their hashes: how many bytes of each.
type Counted = HashMap<u64, u64>;

fn counted(git: &dyn Git, files: &[FileChange], which: &[usize]) -> Result<Vec<(usize, Counted)>> {
    let hasher: BuildHasherDefault<DefaultHasher> = BuildHasherDefault::default();
    let mut out = Vec::new();
    let mut bytes = Vec::new();
    for n in which {
        let Some(blob) = files[*n].blob.or(files[*n].old_blob) else { continue };
        git.read_blob(blob, &mut bytes)?;
        if bytes.len() > LARGEST || is_binary(&bytes) {
            continue;
        }
        let mut counts = Counted::new();
        for line in lines(&bytes) {
            *counts.entry(hasher.hash_one(line)).or_default() += line.len() as u64 + 1;
        }
        out.push((*n, counts));
    }
    Ok(out)
}

/// How much of the larger file the smaller one has, in percent.
fn likeness(a: &Counted, b: &Counted) -> u64 {
    let (small, large) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let common: u64 = small.iter().map(|(line, n)| large.get(line).copied().unwrap_or(0).min(*n)).sum();
    let most = a.values().sum::<u64>().max(b.values().sum());
    (common * 100).checked_div(most).unwrap_or(0)
}
