//! Everything that this clone knows, read in full.

use super::Store;
use super::damage::Damage;
use super::journal::{Contents, Journal};
use super::quarantine::quarantined;
use super::sealed::SealedName;
use super::sources::{STATE_REF, Sources};
use super::tree::{FileEntry, list_rides};
use super::treediff::stream_files;
use crate::error::Result;
use crate::git::{Git, Oid};
use crate::model::{BeadId, Event};
use crate::query::Categories;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Where an event was found. One that is in several places is named by the most shared of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the log of ephemeral beads, which never leaves this clone.
    Local,
    /// In this clone's journal only.
    Journal,
    /// On the state ref.
    State,
    /// In a ride on the default branch.
    Ride,
    /// On the remote's branch as last fetched.
    Published,
}

impl Place {
    /// All, from the least shared on.
    pub const ALL: [Self; 5] = [Self::Local, Self::Journal, Self::State, Self::Ride, Self::Published];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Journal => "journal",
            Self::State => "state ref",
            Self::Ride => "ride",
            Self::Published => "published",
        }
    }
}

/// An event with the line that it came in.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// The event.
    pub event: Event,
    /// Its line without indent and end.
    pub line: String,
    /// Where it was found.
    pub place: Place,
}

/// Everything.
#[derive(Debug, Default)]
pub struct Universe {
    /// By bead.
    pub events: BTreeMap<BeadId, Vec<StoredEvent>>,
    /// What is wrong.
    pub damage: Vec<Damage>,
    /// How many lines were read, duplicates included.
    pub lines: usize,
    /// How many distinct lines there are.
    pub distinct: usize,
}

/// What reading needs; a snapshot keeps it for the questions that are rarely asked.
#[derive(Clone)]
pub(super) struct Loader {
    pub git: Arc<dyn Git>,
    pub dir: PathBuf,
    pub sources: Sources,
    pub categories: Categories,
}

/// An object that holds events, and every path under which the sources have it.
pub(super) struct Blob {
    pub oid: Oid,
    pub uses: Vec<(String, Place, SealedName)>,
}

/// Which refs are read, where they are now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tips {
    pub state: Option<Oid>,
    pub published: Option<Oid>,
    pub rides: Option<Oid>,
}

impl Loader {
    /// Where the refs are.
    pub fn tips(&self) -> Result<Tips> {
        let tip = |name: &Option<String>| name.as_deref().map(|name| self.git.tip(name)).transpose().map(Option::flatten);
        Ok(Tips {
            state: self.git.tip(STATE_REF)?,
            published: tip(&self.sources.tracking)?,
            rides: tip(&self.sources.default_branch)?,
        })
    }

    /// The objects of the stream `events` that these tips hold, without those in quarantine.
    pub fn blobs(&self, tips: &Tips) -> Result<Vec<Blob>> {
        self.blobs_of("events", tips)
    }

    /// The same of any stream; only `events` rides on branches.
    pub fn blobs_of(&self, stream: &str, tips: &Tips) -> Result<Vec<Blob>> {
        let git = &*self.git;
        let mut files: Vec<(Place, FileEntry)> = Vec::new();
        let root = |tip: Option<Oid>| tip.map(|tip| git.commit_tree(tip)).transpose();
        let (state, published) = (root(tips.state)?, root(tips.published)?);
        // What is in both counts as published: of two equal trees the second says nothing.
        for (place, root) in [(Place::State, state.filter(|_| state != published)), (Place::Published, published)] {
            files.extend(stream_files(git, root, stream)?.into_iter().map(|f| (place, f)));
        }
        if let Some(tip) = tips.rides.filter(|_| stream == "events") {
            files.extend(list_rides(git, tip)?.into_iter().map(|f| (Place::Ride, f)));
        }
        let quarantined = quarantined(&self.dir)?;
        let mut places: Vec<(String, Oid, Place, SealedName)> = Vec::with_capacity(files.len());
        for (place, file) in files {
            if quarantined.is_empty() || !quarantined.contains(&file.oid.to_string()) {
                places.push((file.path(), file.oid, place, file.name));
            }
        }
        // In order already but for the seams.
        places.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        places.dedup_by(|next, kept| {
            let same = (&next.0, next.1) == (&kept.0, kept.1);
            if same {
                kept.2 = kept.2.max(next.2);
            }
            same
        });
        let mut numbers: HashMap<Oid, usize> = HashMap::with_capacity(places.len());
        let mut out: Vec<Blob> = Vec::with_capacity(places.len());
        for (path, oid, place, name) in places {
            let at = *numbers.entry(oid).or_insert(out.len());
            if at == out.len() {
                out.push(Blob { oid, uses: Vec::new() });
            }
            out[at].uses.push((path, place, name));
        }
        Ok(out)
    }

