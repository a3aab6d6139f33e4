//! The arrays of a record: labels, dependencies, comments.

use super::shape::{Shape, arrange, edge_name};
use crate::fold::{Bead, Comment, LiveEdge};
use crate::model::{EventId, Fields, Kind, Value};

/// Sorted, or in the order of the import.
pub(super) fn labels(bead: &Bead, shape: &Shape, exact: bool) -> Option<Value> {
    let items = bead.labels.keys().map(|l| (l.clone(), Value::text(l))).collect();
    arrange(shape.labels.as_ref(), items, exact)
}

/// By target and type, or in the order of the import.
pub(super) fn dependencies(bead: &Bead, shape: &Shape, exact: bool) -> Option<Value> {
    let items = bead.edges.iter().map(|e| (edge_name(&e.edge), Value::of(&dependency(bead, e, exact)))).collect();
    arrange(shape.dependencies.as_ref(), items, exact)
}

/// By time, or in the order of the import.
pub(super) fn comments(bead: &Bead, shape: &Shape, exact: bool) -> Option<Value> {
    let items = bead.comments.iter().map(|c| (c.id.to_string(), Value::of(&comment(bead, c, exact)))).collect();
    arrange(shape.comments.as_ref(), items, exact)
}

/// One edge as upstream's dependency record (reference/beads.md 1.3).
pub(super) fn dependency(bead: &Bead, live: &LiveEdge, exact: bool) -> Fields {
    let mut meta: Fields = live.edge.meta.as_ref().and_then(Value::decode).unwrap_or_default();
    let imported = exact && live.kind == Kind::IMPORT;
    let mut out = Fields::new();
    let mut put = |name: &str, meta: &mut Fields, own: Option<&str>| {
        let value = meta.remove(name).or_else(|| own.filter(|_| !imported).map(Value::text));
        if let Some(value) = value.filter(|v| imported || !matches!(v.json(), "null" | "\"\"")) {
            out.set(name, value);
        }
    };
    put("issue_id", &mut meta, Some(bead.id.as_str()));
    // What the edge itself says is never a matter of the rest.
    meta.set("depends_on_id", Value::text(&live.edge.to));
    meta.set("type", Value::of(&live.edge.kind));
    put("depends_on_id", &mut meta, None);
    put("type", &mut meta, None);
    put("created_at", &mut meta, Some(&live.at));
    put("created_by", &mut meta, Some(live.by.as_str()));
    put("metadata", &mut meta, None);
    put("thread_id", &mut meta, None);
    let rest: Vec<(String, Value)> = sorted(&meta);
    for (name, value) in rest {
        out.set(&name, value);
    }
    out
}

/// One comment as upstream's comment record (reference/beads.md 1.4).
pub(super) fn comment(bead: &Bead, comment: &Comment, exact: bool) -> Fields {
    let mut meta: Fields = comment.meta.as_ref().and_then(Value::decode).unwrap_or_default();
    let imported = exact && comment.meta.is_some();
    let mut out = Fields::new();
    let mut put = |name: &str, meta: &mut Fields, own: Value| {
        let value = meta.remove(name).filter(|v| exact || !v.is_null());
        if let Some(value) = value.or_else(|| (!imported).then_some(own)) {
            out.set(name, value);
        }
    };
    put("id", &mut meta, Value::of(&comment_number(comment.id)));
    put("issue_id", &mut meta, Value::text(bead.id.as_str()));
    put("author", &mut meta, Value::text(comment.by.as_str()));
    meta.set("text", Value::text(&comment.text));
    put("text", &mut meta, Value::null());
    put("created_at", &mut meta, Value::text(&comment.at));
    for (name, value) in sorted(&meta) {
        out.set(&name, value);
    }
    let number = out.get("id").map(Value::json).filter(|v| !exact && !v.starts_with('"')).map(str::to_owned);
    if let Some(number) = number {
        out.set("id", Value::text(&number));
    }
    out
}

fn sorted(fields: &Fields) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = fields.iter().map(|(n, v)| (n.to_owned(), v.clone())).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// The number by which other tools name a comment of ours: 53 random bits of its event, so that it is exact in any
/// reader's integers and does not collide across clones.
pub fn comment_number(id: EventId) -> u64 {
    (id.0 & ((1 << 53) - 1)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_fits_a_double_and_an_int64() {
        let number = comment_number(EventId(u128::MAX));
        assert_eq!(number, (1 << 53) - 1);
        assert_ne!(comment_number(EventId::new(1, [1; 10])), comment_number(EventId::new(1, [2; 10])));
    }
}
