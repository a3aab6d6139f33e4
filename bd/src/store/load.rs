//! Everything that this clone knows, read in full.

use super::Store;
use super::damage::Damage;
use super::journal::Journal;
use super::sealed::SealedName;
use super::sources::STATE_REF;
use super::tree::{FileEntry, list_files, list_rides};
use crate::error::Result;
use crate::git::Oid;
use crate::model::{BeadId, Event};
use std::collections::{BTreeMap, HashMap, HashSet};

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

impl Universe {
    /// Reads the stream `events` of every source.
    pub fn load(store: &Store) -> Result<Self> {
        let git = store.git();
        let mut files: Vec<(Place, FileEntry)> = Vec::new();
        let sources = store.sources();
        let add = |place: Place, entries: Vec<FileEntry>, files: &mut Vec<(Place, FileEntry)>| {
            files.extend(entries.into_iter().filter(|f| f.stream == "events").map(|f| (place, f)));
        };
        if let Some(tip) = git.tip(STATE_REF)? {
            add(Place::State, list_files(git, tip)?, &mut files);
        }
        if let Some(tip) = sources.tracking.as_deref().map(|name| git.tip(name)).transpose()?.flatten() {
            add(Place::Published, list_files(git, tip)?, &mut files);
        }
        if let Some(tip) = sources.default_branch.as_deref().map(|name| git.tip(name)).transpose()?.flatten() {
            add(Place::Ride, list_rides(git, tip)?, &mut files);
        }
        let quarantined = store.quarantined()?;
        let mut places: BTreeMap<(String, Oid), (Place, SealedName)> = BTreeMap::new();
        for (place, file) in files {
            if quarantined.contains(&file.oid.to_string()) {
                continue;
            }
            let slot = places.entry((file.path(), file.oid)).or_insert((place, file.name));
            slot.0 = slot.0.max(place);
        }
        let mut by_oid: HashMap<Oid, Vec<(String, Place, SealedName)>> = HashMap::new();
        for ((path, oid), (place, name)) in places {
            by_oid.entry(oid).or_default().push((path, place, name));
        }
        let oids: Vec<Oid> = by_oid.keys().copied().collect();
        let mut out = Self::default();
        let mut seen: HashMap<String, (BeadId, usize)> = HashMap::new();
        git.read_blobs(&oids, &mut |oid, bytes| {
            for (path, place, name) in by_oid.get(&oid).into_iter().flatten() {
                out.take(bytes, path, *place, Some((name, oid)), &mut seen);
            }
            Ok(())
        })?;
        for (journal, place) in [(Journal::new(store.dir()), Place::Journal), (Journal::local(store.dir()), Place::Local)] {
            let contents = journal.read(0)?;
            for record in contents.records.iter().filter(|r| r.path.starts_with("events/")) {
                out.take(&record.bytes, &record.path, place, None, &mut seen);
            }
            if let Some(why) = contents.damage {
                out.damage.push(Damage { file: place.as_str().into(), place: place.as_str(), line: None, why, oid: None });
            }
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
        let path = self.dir().join("quarantine").join("index");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text.lines().filter_map(|l| l.split(' ').next()).map(str::to_owned).collect()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(HashSet::new()),
            Err(e) => Err(crate::error::Error::io(&path, &e)),
        }
    }
}
