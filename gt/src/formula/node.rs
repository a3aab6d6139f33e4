//! A value as TOML and JSON both have it, with its place in the file.

use super::source::Place;
use serde_json::{Map, Value};

/// How deep values may be nested.
pub(super) const DEPTH: usize = 48;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub at: Place,
    pub data: Data,
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Date(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub key_at: Place,
    pub value: Node,
}

impl Node {
    /// What it is, for an error.
    pub fn sort(&self) -> &'static str {
        match &self.data {
            Data::Text(_) => "a text",
            Data::Int(_) | Data::Float(_) => "a number",
            Data::Bool(_) => "true or false",
            Data::Date(_) => "a date",
            Data::List(_) => "a list",
            Data::Table(_) => "a table",
        }
    }

    /// A text, number, date or truth value as text; `None` for lists and tables.
    pub fn scalar(&self) -> Option<String> {
        Some(match &self.data {
            Data::Text(t) | Data::Date(t) => t.clone(),
            Data::Int(i) => i.to_string(),
            Data::Float(f) => f.to_string(),
            Data::Bool(b) => b.to_string(),
            Data::List(_) | Data::Table(_) => return None,
        })
    }

    /// As JSON, for what is kept.
    pub fn json(&self) -> Value {
        match &self.data {
            Data::Text(t) | Data::Date(t) => Value::String(t.clone()),
            Data::Int(i) => Value::from(*i),
            Data::Float(f) => serde_json::Number::from_f64(*f).map_or_else(|| Value::String(f.to_string()), Value::Number),
            Data::Bool(b) => Value::Bool(*b),
            Data::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Data::Table(entries) => Value::Object(object(entries)),
        }
    }

    /// Everything that belongs to it: a TOML table's own place is its heading only.
    pub fn whole(&self) -> Place {
        match &self.data {
            Data::List(items) => items.iter().fold(self.at, |at, item| at.join(item.whole())),
            Data::Table(entries) => entries.iter().fold(self.at, |at, e| at.join(e.key_at).join(e.value.whole())),
            _ => self.at,
        }
    }
}

/// The entries of a table as JSON.
pub(super) fn object(entries: &[Entry]) -> Map<String, Value> {
    entries.iter().map(|e| (e.key.clone(), e.value.json())).collect()
}
