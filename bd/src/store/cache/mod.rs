//! The cache (STATE 8): an image of the fold on the disk, so that a command reads what it prints and little more.
//!
//! In `<common dir>/beads/cache`: `base`, the image ([`layout`]); `text-<number>`, every event line once, uncompressed
//! ([`text`]); `overlay`, what came since the image was made ([`overlay`]). All of it can be deleted at any time. It is
//! used only when its key ([`key`]) is what is there now, or after what came since was added ([`arrive`], [`apply`]);
//! every block and every line carries a checksum, and whatever does not fit is made anew from the events ([`keep`],
//! [`gather`], [`build`]), or, where nothing can be written, left alone: then everything is read in full.

mod apply;
mod arrive;
mod block;
mod build;
mod fold;
mod gather;
mod graph;
mod hash;
mod image;
mod keep;
mod key;
mod layout;
mod lean;
mod lists;
pub(super) mod mail;
mod names;
mod overlay;
mod row;
pub(super) mod seen;
mod text;
mod view;
pub mod wire;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use hash::hash64;
pub(super) use keep::{folder, lock};
pub use wire::Read;

use super::damage::Damage;
use super::load::{Loader, StoredEvent};
use super::names::{begins_with, short, shortened};
use super::snapshot::{ReadyAsk, RowPage};
use crate::model::{BeadId, Event};
use crate::query::{Filter, GraphView, Row, SortKey};
use key::Key;
use std::collections::BTreeMap;
use view::View;
use wire::Broken;

/// A moment of what a clone knows, by what its cache was made from: what was derived from a snapshot remembers it, and asks a later
/// one what came since ([`super::Snapshot::changed_since`]). Two moments that are equal are of the same events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    salt: u64,
    at: u64,
    key: Key,
}

impl Moment {
    /// Appends it.
    pub fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.salt.to_le_bytes());
        out.extend_from_slice(&self.at.to_le_bytes());
        self.key.put(out);
    }

    /// Reads it.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn take(take: &mut wire::Take<'_>) -> Read<Self> {
        Ok(Self { salt: take.u64()?, at: take.u64()?, key: Key::take(take)? })
    }
}

/// The cache of one clone, as it is at one moment.
pub struct Cache {
    view: View,
}

impl Cache {
    /// Opened, brought up to date, or made anew; `None` where that cannot be.
    pub fn take(loader: &Loader) -> Option<Self> {
        keep::take(loader).map(|view| Self { view })
    }

    /// Adds what a mutation has just made durable, lines of sealed files: in the journal (`committed`: and what it wrote there is in the state
    /// ref as well) and in the local log. Best effort: without it the next reader finds out by itself. The caller holds the clone's lock.
    pub fn record(&mut self, loader: &Loader, shared: &[u8], local: &[u8], committed: bool) {
        let _ = keep::record(loader, &mut self.view, shared, local, committed);
    }

    /// The moment that this is of.
    pub fn moment(&self) -> Moment {
        let over = &self.view.over;
        let at = if over.after.is_some() { over.size() as u64 } else { 0 };
        Moment { salt: self.view.base.head.salt, at, key: self.view.after().key }
    }

    /// True if nothing came since.
    pub fn is_current(&self, loader: &Loader) -> bool {
        Key::now(loader).ok().flatten() == Some(self.view.after().key)
    }

    /// The beads of which something came after a moment, each perhaps several times; `None` where that is not known: another
    /// image was made since.
    pub fn changed_since(&self, moment: &Moment) -> Option<Vec<BeadId>> {
        let (base, over) = (&self.view.base.head, &self.view.over);
        if moment.salt != base.salt {
            return None;
        }
        let since = match moment.at {
            0 if moment.key != base.key => return None,
            0 => over.all_changes(),
            at => over.changed_since(usize::try_from(at).ok()?, &moment.key)?,
        };
        since.iter().map(|number| BeadId::new(&self.view.name_of(*number).ok()?).ok()).collect()
    }

    /// False if something could not be read while the graph was walked.
    pub fn is_sound(&self) -> bool {
        !self.view.is_broken()
    }

    /// Takes the cache away, so that the next command makes a new one.
    pub fn discard(&self, loader: &Loader) {
        keep::drop_cache(loader);
    }

    /// What was wrong with the bytes when the image was made; nothing with damage is added later.
    pub fn damage(&self) -> Read<Vec<Damage>> {
        self.view.base.damage()
    }

    /// Lines and distinct lines; `None` if nobody counted.
    pub fn line_counts(&self) -> Option<(usize, usize)> {
        let after = self.view.after();
        Some((after.lines? as usize, after.distinct as usize))
    }

