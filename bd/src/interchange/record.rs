//! A folded bead as upstream's record (reference/beads.md 1.2 to 1.5; what maps to what: docs/concepts/interchange.md).

use super::keys::{FLAGS, is_omitted};
use super::parts;
use super::shape::Shape;
use crate::fold::{Bead, Head, Holding, Register};
use crate::model::{Fields, Kind, RECORD_KEYS, Status, Value, is_record_key};

/// For whom a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordOptions {
    /// Fields that an import brought are written as it brought them: empty ones, unknown keys, odd types included.
    /// Without it every field has upstream's type and empty ones are left out.
    pub as_imported: bool,
}

impl RecordOptions {
    /// For files: what came from an import goes out as it came.
    pub const EXPORT: Self = Self { as_imported: true };
    /// For `--json`: one shape, whatever the generation that a bead came from.
    pub const JSON: Self = Self { as_imported: false };
}

/// The record of a bead: keys in upstream's order, unknown ones after them by name.
pub fn record(bead: &Bead, options: RecordOptions) -> Fields {
    let writer = Writer { bead, shape: Shape::of(bead), exact: options.as_imported };
    let mut out = Fields::new();
    for key in RECORD_KEYS {
        let value = writer.value(key).or_else(|| {
            // Upstream's clients parse both times of every issue; a record that had none gets its exporter's zero.
            let time = !options.as_imported && matches!(*key, "created_at" | "updated_at");
            time.then(|| Value::text("1970-01-01T00:00:00Z"))
        });
        if let Some(value) = value {
            out.set(key, value);
        }
    }
    for (key, register) in &bead.fields {
        let known = is_record_key(key) || key.starts_with("metadata.");
        let value = if known { None } else { writer.unknown(key, register) };
        if let Some(value) = value {
            out.set(key, value);
        }
    }
    out
}

/// [`record`] as one line of JSON without its end. `<`, `>` and `&` stand for themselves.
pub fn record_line(bead: &Bead, options: RecordOptions) -> String {
    serde_json::to_string(&record(bead, options)).unwrap_or_default()
}

struct Writer<'a> {
    bead: &'a Bead,
    shape: Shape,
    exact: bool,
}

