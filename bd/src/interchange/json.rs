//! The objects of `--json` in upstream's shapes (reference/beads.md 4.3). Keys stand in a fixed order; arrays are never
//! null; a caller puts several objects into an array and prints it.

use super::parts;
use super::record::{RecordOptions, record};
use crate::fold::{Bead, Comment, Holding, LiveEdge};
use crate::model::{DepType, Fields, Value};

/// What other beads say about a bead, for `list`, `search` and `ready`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// How many edges leave the bead.
    pub dependencies: usize,
    /// How many edges of other beads point at it.
    pub dependents: usize,
    /// How many comments it has.
    pub comments: usize,
}

/// An issue: the record with upstream's types, and two keys of ours where they apply: `conflicts` (the fields that two
/// writers changed without having seen each other) and `contested` (the holders of claims that exclude each other).
/// Without `dependencies` and `comments`: clients take the elements of `dependencies` for whole issues, as `show` gives
/// them, and refuse edges there (beads-mcp 0.49.6); the bodies of comments are for `show` and `comments`.
pub fn issue_object(bead: &Bead) -> Fields {
    let mut out = record(bead, RecordOptions::JSON);
    out.remove("dependencies");
    out.remove("comments");
    let conflicts: Vec<String> = bead.conflicts().into_iter().map(|c| c.field).collect();
    if !conflicts.is_empty() {
        out.set("conflicts", Value::of(&conflicts));
    }
    if let Holding::Contested(claims) = bead.holding() {
        let holders: Vec<&str> = claims.iter().filter_map(|(_, c)| c.holder.as_ref().map(crate::model::Actor::as_str)).collect();
        out.set("contested", Value::of(&holders));
    }
    out
}

/// An element of `list`, `search`, `ready`.
pub fn counted_object(bead: &Bead, counters: Counters) -> Fields {
    with_counters(issue_object(bead), counters)
}

/// Adds upstream's three counters to an issue.
#[must_use]
pub fn with_counters(issue: Fields, counters: Counters) -> Fields {
    issue
        .with("dependency_count", Value::of(&counters.dependencies))
        .with("dependent_count", Value::of(&counters.dependents))
        .with("comment_count", Value::of(&counters.comments))
}

/// An element of `blocked`: the issue and the ids that block it.
pub fn blocked_object(bead: &Bead, blocked_by: &[impl AsRef<str>]) -> Fields {
    let ids: Vec<&str> = blocked_by.iter().map(AsRef::as_ref).collect();
    issue_object(bead).with("blocked_by_count", Value::of(&ids.len())).with("blocked_by", Value::of(&ids))
}

/// An element of `show`. `dependencies` and `dependents` hold whole issues here, each with the type of its edge;
/// `parent` is the id of the parent. Arrays are always there.
pub fn show_object(bead: &Bead, dependencies: &[(&Bead, &DepType)], dependents: &[(&Bead, &DepType)]) -> Fields {
    let mut out = issue_object(bead);
    let ends = |ends: &[(&Bead, &DepType)]| {
        let objects: Vec<Fields> = ends.iter().map(|(bead, kind)| linked_object(bead, kind)).collect();
        Value::of(&objects)
    };
    if out.get("labels").is_none() {
        out.set("labels", Value::of::<[u8]>(&[]));
    }
    let comments = record(bead, RecordOptions::JSON).get("comments").cloned();
    out.set("comments", comments.unwrap_or_else(|| Value::of::<[u8]>(&[])));
    out.set("dependencies", ends(dependencies));
    out.set("dependents", ends(dependents));
    if let Some(parent) = bead.parent() {
        out.set("parent", Value::text(parent));
    }
    out
}

/// An element of `dep list`: the issue at the other end and the type of the edge.
pub fn linked_object(bead: &Bead, kind: &DepType) -> Fields {
    issue_object(bead).with("dependency_type", Value::of(kind))
}

/// An element of `dep tree`: the issue, its depth (0 = the root), the node above it, and whether the tree was cut there.
pub fn tree_object(bead: &Bead, depth: usize, parent_id: &str, edge_from_parent: Option<&DepType>, truncated: bool) -> Fields {
    let mut out = issue_object(bead);
    out.set("depth", Value::of(&depth));
    out.set("parent_id", Value::text(parent_id));
    if let Some(kind) = edge_from_parent {
        out.set("edge_from_parent", Value::of(kind));
    }
    out.with("truncated", Value::of(&truncated))
}

/// One edge of a bead as a dependency record (`issue_id`, `depends_on_id`, `type`, `created_at`, …).
pub fn dependency_object(bead: &Bead, edge: &LiveEdge) -> Fields {
    parts::dependency(bead, edge, false)
}

/// One comment (`id`, `issue_id`, `author`, `text`, `created_at`); the id is a string, as its newest client demands
/// (beads-mcp 1.3.2). In files it stays a number, for readers that decode an int64.
pub fn comment_object(bead: &Bead, comment: &Comment) -> Fields {
    parts::comment(bead, comment, false)
}

/// The answer of `dep add` (`status` = `added`, with a type) and `dep remove` (`removed`, without).
pub fn edge_change(status: &str, issue: &str, depends_on: &str, kind: Option<&DepType>) -> Fields {
    let out = Fields::new()
        .with("status", Value::text(status))
        .with("issue_id", Value::text(issue))
        .with("depends_on_id", Value::text(depends_on));
    match kind {
        Some(kind) => out.with("type", Value::of(kind)),
        None => out,
    }
}

