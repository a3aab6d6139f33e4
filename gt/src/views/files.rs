//! What the convoy files of a working tree say for lists: read again only where a file is not what it was.
//!
//! A file is known by its path and its stamp. One that was changed less than two seconds before it was read is not kept: another
//! change in the same tick of the file system's clock would have the same stamp.

use super::file;
use super::text::{put_list, take_list, take_opt};
use crate::convoy::{ConvoyFile, Planned, place};
use crate::mail::Crew;
use bd::error::Result;
use bd::store::Store;
use bd::store::wire::{Broken, Read, Take, put_bytes, put_opt_str, put_str, put_var};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const FILE: &str = "gt-files";
/// How old a change must be before its stamp is believed.
const AGE: Duration = Duration::from_secs(2);

/// What tells a file from what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp([u64; 7]);

impl Stamp {
    /// Of a plain file that was not changed just now; `None` for everything else.
    pub fn of(path: &Path) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "compares with a file's time, which no injected clock can set")]
        let now = SystemTime::now();
        Self::then(path, now)
    }

    /// The same, where it is `now`.
    pub fn then(path: &Path, now: SystemTime) -> Option<Self> {
        let meta = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let since = |time: SystemTime| now.duration_since(time).ok();
        let nanos = |time: SystemTime| time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos() as u64);
        let changed = meta.modified().ok()?;
        since(changed).filter(|age| *age > AGE)?;
        let mut out = [meta.len(), nanos(changed), 0, 0, 0, 0, 0];
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let at = UNIX_EPOCH + Duration::new(u64::try_from(meta.ctime()).ok()?, u32::try_from(meta.ctime_nsec()).ok()?);
            since(at).filter(|age| *age > AGE)?;
            out[2..].copy_from_slice(&[nanos(at), meta.ino(), meta.dev(), u64::from(meta.mode()), u64::from(meta.uid())]);
        }
        Some(Self(out))
    }

    /// Appends it.
    pub fn put(self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
    }

    /// Reads what [`Stamp::put`] wrote.
    ///
    /// # Errors
    /// It did not write this.
    pub fn take(take: &mut Take<'_>) -> Read<Self> {
        let mut out = [0; 7];
        for word in &mut out {
            *word = take.u64()?;
        }
        Ok(Self(out))
    }
}

/// What is known of the people that a file names.
#[derive(Clone, Default)]
enum People {
    /// Nobody has asked yet.
    #[default]
    Unread,
    /// It cannot be understood.
    Unclear,
    /// These.
    Named(Crew),
}

#[derive(Clone, Default)]
struct Known {
    stamp: Option<Stamp>,
    crew: People,
    convoy: Option<ConvoyFile>,
}

/// The files.
pub struct Files {
    folder: PathBuf,
    known: BTreeMap<String, Known>,
    changed: bool,
}

impl Files {
    /// What is kept of them.
    pub fn open(store: &Store) -> Self {
        let folder = store.dir().join("cache");
        let known = file::read(&folder, FILE).and_then(|bytes| parse(bytes.get(file::HEAD..)?).ok()).unwrap_or_default();
        Self { folder, known, changed: false }
    }

    /// Writes what is new. Best effort.
    pub fn save(&self) {
        if !self.changed {
            return;
        }
        let mut out = file::begin();
        // Files of worktrees that are gone do not stay for ever.
        let known: Vec<_> = self.known.iter().filter_map(|(path, k)| Some((path, k.stamp?, k))).collect();
        let known: Vec<_> = known.into_iter().filter(|(path, stamp, _)| Stamp::of(Path::new(path)) == Some(*stamp)).collect();
        put_var(&mut out, known.len() as u64);
        for (path, stamp, known) in known {
            put_str(&mut out, path);
            stamp.put(&mut out);
            put_crew(&mut out, &known.crew);
            let mut convoy = Vec::new();
            known.convoy.iter().for_each(|c| put_convoy(&mut convoy, c));
            put_bytes(&mut out, &convoy);
        }
        file::write(&self.folder, FILE, out);
    }

