//! Rows of a store with ten thousand beads of which a few are wanted: what the index says decides which of them are read.

use bd::error::Result;
use bd::model::BeadId;
use bd::query::{Filter, GraphView, Row};
use bd::store::Snapshot;

/// The rows that a filter lets through, by id, where the types that it asks for are no work ([`bd::query::NOT_WORK`]): whether a
/// bead is work stands in the index, and the row of one that is needs not be read.
///
/// # Errors
/// As [`Snapshot::row`].
pub fn not_work(snapshot: &Snapshot, filter: &Filter) -> Result<Vec<Row>> {
    let names: Vec<String> = snapshot.graph(|graph: &dyn GraphView| {
        let wanted = (0..graph.len()).filter(|i| graph.node(*i).not_work);
        wanted.map(|i| graph.name(i).into_owned()).collect()
    })?;
    let mut out = Vec::new();
    for name in names {
        out.extend(snapshot.row(&BeadId::new(&name)?)?.filter(|row| filter.matches_row(row)));
    }
    out.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(out)
}