/// The answer of `dep X --blocks Y`.
pub fn blocks_change(status: &str, blocker: &str, blocked: &str, kind: &DepType) -> Fields {
    Fields::new()
        .with("status", Value::text(status))
        .with("blocker_id", Value::text(blocker))
        .with("blocked_id", Value::text(blocked))
        .with("type", Value::of(kind))
}

/// One answer of `label add` (`added`) and `label remove` (`removed`).
pub fn label_change(status: &str, issue: &str, label: &str) -> Fields {
    Fields::new().with("status", Value::text(status)).with("issue_id", Value::text(issue)).with("label", Value::text(label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold_bead;
    use crate::model::{Actor, BeadId, Edge, Event, EventId, Kind};

    fn event(id: &str, n: u128, kind: Kind) -> Event {
        Event::new(EventId(n), "2026-01-01T00:00:00.000Z".into(), Actor::new("ann"), BeadId::new(id).unwrap(), kind)
    }

    fn bead(id: &str, events: &[Event]) -> Bead {
        fold_bead(&BeadId::new(id).unwrap(), &events.iter().collect::<Vec<_>>())
    }

    fn keys(fields: &Fields) -> String {
        fields.iter().map(|(n, _)| n).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn show_holds_whole_issues_and_never_a_null_array() {
        let mut create = event("bd-1", 1, Kind::CREATE).setting("title", Value::text("t"));
        create.links = vec![Edge::new("bd-2", DepType::BLOCKS), Edge::new("bd-3", DepType::PARENT_CHILD)];
        let one = bead("bd-1", &[create]);
        let two = bead("bd-2", &[event("bd-2", 2, Kind::CREATE).setting("title", Value::text("u"))]);
        let shown = show_object(&one, &[(&two, &DepType::BLOCKS)], &[]);
        assert_eq!(shown.get("parent").unwrap().json(), "\"bd-3\"");
        assert_eq!(shown.get("dependents").unwrap().json(), "[]");
        let dependencies = shown.get("dependencies").unwrap().json();
        assert!(dependencies.contains(r#""title":"u""#) && dependencies.contains(r#""dependency_type":"blocks""#));
        assert!(!dependencies.contains("depends_on_id"), "{dependencies}");
        assert!(issue_object(&one).get("dependencies").is_none(), "edges are no issues");
        for key in ["labels", "comments"] {
            assert_eq!(shown.get(key).unwrap().json(), "[]");
        }
    }

    #[test]
    fn counters_of_the_command_replace_those_of_an_import() {
        let import = event("bd-1", 1, Kind::IMPORT)
            .setting("title", Value::text("t"))
            .setting("_type", Value::text("issue"))
            .setting("dependency_count", Value::of(&7))
            .setting("timeout_ns", Value::of(&5));
        let out = counted_object(&bead("bd-1", &[import]), Counters { dependents: 2, ..Counters::default() });
        assert_eq!(out.get("dependency_count").unwrap().json(), "0");
        assert_eq!(out.get("dependent_count").unwrap().json(), "2");
        assert_eq!(out.get("timeout").unwrap().json(), "5");
        assert!(out.get("_type").is_none() && out.get("timeout_ns").is_none());
        assert!(keys(&out).ends_with("dependency_count dependent_count comment_count"));
    }

    #[test]
    fn a_conflict_and_a_contested_claim_are_named_and_a_calm_bead_names_none() {
        let claim = |n, who: &str| {
            let claim = format!(r#"{{"holder":"{who}","epoch":1}}"#);
            event("bd-1", n, Kind::CLAIM).setting("claim", Value::from_json(&claim).unwrap())
        };
        let create = event("bd-1", 1, Kind::CREATE).setting("title", Value::text("t"));
        let (one, two) = (claim(2, "ann"), claim(3, "bob").setting("title", Value::text("u")));
        let calm = issue_object(&bead("bd-1", &[create.clone(), one.clone()]));
        assert!(calm.get("conflicts").is_none() && calm.get("contested").is_none());
        let torn = issue_object(&bead("bd-1", &[create, one, two]));
        assert_eq!(torn.get("conflicts").unwrap().json(), r#"["title"]"#);
        assert_eq!(torn.get("contested").unwrap().json(), r#"["ann","bob"]"#);
        assert!(torn.get("claim").is_none());
    }

    #[test]
    fn the_small_answers_have_upstreams_keys() {
        assert_eq!(keys(&edge_change("added", "a", "b", Some(&DepType::BLOCKS))), "status issue_id depends_on_id type");
        assert_eq!(keys(&edge_change("removed", "a", "b", None)), "status issue_id depends_on_id");
        assert_eq!(keys(&blocks_change("added", "a", "b", &DepType::BLOCKS)), "status blocker_id blocked_id type");
        assert_eq!(keys(&label_change("added", "a", "x")), "status issue_id label");
        let none: &[&str] = &[];
        let calm = bead("bd-1", &[event("bd-1", 1, Kind::CREATE)]);
        assert_eq!(blocked_object(&calm, none).get("blocked_by").unwrap().json(), "[]");
        assert!(issue_object(&calm).get("parent").is_none());
    }
}
