//! What is known at one moment.

use super::Store;
use super::cache::{Cache, Moment, Read};
use super::damage::Damage;
use super::load::{Loader, StoredEvent, Universe};
use super::redactions::mark_of;
use crate::error::{Error, Result};
use crate::fold::{Bead, fold_bead, stub};
use crate::model::{BeadId, Event, Kind};
use crate::query::{Filter, Graph, GraphView, Row, SortKey};
use std::cell::{Cell, OnceCell};

/// A fixed view of the events of one clone, from the cache where that can be kept, else from everything read in full.
/// Both say the same. Cheap to ask for one bead or for the first rows of a list; [`Snapshot::all`] folds everything.
pub struct Snapshot {
    loader: Loader,
    cache: Option<Cache>,
    /// The cache turned out to be damaged: from then on everything comes from what was read in full.
    given_up: Cell<bool>,
    universe: OnceCell<Universe>,
    all: OnceCell<Vec<Bead>>,
    damage: Vec<Damage>,
    /// The mark of redactions before anything was read.
    redacted: Vec<u8>,
}

/// The first rows of an ordered answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowPage {
    /// The rows, each with the number of edges that reach it from beads that stand (0 where nobody asked).
    pub rows: Vec<(Row, usize)>,
    /// How many fit the question.
    pub total: usize,
}

/// What [`Snapshot::ready_page`] is asked.
#[derive(Clone, Copy)]
pub struct ReadyAsk<'a> {
    /// Milliseconds since 1970.
    pub now: i64,
    /// Ephemeral beads too.
    pub ephemeral: bool,
    /// Types that are no work too.
    pub any_type: bool,
    /// Which of them. Parts that need the folded bead are not looked at ([`Filter::needs_bead`]).
    pub filter: &'a Filter,
    /// At most this many; 0 = all.
    pub limit: usize,
    /// Count the edges that reach each row: a look at every bead that one comes from.
    pub count: bool,
}

impl Snapshot {
    pub(super) fn take(store: &Store) -> Result<Self> {
        let loader = store.loader();
        let redacted = mark_of(&super::cache::folder(&loader));
        let cache = Cache::take(&loader);
        Ok(Self { redacted, ..Self::new(loader, cache)? })
    }

    /// Everything read in full, without the cache: what the cache is measured against, and what looks for damage.
    pub(super) fn in_full(store: &Store) -> Result<Self> {
        Self::new(store.loader(), None)
    }

    /// True if every answer so far came from the cache.
    #[cfg(test)]
    pub(super) fn is_cached(&self) -> bool {
        self.cache.is_some() && !self.given_up.get() && self.universe.get().is_none()
    }

    fn new(loader: Loader, cache: Option<Cache>) -> Result<Self> {
        let damage = cache.as_ref().map(Cache::damage);
        let cache = cache.filter(|_| matches!(damage, Some(Ok(_))));
        let out = Self {
            loader,
            cache,
            given_up: Cell::new(false),
            universe: OnceCell::new(),
            all: OnceCell::new(),
            damage: damage.and_then(Read::ok).unwrap_or_default(),
            redacted: Vec::new(),
        };
        if out.cache.is_none() {
            // What cannot be read is said now, and not at the first question.
            out.full()?;
        }
        Ok(out)
    }

    /// What reading needs.
    pub(super) fn loader(&self) -> &Loader {
        &self.loader
    }

    /// The cache, to add to.
    pub(super) fn cache_mut(&mut self) -> Option<(&Loader, &mut Cache)> {
        let usable = !self.given_up.get() && self.universe.get().is_none();
        self.cache.as_mut().filter(|_| usable).map(|cache| (&self.loader, cache))
    }

    /// The moment that this is of; `None` where there is no cache that could say what came later.
    pub fn moment(&self) -> Option<Moment> {
        self.ask(|cache| Ok(cache.moment()))
    }

    /// True if nothing came since it was taken, and a cache says so.
    pub fn is_current(&self) -> bool {
        self.ask(|cache| Ok(cache.is_current(&self.loader))).unwrap_or(false)
    }

    /// True if no redaction has reached what is computed in this clone since this was taken: what was computed from it may stay in a
    /// file of the cache. To be asked after the file was written.
    pub fn may_be_kept(&self) -> bool {
        mark_of(&self.cache_folder()) == self.redacted
    }

    /// The beads of which something came after a moment, each perhaps several times; `None` where that is not known.
    pub fn changed_since(&self, moment: &Moment) -> Option<Vec<BeadId>> {
        self.ask(|cache| Ok(cache.changed_since(moment))).flatten()
    }

    /// The folder of what can be made anew from the events at any time.
    pub fn cache_folder(&self) -> std::path::PathBuf {
        super::cache::folder(&self.loader)
    }

