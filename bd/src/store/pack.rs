//! Which sealed files a set of files needs: containment and packing (STATE 5). Pure; the same set gives the same plan
//! in every clone, so that stale clones and concurrent packers converge without a merge base.

use super::sealed::SealedName;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// The figures of STATE 5.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// More loose files than this become a pack.
    pub loose: usize,
    /// More packs of one size class than this become one.
    pub packs: usize,
    /// log2 of the factor between size classes.
    pub class_bits: u32,
}

impl Limits {
    /// 256 loose files, 8 packs of a class, classes a factor of 8 apart.
    pub const STANDARD: Self = Self { loose: 256, packs: 8, class_bits: 3 };
}

/// A line's name while a plan is made: 128 bits of a keyed hash, so that nobody can choose lines that collide.
pub type LineKey = u128;

/// Makes [`LineKey`]s of one process.
#[derive(Default)]
pub struct Keys(RandomState, RandomState);

impl Keys {
    /// The key of a line; leading spaces (as packed rides have them) do not count.
    pub fn of(&self, line: &[u8]) -> LineKey {
        let line = bare(line);
        (u128::from(self.0.hash_one(line)) << 64) | u128::from(self.1.hash_one(line))
    }
}

/// A line without its indent.
pub fn bare(line: &[u8]) -> &[u8] {
    &line[line.iter().take_while(|b| **b == b' ').count()..]
}

/// The lines of a file's bytes, empty ones left out.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|b| *b == b'\n').filter(|l| !bare(l).is_empty())
}

/// A file as the rules see it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub name: SealedName,
    /// Its bytes.
    pub size: u64,
    /// Its distinct lines.
    pub lines: Vec<LineKey>,
}

impl Known {
    /// From bytes.
    pub fn new(name: SealedName, bytes: &[u8], keys: &Keys) -> Self {
        let mut seen = HashSet::new();
        let lines = lines(bytes).map(|l| keys.of(l)).filter(|k| seen.insert(*k)).collect();
        Self { name, size: bytes.len() as u64, lines }
    }

    fn is_pack(&self) -> bool {
        matches!(self.name, SealedName::Pack { .. })
    }
}

/// What to do with a set of files; by their places in the slice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Left out: their lines are all in others.
    pub drop: BTreeSet<usize>,
    /// Each becomes one pack; its files go.
    pub groups: Vec<BTreeSet<usize>>,
}

impl Plan {
    /// True if the files may stay as they are.
    pub fn is_empty(&self) -> bool {
        self.drop.is_empty() && self.groups.is_empty()
    }
}

/// Makes the plan.
///
/// 1. A file whose lines are all in other files is left out: loose before packs, small before large, then by name.
/// 2. Packs of concurrent packers overlap without one holding the other. Where more than 5 % of the lines are stored
///    twice, the files that share lines become one pack.
/// 3. More than `limits.loose` loose files become a pack; more than `limits.packs` of one size class become one.
pub fn plan(files: &[Known], limits: Limits) -> Plan {
    let mut count: HashMap<LineKey, u32> = HashMap::new();
    for key in files.iter().flat_map(|f| &f.lines) {
        *count.entry(*key).or_default() += 1;
    }
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|i| (files[*i].is_pack(), files[*i].size, files[*i].name.to_string()));
    let mut out = Plan::default();
    for i in order {
        if files[i].lines.iter().all(|k| count.get(k).is_some_and(|n| *n > 1)) {
            files[i].lines.iter().for_each(|k| *count.entry(*k).or_default() -= 1);
            out.drop.insert(i);
        }
    }
    let stay: Vec<usize> = (0..files.len()).filter(|i| !out.drop.contains(i)).collect();
    let stored: usize = stay.iter().map(|i| files[*i].lines.len()).sum();
    let mut packs: Vec<(u64, BTreeSet<usize>)> = Vec::new();
    let mut overlapping = BTreeSet::new();
    if (stored - count.len()) * 20 > count.len() {
        let shares = |i: &&usize| files[**i].lines.iter().any(|k| count.get(k).is_some_and(|n| *n > 1));
        overlapping = stay.iter().filter(shares).copied().collect();
        packs.push((size(files, &overlapping), overlapping.clone()));
    }
    let loose: BTreeSet<usize> = stay.iter().copied().filter(|i| !files[*i].is_pack() && !overlapping.contains(i)).collect();
    if loose.len() > limits.loose {
        packs.push((size(files, &loose), loose));
    }
    let old = stay.iter().copied().filter(|i| files[*i].is_pack() && !overlapping.contains(i));
    packs.extend(old.map(|i| (files[i].size, BTreeSet::from([i]))));
    while let Some(class) = crowded(packs.iter().map(|(size, _)| *size), limits) {
        let (full, rest): (Vec<_>, Vec<_>) = packs.into_iter().partition(|(size, _)| class_of(*size, limits) == class);
        let merged = full.into_iter().fold((0, BTreeSet::new()), |(size, mut set), (more, files)| {
            set.extend(files);
            (size + more, set)
        });
        packs = rest;
        packs.push(merged);
    }
    let is_new = |set: &BTreeSet<usize>| set.len() > 1 || set.iter().any(|i| !files[*i].is_pack());
    out.groups = packs.into_iter().map(|(_, set)| set).filter(is_new).collect();
    out.groups.sort();
    out
}

/// True if a stream with these many loose files and packs of these sizes is due for packing.
pub fn due(loose: usize, packs: &[u64], limits: Limits) -> bool {
    loose > limits.loose || crowded(packs.iter().copied(), limits).is_some()
}

fn size(files: &[Known], set: &BTreeSet<usize>) -> u64 {
    set.iter().map(|i| files[*i].size).sum()
}

fn class_of(size: u64, limits: Limits) -> u32 {
    size.max(1).ilog2() / limits.class_bits
}

/// The smallest class with too many packs.
fn crowded(sizes: impl Iterator<Item = u64>, limits: Limits) -> Option<u32> {
    let mut classes = std::collections::BTreeMap::<u32, usize>::new();
    for size in sizes {
        *classes.entry(class_of(size, limits)).or_default() += 1;
    }
    classes.into_iter().find(|(_, n)| *n > limits.packs).map(|(class, _)| class)
}

/// The bytes and the name of the pack of these files: every line once, in the order of its bytes, which for our own
/// lines is the order of event ids. The same lines make the same pack.
pub fn seal_pack<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> (SealedName, Vec<u8>) {
    let lines: BTreeSet<&[u8]> = files.into_iter().flat_map(|f| lines(f).map(bare)).collect();
    let mut bytes = Vec::with_capacity(lines.iter().map(|l| l.len() + 1).sum());
    for line in lines {
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    (SealedName::pack(&bytes), bytes)
}

#[cfg(test)]
#[path = "pack_tests.rs"]
mod tests;
