//! What happened to beads lately: the latest events are kept, so that a look need not sort every bead by its last change.

use super::file;
use crate::molecule::model::field;
use bd::error::{Error, Result};
use bd::model::{BeadId, Kind, Value};
use bd::query::{Filter, Row, SortKey};
use bd::store::wire::{Read, Take, put_str, put_var};
use bd::store::{Moment, Snapshot};
use std::collections::BTreeSet;

const FILE: &str = "gt-feed";
/// How many are kept.
const MOST: usize = 100;

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
    let Some(moment) = snapshot.moment().filter(|_| limit <= MOST) else { return anew(snapshot, limit.max(MOST), now) };
    let folder = snapshot.cache_folder();
    let kept = file::read(&folder, FILE);
    let kept = kept.as_ref().and_then(|bytes| parse(bytes.get(file::HEAD..)?).ok());
    let renewed = match kept {
        Some((then, all)) if then == moment => return Ok(all),
        Some((then, all)) => snapshot.changed_since(&then).map(|changed| renewed(snapshot, all, &changed)).transpose()?.flatten(),
        None => None,
    };
    let all = match renewed {
        Some(all) => all,
        None => anew(snapshot, MOST, now)?,
    };
    if snapshot.moment().as_ref() == Some(&moment) {
        let mut out = file::begin();
        moment.put(&mut out);
        put_var(&mut out, all.len() as u64);
        all.iter().for_each(|one| one.put(&mut out));
        file::write(&folder, FILE, out);
        file::let_go(snapshot, &folder, FILE);
    }
    Ok(all)
}

fn parse(bytes: &[u8]) -> Read<(Moment, Vec<Told>)> {
    let mut take = Take::new(bytes);
    let moment = Moment::take(&mut take)?;
    let all = (0..take.count(8)?).map(|_| Told::take(&mut take)).collect::<Read<_>>()?;
    Ok((moment, all))
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
fn renewed(snapshot: &Snapshot, mut all: Vec<Told>, changed: &[BeadId]) -> Result<Option<Vec<Told>>> {
    let since = all.first().filter(|_| all.len() >= MOST).map(|first| first.id.clone());
    let changed: BTreeSet<&BeadId> = changed.iter().filter(|id| !id.is_pseudo()).collect();
    if changed.len() > MOST {
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
    let Some(since) = since else { return Ok(Some(latest(all, MOST))) };
    all.retain(|one| one.id >= since);
    let all = latest(all, MOST);
    Ok(Some(all).filter(|all| all.len() >= MOST))
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