impl Writer<'_> {
    fn value(&self, key: &str) -> Option<Value> {
        let bead = self.bead;
        match key {
            "id" => Some(Value::text(bead.id.as_str())),
            "title" => self.always(key, || Value::text(&bead.title())),
            "priority" => self.always(key, || Value::of(&bead.priority())),
            "issue_type" => self.always(key, || Value::text(&bead.issue_type())),
            "status" => self.status(),
            "assignee" => match bead.holding() {
                Holding::Free => self.plain(key),
                Holding::Held(_) | Holding::Contested(_) => bead.assignee().map(|a| Value::text(&a)),
            },
            "claim" => match bead.holding() {
                Holding::Held(claim) => Some(Value::of(&claim)),
                Holding::Free => self.raw(key),
                Holding::Contested(_) => None,
            },
            "notes" if !bead.notes.is_empty() => bead.notes_text().map(|t| Value::text(&t)),
            "created_at" | "created_by" if bead.fields.contains_key(key) => self.plain(key),
            "created_at" => self.own(|| bead.created_at()),
            "created_by" => self.own(|| bead.created_by()),
            "updated_at" => self.updated_at(),
            "closed_at" => match bead.fields.get("status").map(Register::shown) {
                Some(head) if head.kind != Kind::IMPORT => bead.closed_at().map(|t| Value::text(&t)),
                _ => self.plain(key),
            },
            "deleted_at" | "deleted_by" | "delete_reason" | "original_type" => self.of_deletion(key),
            "labels" => parts::labels(bead, &self.shape, self.exact),
            "dependencies" => parts::dependencies(bead, &self.shape, self.exact),
            "comments" => parts::comments(bead, &self.shape, self.exact),
            // A word of the store; in a record it stands as status `tombstone`.
            "deleted" => self.raw(key),
            "metadata" if self.bead.has_metadata_keys() => self.bead.metadata().map(|m| Value::of(&m)),
            "metadata" if !self.exact => self.metadata(),
            "timeout" if !self.exact && !bead.fields.contains_key(key) => {
                bead.get("timeout_ns").filter(|v| !is_omitted(key, v)).cloned()
            }
            "waiters" if !self.exact => self.plain(key).filter(|v| v.json().starts_with('[')),
            _ => self.plain(key),
        }
    }

    /// True if the bead began with an import: then what its record lacked stays lacking.
    fn imported(&self) -> bool {
        self.bead.created.as_ref().is_some_and(|c| c.kind == Kind::IMPORT)
    }

    /// A key that every record of ours has.
    fn always(&self, key: &str, value: impl FnOnce() -> Value) -> Option<Value> {
        if !self.exact {
            return Some(value());
        }
        self.raw(key).or_else(|| {
            let lacking = self.imported() && !self.bead.fields.contains_key(key);
            (!lacking && !self.shape.lacks(key)).then(value)
        })
    }

    /// A key that follows from our own events.
    fn own(&self, value: impl FnOnce() -> Option<String>) -> Option<Value> {
        if self.exact && self.imported() {
            return None;
        }
        value().map(|t| Value::text(&t))
    }

    /// A field as an import brought it, if what shows is an import's.
    fn raw(&self, key: &str) -> Option<Value> {
        let head = self.bead.fields.get(key)?.shown();
        (self.exact && head.kind == Kind::IMPORT && !self.shape.lacks(key)).then(|| head.value.clone())
    }

    /// A field by the rules that hold for most: as imported, or without empty values.
    fn plain(&self, key: &str) -> Option<Value> {
        if let Some(raw) = self.raw(key) {
            return Some(raw);
        }
        let value = &self.bead.fields.get(key)?.shown().value;
        if is_omitted(key, value) {
            return None;
        }
        if !self.exact && FLAGS.contains(&key) {
            return value.as_bool().filter(|set| *set).map(|set| Value::of(&set));
        }
        Some(value.clone())
    }

    fn unknown(&self, key: &str, register: &Register) -> Option<Value> {
        if self.exact {
            return self.plain(key);
        }
        // Counters and forms of other generations would contradict what the command itself says.
        let foreign = ["dependency_count", "dependent_count", "comment_count", "parent", "_type", "timeout_ns"];
        let value = &register.shown().value;
        (!foreign.contains(&key) && !is_omitted(key, value) && value.json() != "\"\"").then(|| value.clone())
    }

    fn status(&self) -> Option<Value> {
        let bead = self.bead;
        if bead.is_deleted() {
            let said = bead.status() == Status::TOMBSTONE;
            return if said {
                self.always("status", || Value::of(&Status::TOMBSTONE))
            } else {
                Some(Value::of(&Status::TOMBSTONE))
            };
        }
        if bead.status() == Status::TOMBSTONE {
            // Restored, and nobody has said since what it is.
            return Some(Value::of(&Status::OPEN));
        }
        self.always("status", || Value::of(&bead.status()))
    }

    fn updated_at(&self) -> Option<Value> {
        let bead = self.bead;
        if bead.touched.is_none() && self.exact {
            return self.plain("updated_at").or_else(|| {
                let own = !bead.fields.contains_key("updated_at");
                own.then(|| self.own(|| bead.updated_at())).flatten()
            });
        }
        bead.updated_at().map(|t| Value::text(&t))
    }

    /// Upstream's four fields of a tombstone, from our deletion where there is one.
    fn of_deletion(&self, key: &str) -> Option<Value> {
        let bead = self.bead;
        let own: Option<&Head> = bead.fields.get("deleted").map(Register::shown).filter(|h| h.kind != Kind::IMPORT);
        match (own, key) {
            (Some(_), _) if !bead.is_deleted() => None,
            (Some(head), "deleted_at") => Some(Value::text(&head.at)),
            (Some(head), "deleted_by") => Some(Value::text(head.by.as_str())),
            (Some(_), "original_type") => Some(Value::text(&bead.issue_type())),
            _ => self.plain(key),
        }
    }

    /// Metadata as JSON, also where a table dump holds it as text.
    fn metadata(&self) -> Option<Value> {
        let value = self.bead.get("metadata")?;
        let value = value.as_str().and_then(|text| Value::from_json(&text)).unwrap_or_else(|| value.clone());
        (!matches!(value.json(), "null" | "\"\"" | "{}")).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold_bead;
    use crate::model::{Actor, BeadId, DepType, Edge, Event, EventId};

    fn event(n: u128, kind: Kind) -> Event {
        let at = format!("2026-01-01T00:00:{n:02}.000Z");
        Event::new(EventId(n), at, Actor::new("ann"), BeadId::new("bd-1").unwrap(), kind)
    }

    fn export(events: &[Event]) -> String {
        let all: Vec<&Event> = events.iter().collect();
        record_line(&fold_bead(&BeadId::new("bd-1").unwrap(), &all), RecordOptions::EXPORT)
    }

    fn json(events: &[Event]) -> String {
        let all: Vec<&Event> = events.iter().collect();
        record_line(&fold_bead(&BeadId::new("bd-1").unwrap(), &all), RecordOptions::JSON)
    }

    fn create() -> Event {
        event(1, Kind::CREATE).setting("title", Value::text("a <b> & c")).setting("priority", Value::of(&0))
    }

    #[test]
    fn our_own_bead_has_upstreams_keys_in_upstreams_order() {
        let mut link = event(2, Kind::LINK);
        link.links.push(Edge::new("bd-2", DepType::BLOCKS));
        let mut label = event(3, Kind::LABEL);
        label.labels = vec!["z".into(), "a".into()];
        let mut comment = event(4, Kind::COMMENT);
        comment.text = Some("hello".into());
        let line = export(&[create(), link, label, comment]);
        assert_eq!(
            line,
            concat!(
                r#"{"id":"bd-1","title":"a <b> & c","status":"open","priority":0,"issue_type":"task","#,
                r#""created_at":"2026-01-01T00:00:01.000Z","created_by":"ann","updated_at":"2026-01-01T00:00:04.000Z","#,
                r#""labels":["a","z"],"dependencies":[{"issue_id":"bd-1","depends_on_id":"bd-2","type":"blocks","#,
                r#""created_at":"2026-01-01T00:00:02.000Z","created_by":"ann"}],"#,
                r#""comments":[{"id":4,"issue_id":"bd-1","author":"ann","text":"hello","created_at":"2026-01-01T00:00:04.000Z"}]}"#
            )
        );
    }

    #[test]
    fn what_was_cleared_or_never_set_is_not_written() {
        let mut set = event(2, Kind::SET).setting("design", Value::text("")).setting("due_at", Value::null());
        set.set.set("pinned", Value::of(&false));
        let line = export(&[create(), set]);
        for key in ["design", "due_at", "pinned", "closed_at", "deleted_at", "labels", "claim"] {
            assert!(!line.contains(key), "{key} in {line}");
        }
    }

    #[test]
    fn an_import_comes_back_with_its_nulls_and_zeros_and_gaps() {
        let import = event(1, Kind::IMPORT)
            .setting("title", Value::text("t"))
            .setting("assignee", Value::null())
            .setting("pinned", Value::of(&0))
            .setting("timeout_ns", Value::of(&0))
            .setting("waiters", Value::text(""))
            .setting("metadata", Value::text("{\"a\":1}"))
            .setting("x_new", Value::from_json(r#"{"n":9007199254740993}"#).unwrap());
        assert_eq!(
            export(std::slice::from_ref(&import)),
            concat!(
                r#"{"id":"bd-1","title":"t","assignee":null,"metadata":"{\"a\":1}","pinned":0,"waiters":"","#,
                r#""timeout_ns":0,"x_new":{"n":9007199254740993}}"#
            )
        );
        // The `--json` form has upstream's types and no gaps.
        let line = json(&[import]);
        assert!(line.contains(r#""metadata":{"a":1}"#) && line.contains(r#""status":"open","priority":2"#), "{line}");
        for key in ["assignee", "pinned", "waiters", "timeout"] {
            assert!(!line.contains(key), "{key} in {line}");
        }
    }

    #[test]
    fn an_edit_of_an_imported_bead_changes_that_field_and_updated_at() {
        let import = event(1, Kind::IMPORT)
            .setting("title", Value::text("t"))
            .setting("design", Value::text(""))
            .setting("updated_at", Value::text("2025-01-01T00:00:00.123456-08:00"));
        let mut edit = event(9, Kind::SET).setting("title", Value::text("u"));
        edit.on = vec![EventId(1)];
        assert_eq!(export(&[import, edit]), r#"{"id":"bd-1","title":"u","design":"","updated_at":"2026-01-01T00:00:09.000Z"}"#);
    }

    #[test]
    fn close_and_claim_show_as_upstream_shows_them() {
        let mut claim = event(2, Kind::CLAIM).setting("claim", Value::from_json(r#"{"holder":"bob","epoch":1}"#).unwrap());
        claim.set.set("status", Value::text("in_progress"));
        let claimed = export(&[create(), claim.clone()]);
        assert!(claimed.contains(r#""assignee":"bob""#) && !claimed.contains("closed_at"), "{claimed}");
        let mut close = event(3, Kind::CLOSE).setting("status", Value::text("closed")).setting("close_reason", Value::text("ok"));
        close.set.set("outcome", Value::text("done"));
        close.on = vec![EventId(2)];
        let closed = export(&[create(), claim, close]);
        assert!(closed.contains(r#""closed_at":"2026-01-01T00:00:03.000Z","close_reason":"ok""#), "{closed}");
        assert!(closed.contains(r#""outcome":"done""#));
    }

    #[test]
    fn a_deletion_is_a_tombstone_and_a_restored_bead_is_none() {
        let delete = event(2, Kind::DELETE).setting("deleted", Value::of(&true)).setting("delete_reason", Value::text("dup"));
        let line = export(&[create(), delete.clone()]);
        assert!(line.contains(r#""status":"tombstone""#) && !line.contains("\"deleted\":"), "{line}");
        assert!(line.contains(
            r#""deleted_at":"2026-01-01T00:00:02.000Z","deleted_by":"ann","delete_reason":"dup","original_type":"task""#
        ));
        let mut restore = event(3, Kind::RESTORE).setting("deleted", Value::of(&false));
        restore.on = vec![EventId(2)];
        let line = export(&[create(), delete, restore]);
        assert!(line.contains(r#""status":"open""#) && !line.contains("delete"), "{line}");
    }
}
