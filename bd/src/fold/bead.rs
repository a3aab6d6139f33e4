//! One bead, folded exactly from its events.

use super::claim::Holding;
use super::conflict::Conflict;
use super::register::{Head, Register};
use crate::model::{Actor, BeadId, DepType, Edge, EventId, Fields, Kind, Outcome, Status, Value, parse_time};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A text that somebody added.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// The event.
    pub id: EventId,
    /// Who.
    pub by: Actor,
    /// When (an imported comment keeps its own time).
    pub at: String,
    /// The text.
    pub text: String,
    /// What else an import brought with it (`id` and unknown keys).
    pub meta: Option<Value>,
}

/// An edge with the adds that hold it up.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveEdge {
    /// The edge as its newest add wrote it.
    pub edge: Edge,
    /// The adds that no removal has named, ascending.
    pub adds: Vec<EventId>,
    /// Who added it (newest).
    pub by: Actor,
    /// When (newest).
    pub at: String,
    /// The kind of the newest add: what an import linked is written back as it came.
    pub kind: Kind,
}

/// A bead: everything that its events say.
#[derive(Clone, Debug, PartialEq)]
pub struct Bead {
    /// Its name.
    pub id: BeadId,
    /// Its fields, by name.
    pub fields: BTreeMap<Box<str>, Register>,
    /// Its labels with the adds that hold them up.
    pub labels: BTreeMap<String, Vec<EventId>>,
    /// Its outgoing edges, ordered by target and type.
    pub edges: Vec<LiveEdge>,
    /// Comments, by time and id.
    pub comments: Vec<Comment>,
    /// Notes that stand after the field `notes` (those that its shown head does not name).
    pub notes: Vec<Comment>,
    /// All its event ids, ascending.
    pub events: Vec<EventId>,
    /// The creating event that counts (smallest id), if any is known.
    pub created: Option<Head>,
    /// The latest time any event that is not an import carries.
    pub touched: Option<String>,
    /// How the newest import's record was built where that does not follow from the state (docs/concepts/interchange.md).
    pub shape: Option<Value>,
    /// Changes that a standing deletion did not name, and which did not name it.
    pub(super) after_delete: Vec<Head>,
}

