//! What happened to beads lately: the latest events are kept, so that a look need not sort every bead by its last change.
//!
//! A hundred of them stand in front. Whoever asks for more has them kept too, by the hundred behind those, up to a thousand.

use super::file::{self, Stretch};
use crate::molecule::model::field;
use bd::error::{Error, Result};
use bd::model::{BeadId, Kind, Value};
use bd::query::{Filter, Row, SortKey};
use bd::store::wire::{Broken, Read, Take, put_str, put_var};
use bd::store::{Moment, Snapshot};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

const FILE: &str = "gt-feed";
/// How many are kept in front.
const FRONT: usize = 100;
/// How many are kept at all, where somebody asked for more than stand in front.
const MOST: usize = 1000;

/// An event on a bead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The event's name.
    pub id: String,
    /// When, as its writer's clock said.
    pub at: String,
    /// Who.
    pub by: String,
    /// What.
    pub what: String,
    /// What was said, one line.
    pub text: String,
    bead: String,
    about: String,
    /// The bead is shown by its short name before what it is about: those of others decide how short that can be.
    unnamed: bool,
}

impl Told {
    /// About what.
    ///
    /// # Errors
    /// The bead's name is none.
    pub fn about(&self, snapshot: &Snapshot) -> Result<String> {
        Ok(match self.unnamed {
            true => format!("{} {}", snapshot.short(&BeadId::new(&self.bead)?), self.about),
            false => self.about.clone(),
        })
    }

    fn put(&self, out: &mut Vec<u8>) {
        [&self.id, &self.at, &self.by, &self.what, &self.text, &self.bead, &self.about].iter().for_each(|text| put_str(out, text));
        out.push(u8::from(self.unnamed));
    }

    fn take(t: &mut Take<'_>) -> Read<Self> {
        let mut text = || -> Read<String> { Ok(t.str()?.to_owned()) };
        let (id, at, by, what, told) = (text()?, text()?, text()?, text()?, text()?);
        let (bead, about) = (text()?, text()?);
        Ok(Self { id, at, by, what, text: told, bead, about, unnamed: t.bool()? })
    }
}

/// The latest events on beads, oldest first: at least `limit`, where there are so many.
///
/// # Errors
/// The store cannot be read.
pub fn told(snapshot: &Snapshot, limit: usize, now: i64) -> Result<Vec<Told>> {
    let Some(moment) = snapshot.moment().filter(|_| limit <= MOST) else { return anew(snapshot, limit, now) };
    let folder = snapshot.cache_folder();
    let mut most = if limit <= FRONT { FRONT } else { MOST };
    let mut renewed = None;
    if let Ok((then, kept)) = Kept::open(&folder) {
        let is_same = then == moment;
        if is_same && limit <= kept.front.len() {
            return Ok(kept.front);
        }
        if is_same && limit <= kept.most {
            if let Ok(all) = kept.latest(limit) {
                return Ok(all);
            }
        }
        // What somebody asked for once is kept for whoever asks again.
        most = most.max(kept.most);
        if let (true, Ok(all)) = (kept.most == most, kept.latest(usize::MAX)) {
            let changed = snapshot.changed_since(&then);
            renewed = changed.map(|changed| renew(snapshot, all, most, &changed)).transpose()?.flatten();
        }
    }
    let all = match renewed {
        Some(all) => all,
        None => anew(snapshot, most, now)?,
    };
    if snapshot.moment().as_ref() == Some(&moment) {
        let _best_effort = save(&folder, &moment, most, &all);
        file::let_go(snapshot, &folder, FILE);
    }
    Ok(all)
}

/// What is kept.
struct Kept {
    /// How many are, where there are so many.
    most: usize,
    /// The latest, oldest first.
    front: Vec<Told>,
    file: File,
    /// Those before, by the hundred, the latest first.
    behind: Vec<Stretch>,
}

impl Kept {
    fn open(folder: &Path) -> Read<(Moment, Self)> {
        let (file, heads, mut at) = file::open(folder, FILE)?;
        let mut take = Take::new(&heads);
        let moment = Moment::take(&mut take)?;
        let most = usize::try_from(take.var()?).map_err(|_| Broken)?;
        let mut behind = Vec::new();
        for _ in 0..take.count(9)? {
            let (len, sum) = (usize::try_from(take.var()?).map_err(|_| Broken)?, take.u64()?);
            behind.push(Stretch { at, len, sum });
            at = at.checked_add(len as u64).ok_or(Broken)?;
        }
        Ok((moment, Self { most, front: list(&mut take)?, file, behind }))
    }

    /// The latest, oldest first: at least so many, where there are.
    fn latest(&self, limit: usize) -> Read<Vec<Told>> {
        let mut parts = vec![self.front.clone()];
        let mut have = self.front.len();
        for stretch in &self.behind {
            if have >= limit {
                break;
            }
            let part = list(&mut Take::new(&file::body(&self.file, *stretch)?))?;
            have += part.len();
            parts.push(part);
        }
        Ok(parts.into_iter().rev().flatten().collect())
    }
}

