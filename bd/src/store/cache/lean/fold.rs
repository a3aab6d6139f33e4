//! From the encoded events of one bead to its row, or to nothing where the exact fold is needed.

use super::encode::{
    END, FIELD, FLAG_IMPORTED, FLAG_STRANGE, FLAG_TEXT, KIND_COMMENT, KIND_CREATE, KIND_IMPORT, KIND_REDACT, LABEL, LINK, NO_TIME,
    ON, UNKNOWN, UNLABEL, UNLINK, code,
};
use crate::model::{DepType, Outcome, Status};
use crate::query::{Categories, Row, RowClaim, RowEdge, StatusClass, Wait};
use crate::store::cache::wire::{Read, Take};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A write of a field: which, by which event, and the bytes of the value.
#[derive(Clone, Copy)]
struct Write<'a> {
    field: u64,
    event: usize,
    value: &'a [u8],
}

struct Event<'a> {
    id: u128,
    at: Option<i64>,
    kind: u8,
    flags: u8,
    on: Vec<u128>,
    sections: &'a [u8],
}

/// Folds bead after bead with the same statuses.
pub struct Folder<'c> {
    categories: &'c Categories,
}

/// What a section says.
enum Section<'a> {
    On(u128),
    Field(u8, &'a [u8]),
    Unknown(u64),
    Label(&'a str),
    Unlabel(&'a str),
    Link(&'a str, &'a str, Option<Wait>),
    Unlink(&'a str, &'a str),
}

/// The next section; `None` at the end.
fn section<'a>(take: &mut Take<'a>) -> Read<Option<Section<'a>>> {
    Ok(Some(match take.u8()? {
        END => return Ok(None),
        ON => Section::On(take.u128()?),
        FIELD => {
            let code = take.u8()?;
            let before = take.rest();
            skip(take, code)?;
            Section::Field(code, &before[..before.len() - take.rest().len()])
        }
        UNKNOWN => Section::Unknown(take.u64()?),
        LABEL => Section::Label(take.str()?),
        UNLABEL => Section::Unlabel(take.str()?),
        LINK => {
            let (to, kind) = (take.str()?, take.str()?);
            let wait = match take.bool()? {
                true => Some(Wait { spawner: take.opt_str()?.map(str::to_owned), any: take.bool()? }),
                false => None,
            };
            Section::Link(to, kind, wait)
        }
        UNLINK => Section::Unlink(take.str()?, take.str()?),
        _ => return Err(crate::store::cache::wire::Broken),
    }))
}

/// Passes over the value of a field.
fn skip(take: &mut Take<'_>, code: u8) -> Read<()> {
    match code {
        code::TITLE..=code::OWNER => drop(take.bytes()?),
        code::PRIORITY => drop(take.opt_int()?),
        code::OUTCOME | code::CLOSE_REASON | code::DELETED..=code::TEMPLATE => drop(take.u8()?),
        code::CLAIM => drop(claim(take)?),
        code::CREATED_AT..code::PLAIN => drop(time(take)?),
        _ => {}
    }
    Ok(())
}

fn claim(take: &mut Take<'_>) -> Read<Option<RowClaim>> {
    if !take.bool()? {
        return Ok(None);
    }
    Ok(Some(RowClaim { holder: Some(take.str()?.to_owned()), epoch: take.var()?, until: take.opt_int()? }))
}

/// A time field: whether there is a text, and what it says.
fn time(take: &mut Take<'_>) -> Read<(bool, Option<i64>)> {
    Ok(match take.u8()? {
        0 => (false, None),
        1 => (true, None),
        _ => (true, Some(take.int()?)),
    })
}

/// A dependency type of any text, as an event line may bring it.
pub fn dep_type(text: &str) -> DepType {
    DepType::new(text).unwrap_or_else(|| {
        let text = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text);
        DepType::deserialize(text).unwrap_or(DepType::RELATED)
    })
}

impl<'c> Folder<'c> {
    /// For one configuration.
    pub fn new(categories: &'c Categories) -> Self {
        Self { categories }
    }

    /// The row of a bead from its encoded events, which are sorted by id, each id once; `None` where only the exact
    /// fold can tell. No events make a shadow.
    pub fn fold(&self, name: &str, encoded: &[&[u8]]) -> Option<Row> {
        self.read(name, encoded).ok().flatten()
    }

