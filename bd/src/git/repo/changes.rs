//! What differs between two trees, or between a tree and the index. Folders that are equal are never read.

use super::Repo;
use crate::git::backend::Backend;
use crate::git::codec::{self, Kind};
use crate::git::{GitError, Mode, Oid, PathChange};

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