    fn at(&mut self, path: &Path) -> Option<(String, Stamp)> {
        let (name, stamp) = (path.to_str()?.to_owned(), Stamp::of(path)?);
        let known = self.known.entry(name.clone()).or_default();
        if known.stamp != Some(stamp) {
            *known = Known { stamp: Some(stamp), ..Known::default() };
        }
        Some((name, stamp))
    }

    /// What a file says about people; `read` reads it.
    pub fn crew(&mut self, path: &Path, read: impl FnOnce() -> Option<Crew>) -> Option<Crew> {
        let Some((name, stamp)) = self.at(path) else { return read() };
        match self.known.get(&name).map(|k| &k.crew) {
            Some(People::Named(crew)) => return Some(crew.clone()),
            Some(People::Unclear) => return None,
            Some(People::Unread) | None => {}
        }
        let crew = read();
        if let Some(known) = self.known.get_mut(&name).filter(|_| Stamp::of(path) == Some(stamp)) {
            known.crew = crew.clone().map_or(People::Unclear, People::Named);
            self.changed = true;
        }
        crew
    }

    /// What the `convoy.toml` at a path of the tree says, as [`place::at`]; of one that is in order only what is looked at.
    ///
    /// # Errors
    /// As [`place::at`].
    pub fn convoy(&mut self, store: &Store, path: &str) -> Result<Option<ConvoyFile>> {
        let full = store.git().paths().work_dir.as_ref().and_then(|top| Some(top.join(place::inside(path).ok()?)));
        let Some((full, (name, stamp))) = full.and_then(|full| Some((full.clone(), self.at(&full)?))) else {
            return place::at(store, path);
        };
        if let Some(file) = self.known.get(&name).and_then(|k| k.convoy.clone()) {
            return Ok(Some(file));
        }
        let file = place::at(store, path)?;
        let sound = file.as_ref().filter(|file| file.warnings.is_empty() && Stamp::of(&full) == Some(stamp));
        if let (Some(file), Some(known)) = (sound, self.known.get_mut(&name)) {
            known.convoy = Some(for_board(file));
            self.changed = true;
        }
        Ok(file)
    }
}

/// What a board, a plan and health look at.
fn for_board(file: &ConvoyFile) -> ConvoyFile {
    let planned = |m: &Planned| Planned {
        id: m.id.clone(),
        formula: m.formula.clone(),
        end_date: m.end_date.clone(),
        status: m.status.clone(),
        owner: m.owner.clone(),
        team: m.team.clone(),
        requires: m.requires.clone(),
        blocks: m.blocks.clone(),
        pass_rate: m.pass_rate,
        ..Planned::default()
    };
    let mut out = ConvoyFile {
        path: file.path.clone(),
        name: file.name.clone(),
        owner: file.owner.clone(),
        molecules: file.molecules.iter().map(planned).collect(),
        ..ConvoyFile::default()
    };
    out.teams.involved.clone_from(&file.teams.involved);
    out.timeline.total_days = file.timeline.total_days;
    out.timeline.estimated_end_date.clone_from(&file.timeline.estimated_end_date);
    out
}

fn put_convoy(out: &mut Vec<u8>, file: &ConvoyFile) {
    put_str(out, &file.path);
    put_opt_str(out, file.name.as_deref());
    put_opt_str(out, file.owner.as_deref());
    put_list(out, &file.teams.involved);
    put_var(out, file.timeline.total_days.map_or(0, |n| u64::from(n) + 1));
    put_opt_str(out, file.timeline.estimated_end_date.as_deref());
    put_var(out, file.molecules.len() as u64);
    for m in &file.molecules {
        put_str(out, &m.id);
        for text in [&m.status, &m.owner, &m.team, &m.formula, &m.end_date] {
            put_opt_str(out, text.as_deref());
        }
        put_list(out, &m.requires);
        put_list(out, &m.blocks);
        out.push(u8::from(m.pass_rate.is_some()));
        out.extend_from_slice(&m.pass_rate.unwrap_or_default().to_bits().to_le_bytes());
    }
}

