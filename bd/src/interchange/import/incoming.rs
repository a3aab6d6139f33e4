//! One record of the input, taken apart.

use super::super::shape::{Place, from_places};
use super::finding::Finding;
use crate::model::{BeadId, DepType, Edge, Fields, Value, parse_time};
use jiff::Timestamp;

/// A memory line.
pub(super) struct Memory {
    pub line: usize,
    pub key: String,
    pub value: Value,
}

/// A comment of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub text: String,
    /// The record without the text.
    pub meta: Fields,
}

impl Said {
    pub fn field(&self, key: &str) -> Option<String> {
        self.meta.get(key).and_then(Value::as_str).map(std::borrow::Cow::into_owned)
    }

    pub fn time(&self) -> Option<Timestamp> {
        self.field("created_at").as_deref().and_then(parse_time)
    }
}

/// An array of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List<T> {
    /// True if the record says what the list is; false if it says nothing, as a dump that keeps its lists elsewhere.
    pub stated: bool,
    /// True if the key was there.
    pub present: bool,
    /// What stood in its place where that is no array.
    pub odd: Option<Value>,
    /// The entries in order; those that could not be read as they came.
    pub entries: Vec<Result<T, Value>>,
}

impl<T> List<T> {
    fn silent() -> Self {
        Self { stated: false, present: false, odd: None, entries: Vec::new() }
    }

    fn new(
        value: Option<Value>,
        stated: bool,
        read: impl Fn(&Value) -> Result<T, &'static str>,
        mut bad: impl FnMut(&str),
    ) -> Self {
        let mut list = Self { stated, present: value.is_some(), odd: None, entries: Vec::new() };
        let Some(value) = value else { return list };
        let Some(entries) = value.decode::<Vec<Value>>() else {
            if !matches!(value.json(), "null" | "\"\"") {
                bad("not an array; kept as it is");
            }
            list.odd = Some(value);
            return list;
        };
        for entry in entries {
            list.entries.push(read(&entry).map_err(|why| {
                bad(why);
                entry
            }));
        }
        list
    }

    /// The entries that could be read.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(|e| e.as_ref().ok())
    }

    /// The shape of the list where it is not simply its items (by these names) in their own order.
    pub fn shape(&self, names: &[String], own_order: &[String]) -> Option<Value> {
        if let Some(odd) = &self.odd {
            return Some(odd.clone());
        }
        if !self.present || (!self.entries.is_empty() && names == own_order && names.len() == self.entries.len()) {
            return None;
        }
        let mut names = names.iter();
        let place = |entry: &Result<T, Value>| match entry {
            Ok(_) => Place::Item(names.next().cloned().unwrap_or_default()),
            Err(raw) => Place::Raw(raw.clone()),
        };
        Some(from_places(&self.entries.iter().map(place).collect::<Vec<_>>()))
    }
}

/// The record of one bead.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Incoming {
    pub line: usize,
    pub id: BeadId,
    /// Every field but `id` and the arrays, as it stood.
    pub fields: Fields,
    pub labels: List<String>,
    pub edges: List<Edge>,
    pub comments: List<Said>,
    /// True if a field that is missing may mean that it is empty; false for a deletion and for parts.
    pub whole: bool,
    /// True if the line only says that the bead was deleted.
    pub deletion: bool,
}

impl Incoming {
    /// A record that says nothing yet.
    pub fn partial(line: usize, id: BeadId) -> Self {
        Self {
            line,
            id,
            fields: Fields::new(),
            labels: List::silent(),
            edges: List::silent(),
            comments: List::silent(),
            whole: false,
            deletion: false,
        }
    }

    pub fn text(&self, key: &str) -> Option<String> {
        self.fields.get(key).and_then(Value::as_str).map(std::borrow::Cow::into_owned).filter(|t| !t.is_empty())
    }