    fn read(&self, name: &str, encoded: &[&[u8]]) -> Read<Option<Row>> {
        let mut events: Vec<Event<'_>> = Vec::with_capacity(encoded.len());
        let mut writes: Vec<Write<'_>> = Vec::with_capacity(encoded.len() * 4);
        let mut unlabels: Vec<(usize, &str)> = Vec::new();
        let mut unlinks: Vec<(usize, &str, &str)> = Vec::new();
        for (at, bytes) in encoded.iter().enumerate() {
            let mut take = Take::new(bytes);
            let (id, time, kind, flags) = (take.u128()?, take.i64()?, take.u8()?, take.u8()?);
            if flags & FLAG_STRANGE != 0 || kind == KIND_REDACT {
                return Ok(None);
            }
            let sections = take.rest();
            let mut on = Vec::new();
            while let Some(section) = section(&mut take)? {
                match section {
                    Section::On(id) => on.push(id),
                    Section::Field(code, value) => writes.push(Write { field: u64::from(code), event: at, value }),
                    // Hashes of names stand above the codes, and a name that is written twice is not folded here.
                    Section::Unknown(hash) => writes.push(Write { field: hash | 1 << 63, event: at, value: &[] }),
                    Section::Unlabel(label) => unlabels.push((at, label)),
                    Section::Unlink(to, kind) => unlinks.push((at, to, kind)),
                    Section::Label(_) | Section::Link(..) => {}
                }
            }
            events.push(Event { id, at: (time != NO_TIME).then_some(time), kind, flags, on, sections });
        }
        writes.sort_by_key(|w| w.field);
        let Some(heads) = heads(&events, &writes) else { return Ok(None) };
        let mut row = self.fields(name, &events, &heads)?;
        let mut standing: Vec<usize> = heads.iter().map(|h| h.event).collect();
        labels_and_edges(&events, &unlabels, &unlinks, &mut row, &mut standing)?;
        standing.extend((0..events.len()).filter(|i| events[*i].flags & FLAG_TEXT != 0));
        row.comments = events.iter().filter(|e| e.kind == KIND_COMMENT && e.flags & FLAG_TEXT != 0).count();
        let deleted = heads.iter().find(|h| h.field == u64::from(code::DELETED));
        if let (Some(head), true) = (deleted, row.deleted) {
            // What a deletion has not seen is a conflict; which of it stands is the exact fold's question.
            let delete = &events[head.event];
            let unseen = |i: &usize| {
                let event = &events[*i];
                *i != head.event && !delete.on.contains(&event.id) && !event.on.contains(&delete.id)
            };
            if standing.iter().any(unseen) {
                return Ok(None);
            }
        }
        Ok(Some(row))
    }

    fn fields(&self, name: &str, events: &[Event<'_>], heads: &[Write<'_>]) -> Read<Row> {
        let find = |code: u8| heads.binary_search_by_key(&u64::from(code), |h| h.field).ok().map(|at| heads[at]);
        let value = |code: u8| find(code).map(|h| Take::new(h.value));
        let text = |code: u8| -> Read<Option<String>> {
            let Some(mut take) = value(code) else { return Ok(None) };
            let text = take.str()?;
            Ok((!text.is_empty()).then(|| text.to_owned()))
        };
        let byte = |code: u8| value(code).map_or(Ok(0), |mut take| take.u8());
        let time = |code: u8| value(code).map_or(Ok((false, None)), |mut take| time(&mut take));
        let created = events.iter().find(|e| e.kind == KIND_CREATE || e.kind == KIND_IMPORT);
        let created_at = match time(code::CREATED_AT)? {
            (true, at) => at,
            (false, _) => created.and_then(|e| e.at),
        };
        let created_at = created_at.unwrap_or(0);
        let mut own = events.iter().filter(|e| e.kind != KIND_IMPORT && e.flags & FLAG_IMPORTED == 0).peekable();
        let touched = own.peek().is_some();
        let (dated, imported) = time(code::UPDATED_AT)?;
        let updated_at = if touched || dated { own.map(|e| e.at).max().flatten().max(imported) } else { Some(created_at) };
        let status = text(code::STATUS)?.map_or(Status::OPEN, |t| Status::new(&t));
        let closed_at = match find(code::STATUS).map(|h| &events[h.event]) {
            Some(event) if event.kind != KIND_IMPORT => event.at.filter(|_| status == Status::CLOSED),
            _ => time(code::CLOSED_AT)?.1,
        };
        let claim = value(code::CLAIM).map_or(Ok(None), |mut take| claim(&mut take))?;
        let outcome = Outcome::ALL.get(usize::from(byte(code::OUTCOME)?).wrapping_sub(1)).copied();
        let deleted = match byte(code::DELETED)? {
            0 => status == Status::TOMBSTONE,
            given => given == 2,
        };
        let class: StatusClass = self.categories.class(&status);
        Ok(Row {
            id: name.to_owned(),
            title: text(code::TITLE)?.unwrap_or_else(|| "(no title)".to_owned()),
            category: self.categories.of(&status),
            class,
            status,
            priority: value(code::PRIORITY).map_or(Ok(None), |mut take| take.opt_int())?.unwrap_or(2),
            issue_type: text(code::ISSUE_TYPE)?.unwrap_or_else(|| "task".to_owned()),
            assignee: match &claim {
                Some(claim) => claim.holder.clone(),
                None => text(code::ASSIGNEE)?,
            },
            owner: text(code::OWNER)?,
            created_at,
            updated_at: updated_at.unwrap_or(created_at),
            closed_at,
            defer_until: time(code::DEFER_UNTIL)?.1,
            due_at: time(code::DUE_AT)?.1,
            outcome,
            failed: match outcome {
                Some(outcome) => outcome.is_failure(),
                None => byte(code::CLOSE_REASON)? == 1,
            },
            deleted,
            shadow: created.is_none() && find(code::TITLE).is_none() || name.starts_with('_'),
            pinned: byte(code::PINNED)? == 2,
            ephemeral: byte(code::EPHEMERAL)? == 2,
            template: byte(code::TEMPLATE)? == 2,
            conflict: false,
            contested: false,
            undecided: false,
            claim,
            parent: None,
            labels: Vec::new(),
            edges: Vec::new(),
            comments: 0,
        })
    }
}

