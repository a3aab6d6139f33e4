//! `bd list`: beads that a filter lets through.

use super::graph;
use crate::config::Config;
use crate::error::Result;
use crate::interchange::json::Counters;
use crate::query::{Filter, GraphView, Row, SortKey};
use crate::store::{RowPage, Snapshot};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Which beads.
    pub filter: Filter,
    /// In which order.
    pub sort: SortKey,
    /// The other way round.
    pub reverse: bool,
    /// At most this many; 0 = all.
    pub limit: usize,
    /// Also only what is ready.
    pub ready: bool,
    /// Count what depends on each row ([`Counters::dependents`]); otherwise that is 0.
    pub counted: bool,
}

/// One bead of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its row.
    pub row: Row,
    /// What others say about it.
    pub counters: Counters,
}

/// The rows that are shown, and how many there are in all.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The first ones, in order.
    pub rows: Vec<Listed>,
    /// How many fit the question.
    pub total: usize,
}

impl Page {
    /// How many are not shown.
    pub fn more(&self) -> usize {
        self.total - self.rows.len()
    }
}

impl From<RowPage> for Page {
    fn from(page: RowPage) -> Self {
        let listed = |(row, dependents): (Row, usize)| {
            let counters = Counters { dependencies: row.edges.len(), dependents, comments: row.comments };
            Listed { row, counters }
        };
        Self { rows: page.rows.into_iter().map(listed).collect(), total: page.total }
    }
}

/// Answers a list question; `now` is milliseconds since 1970.
pub fn rows(snapshot: &Snapshot, config: &Config, query: &ListQuery, now: i64) -> Result<Page> {
    if !query.ready && !query.filter.needs_bead() {
        return Ok(snapshot.list_page(&query.filter, (query.sort, query.reverse), query.limit, now, query.counted)?.into());
    }
    let graph = graph::graph(snapshot, config)?;
    let ready: Option<Vec<usize>> = query.ready.then(|| crate::query::ready(&graph, &crate::query::Ask::at(now)));
    let mut fits = Vec::new();
    for (number, row) in graph.rows().iter().enumerate() {
        if ready.as_ref().is_some_and(|r| r.binary_search(&number).is_err()) || !query.filter.matches_row(row) {
            continue;
        }
        if query.filter.needs_bead() {
            let bead = snapshot.bead(&crate::model::BeadId::new(&row.id)?)?;
            if !bead.is_some_and(|b| query.filter.matches_bead(&b)) {
                continue;
            }
        }
        fits.push(row);
    }
    query.sort.sort(&mut fits, query.reverse, now);
    Ok(page(&graph, &fits, query.limit))
}

/// The first rows of an ordered answer, with their counters.
pub fn page(graph: &crate::query::Graph, fits: &[&Row], limit: usize) -> Page {
    let take = if limit == 0 { fits.len() } else { limit };
    let rows = fits.iter().take(take).map(|row| Listed { row: (*row).clone(), counters: counters(graph, row) }).collect();
    Page { rows, total: fits.len() }
}

/// How many edges leave and reach a bead, and how many comments it has.
pub fn counters(graph: &crate::query::Graph, row: &Row) -> Counters {
    let dependents = graph.find(&row.id).map_or(0, |number| graph.dependents(number));
    Counters { dependencies: row.edges.len(), dependents, comments: row.comments }
}