impl Bead {
    /// A field's shown value; cleared (`null`) and missing are both `None`.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).map(|r| &r.shown().value).filter(|v| !v.is_null())
    }

    /// A text field; empty and missing are both `None`.
    pub fn text(&self, field: &str) -> Option<String> {
        self.get(field).and_then(|v| v.as_str().map(std::borrow::Cow::into_owned)).filter(|t| !t.is_empty())
    }

    /// A time field.
    pub fn time(&self, field: &str) -> Option<Timestamp> {
        self.text(field).as_deref().and_then(parse_time)
    }

    /// The title; `(no title)` where no event that is known has one.
    pub fn title(&self) -> String {
        self.text("title").unwrap_or_else(|| "(no title)".to_owned())
    }

    /// The status; `open` by default.
    pub fn status(&self) -> Status {
        self.text("status").map_or(Status::OPEN, |t| Status::new(&t))
    }

    /// 0 (most urgent) to 4; 2 by default. Values outside are shown as they are.
    pub fn priority(&self) -> i64 {
        self.get("priority").and_then(Value::as_i64).unwrap_or(2)
    }

    /// The type; `task` by default.
    pub fn issue_type(&self) -> String {
        self.text("issue_type").unwrap_or_else(|| "task".to_owned())
    }

    /// The outcome of a close, where one was recorded.
    pub fn outcome(&self) -> Option<Outcome> {
        self.text("outcome").and_then(|t| Outcome::parse(&t))
    }

    /// Who holds it.
    pub fn holding(&self) -> Holding {
        Holding::of(self.fields.get("claim"))
    }

    /// The holder of the claim, else the field `assignee`.
    pub fn assignee(&self) -> Option<String> {
        match self.holding() {
            Holding::Held(claim) => claim.holder.map(|h| h.as_str().to_owned()),
            Holding::Contested(claims) => claims.last().and_then(|(_, c)| c.holder.as_ref().map(|h| h.as_str().to_owned())),
            Holding::Free => self.text("assignee"),
        }
    }

    /// True for a standing deletion, and for an imported tombstone that nobody restored.
    pub fn is_deleted(&self) -> bool {
        match self.get("deleted").and_then(Value::as_bool) {
            Some(deleted) => deleted,
            None => self.status() == Status::TOMBSTONE,
        }
    }

    /// A flag field (`pinned`, `ephemeral`, `is_template`).
    pub fn flag(&self, field: &str) -> bool {
        self.get(field).and_then(Value::as_bool).unwrap_or(false)
    }

    /// True if any event that creates or fills the bead is known (a bead that is only named by others is a shadow).
    pub fn exists(&self) -> bool {
        self.created.is_some() || self.fields.contains_key("title") || self.id.is_pseudo()
    }

    /// The parent: the target of the newest `parent-child` edge.
    pub fn parent(&self) -> Option<&str> {
        let edges = self.edges.iter().filter(|e| e.edge.kind == DepType::PARENT_CHILD);
        edges.max_by_key(|e| e.adds.last().copied()).map(|e| e.edge.to.as_str())
    }

    /// When it was created: the imported time, else that of its creating event.
    pub fn created_at(&self) -> Option<String> {
        self.text("created_at").or_else(|| self.created.as_ref().map(|c| c.at.clone()))
    }

    /// Who created it.
    pub fn created_by(&self) -> Option<String> {
        if self.fields.contains_key("created_by") || self.created.as_ref().is_some_and(|c| c.kind == Kind::IMPORT) {
            return self.text("created_by");
        }
        self.created.as_ref().map(|c| c.by.as_str().to_owned())
    }

    /// When it was last changed: the latest time of an event that is no import, or the imported one if that is later.
    pub fn updated_at(&self) -> Option<String> {
        let imported = self.text("updated_at");
        match (self.touched.clone(), imported) {
            (Some(own), Some(imported)) => Some(if parse_time(&imported) > parse_time(&own) { imported } else { own }),
            (own, imported) => own.or(imported).or_else(|| self.created_at()),
        }
    }

    /// When it was closed: for an imported status the imported field, else the time of the event that closed it.
    pub fn closed_at(&self) -> Option<String> {
        match self.fields.get("status").map(Register::shown) {
            Some(head) if head.kind != Kind::IMPORT => (self.status() == Status::CLOSED).then(|| head.at.clone()),
            _ => self.text("closed_at"),
        }
    }

    /// The heads of everything on the bead: what an event that answers for the whole bead (a deletion) names in `on`.
    pub fn all_heads(&self) -> Vec<EventId> {
        let mut ids: Vec<EventId> = self.fields.values().flat_map(|r| r.heads.iter().map(|h| h.id)).collect();
        ids.extend(self.labels.values().flatten());
        ids.extend(self.edges.iter().flat_map(|e| &e.adds));
        ids.extend(self.comments.iter().chain(&self.notes).map(|c| c.id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The heads of some fields: what an event that changes them names in `on`. For `notes` the loose notes count too.
    pub fn heads<'a>(&self, fields: impl IntoIterator<Item = &'a str>) -> Vec<EventId> {
        let mut ids = Vec::new();
        for field in fields {
            ids.extend(self.fields.get(field).into_iter().flat_map(|r| r.heads.iter().map(|h| h.id)));
            if field == "notes" {
                ids.extend(self.notes.iter().map(|n| n.id));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The field `notes` and the loose notes, a line each.
    pub fn notes_text(&self) -> Option<String> {
        let mut parts: Vec<String> = self.text("notes").into_iter().collect();
        parts.extend(self.notes.iter().map(|n| n.text.clone()));
        (!parts.is_empty()).then(|| parts.join("\n"))
    }

    /// The metadata: the field `metadata` (an object, or one in a string, as table dumps have it) with the fields
    /// `metadata.<key>` over it, in the order of the first and then by key. `None` if there is none, or it is no object
    /// and no key was set.
    pub fn metadata(&self) -> Option<Fields> {
        let base = self.get("metadata");
        let object = base.and_then(|v| v.decode::<Fields>().or_else(|| serde_json::from_str(&v.as_str()?).ok()));
        let mut out = object.unwrap_or_default();
        for (name, register) in &self.fields {
            if let Some(key) = name.strip_prefix("metadata.") {
                match &register.shown().value {
                    value if value.is_null() => drop(out.remove(key)),
                    value => out.set(key, value.clone()),
                }
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// True if a key of the metadata was set by itself, so that the field `metadata` alone does not say what it is.
    pub fn has_metadata_keys(&self) -> bool {
        self.fields.keys().any(|name| name.starts_with("metadata."))
    }

    /// Every visible conflict. Claims have their own word for it ([`Holding::Contested`]) and their own rule.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut out = Vec::new();
        for (field, register) in &self.fields {
            if &**field != "claim" && register.in_conflict() {
                let (shown, others) = register.heads.split_last().map_or_else(
                    || (register.shown().clone(), Vec::new()),
                    |(shown, others)| (shown.clone(), others.iter().filter(|h| h.value != shown.value).cloned().collect()),
                );
                out.push(Conflict { field: field.to_string(), shown, others });
            }
        }
        if let (Some(register), false) = (self.fields.get("deleted"), self.after_delete.is_empty()) {
            out.push(Conflict { field: "deleted".into(), shown: register.shown().clone(), others: self.after_delete.clone() });
        }
        out
    }
}