/// The one head of every field, in the order of the fields; `None` if a field has several or a ring, or if a name that
/// we do not know was written twice. `writes` are sorted by field and event.
fn heads<'a>(events: &[Event<'_>], writes: &[Write<'a>]) -> Option<Vec<Write<'a>>> {
    let mut out = Vec::with_capacity(writes.len());
    let mut named: Vec<u128> = Vec::new();
    for group in writes.chunk_by(|a, b| a.field == b.field) {
        if let [only] = group {
            out.push(*only);
            continue;
        }
        if group[0].field >> 63 != 0 {
            return None;
        }
        named.clear();
        for write in group {
            let event = &events[write.event];
            named.extend(event.on.iter().filter(|id| **id != event.id));
        }
        named.sort_unstable();
        let mut standing = group.iter().filter(|w| named.binary_search(&events[w.event].id).is_err());
        match (standing.next(), standing.next()) {
            (Some(head), None) => out.push(*head),
            _ => return None,
        }
    }
    Some(out)
}

/// Observed-remove sets: an add stands unless a removal of the same thing names its event.
fn labels_and_edges(
    events: &[Event<'_>],
    unlabels: &[(usize, &str)],
    unlinks: &[(usize, &str, &str)],
    row: &mut Row,
    standing: &mut Vec<usize>,
) -> Read<()> {
    let mut edges: BTreeMap<(&str, &str), (usize, Option<Wait>)> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        let mut take = Take::new(event.sections);
        while let Some(section) = section(&mut take)? {
            match section {
                Section::Label(label) => {
                    if !unlabels.iter().any(|(by, gone)| *gone == label && events[*by].on.contains(&event.id)) {
                        row.labels.push(label.to_owned());
                        standing.push(at);
                    }
                }
                Section::Link(to, kind, wait) => {
                    let gone = |(by, t, k): &(usize, &str, &str)| *t == to && *k == kind && events[*by].on.contains(&event.id);
                    if !unlinks.iter().any(gone) {
                        edges.insert((to, kind), (at, wait));
                        standing.push(at);
                    }
                }
                _ => {}
            }
        }
    }
    row.labels.sort_unstable();
    row.labels.dedup();
    let parents = edges.iter().filter(|((_, kind), _)| *kind == DepType::PARENT_CHILD.as_str());
    row.parent = parents.max_by_key(|(_, (at, _))| *at).map(|((to, _), _)| (*to).to_owned());
    row.edges =
        edges.into_iter().map(|((to, kind), (_, wait))| RowEdge { kind: dep_type(kind), to: to.to_owned(), wait }).collect();
    Ok(())
}
