//! Questions to the folded state: filters, ready and blocked (one computation), search, counts, trees. Pure: no I/O,
//! and `now` is passed in.

mod categories;
mod cycles;
mod dates;
mod explain;
mod filter;
mod graph;
mod language;
mod memory;
mod ready;
mod row;
mod rule;
mod search;
mod sort;
mod stats;
mod suggest;
mod tree;

pub use categories::{Categories, StatusClass};
pub use cycles::{Refusal, check_edge, cycles, is_ancestor};
pub use dates::{Day, parse_age, parse_date};
pub use explain::{Blocker, Explanation, Who, blockers, explain, lineage};
pub use filter::{Filter, MetadataIs, Span, contains, glob, regex};
pub use graph::{EdgeKind, GraphView, Lease, Node, Target, Wait, is_external};
pub use language::{FIELDS as QUERY_FIELDS, Query};
pub use memory::Graph;
pub use ready::{
    Ask, Memo, affected, affected_by, blocked, has_blocker, is_blocked, is_deferred, is_ready, nothing_shipped, ready,
};
pub use row::{NOT_WORK, Row, RowClaim, RowEdge, millis};
pub use rule::Rule;
pub use search::{Found, Search};
pub use sort::SortKey;
pub use stats::{Activity, GroupBy, Summary, activity, closable, groups, progress, summary};
pub use suggest::{distance, nearest, nearest_ids};
pub use tree::{Direction, MAX_NODES, TreeAsk, TreeNode, tree};

#[cfg(test)]
mod tests;
