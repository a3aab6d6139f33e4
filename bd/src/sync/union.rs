//! The union of this clone's state and another one (STATE 5, 7): no merge base, no order, nothing lost.
//!
//! Equal trees are never opened. Streams in which no pack and no redaction came in are joined by name alone;
//! the others are read and brought into the normal form of [`crate::store::pack`], with the other side's files
//! preferred, so that where we have nothing new we hold exactly what it holds and publish nothing.

use super::shelf::{Item, Shelf};
use crate::error::Result;
use crate::git::{Git, Oid};
use crate::model::BeadId;
use crate::store::pack::{Keys, Known, Limits, LineKey, due, lines, plan, seal_pack};
use crate::store::{FileEntry, Redactions, SealedName, TreeDiff, check_sealed, damaged, diff_trees, stream_files};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Changes of a tree, by path from its root.
pub type Changes = BTreeMap<String, Option<Oid>>;

/// What to join.
pub struct Sides<'a> {
    /// The repository.
    pub git: &'a dyn Git,
    /// The root of our state.
    pub ours: Option<Oid>,
    /// The root of the other one, e.g. the remote's.
    pub theirs: Option<Oid>,
    /// What our state redacts.
    pub redactions: &'a Redactions,
    /// Objects (hex) that `bd doctor` has put into quarantine: they are left out.
    pub quarantined: &'a HashSet<String>,
    /// When to pack.
    pub limits: Limits,
    /// True if our state may still hold the text of events that `redactions` names.
    pub enforce: bool,
    /// Streams that stay at home: joined here, never published.
    pub home: &'a [&'a str],
}

/// How to get there.
#[derive(Debug, Default)]
pub struct Union {
    /// What makes our tree the union. Foreign files in it stay.
    pub state: Changes,
    /// What makes their tree the union; empty = they have everything. Foreign files in it go.
    pub publish: Changes,
    /// Events that they had and we lacked.
    pub fetched: usize,
    /// Events that we have and they lack.
    pub fresh: usize,
    /// Files from which a redaction took text here.
    pub redacted: usize,
    /// The beads that the fetched events are about.
    pub beads: BTreeSet<BeadId>,
    /// Everything that is redacted in the union.
    pub redactions: Redactions,
    /// Paths in their tree that are left out when publishing.
    pub foreign: Vec<String>,
    /// Their damaged files that ours replace.
    pub healed: Vec<String>,
}