    /// The logs of this clone, the journal first. They are read before the refs: a record is in the journal before the
    /// state ref has it, and leaves it only afterwards, so that nobody falls between the two.
    pub fn logs(&self) -> Result<[(Place, Contents); 2]> {
        Ok([(Place::Journal, Journal::new(&self.dir).read()?), (Place::Local, Journal::local(&self.dir).read()?)])
    }
}

/// The damage that a log shows.
pub(super) fn log_damage(place: Place, contents: &Contents) -> Option<Damage> {
    let why = contents.damage.clone()?;
    Some(Damage { file: place.as_str().into(), place: place.as_str(), line: None, why, oid: None })
}

impl Universe {
    /// Reads the stream `events` of every source.
    pub fn load(loader: &Loader) -> Result<Self> {
        let logs = loader.logs()?;
        let blobs = loader.blobs(&loader.tips()?)?;
        let by_oid: HashMap<Oid, &Blob> = blobs.iter().map(|b| (b.oid, b)).collect();
        let oids: Vec<Oid> = blobs.iter().map(|b| b.oid).collect();
        let mut out = Self::default();
        let mut seen: HashMap<String, (BeadId, usize)> = HashMap::new();
        loader.git.read_blobs(&oids, &mut |oid, bytes| {
            for (path, place, name) in by_oid.get(&oid).iter().flat_map(|b| &b.uses) {
                out.take(bytes, path, *place, Some((name, oid)), &mut seen);
            }
            Ok(())
        })?;
        for (place, contents) in logs {
            for record in contents.records.iter().filter(|r| r.path.starts_with("events/")) {
                out.take(&record.bytes, &record.path, place, None, &mut seen);
            }
            out.damage.extend(log_damage(place, &contents));
        }
        out.distinct = seen.len();
        Ok(out)
    }

    /// Takes the lines of one file.
    fn take(
        &mut self,
        bytes: &[u8],
        path: &str,
        place: Place,
        sealed: Option<(&SealedName, Oid)>,
        seen: &mut HashMap<String, (BeadId, usize)>,
    ) {
        let mut damage = |line: Option<usize>, why: String| {
            self.damage.push(Damage { file: path.to_owned(), place: place.as_str(), line, why, oid: sealed.map(|(_, oid)| oid) });
        };
        if let Some((name, _)) = sealed {
            if !name.matches(bytes) {
                damage(None, "its bytes do not match the digest in its name".to_owned());
            }
        }
        for (number, raw) in bytes.split(|b| *b == b'\n').enumerate() {
            if raw.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.lines += 1;
            let Ok(text) = std::str::from_utf8(raw) else {
                damage(Some(number + 1), "it is not UTF-8".to_owned());
                continue;
            };
            let line = text.trim_start_matches(' ');
            if let Some((bead, at)) = seen.get(line) {
                if let Some(event) = self.events.get_mut(bead).and_then(|e| e.get_mut(*at)) {
                    event.place = event.place.max(place);
                }
                continue;
            }
            match Event::parse(line) {
                Ok(event) => {
                    let events = self.events.entry(event.bead.clone()).or_default();
                    seen.insert(line.to_owned(), (event.bead.clone(), events.len()));
                    events.push(StoredEvent { event, line: line.to_owned(), place });
                }
                Err(e) => damage(Some(number + 1), e.to_string()),
            }
        }
    }
}

impl Store {
    /// The objects (hex) and files that `bd doctor` has put into quarantine: their bytes are read no more.
    pub fn quarantined(&self) -> Result<HashSet<String>> {
        quarantined(self.dir())
    }

    /// What reading needs.
    pub(super) fn loader(&self) -> Loader {
        Loader { git: self.git.clone(), dir: self.dir.clone(), sources: self.sources.clone(), categories: self.categories() }
    }
}
