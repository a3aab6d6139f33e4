//! What upstream's writer does with each key of a record (reference/beads.md 1.2).

use crate::model::{Value, parse_time};

/// Flags; a table dump writes them as `0` and `1`.
pub(super) const FLAGS: &[&str] = &["ephemeral", "no_history", "pinned", "is_template", "crystallizes", "wisp"];

/// Numbers that are left out when they are zero. `priority` is not one of them: 0 is the most urgent.
const OMIT_ZERO: &[&str] = &["compaction_level", "original_size", "timeout", "timeout_ns"];

/// Values that a writer derives. They follow the other fields of a merge and are never a conflict of their own.
pub(super) const DERIVED: &[&str] =
    &["updated_at", "content_hash", "dependency_count", "dependent_count", "comment_count", "parent", "_type"];

/// Fields that say when and why the status became what it is: they change together with it.
pub(super) const WITH_STATUS: &[&str] =
    &["closed_at", "closed_by_session", "deleted_at", "deleted_by", "original_type", "started_at"];

/// Fields whose absence from a record means that they are empty, because every generation of upstream's writer knows
/// them. Any other key may be missing only because the writer did not know it, and missing then says nothing.
const CLEARED_BY_ABSENCE: &[&str] = &[
    "description",
    "design",
    "acceptance_criteria",
    "notes",
    "assignee",
    "estimated_minutes",
    "closed_at",
    "close_reason",
    "external_ref",
    "due_at",
    "defer_until",
    "spec_id",
    "metadata",
    "pinned",
    "is_template",
    "ephemeral",
    "await_type",
    "await_id",
    "timeout",
    "waiters",
];

/// True if a record without the key says that the field is empty. `status` is the record's own.
pub(super) fn absence_clears(key: &str, tombstone: bool) -> bool {
    // What a deletion said goes when the deletion goes; a tombstone of an older generation may lack it.
    let of_deletion = matches!(key, "deleted_at" | "deleted_by" | "delete_reason" | "original_type");
    CLEARED_BY_ABSENCE.contains(&key) || (of_deletion && !tombstone)
}

/// True if upstream's writer leaves the key out for this value.
pub(super) fn is_omitted(key: &str, value: &Value) -> bool {
    match value.json() {
        "null" => true,
        "\"\"" | "[]" => crate::model::is_record_key(key) && !matches!(key, "title" | "status" | "issue_type"),
        "0" => OMIT_ZERO.contains(&key) || FLAGS.contains(&key),
        "false" => FLAGS.contains(&key),
        _ => false,
    }
}

/// True if nothing was said: what one generation leaves out and another writes as `null`, `""`, `0`, `[]` or `{}`.
pub(super) fn is_empty(key: &str, value: Option<&Value>) -> bool {
    value.is_none_or(|v| {
        let zero = matches!(v.json(), "0" | "false") && (OMIT_ZERO.contains(&key) || FLAGS.contains(&key));
        zero || matches!(v.json(), "null" | "\"\"" | "[]") || (key == "metadata" && matches!(v.json(), "{}" | "\"{}\""))
    })
}

/// True if two writers said the same in a field.
pub(super) fn is_same(key: &str, a: Option<&Value>, b: Option<&Value>) -> bool {
    let (Some(x), Some(y)) = (a, b) else { return is_empty(key, a) && is_empty(key, b) };
    if x == y || (is_empty(key, a) && is_empty(key, b)) {
        return true;
    }
    if FLAGS.contains(&key) {
        return x.as_bool().is_some() && x.as_bool() == y.as_bool();
    }
    if key.ends_with("_at") || key == "defer_until" || key == "last_activity" {
        let time = |v: &Value| v.as_str().and_then(|t| parse_time(&t));
        return time(x).is_some() && time(x) == time(y);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Option<Value> {
        Value::from_json(text)
    }

    #[test]
    fn generations_that_say_nothing_in_different_ways_agree() {
        for (key, a, b) in [
            ("assignee", "null", None),
            ("description", "\"\"", None),
            ("pinned", "0", Some("false")),
            ("ephemeral", "1", Some("true")),
            ("metadata", "\"{}\"", Some("{}")),
            ("closed_at", "\"2026-01-01T00:00:00-08:00\"", Some("\"2026-01-01T08:00:00Z\"")),
        ] {
            assert!(is_same(key, json(a).as_ref(), b.and_then(json).as_ref()), "{key}");
        }
    }

    #[test]
    fn zero_is_a_priority_and_an_estimate() {
        for key in ["priority", "estimated_minutes"] {
            assert!(!is_same(key, json("0").as_ref(), None), "{key}");
            assert!(!is_omitted(key, &json("0").unwrap()));
        }
        assert!(is_omitted("timeout", &json("0").unwrap()) && !is_omitted("x_unknown", &json("0").unwrap()));
        assert!(!is_same("title", json("\"a\"").as_ref(), json("\"b\"").as_ref()));
    }
}
