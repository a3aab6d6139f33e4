//! Names that beads, mail and commits name, for the directory.
//!
//! Of two spellings of one name the first that a directory is told stands: what is kept is in the order in which it is told.

use super::file::{self, HEAD};
use super::text::{put_list, take_list};
use crate::mail::seen;
use bd::error::Result;
use bd::model::BeadId;
use bd::store::wire::{Read, Take, put_bytes, put_str, put_var};
use bd::store::{Moment, STATE_REF, Snapshot, Store};
use std::collections::{HashMap, HashSet};

const FILE: &str = "gt-people";

/// Everybody whom beads, mail and commits name, each spelling once, where it is seen first.
///
/// # Errors
/// The beads, the mail or the refs cannot be read.
pub fn people(store: &Store, snapshot: &Snapshot) -> Result<Vec<String>> {
    let Some(moment) = snapshot.moment() else { return Ok(Parts::renewed(store, snapshot, None, &[])?.0.all()) };
    let folder = snapshot.cache_folder();
    let depth = depth(store);
    let bytes = file::read(&folder, FILE);
    let kept = bytes.as_ref().and_then(|bytes| Kept::take(bytes.get(HEAD..)?).ok());
    let kept = match kept {
        Some(kept) if kept.moment == moment && kept.depth == depth => return Ok(kept.all),
        other => other.and_then(|kept| Some((kept.moment, Parts::take(kept.parts).ok()?))),
    };
    let (parts, is_whole) = Parts::renewed(store, snapshot, kept, &depth)?;
    let all = parts.all();
    // What came while it was read belongs to no moment.
    if is_whole && snapshot.moment().as_ref() == Some(&moment) && snapshot.is_current() && self::depth(store) == depth {
        let mut out = file::begin();
        moment.put(&mut out);
        put_bytes(&mut out, &depth);
        put_list(&mut out, &all);
        parts.put(&mut out);
        file::write(&folder, FILE, out);
    }
    Ok(all)
}

/// Where a shallow clone ends: it decides over what git says of commits, and no ref tells of it.
fn depth(store: &Store) -> Vec<u8> {
    store.dir().parent().and_then(|common| std::fs::read(common.join("shallow")).ok()).unwrap_or_default()
}

struct Kept<'a> {
    moment: Moment,
    depth: &'a [u8],
    all: Vec<String>,
    parts: &'a [u8],
}

impl<'a> Kept<'a> {
    fn take(bytes: &'a [u8]) -> Read<Self> {
        let mut take = Take::new(bytes);
        let (moment, depth, all) = (Moment::take(&mut take)?, take.bytes()?, take_list(&mut take)?);
        Ok(Self { moment, depth, all, parts: take.rest() })
    }
}

/// Where a bead names somebody whom none before it names: the bead, the number of the name, the name.
type First = (String, u8, String);

/// The same by where it was found, so that only what changed is read again.
#[derive(Default)]
struct Parts {
    /// In the order of beads.
    beads: Vec<First>,
    mail: Source,
    commits: Source,
}

/// Names, and what tells the place where they were found from what it was.
#[derive(Default)]
struct Source {
    key: Vec<u8>,
    names: Vec<String>,
}

impl Parts {
    /// What there is now, and whether that is all.
    fn renewed(store: &Store, snapshot: &Snapshot, kept: Option<(Moment, Self)>, depth: &[u8]) -> Result<(Self, bool)> {
        let changed = kept.as_ref().and_then(|(then, _)| snapshot.changed_since(then));
        let is_new = kept.is_none();
        let kept = kept.map(|(_, parts)| parts).unwrap_or_default();
        let beads = match changed {
            Some(changed) => renewed(snapshot, kept.beads, &changed)?,
            None => None,
        };
        let beads = beads.map_or_else(|| anew(snapshot), Ok)?;
        let key = snapshot.mail_mark()?;
        let mail = if !is_new && kept.mail.key == key {
            kept.mail
        } else {
            let mut names = Names::default();
            seen::of_mail(snapshot, |name| names.add(name))?;
            Source { key, names: names.all }
        };
        let mut key = Vec::new();
        for name in [Some(STATE_REF), store.sources().tracking.as_deref()] {
            let tip = name.map(|name| store.git().tip(name)).transpose()?.flatten();
            put_bytes(&mut key, tip.as_ref().map_or(&[], |tip| tip.as_bytes()));
        }
        put_bytes(&mut key, depth);
        let mut is_whole = true;
        let commits = if !is_new && kept.commits.key == key {
            kept.commits
        } else {
            let mut names = Names::default();
            is_whole = seen::of_commits(store, |name| names.add(name))?;
            Source { key, names: names.all }
        };
        Ok((Self { beads, mail, commits }, is_whole))
    }

    fn all(&self) -> Vec<String> {
        let mut names = Names::default();
        self.beads.iter().for_each(|(_, _, name)| names.add(name));
        self.mail.names.iter().chain(&self.commits.names).for_each(|name| names.add(name));
        names.all
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_var(out, self.beads.len() as u64);
        for (bead, place, name) in &self.beads {
            put_str(out, bead);
            out.push(*place);
            put_str(out, name);
        }
        for source in [&self.mail, &self.commits] {
            put_bytes(out, &source.key);
            put_list(out, &source.names);
        }
    }

