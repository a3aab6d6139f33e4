//! Counts, in upstream's meaning (reference/beads.md 4.3).

use super::graph::GraphView;
use super::memory::Graph;
use super::ready::{Ask, Memo, is_blocked, is_ready};
use super::row::Row;
use crate::model::{Event, Kind};
use std::collections::{BTreeMap, HashSet};

/// The object `summary` of `bd stats --json`. Deleted beads count only in `tombstone_issues`.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Summary {
    /// All that stand.
    pub total_issues: usize,
    /// Status `open`.
    pub open_issues: usize,
    /// Status `in_progress`.
    pub in_progress_issues: usize,
    /// Category done.
    pub closed_issues: usize,
    /// As `bd blocked` lists them.
    pub blocked_issues: usize,
    /// Status `deferred`.
    pub deferred_issues: usize,
    /// As `bd ready` lists them, without a limit.
    pub ready_issues: usize,
    /// Deleted.
    pub tombstone_issues: usize,
    /// The flag or status `pinned`.
    pub pinned_issues: usize,
    /// Epics that are not closed, with children, all of them closed.
    pub epics_eligible_for_closure: usize,
    /// Mean of closing minus creation, of closed beads with both times; 0 without any.
    pub average_lead_time_hours: f64,
}

/// Counts every bead of the graph. `keep` narrows (`--assigned`): what it drops is not counted, but still blocks.
pub fn summary(graph: &Graph, ask: &Ask<'_>, keep: &dyn Fn(&Row) -> bool) -> Summary {
    let mut out = Summary::default();
    let mut memo = Memo::new();
    let (mut hours, mut timed) = (0.0, 0usize);
    for i in 0..graph.len() {
        let row = graph.row(i);
        if row.shadow || !keep(row) {
            continue;
        }
        if row.deleted {
            out.tombstone_issues += 1;
            continue;
        }
        out.total_issues += 1;
        match row.status.as_str() {
            "open" => out.open_issues += 1,
            "in_progress" => out.in_progress_issues += 1,
            "deferred" => out.deferred_issues += 1,
            _ => {}
        }
        out.pinned_issues += usize::from(row.pinned || row.status.as_str() == "pinned");
        out.blocked_issues += usize::from(is_blocked(graph, i, ask.external, &mut memo));
        out.ready_issues += usize::from(is_ready(graph, i, ask, &mut memo));
        out.epics_eligible_for_closure += usize::from(row.issue_type == "epic" && closable(graph, i));
        if row.is_closed() {
            out.closed_issues += 1;
            if let Some(closed) = row.closed_at.filter(|closed| row.created_at > 0 && *closed >= row.created_at) {
                hours += (closed - row.created_at) as f64 / 3_600_000.0;
                timed += 1;
            }
        }
    }
    out.average_lead_time_hours = if timed == 0 { 0.0 } else { hours / timed as f64 };
    out
}

/// Children of a bead that stand: all, and the closed ones.
pub fn progress(graph: &Graph, i: usize) -> (usize, usize) {
    let children = graph.children(i);
    (children.len(), children.iter().filter(|c| graph.row(**c).is_closed()).count())
}

/// True for a live bead with children, all of them closed (`epic close-eligible`).
pub fn closable(graph: &Graph, i: usize) -> bool {
    let (all, closed) = progress(graph, i);
    graph.node(i).is_live() && all > 0 && all == closed
}

/// The object `recent_activity`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Activity {
    /// How far back.
    pub hours_tracked: u64,
    /// Commits on the state ref (the caller counts them).
    pub commit_count: usize,
    /// Beads created.
    pub issues_created: usize,
    /// Beads closed.
    pub issues_closed: usize,
    /// Beads with any other event.
    pub issues_updated: usize,
    /// Beads reopened.
    pub issues_reopened: usize,
    /// Sum of the four.
    pub total_changes: usize,
}