    /// The events of a bead in no particular order; none if there is no such bead.
    pub fn events(&self, id: &BeadId) -> Read<Vec<StoredEvent>> {
        let Some(number) = self.view.number(id.as_str())? else { return Ok(Vec::new()) };
        let parse = |(line, place): (String, super::Place)| {
            let event = Event::parse(&line).map_err(|_| Broken)?;
            Ok(StoredEvent { event, line, place })
        };
        self.view.lines(number)?.into_iter().map(parse).collect()
    }

    /// All names, in order.
    pub fn ids(&self) -> Read<Vec<BeadId>> {
        self.view.names()?.iter().map(|name| BeadId::new(name).map_err(|_| Broken)).collect()
    }

    /// The rows of all beads that exist, by id.
    pub fn rows(&self) -> Read<Vec<Row>> {
        let mut rows = self.view.rows()?;
        rows.retain(|row| !row.shadow);
        Ok(rows)
    }

    /// The row of a bead that exists.
    pub fn row(&self, id: &BeadId) -> Read<Option<Row>> {
        let Some(number) = self.view.number(id.as_str())? else { return Ok(None) };
        Ok(Some(self.view.row(number)?).filter(|row| !row.shadow))
    }

    /// The beads with an edge that was made to this one, and perhaps others, by id.
    pub fn sources_of(&self, id: &BeadId) -> Read<Vec<BeadId>> {
        let numbers = self.view.sources(id.as_str())?;
        let mut out = numbers
            .into_iter()
            .map(|number| BeadId::new(&self.view.name_of(number)?).map_err(|_| Broken))
            .collect::<Read<Vec<BeadId>>>()?;
        out.sort();
        Ok(out)
    }

    /// All beads and edges.
    pub fn graph(&self) -> &dyn GraphView {
        &self.view
    }

    /// What can be worked on.
    pub fn ready(&self, ask: &ReadyAsk<'_>) -> Read<RowPage> {
        self.page(lists::ready(&self.view, ask)?, ask.count)
    }

    /// What a filter lets through.
    pub fn list(&self, filter: &Filter, (sort, reverse): (SortKey, bool), limit: usize, now: i64, count: bool) -> Read<RowPage> {
        if filter.is_plain() && sort == SortKey::Priority && !reverse {
            return self.page(lists::listed(&self.view, limit)?, count);
        }
        self.page(lists::filtered(&self.view, filter, sort, reverse, limit, now)?, count)
    }

    fn page(&self, (rows, total): lists::Page, count: bool) -> Read<RowPage> {
        let dependents = |number| if count { self.dependents(number) } else { Ok(0) };
        let rows = rows.into_iter().map(|(number, row)| Ok((row, dependents(number)?))).collect::<Read<_>>()?;
        Ok(RowPage { rows, total })
    }

    fn dependents(&self, number: u32) -> Read<usize> {
        let mut count = 0;
        for from in self.view.ins(number)? {
            count += usize::from(self.view.standing(from.target)?.node.stands());
        }
        Ok(count)
    }

    /// The beads that exist, are not deleted, and whose name begins with a text (see [`begins_with`]), in order.
    pub fn beginning_with(&self, wanted: &str) -> Read<Vec<String>> {
        let mut found: BTreeMap<String, u32> = BTreeMap::new();
        let mut look = |from: &str, all: bool| {
            self.view.names_since(from, &mut |number, name| {
                if begins_with(name, wanted) {
                    found.insert(name.to_owned(), number);
                }
                all || name.starts_with(from)
            })
        };
        match self.view.prefixes()?.filter(|_| !wanted.is_empty()) {
            Some(prefixes) => {
                look(wanted, false)?;
                for prefix in prefixes {
                    look(&format!("{prefix}-{wanted}"), false)?;
                }
            }
            None => look("", true)?,
        }
        let mut out = Vec::with_capacity(found.len());
        for (name, number) in found {
            let node = self.view.standing(number)?.node;
            if !node.shadow && !node.deleted {
                out.push(name);
            }
        }
        Ok(out)
    }

    /// The name that people see.
    pub fn short(&self, id: &BeadId) -> Read<String> {
        if let Some(take) = self.view.short_take(id.as_str()) {
            return Ok(shortened(id.as_str(), take).to_owned());
        }
        let failed = std::cell::Cell::new(false);
        let name = short(id.as_str(), |from, f| {
            failed.set(self.view.names_since(from, &mut |_, name| f(name)).is_err());
        });
        if failed.get() { Err(Broken) } else { Ok(name) }
    }
}