    fn take(bytes: &[u8]) -> Read<Self> {
        let mut take = Take::new(bytes);
        let t = &mut take;
        let beads = (0..t.count(3)?).map(|_| Ok((t.str()?.to_owned(), t.u8()?, t.str()?.to_owned()))).collect::<Read<_>>()?;
        let mut source = || -> Read<Source> { Ok(Source { key: t.bytes()?.to_vec(), names: take_list(t)? }) };
        Ok(Self { beads, mail: source()?, commits: source()? })
    }
}

/// Names in the order in which they are seen, each once.
#[derive(Default)]
struct Names {
    known: HashSet<String>,
    all: Vec<String>,
}

impl Names {
    fn add(&mut self, name: &str) {
        if !self.known.contains(name) && !name.trim().is_empty() {
            self.known.insert(name.to_owned());
            self.all.push(name.to_owned());
        }
    }
}

fn anew(snapshot: &Snapshot) -> Result<Vec<First>> {
    let (mut known, mut out) = (HashSet::new(), Vec::new());
    seen::of_beads(snapshot, |bead, place, name| {
        if !known.contains(&name) {
            known.insert(name.clone());
            out.push((bead.to_owned(), place, name));
        }
    })?;
    Ok(out)
}

/// The same after a change of some beads; `None` where one of them does not name somebody any more who was seen there first: which
/// bead names him next is not known.
fn renewed(snapshot: &Snapshot, firsts: Vec<First>, changed: &[BeadId]) -> Result<Option<Vec<First>>> {
    let mut rows: HashMap<&str, Vec<(u8, String)>> = HashMap::new();
    for id in changed.iter().filter(|id| !id.is_pseudo()) {
        if !rows.contains_key(id.as_str()) {
            rows.insert(id.as_str(), snapshot.row(id)?.map(|row| seen::of_row(row).collect()).unwrap_or_default());
        }
    }
    Ok(merged(firsts, &rows))
}

fn merged(firsts: Vec<First>, rows: &HashMap<&str, Vec<(u8, String)>>) -> Option<Vec<First>> {
    let gone = |(bead, place, name): &First| {
        rows.get(bead.as_str()).is_some_and(|names| !names.iter().any(|(at, now)| at == place && now == name))
    };
    if firsts.iter().any(gone) {
        return None;
    }
    let mut by_name: HashMap<String, (String, u8)> = firsts.into_iter().map(|(bead, place, name)| (name, (bead, place))).collect();
    for (bead, names) in rows {
        for (place, name) in names {
            let here = || ((*bead).to_owned(), *place);
            let first = by_name.entry(name.clone()).or_insert_with(here);
            if (*bead, *place) < (first.0.as_str(), first.1) {
                *first = here();
            }
        }
    }
    let mut out: Vec<First> = by_name.into_iter().map(|(name, (bead, place))| (bead, place, name)).collect();
    out.sort();
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bead: &str, place: u8, name: &str) -> First {
        (bead.to_owned(), place, name.to_owned())
    }

    #[test]
    fn a_changed_bead_moves_a_name_forward_and_a_name_that_went_is_looked_for_everywhere() {
        let firsts = || vec![first("a-1", 0, "Ann"), first("a-1", 1, "bob"), first("a-3", 2, "cyd")];
        let after = |bead: &'static str, names: &[(u8, &str)]| {
            let names = names.iter().map(|(at, name)| (*at, (*name).to_owned())).collect();
            merged(firsts(), &HashMap::from([(bead, names)]))
        };
        assert_eq!(after("a-2", &[(0, "ann"), (1, "Ann")]).unwrap()[2], first("a-2", 0, "ann"), "another spelling comes behind");
        assert_eq!(after("a-2", &[(2, "cyd"), (0, "cyd")]).unwrap()[2], first("a-2", 0, "cyd"), "the first place counts");
        assert_eq!(after("a-0", &[(1, "bob")]).unwrap()[0], first("a-0", 1, "bob"));
        assert_eq!(after("a-1", &[(0, "Ann"), (1, "bob"), (2, "dan")]).unwrap()[2], first("a-1", 2, "dan"));
        assert_eq!(after("a-4", &[]).unwrap(), firsts());
        for gone in [&[(0, "Ann")][..], &[], &[(0, "bob"), (1, "Ann")], &[(0, "ann"), (1, "bob")]] {
            assert!(after("a-1", gone).is_none(), "{gone:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_and_each_spelling_is_told_once_in_order() {
        let source = |key: &str, names: &[&str]| Source {
            key: key.as_bytes().to_vec(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let parts = Parts {
            beads: vec![first("a-1", 0, "Jo Gil"), first("a-2", 1, "ann")],
            mail: source("m", &["jo gil", "ann"]),
            commits: source("c", &["Ann", "", "Jo Gil", "eve"]),
        };
        assert_eq!(parts.all(), ["Jo Gil", "ann", "jo gil", "Ann", "eve"]);
        let mut bytes = Vec::new();
        parts.put(&mut bytes);
        assert_eq!(
            Parts::take(&bytes).ok().map(|p| (p.all(), p.mail.key, p.commits.key)).unwrap(),
            (parts.all(), b"m".to_vec(), b"c".to_vec())
        );
        assert!((0..bytes.len()).all(|at| Parts::take(&bytes[..at]).is_err()));
    }
}