/// Counts beads by what happened to them after `since` (milliseconds since 1970, by the writers' clocks).
/// A bead counts once in each word.
pub fn activity<'e>(events: impl IntoIterator<Item = &'e Event>, since: i64, hours: u64, commits: usize) -> Activity {
    let (mut created, mut closed, mut updated, mut reopened) = (HashSet::new(), HashSet::new(), HashSet::new(), HashSet::new());
    for event in events {
        if event.bead.is_pseudo() || super::row::millis(Some(&event.at)).is_none_or(|at| at <= since) {
            continue;
        }
        let words = if event.kind == Kind::CREATE {
            &mut created
        } else if event.kind == Kind::CLOSE {
            &mut closed
        } else if event.kind == Kind::REOPEN {
            &mut reopened
        } else {
            &mut updated
        };
        words.insert(&event.bead);
    }
    let (c, d, u, r) = (created.len(), closed.len(), updated.len(), reopened.len());
    Activity {
        hours_tracked: hours,
        commit_count: commits,
        issues_created: c,
        issues_closed: d,
        issues_updated: u,
        issues_reopened: r,
        total_changes: c + d + u + r,
    }
}

/// What `count --by-…` groups by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// The status.
    Status,
    /// The priority, as `P2`.
    Priority,
    /// The type.
    Type,
    /// The assignee, or `(unassigned)`.
    Assignee,
    /// Every label (a bead counts in each), or `(no labels)`.
    Label,
}

/// Groups with their counts, by name.
pub fn groups<'r>(rows: impl IntoIterator<Item = &'r Row>, by: GroupBy) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |name: String| *counts.entry(name).or_default() += 1;
    for row in rows {
        match by {
            GroupBy::Status => add(row.status.as_str().to_owned()),
            GroupBy::Priority => add(format!("P{}", row.priority)),
            GroupBy::Type => add(row.issue_type.clone()),
            GroupBy::Assignee => add(row.assignee.clone().unwrap_or_else(|| "(unassigned)".to_owned())),
            GroupBy::Label if row.labels.is_empty() => add("(no labels)".to_owned()),
            GroupBy::Label => row.labels.iter().cloned().for_each(&mut add),
        }
    }
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, graph, row};
    use super::*;
    use crate::model::DepType;

    #[test]
    fn counts_agree_with_the_lists() {
        let mut epic = row("e1");
        epic.issue_type = "epic".into();
        let mut bare = row("e2");
        bare.issue_type = "epic".into();
        let mut gone = row("gone");
        gone.deleted = true;
        let mut shadow = row("shadow");
        shadow.shadow = true;
        let mut done = row("done").with_status("closed").edge(DepType::PARENT_CHILD, "e1");
        done.created_at = NOW - 7_200_000;
        done.closed_at = Some(NOW);
        let mut lost = row("lost").with_status("closed");
        lost.closed_at = None;
        let g = graph([
            epic,
            bare,
            gone,
            shadow,
            done,
            lost,
            row("o"),
            row("b").edge(DepType::BLOCKS, "o"),
            row("i").with_status("in_progress"),
            row("s").with_status("blocked"),
            row("d").with_status("deferred"),
            row("p").with_status("pinned"),
        ]);
        let s = summary(&g, &Ask::at(NOW), &|_| true);
        let want = Summary {
            total_issues: 10,
            open_issues: 4,
            in_progress_issues: 1,
            closed_issues: 2,
            blocked_issues: 2,
            deferred_issues: 1,
            ready_issues: 3,
            tombstone_issues: 1,
            pinned_issues: 1,
            epics_eligible_for_closure: 1,
            average_lead_time_hours: 2.0,
        };
        assert_eq!(s, want);
        let mine = summary(&g, &Ask::at(NOW), &|r| r.id == "b");
        assert_eq!((mine.total_issues, mine.blocked_issues, mine.ready_issues), (1, 1, 0));
        assert_eq!(groups(g.rows().iter().filter(|r| r.is_listed()), GroupBy::Type), [("epic".into(), 2), ("task".into(), 8)]);
        assert_eq!(groups([&row("x")], GroupBy::Label), [("(no labels)".into(), 1)]);
        assert!(groups([], GroupBy::Status).is_empty());
    }
}