    fn full(&self) -> Result<&Universe> {
        if self.universe.get().is_none() {
            let _ = self.universe.set(Universe::load(&self.loader)?);
        }
        self.universe.get().ok_or_else(|| Error::internal("what was read is gone"))
    }

    /// Asks the cache; `None` if there is none, or if it cannot answer.
    fn ask<T>(&self, question: impl FnOnce(&Cache) -> Read<T>) -> Option<T> {
        let cache = self.cache.as_ref().filter(|_| !self.given_up.get())?;
        match question(cache) {
            Ok(answer) if cache.is_sound() => Some(answer),
            _ => {
                self.given_up.set(true);
                cache.discard(&self.loader);
                None
            }
        }
    }

    /// One bead, folded exactly; `None` if no event creates or fills it. Deleted beads are returned too.
    pub fn bead(&self, id: &BeadId) -> Result<Option<Bead>> {
        let fold = |events: &[&Event]| Some(fold_bead(id, events)).filter(Bead::exists);
        if let Some(stored) = self.ask(|cache| cache.events(id)) {
            return Ok(if stored.is_empty() { None } else { fold(&stored.iter().map(|e| &e.event).collect::<Vec<_>>()) });
        }
        let Some(events) = self.full()?.events.get(id) else { return Ok(None) };
        Ok(fold(&events.iter().map(|e| &e.event).collect::<Vec<_>>()))
    }

    /// Every bead that exists, by id: deleted ones included, pseudo-beads not.
    pub fn all(&self) -> Result<&[Bead]> {
        if self.all.get().is_none() {
            let mut beads = Vec::new();
            for id in self.ids()?.iter().filter(|id| !id.is_pseudo()) {
                beads.extend(self.bead(id)?);
            }
            let _ = self.all.set(beads);
        }
        Ok(self.all.get().map_or(&[], Vec::as_slice))
    }

    /// The events of a bead with their lines, by id; what was redacted comes as its stub.
    pub fn events(&self, id: &BeadId) -> Result<Vec<StoredEvent>> {
        let mut out = match self.ask(|cache| cache.events(id)) {
            Some(events) => events,
            None => self.full()?.events.get(id).cloned().unwrap_or_default(),
        };
        let redacted: Vec<_> = out.iter().filter(|e| e.event.kind == Kind::REDACT).flat_map(|e| e.event.ids.clone()).collect();
        for stored in &mut out {
            if redacted.contains(&stored.event.id) && stored.event.kind != Kind::REDACT {
                stored.event = stub(&stored.event, &stored.line);
                stored.line = stored.event.to_line()?;
            }
        }
        out.sort_by(|a, b| (a.event.id, &a.line, b.place).cmp(&(b.event.id, &b.line, a.place)));
        out.dedup_by(|a, b| a.line == b.line);
        Ok(out)
    }

    /// Every bead that an event names, in order, pseudo-beads and shadows included.
    pub fn ids(&self) -> Result<Vec<BeadId>> {
        match self.ask(Cache::ids) {
            Some(ids) => Ok(ids),
            None => Ok(self.full()?.events.keys().cloned().collect()),
        }
    }

    /// The rows of all beads that exist, by id: deleted ones included, pseudo-beads not.
    pub fn rows(&self) -> Result<Vec<Row>> {
        if let Some(rows) = self.ask(Cache::rows) {
            return Ok(rows);
        }
        Ok(self.all()?.iter().map(|bead| Row::of(bead, &self.loader.categories)).collect())
    }

    /// The row of one bead; `None` if no event creates or fills it.
    pub fn row(&self, id: &BeadId) -> Result<Option<Row>> {
        match self.ask(|cache| cache.row(id)) {
            Some(row) => Ok(row),
            None => Ok(self.bead(id)?.map(|bead| Row::of(&bead, &self.loader.categories)).filter(|row| !row.shadow)),
        }
    }

    /// The beads that have an edge to this one, by id; perhaps others among them, so look at their edges.
    pub fn sources_of(&self, id: &BeadId) -> Result<Vec<BeadId>> {
        if let Some(ids) = self.ask(|cache| cache.sources_of(id)) {
            return Ok(ids);
        }
        let named = |row: &&Row| row.edges.iter().any(|e| e.to == id.as_str());
        self.rows()?.iter().filter(named).map(|row| Ok(BeadId::new(&row.id)?)).collect()
    }

    /// Asks the graph of all beads, of which only what the question looks at is read. The question may be asked twice:
    /// once more in full, where the cache turns out to be damaged.
    pub fn graph<T>(&self, question: impl Fn(&dyn GraphView) -> T) -> Result<T> {
        match self.ask(|cache| Ok(question(cache.graph()))) {
            Some(answer) => Ok(answer),
            None => Ok(question(&Graph::new(self.rows()?))),
        }
    }

