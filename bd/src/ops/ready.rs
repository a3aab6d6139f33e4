//! `bd ready` and `bd blocked`: one computation (query), asked from both sides.

use super::graph;
use super::list::{Page, page};
use crate::config::Config;
use crate::error::Result;
use crate::model::BeadId;
use crate::query::{Ask, Blocker, Explanation, Filter, Graph, GraphView, Row, SortKey, Who};
use crate::store::{ReadyAsk, Snapshot};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct ReadyQuery {
    /// Which beads.
    pub filter: Filter,
    /// In which order.
    pub sort: SortKey,
    /// At most this many; 0 = all.
    pub limit: usize,
    /// What is put off as well.
    pub deferred: bool,
    /// Ephemeral beads as well.
    pub ephemeral: bool,
    /// Only what is below this bead, at any depth.
    pub below: Option<String>,
    /// Count what depends on each row; otherwise that is 0.
    pub counted: bool,
}

/// A bead that is held back, and by what.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its row.
    pub row: Row,
    /// The ids that block it, nearest first.
    pub by: Vec<String>,
    /// The reasons in sentences, nearest first.
    pub reasons: Vec<String>,
}

/// What one bead's readiness depends on, in words.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The bead.
    pub id: String,
    /// True if it is ready.
    pub ready: bool,
    /// The name of the rule that decides.
    pub rule: &'static str,
    /// The rule in words.
    pub sentence: String,
    /// The bead or capability that decides, where it is not the bead itself.
    pub by: Option<String>,
    /// The ancestor that it is inherited from.
    pub via: Option<String>,
    /// Every blocking reason: rule, sentence, who.
    pub blockers: Vec<(&'static str, String, String)>,
    /// Blocking edges that lead to nothing here.
    pub dangling: Vec<String>,
}

fn ask<'a>(query: &ReadyQuery, now: i64) -> Ask<'a> {
    let any_type = !query.filter.types.is_empty();
    Ask { deferred: query.deferred, ephemeral: query.ephemeral, any_type, ..Ask::at(now) }
}

/// What can be worked on; `now` is milliseconds since 1970.
pub fn rows(snapshot: &Snapshot, config: &Config, query: &ReadyQuery, now: i64) -> Result<Page> {
    if !query.deferred && query.below.is_none() && query.sort == SortKey::Priority && !query.filter.needs_bead() {
        let Ask { ephemeral, any_type, .. } = ask(query, now);
        let ask = ReadyAsk { now, ephemeral, any_type, filter: &query.filter, limit: query.limit, count: query.counted };
        return Ok(snapshot.ready_page(&ask)?.into());
    }
    let graph = graph::graph(snapshot, config)?;
    let mut fits = Vec::new();
    for number in crate::query::ready(&graph, &ask(query, now)) {
        if fits_filter(snapshot, &graph, number, &query.filter)? && is_below(&graph, number, query.below.as_deref()) {
            fits.push(graph.row(number));
        }
    }
    query.sort.sort(&mut fits, false, now);
    Ok(page(&graph, &fits, query.limit))
}

/// Claims the first ready bead that nobody else is meant to do; `None` if there is none.
///
/// # Errors
/// As [`super::claim::claim`].
pub fn claim_first(tx: &mut crate::store::Tx<'_>, query: &ReadyQuery, now: i64) -> Result<Option<super::Done>> {
    let query = ReadyQuery { limit: 0, ..query.clone() };
    let page = rows(tx.snapshot(), tx.store().config(), &query, now)?;
    let me = tx.actor().as_str().to_owned();
    let expired = |row: &Row| row.claim.is_some();
    let free = page.rows.iter().find(|l| l.row.assignee.as_deref().is_none_or(|a| a == me) || expired(&l.row));
    free.map(|l| super::claim::claim(tx, &l.row.id, &super::claim::ClaimRequest::default())).transpose()
}

/// What is held back by a dependency or by its status `blocked`, most urgent first.
pub fn blocked(snapshot: &Snapshot, config: &Config, filter: &Filter, below: Option<&str>) -> Result<Vec<Held>> {
    let graph = graph::graph(snapshot, config)?;
    let mut out = Vec::new();
    for number in crate::query::blocked(&graph, &crate::query::nothing_shipped) {
        if !fits_filter(snapshot, &graph, number, filter)? || !is_below(&graph, number, below) {
            continue;
        }
        let blockers = crate::query::blockers(&graph, number, &crate::query::nothing_shipped);
        let mut by: Vec<String> = Vec::new();
        for name in blockers.iter().map(|b| who(&graph, &b.by)) {
            if !by.contains(&name) {
                by.push(name);
            }
        }
        let mut reasons: Vec<String> = blockers.iter().map(|b| b.sentence(&graph)).collect();
        if reasons.is_empty() {
            reasons.push(crate::query::Rule::StatusBlocked.text().to_owned());
        }
        out.push(Held { row: graph.row(number).clone(), by, reasons });
    }
    out.sort_by(|a, b| SortKey::Priority.compare(&a.row, &b.row, 0));
    Ok(out)
}

/// Why a bead is ready or not. Of the graph only what decides is read.
///
/// # Errors
/// There is no such bead (exit 2); the store cannot be read.
pub fn explain(snapshot: &Snapshot, id: &BeadId, query: &ReadyQuery, now: i64) -> Result<Reason> {
    let ask = ask(query, now);
    let told = snapshot.graph(|graph| {
        let number = graph.find(id.as_str())?;
        Some(reason(graph, crate::query::explain(graph, number, &ask)))
    })?;
    told.ok_or_else(|| graph::missing(id))
}

fn reason<V: GraphView + ?Sized>(graph: &V, explained: Explanation) -> Reason {
    let name = |number: usize| graph.name(number).into_owned();
    Reason {
        id: name(explained.bead),
        ready: explained.is_ready(),
        rule: explained.rule.name(),
        sentence: explained.sentence(graph),
        by: explained.by.as_ref().map(|w| who(graph, w)),
        via: explained.via.map(name),
        blockers: explained.blockers.iter().map(|b: &Blocker| (b.rule.name(), b.sentence(graph), who(graph, &b.by))).collect(),
        dangling: explained.dangling.iter().map(|(_, target)| target.clone()).collect(),
    }
}

fn who<V: GraphView + ?Sized>(graph: &V, who: &Who) -> String {
    match who {
        Who::Bead(number) => graph.name(*number).into_owned(),
        Who::External(capability) => capability.clone(),
    }
}

fn fits_filter(snapshot: &Snapshot, graph: &Graph, number: usize, filter: &Filter) -> Result<bool> {
    let row = graph.row(number);
    if !filter.matches_row(row) {
        return Ok(false);
    }
    if !filter.needs_bead() {
        return Ok(true);
    }
    Ok(snapshot.bead(&BeadId::new(&row.id)?)?.is_some_and(|bead| filter.matches_bead(&bead)))
}

/// True for the descendants of a bead, over the parents that show.
fn is_below(graph: &Graph, number: usize, above: Option<&str>) -> bool {
    let Some(above) = above else { return true };
    let mut seen = std::collections::HashSet::new();
    let mut at = graph.row(number).parent.as_deref();
    while let Some(parent) = at {
        if parent == above {
            return true;
        }
        if !seen.insert(parent) {
            return false;
        }
        at = graph.get(parent).and_then(|row| row.parent.as_deref());
    }
    false
}