/// Computes the union and writes the objects that it needs (new packs, redacted files). Moves no ref.
///
/// # Errors
/// Damage on either side that is not in quarantine (exit 9); an object that cannot be read or written.
pub fn union(sides: &Sides<'_>) -> Result<Union> {
    let diff = diff_trees(sides.git, sides.ours, sides.theirs)?;
    let mut out = Union { foreign: diff.foreign_b.clone(), ..Union::default() };
    let TreeDiff { a, b, .. } = diff;
    let mut shelf = Shelf::read(sides.git, a.iter().chain(&b))?;
    let (a, b) = sound(sides, &shelf, a, b, &mut out)?;
    let mut all = sides.redactions.clone();
    b.iter().for_each(|f| all.collect(shelf.bytes(f.oid)));
    // A redaction that is new to us reaches what both sides hold.
    let news = sides.enforce || !sides.redactions.covers(&all);
    let mut streams: BTreeSet<String> = a.iter().chain(&b).map(|f| f.stream.clone()).collect();
    if news {
        streams.insert("events".to_owned());
    }
    let keys = Keys::default();
    let stays_home = |stream: &str| sides.home.contains(&stream);
    for stream in streams {
        let of = |files: &[FileEntry]| files.iter().filter(|f| f.stream == stream).cloned().collect::<Vec<_>>();
        let (a, b) = (of(&a), of(&b));
        let gone: HashSet<String> = a.iter().map(FileEntry::path).collect();
        let common: Vec<FileEntry> = stream_files(sides.git, sides.ours, &stream)?
            .into_iter()
            .filter(|f| !gone.contains(&f.path()) && !set_aside(sides, f))
            .collect();
        let every = || a.iter().chain(&b).chain(&common);
        let loose = every().filter(|f| is_loose(f)).count();
        let packs_moved = a.iter().chain(&b).any(|f| !is_loose(f));
        let touched = a.iter().chain(&b).any(|f| all.enforce(&f.name, shelf.bytes(f.oid)).is_some());
        if packs_moved || touched || news || (!a.is_empty() && due(loose, &[], sides.limits)) {
            shelf.add(sides.git, common.iter())?;
            // A pack is made of whole files only: damage must not move into one.
            for file in &common {
                let whole = check_sealed(&file.stream, &file.name, shelf.bytes(file.oid));
                whole.map_err(|wrong| damaged(&file.path(), "state ref", wrong))?;
            }
            let side = Stream { sides, shelf: &shelf, keys: &keys, redactions: &all, stream: &stream };
            side.join(&a, &b, &common, &mut out)?;
        } else {
            for file in b {
                out.fetched += lines(shelf.bytes(file.oid)).count();
                out.beads.extend(lines(shelf.bytes(file.oid)).filter_map(bead_of));
                out.state.insert(format!(".beads/{}", file.path()), Some(file.oid));
            }
            for file in a {
                out.fresh += if stays_home(&stream) { 0 } else { lines(shelf.bytes(file.oid)).count() };
                out.publish.insert(format!(".beads/{}", file.path()), Some(file.oid));
            }
        }
    }
    let kept_home = |path: &String| sides.home.iter().any(|s| path.starts_with(&format!(".beads/{s}/")));
    out.publish.retain(|path, _| !kept_home(path));
    out.redactions = all;
    if !out.publish.is_empty() {
        // Foreign files alone are no reason to push.
        out.publish.extend(out.foreign.iter().map(|path| (path.clone(), None)));
    }
    Ok(out)
}

fn set_aside(sides: &Sides<'_>, file: &FileEntry) -> bool {
    sides.quarantined.contains(&file.oid.to_string())
}

/// The bead of a line of events.
fn bead_of(line: &[u8]) -> Option<BeadId> {
    #[derive(serde::Deserialize)]
    struct Head {
        bead: BeadId,
    }
    serde_json::from_slice::<Head>(line).ok().map(|h| h.bead)
}

fn is_loose(file: &FileEntry) -> bool {
    matches!(file.name, SealedName::Loose { .. })
}

/// Sets aside what is in quarantine, stops at other damage. A damaged file of theirs whose good lines are all in our
/// file of the same name is replaced by ours.
fn sound(
    sides: &Sides<'_>,
    shelf: &Shelf,
    a: Vec<FileEntry>,
    b: Vec<FileEntry>,
    out: &mut Union,
) -> Result<(Vec<FileEntry>, Vec<FileEntry>)> {
    let check = |f: &FileEntry| check_sealed(&f.stream, &f.name, shelf.bytes(f.oid));
    let mut ours = Vec::new();
    for file in a {
        if set_aside(sides, &file) {
            continue;
        }
        check(&file).map_err(|wrong| damaged(&file.path(), "state ref", wrong))?;
        ours.push(file);
    }
    let mut theirs = Vec::new();
    for file in b {
        if set_aside(sides, &file) {
            out.foreign.push(format!(".beads/{}", file.path()));
            continue;
        }
        let Err(wrong) = check(&file) else {
            theirs.push(file);
            continue;
        };
        let twin = ours.iter().find(|f| f.path() == file.path());
        let held: HashSet<&[u8]> = twin.into_iter().flat_map(|f| lines(shelf.bytes(f.oid))).collect();
        let good = |line: &&[u8]| std::str::from_utf8(line).is_ok_and(|l| crate::model::Event::parse(l).is_ok());
        if twin.is_none() || !lines(shelf.bytes(file.oid)).filter(good).all(|l| held.contains(l)) {
            return Err(damaged(&file.path(), "published", wrong));
        }
        out.healed.push(file.path());
    }
    Ok((ours, theirs))
}