    /// The record's own time: of its last change, else of its creation.
    pub fn time(&self) -> Timestamp {
        let field = |key| self.text(key).as_deref().and_then(parse_time);
        let own = field("updated_at").or_else(|| field("created_at")).or_else(|| field("deleted_at"));
        own.or_else(|| self.edges.items().filter_map(edge_time).max()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// True for the record of a deleted bead.
    pub fn is_tombstone(&self) -> bool {
        self.text("status").as_deref() == Some("tombstone")
    }
}

/// A record as upstream's writers of any generation made it.
pub(super) fn from_line(line: usize, id: BeadId, mut fields: Fields, warnings: &mut Vec<Finding>) -> Incoming {
    fields.remove("id");
    // A table dump holds labels, edges and comments in sibling files, so that its silence about them means nothing.
    let dump = fields.get("timeout_ns").is_some();
    let mut bad = |key: &str, why: &str| warnings.push(Finding::of(line, id.as_str(), format!("`{key}`: {why}")));
    let labels = List::new(fields.remove("labels"), !dump, read_label, |why| bad("labels", why));
    let edges = List::new(fields.remove("dependencies"), !dump, read_edge, |why| bad("dependencies", why));
    let comments = List::new(fields.remove("comments"), !dump, read_comment, |why| bad("comments", why));
    Incoming { line, id, fields, labels, edges, comments, whole: true, deletion: false }
}

/// A line of `deletions.jsonl` or a compact marker as what upstream made of it: a tombstone.
pub(super) fn from_deletion(line: usize, id: BeadId, mut fields: Fields) -> Incoming {
    let mut out = Incoming::partial(line, id);
    out.deletion = true;
    out.fields.set("status", Value::text("tombstone"));
    for (from, to) in [
        ("ts", "deleted_at"),
        ("_deleted_at", "deleted_at"),
        ("deleted_at", "deleted_at"),
        ("updated_at", "deleted_at"),
        ("by", "deleted_by"),
        ("deleted_by", "deleted_by"),
        ("reason", "delete_reason"),
        ("delete_reason", "delete_reason"),
    ] {
        if let Some(value) = fields.remove(from).filter(|v| out.fields.get(to).is_none() && !v.is_null()) {
            out.fields.set(to, value);
        }
    }
    // The first files of this name held whole issues: what they said is kept.
    for key in ["id", "_deleted", "status", "labels", "dependencies", "comments"] {
        fields.remove(key);
    }
    for (name, value) in fields.iter() {
        out.fields.set(name, value.clone());
    }
    out
}

/// An entry of a sibling file of a table dump.
pub(super) struct Part {
    pub line: usize,
    pub id: BeadId,
    pub item: PartItem,
}

/// What the entry is.
pub(super) enum PartItem {
    Label(String),
    Edge(Edge),
    Comment(Said),
}

impl Part {
    pub fn new(line: usize, id: BeadId, fields: Fields) -> Result<Self, Finding> {
        let value = Value::of(&fields);
        let item = if fields.get("depends_on_id").is_some() {
            read_edge(&value).map(PartItem::Edge)
        } else if let Some(label) = fields.get("label") {
            read_label(label).map(PartItem::Label)
        } else {
            read_comment(&value).map(PartItem::Comment)
        };
        match item {
            Ok(item) => Ok(Self { line, id, item }),
            Err(why) => Err(Finding::of(line, id.as_str(), why)),
        }
    }

    /// Adds the entry to the record that it belongs to.
    pub fn join(self, record: &mut Incoming) {
        match self.item {
            PartItem::Label(label) => record.labels.entries.push(Ok(label)),
            PartItem::Edge(edge) => record.edges.entries.push(Ok(edge)),
            PartItem::Comment(said) => record.comments.entries.push(Ok(said)),
        }
    }
}

fn read_label(value: &Value) -> Result<String, &'static str> {
    value.as_str().map(std::borrow::Cow::into_owned).ok_or("an entry is no text; kept as it is")
}

fn read_edge(value: &Value) -> Result<Edge, &'static str> {
    let mut fields = object(value).ok_or("an entry is no object; kept as it is")?;
    let to = fields.get("depends_on_id").and_then(Value::as_str).filter(|t| !t.is_empty()).map(std::borrow::Cow::into_owned);
    let kind = fields.get("type").and_then(Value::as_str).and_then(|t| DepType::new(&t));
    let (Some(to), Some(kind)) = (to, kind) else {
        return Err("an edge without a target or a type of 1 to 50 bytes does nothing; kept as it is");
    };
    fields.remove("depends_on_id");
    fields.remove("type");
    Ok(Edge { to, kind, meta: Some(Value::of(&fields)) })
}

fn read_comment(value: &Value) -> Result<Said, &'static str> {
    let mut meta = object(value).ok_or("an entry is no object; kept as it is")?;
    let text = meta.get("text").and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    let text = text.ok_or("a comment without a text; kept as it is")?;
    meta.remove("text");
    Ok(Said { text, meta })
}

fn object(value: &Value) -> Option<Fields> {
    value.json().starts_with('{').then(|| value.decode()).flatten()
}

/// When an edge was made, if its record says so.
fn edge_time(edge: &Edge) -> Option<Timestamp> {
    let fields: Fields = edge.meta.as_ref()?.decode()?;
    fields.get("created_at")?.as_str().and_then(|t| parse_time(&t))
}