    /// What can be worked on, most urgent first, then oldest.
    pub fn ready_page(&self, ask: &ReadyAsk<'_>) -> Result<RowPage> {
        if let Some(page) = self.ask(|cache| cache.ready(ask)) {
            return Ok(page);
        }
        let graph = Graph::new(self.rows()?);
        let question = crate::query::Ask { ephemeral: ask.ephemeral, any_type: ask.any_type, ..crate::query::Ask::at(ask.now) };
        let numbers = crate::query::ready(&graph, &question);
        let fits = numbers.into_iter().map(|n| graph.row(n)).filter(|row| ask.filter.matches_row(row)).collect();
        Ok(page(&graph, fits, (SortKey::Priority, false), ask.limit, ask.now, ask.count))
    }

    /// The rows that a filter lets through, in an order. Parts of the filter that need the folded bead are not looked at.
    pub fn list_page(
        &self,
        filter: &Filter,
        (sort, reverse): (SortKey, bool),
        limit: usize,
        now: i64,
        count: bool,
    ) -> Result<RowPage> {
        if let Some(page) = self.ask(|cache| cache.list(filter, (sort, reverse), limit, now, count)) {
            return Ok(page);
        }
        let graph = Graph::new(self.rows()?);
        let fits = graph.rows().iter().filter(|row| filter.matches_row(row)).collect();
        Ok(page(&graph, fits, (sort, reverse), limit, now, count))
    }

    /// The bead that a text names: a whole id, a unique prefix of one, or a unique prefix of the part after
    /// the project's prefix (`a3f` for `bd-a3f8…`). Deleted beads answer to their whole id only.
    ///
    /// # Errors
    /// None or several fit (exit 2); the nearest or the candidates are named.
    pub fn resolve(&self, text: &str) -> Result<BeadId> {
        match self.resolves(text)? {
            Some(id) => Ok(id),
            None => Err(super::names::none_fits(text, self.ids()?.iter().map(BeadId::as_str))),
        }
    }

    /// The same for who asks whether a text names a bead: `None` where it names none, and no near ones are looked for.
    ///
    /// # Errors
    /// Several beads fit (exit 2); the store cannot be read.
    pub fn resolves(&self, text: &str) -> Result<Option<BeadId>> {
        if let Ok(id) = BeadId::new(text) {
            if !id.is_pseudo() && self.row(&id)?.is_some() {
                return Ok(Some(id));
            }
        }
        let wanted = text.to_lowercase();
        let fits = match self.ask(|cache| cache.beginning_with(&wanted)) {
            Some(fits) => fits,
            None => {
                let mut fits = Vec::new();
                for id in self.full()?.events.keys().filter(|id| super::names::begins_with(id.as_str(), &wanted)) {
                    if self.bead(id)?.is_some_and(|b| !b.is_deleted()) {
                        fits.push(id.as_str().to_owned());
                    }
                }
                fits
            }
        };
        match fits.as_slice() {
            [one] => Ok(Some(BeadId::new(one)?)),
            [] => Ok(None),
            many => Err(super::names::many_fit(text, many)),
        }
    }

    /// A bead by its whole id.
    ///
    /// # Errors
    /// There is none (exit 2).
    pub fn must(&self, id: &BeadId) -> Result<Bead> {
        self.bead(id)?.ok_or_else(|| Error::usage(format!("there is no bead `{id}`")))
    }

    /// The shortest prefix of an id, of at least four characters after the project's prefix, that names no other bead.
    pub fn short(&self, id: &BeadId) -> String {
        if let Some(short) = self.ask(|cache| cache.short(id)) {
            return short;
        }
        let Ok(universe) = self.full() else { return id.as_str().to_owned() };
        super::names::short(id.as_str(), |from, f| {
            let range = (std::ops::Bound::Included(from), std::ops::Bound::Unbounded);
            universe.events.range::<str, _>(range).take_while(|(other, _)| f(other.as_str())).count();
        })
    }

    /// What is wrong with the store's bytes; empty when all is well.
    pub fn damage(&self) -> &[Damage] {
        self.universe.get().map_or(&self.damage, |universe| &universe.damage)
    }

    /// How many lines the sources hold, and how many of them are distinct.
    pub fn line_counts(&self) -> (usize, usize) {
        let counted = self.ask(|cache| Ok(cache.line_counts())).flatten();
        counted.or_else(|| self.full().ok().map(|u| (u.lines, u.distinct))).unwrap_or_default()
    }
}

fn page(graph: &Graph, mut fits: Vec<&Row>, (sort, reverse): (SortKey, bool), limit: usize, now: i64, count: bool) -> RowPage {
    sort.sort(&mut fits, reverse, now);
    let total = fits.len();
    let take = if limit == 0 { total } else { limit };
    let dependents = |row: &Row| graph.find(&row.id).filter(|_| count).map_or(0, |number| graph.dependents(number));
    RowPage { rows: fits.into_iter().take(take).map(|row| (row.clone(), dependents(row))).collect(), total }
}