fn list(take: &mut Take<'_>) -> Read<Vec<Told>> {
    (0..take.count(8)?).map(|_| Told::take(take)).collect()
}

fn save(folder: &Path, moment: &Moment, most: usize, all: &[Told]) -> std::io::Result<()> {
    let put = |all: &[Told]| {
        let mut out = Vec::new();
        put_var(&mut out, all.len() as u64);
        all.iter().for_each(|one| one.put(&mut out));
        out
    };
    let mut parts = all.rchunks(FRONT);
    let front = put(parts.next().unwrap_or_default());
    let behind: Vec<Vec<u8>> = parts.map(put).collect();
    let mut heads = Vec::new();
    moment.put(&mut heads);
    put_var(&mut heads, most as u64);
    put_var(&mut heads, behind.len() as u64);
    for part in &behind {
        put_var(&mut heads, part.len() as u64);
        heads.extend_from_slice(&file::sum(part).to_le_bytes());
    }
    heads.extend(front);
    file::write_parts(folder, FILE, &heads, &behind.concat())
}

fn filter() -> Filter {
    Filter { closed_too: true, gates_too: true, ..Filter::default() }
}

/// The latest events are on the beads that were changed last; of those that were changed at one moment (a batch, an import) on any.
fn anew(snapshot: &Snapshot, most: usize, now: i64) -> Result<Vec<Told>> {
    let rows = |limit| Ok::<_, Error>(snapshot.list_page(&filter(), (SortKey::Updated, false), limit, now, false)?.rows);
    let mut latest_rows = rows(most.saturating_add(1))?;
    if let Some((cut, _)) = most.checked_sub(1).and_then(|last| latest_rows.get(last)) {
        let cut = cut.updated_at;
        if latest_rows.get(most).is_some_and(|(next, _)| next.updated_at == cut) {
            latest_rows = rows(0)?;
        }
        latest_rows.retain(|(row, _)| row.updated_at >= cut);
    }
    let mut out = Vec::new();
    for (row, _) in latest_rows {
        out.extend(of_bead(snapshot, &row)?);
    }
    Ok(latest(out, most))
}

/// The same after these beads changed; `None` where something older than what was kept may be among them now.
fn renew(snapshot: &Snapshot, mut all: Vec<Told>, most: usize, changed: &[BeadId]) -> Result<Option<Vec<Told>>> {
    let since = all.first().filter(|_| all.len() >= most).map(|first| first.id.clone());
    let changed: BTreeSet<&BeadId> = changed.iter().filter(|id| !id.is_pseudo()).collect();
    if changed.len() > most {
        return Ok(None);
    }
    let names: BTreeSet<&str> = changed.iter().map(|id| id.as_str()).collect();
    all.retain(|one| !names.contains(one.bead.as_str()));
    let filter = filter();
    for id in changed {
        if let Some(row) = snapshot.row(id)?.filter(|row| filter.matches_row(row)) {
            all.extend(of_bead(snapshot, &row)?);
        }
    }
    let Some(since) = since else { return Ok(Some(latest(all, most))) };
    all.retain(|one| one.id >= since);
    let all = latest(all, most);
    Ok(Some(all).filter(|all| all.len() >= most))
}

fn latest(mut all: Vec<Told>, most: usize) -> Vec<Told> {
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.dedup_by(|a, b| a.id == b.id);
    let skip = all.len().saturating_sub(most);
    all.drain(..skip);
    all
}

fn of_bead(snapshot: &Snapshot, row: &Row) -> Result<Vec<Told>> {
    let id = BeadId::new(&row.id)?;
    let bead = snapshot.must(&id)?;
    let (about, unnamed) = match (bead.text(field::STEP), bead.text(field::NAME)) {
        (Some(_), _) => (row.title.replacen(": ", "/", 1), false),
        (None, Some(name)) => (name, false),
        (None, None) => (row.title.clone(), true),
    };
    let poured = bead.get(field::RECIPE).is_some();
    let one = |stored: bd::store::StoredEvent| {
        let e = stored.event;
        let extra = |name: &str| e.extra.get(name).map(Value::to_plain);
        let text = e.text.clone().or_else(|| extra("why")).or_else(|| e.set.get(field::NOTE)?.as_str().map(Into::into));
        let text = text.unwrap_or_default();
        let what = if e.kind == Kind::CREATE && poured { "pour" } else { e.kind.as_str() };
        Told {
            id: e.id.to_string(),
            at: e.at.clone(),
            by: e.by.as_str().to_owned(),
            what: what.to_owned(),
            text: crate::molecule::handin::one_line(text.lines().next().unwrap_or_default()),
            bead: row.id.clone(),
            about: about.clone(),
            unnamed,
        }
    };
    Ok(snapshot.events(&id)?.into_iter().map(one).collect())
}
