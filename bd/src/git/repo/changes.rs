//! What differs between two trees, or between a tree and the index. Folders that are equal are never read.

use super::Repo;
use crate::git::backend::Backend;
use crate::git::codec::{self, Kind};
use crate::git::{GitError, Mode, Oid, PathChange, TreeEntry};
use std::cmp::Ordering;

/// One entry of a folder, in git's order.
pub(in crate::git) struct Item {
    /// The name; of a folder with a slash at its end, by which git sorts.
    pub key: Vec<u8>,
    pub mode: Mode,
    pub oid: Oid,
}

/// A folder that differs: its path with a slash at its end, and both sides.
type Folder = (Vec<u8>, Option<Oid>, Option<Oid>);

impl<B: Backend> Repo<B> {
    /// The entries of a tree by their raw names.
    pub(in crate::git) fn items(&self, tree: Option<Oid>) -> Result<Vec<Item>, GitError> {
        let Some(tree) = tree else { return Ok(Vec::new()) };
        let mut bytes = Vec::new();
        self.read_as(tree, Kind::Tree, &mut bytes)?;
        let item = |(mode, name, oid): (Mode, &[u8], Oid)| {
            let mut key = name.to_vec();
            key.extend((mode == Mode::Tree).then_some(b'/'));
            Item { key, mode, oid }
        };
        codec::tree_items(tree, &bytes).map(|found| found.map(item)).collect()
    }

    /// See [`crate::git::Git::unlike`].
    pub(in crate::git) fn unlike_entries(&self, a: Option<Oid>, b: Option<Oid>) -> Result<[Vec<TreeEntry>; 2], GitError> {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for (tree, bytes) in [(a, &mut left), (b, &mut right)] {
            tree.map_or(Ok(()), |tree| self.read_as(tree, Kind::Tree, bytes))?;
        }
        // Without a tree there are no bytes, and so no entries whose ids could have the wrong length.
        let items = |tree: Option<Oid>, bytes| tree.or(a).or(b).map(|id| codec::tree_items(id, bytes)).into_iter().flatten();
        let (mut ours, mut theirs) = (items(a, &left), items(b, &right));
        let (mut p, mut q) = (ours.next().transpose()?, theirs.next().transpose()?);
        let mut out = [Vec::new(), Vec::new()];
        let owned =
            |(mode, name, oid): (Mode, &[u8], Oid)| TreeEntry { name: String::from_utf8_lossy(name).into_owned(), mode, oid };
        loop {
            let order = match (&p, &q) {
                (Some(p), Some(q)) if p == q => Ordering::Equal,
                // Of one name and not alike: both go, one after the other.
                (Some(p), Some(q)) => sorted((p.1, p.0), (q.1, q.0)).then(Ordering::Less),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return Ok(out),
            };
            if order.is_lt() {
                out[0].extend(p.take().map(owned));
            }
            if order.is_gt() {
                out[1].extend(q.take().map(owned));
            }
            if order.is_le() {
                p = ours.next().transpose()?;
            }
            if order.is_ge() {
                q = theirs.next().transpose()?;
            }
        }
    }

    /// See [`crate::git::Git::tree_changes`].
    pub(in crate::git) fn between_trees(&self, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<PathChange>, GitError> {
        let mut out = Vec::new();
        // A list of what is to do instead of calls within calls: how deep a stranger's tree goes is not ours to say.
        let mut todo: Vec<Folder> = vec![(Vec::new(), old, new)];
        while let Some((prefix, old, new)) = todo.pop() {
            if old == new {
                continue;
            }
            let (old, new) = (self.items(old)?, self.items(new)?);
            let (mut a, mut b) = (old.into_iter().peekable(), new.into_iter().peekable());
            while a.peek().is_some() || b.peek().is_some() {
                let order = match (a.peek(), b.peek()) {
                    (Some(x), Some(y)) => x.key.cmp(&y.key),
                    (Some(_), None) => std::cmp::Ordering::Less,
                    _ => std::cmp::Ordering::Greater,
                };
                let x = if order.is_le() { a.next() } else { None };
                let y = if order.is_ge() { b.next() } else { None };
                differ(&prefix, x, y, &mut out, &mut todo);
            }
        }
        out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(out)
    }
}

/// git's order of names: that of a folder as if it ended in a slash.
fn sorted(a: (&[u8], Mode), b: (&[u8], Mode)) -> Ordering {
    let common = a.0.len().min(b.0.len());
    let rest = |(name, mode): (&[u8], Mode)| name.get(common).copied().or((mode == Mode::Tree).then_some(b'/'));
    a.0[..common].cmp(&b.0[..common]).then_with(|| (rest(a), a.0.len()).cmp(&(rest(b), b.0.len())))
}

/// Notes two entries of one key if they differ.
fn differ(prefix: &[u8], old: Option<Item>, new: Option<Item>, out: &mut Vec<PathChange>, todo: &mut Vec<Folder>) {
    let Some(either) = new.as_ref().or(old.as_ref()) else { return };
    let path = [prefix, &either.key].concat();
    let is_folder = either.mode == Mode::Tree;
    let (old, new) = (old.map(|i| (i.mode, i.oid)), new.map(|i| (i.mode, i.oid)));
    if old == new {
    } else if is_folder {
        todo.push((path, old.map(|o| o.1), new.map(|n| n.1)));
    } else {
        out.push(PathChange { path, old, new });
    }
}