fn take_convoy(t: &mut Take<'_>) -> Read<ConvoyFile> {
    let mut out = ConvoyFile { path: t.str()?.to_owned(), name: take_opt(t)?, owner: take_opt(t)?, ..ConvoyFile::default() };
    out.teams.involved = take_list(t)?;
    out.timeline.total_days = t.var()?.checked_sub(1).map(u32::try_from).transpose().map_err(|_| Broken)?;
    out.timeline.estimated_end_date = take_opt(t)?;
    for _ in 0..t.count(8)? {
        let mut m = Planned { id: t.str()?.to_owned(), status: take_opt(t)?, owner: take_opt(t)?, ..Planned::default() };
        (m.team, m.formula, m.end_date) = (take_opt(t)?, take_opt(t)?, take_opt(t)?);
        (m.requires, m.blocks) = (take_list(t)?, take_list(t)?);
        let there = t.bool()?;
        m.pass_rate = Some(f64::from_bits(t.u64()?)).filter(|_| there);
        out.molecules.push(m);
    }
    Ok(out)
}

fn put_crew(out: &mut Vec<u8>, people: &People) {
    out.push(match people {
        People::Unread => 0,
        People::Unclear => 1,
        People::Named(_) => 2,
    });
    let People::Named(crew) = people else { return };
    put_list(out, &crew.teams);
    put_list(out, &crew.people);
    put_opt_str(out, crew.owner.as_deref());
    put_var(out, crew.members.len() as u64);
    for (team, members) in &crew.members {
        put_str(out, team);
        put_list(out, members);
    }
}

fn take_crew(t: &mut Take<'_>) -> Read<People> {
    match t.u8()? {
        0 => return Ok(People::Unread),
        1 => return Ok(People::Unclear),
        2 => {}
        _ => return Err(Broken),
    }
    let (teams, people, owner) = (take_list(t)?, take_list(t)?, take_opt(t)?);
    let members = (0..t.count(2)?).map(|_| Ok((t.str()?.to_owned(), take_list(t)?))).collect::<Read<_>>()?;
    Ok(People::Named(Crew { teams, members, owner, people }))
}

fn parse(bytes: &[u8]) -> Read<BTreeMap<String, Known>> {
    let mut take = Take::new(bytes);
    let mut out = BTreeMap::new();
    for _ in 0..take.count(8)? {
        let path = take.str()?.to_owned();
        let (stamp, crew) = (Stamp::take(&mut take)?, take_crew(&mut take)?);
        let bytes = take.bytes()?;
        let convoy = if bytes.is_empty() { None } else { Some(take_convoy(&mut Take::new(bytes))?) };
        out.insert(path, Known { stamp: Some(stamp), crew, convoy });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_file_is_what_looks_look_at() {
        let text = include_str!("../../../tests/gt/convoys/ledger-trail.toml");
        let file = crate::convoy::parse("c", text).unwrap();
        let mut out = Vec::new();
        put_convoy(&mut out, &for_board(&file));
        let mut take = Take::new(&out);
        let kept = take_convoy(&mut take).ok().unwrap();
        assert!(take.rest().is_empty());
        assert_eq!(format!("{kept:?}"), format!("{:?}", for_board(&file)));
        // What health and plans look at besides boards.
        assert!(kept.timeline.estimated_end_date.is_some());
        assert_eq!(kept.timeline.estimated_end_date, file.timeline.estimated_end_date);
        assert!(kept.molecules.iter().any(|m| m.end_date.is_some()) && kept.molecules.iter().any(|m| m.formula.is_some()));
        let more = |m: &Planned| (m.formula.clone(), m.end_date.clone());
        assert!(kept.molecules.iter().map(more).eq(file.molecules.iter().map(more)));
    }
}
