//! Who has what: the beads that are not closed, by the person to whom they are assigned.

use super::file;
use bd::error::Result;
use bd::model::BeadId;
use bd::query::{Filter, Row, SortKey};
use bd::store::wire::{Broken, Read, Take, put_bytes, put_int, put_str, put_var};
use bd::store::{Moment, Snapshot};
use std::collections::{BTreeMap, HashSet};

const FILE: &str = "gt-held";

/// One bead in the order in which people are told of theirs: most urgent first, then oldest, then by name; and whether it stands for
/// more than itself.
type Item = (i64, i64, String, bool);
type All = BTreeMap<String, Vec<Item>>;

/// What is somebody's and not closed, most urgent first, at most so many.
///
/// # Errors
/// The store cannot be read.
pub fn assigned(snapshot: &Snapshot, who: &str, most: usize, now: i64) -> Result<Vec<Row>> {
    rows(snapshot, first(snapshot, who, most, now)?)
}

/// Those of [`assigned`] that are no molecules and no convoys; the rows of the others are not read.
///
/// # Errors
/// As [`assigned`].
pub fn assigned_beads(snapshot: &Snapshot, who: &str, most: usize, now: i64) -> Result<Vec<Row>> {
    let mut items = first(snapshot, who, most, now)?;
    items.retain(|(_, _, _, more)| !more);
    rows(snapshot, items)
}

fn first(snapshot: &Snapshot, who: &str, most: usize, now: i64) -> Result<Vec<Item>> {
    let of_all = |all: &All| all.get(who).map(|items| items.iter().take(most).cloned().collect()).unwrap_or_default();
    let Some(moment) = snapshot.moment() else { return Ok(of_all(&index(anew(snapshot, now)?))) };
    let folder = snapshot.cache_folder();
    let kept = file::read(&folder, FILE);
    let kept = kept.as_ref().and_then(|bytes| split(bytes.get(file::HEAD..)?).ok());
    let all = match kept {
        Some((then, people)) if then == moment => {
            let mut ids = of(people, who).unwrap_or_default();
            ids.truncate(most);
            return Ok(ids);
        }
        Some((then, people)) => match (snapshot.changed_since(&then), parse(people)) {
            (Some(changed), Ok(all)) => renewed(snapshot, all, &changed)?,
            _ => index(anew(snapshot, now)?),
        },
        None => index(anew(snapshot, now)?),
    };
    if snapshot.moment().as_ref() == Some(&moment) {
        file::write(&folder, FILE, written(&moment, &all));
    }
    Ok(of_all(&all))
}

/// The list of what is open is kept in this order; one with a filter looks at what is closed too.
fn anew(snapshot: &Snapshot, now: i64) -> Result<Vec<Row>> {
    let open = snapshot.list_page(&Filter::default(), (SortKey::Priority, false), 0, now, false)?;
    Ok(open.rows.into_iter().map(|(row, _)| row).collect())
}

fn item(row: &Row) -> Item {
    (row.priority, row.created_at, row.id.clone(), matches!(row.issue_type.as_str(), "molecule" | "convoy"))
}

fn index(rows: Vec<Row>) -> All {
    let mut out = All::new();
    for row in &rows {
        if let Some(who) = &row.assignee {
            out.entry(who.clone()).or_default().push(item(row));
        }
    }
    out.values_mut().for_each(|items| items.sort());
    out
}

fn renewed(snapshot: &Snapshot, mut all: All, changed: &[BeadId]) -> Result<All> {
    let names: HashSet<&str> = changed.iter().map(BeadId::as_str).collect();
    all.values_mut().for_each(|items| items.retain(|(_, _, id, _)| !names.contains(id.as_str())));
    let filter = Filter::default();
    for name in names {
        let row = snapshot.row(&BeadId::new(name)?)?.filter(|row| filter.matches_row(row));
        if let Some((who, item)) = row.and_then(|row| Some((row.assignee.clone()?, item(&row)))) {
            let items = all.entry(who).or_default();
            let at = items.binary_search(&item).unwrap_or_else(|at| at);
            items.insert(at, item);
        }
    }
    Ok(all)
}

fn rows(snapshot: &Snapshot, items: Vec<Item>) -> Result<Vec<Row>> {
    let mut out = Vec::with_capacity(items.len());
    for (_, _, id, _) in items {
        out.extend(snapshot.row(&BeadId::new(&id)?)?);
    }
    Ok(out)
}

fn written(moment: &Moment, all: &All) -> Vec<u8> {
    let mut out = file::begin();
    moment.put(&mut out);
    for (who, items) in all.iter().filter(|(_, items)| !items.is_empty()) {
        put_str(&mut out, who);
        let mut bytes = Vec::new();
        put_var(&mut bytes, items.len() as u64);
        for (priority, created, id, more) in items {
            put_int(&mut bytes, *priority);
            put_int(&mut bytes, *created);
            put_str(&mut bytes, id);
            bytes.push(u8::from(*more));
        }
        put_bytes(&mut out, &bytes);
    }
    out
}

fn split(bytes: &[u8]) -> Read<(Moment, &[u8])> {
    let mut take = Take::new(bytes);
    Ok((Moment::take(&mut take)?, take.rest()))
}

fn items(bytes: &[u8]) -> Read<Vec<Item>> {
    let mut take = Take::new(bytes);
    (0..take.count(4)?).map(|_| Ok((take.int()?, take.int()?, take.str()?.to_owned(), take.bool()?))).collect()
}

/// One person's, the others passed over.
fn of(people: &[u8], who: &str) -> Read<Vec<Item>> {
    let mut take = Take::new(people);
    while !take.rest().is_empty() {
        let (name, bytes) = (take.str()?, take.bytes()?);
        if name == who {
            return items(bytes);
        }
    }
    Err(Broken)
}

fn parse(people: &[u8]) -> Read<All> {
    let mut take = Take::new(people);
    let mut out = All::new();
    while !take.rest().is_empty() {
        let (who, bytes) = (take.str()?.to_owned(), take.bytes()?);
        out.insert(who, items(bytes)?);
    }
    Ok(out)
}