/// One stream that has to be read.
struct Stream<'a> {
    sides: &'a Sides<'a>,
    shelf: &'a Shelf,
    keys: &'a Keys,
    redactions: &'a Redactions,
    stream: &'a str,
}

impl Stream<'_> {
    fn join(&self, a: &[FileEntry], b: &[FileEntry], common: &[FileEntry], out: &mut Union) -> Result<()> {
        let items = |files: &[FileEntry]| files.iter().map(|f| self.item(f)).collect::<Vec<Item>>();
        let (ours, both, mut theirs) = (items(a), items(common), items(b));
        let enforced = |items: &[Item]| items.iter().filter(|i| i.oid.is_none()).count();
        out.redacted += enforced(&ours) + enforced(&both) + enforced(&theirs);
        let theirs_changed = enforced(&both) + enforced(&theirs) > 0 || !out.healed.is_empty();
        let keys = |items: &[Item]| items.iter().flat_map(|i| i.known.lines.clone()).collect::<HashSet<LineKey>>();
        let (shared, mine, other) = (keys(&both), keys(&ours), keys(&theirs));
        let new = other.iter().filter(|k| !shared.contains(k) && !mine.contains(k)).collect::<HashSet<_>>();
        out.fetched += new.len();
        for line in theirs.iter().flat_map(|i| lines(&i.bytes)).filter(|l| new.contains(&self.keys.of(l))) {
            out.beads.extend(bead_of(line));
        }
        if !self.sides.home.contains(&self.stream) {
            out.fresh += mine.iter().filter(|k| !shared.contains(k) && !other.contains(k)).count();
        }
        theirs.extend(both);
        // What they have in another arrangement is no news.
        let news: Vec<Item> =
            ours.into_iter().filter(|i| i.known.lines.iter().any(|k| !shared.contains(k) && !other.contains(k))).collect();
        let settled = news.is_empty() && !theirs_changed;
        theirs.extend(news);
        let mut result: BTreeMap<String, Oid> = BTreeMap::new();
        let mut seen = HashSet::new();
        theirs.retain(|item| seen.insert(item.known.name.clone()));
        let known: Vec<Known> = theirs.iter().map(|i| i.known.clone()).collect();
        let plan = if settled { crate::store::pack::Plan::default() } else { plan(&known, self.sides.limits) };
        let grouped: BTreeSet<usize> = plan.groups.iter().flatten().copied().collect();
        for (at, item) in theirs.iter().enumerate() {
            if !plan.drop.contains(&at) && !grouped.contains(&at) {
                let oid = item.oid.map_or_else(|| self.sides.git.write_blob(&item.bytes), Ok)?;
                result.insert(self.path(&item.known.name), oid);
            }
        }
        for group in &plan.groups {
            let (name, bytes) = seal_pack(group.iter().map(|at| theirs[*at].bytes.as_slice()));
            result.insert(self.path(&name), self.sides.git.write_blob(&bytes)?);
        }
        let full = |files: &[FileEntry]| files.iter().map(|f| (format!(".beads/{}", f.path()), f.oid)).collect::<BTreeMap<_, _>>();
        for (old, changes) in [(full(a), &mut out.state), (full(b), &mut out.publish)] {
            let mut old = old;
            old.extend(full(common));
            changes.extend(
                result.iter().filter(|(path, oid)| old.get(*path) != Some(oid)).map(|(path, oid)| (path.clone(), Some(*oid))),
            );
            changes.extend(old.keys().filter(|path| !result.contains_key(*path)).map(|path| (path.clone(), None)));
        }
        Ok(())
    }

    fn path(&self, name: &SealedName) -> String {
        format!(".beads/{}", name.state_path(self.stream))
    }

    fn item(&self, file: &FileEntry) -> Item {
        let bytes = self.shelf.bytes(file.oid);
        match self.redactions.enforce(&file.name, bytes) {
            Some((name, bytes)) => Item { known: Known::new(name, &bytes, self.keys), bytes, oid: None },
            None => Item { known: Known::new(file.name.clone(), bytes, self.keys), bytes: bytes.to_vec(), oid: Some(file.oid) },
        }
    }
}
