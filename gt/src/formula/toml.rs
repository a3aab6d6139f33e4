//! TOML to nodes.

use super::node::{DEPTH, Data, Entry, Node};
use super::problem::Log;
use super::source::Place;
use std::ops::Range;
use toml_edit::{Document, Item, TableLike, Value};

/// Reads a document; `None` after an error.
pub(super) fn parse(log: &mut Log, source: u32) -> Option<Vec<Entry>> {
    let text = log.sources.get(source as usize)?.text.clone();
    match Document::parse(text.as_str()) {
        Ok(document) => {
            let mut reader = Reader { log, source, end: text.len() };
            Some(reader.table(document.as_table(), 0))
        }
        Err(e) => {
            let span = e.span().unwrap_or(0..0);
            let message = e.message().trim().lines().collect::<Vec<_>>().join("; ");
            log.error(Place { source, start: span.start, end: span.end }, format!("not TOML: {message}"));
            None
        }
    }
}

struct Reader<'a> {
    log: &'a mut Log,
    source: u32,
    end: usize,
}

impl Reader<'_> {
    fn place(&self, span: Option<Range<usize>>) -> Option<Place> {
        span.map(|s| Place { source: self.source, start: s.start.min(self.end), end: s.end.min(self.end) })
    }

    fn table(&mut self, table: &dyn TableLike, depth: usize) -> Vec<Entry> {
        let mut out = Vec::new();
        for (key, item) in table.iter() {
            let key_at = self.place(table.key(key).and_then(toml_edit::Key::span));
            let key_at = key_at.or_else(|| self.place(item.span())).unwrap_or(Place { source: self.source, start: 0, end: 0 });
            if let Some(value) = self.item(item, key_at, depth + 1) {
                out.push(Entry { key: key.to_owned(), key_at, value });
            }
        }
        out
    }

    fn too_deep(&mut self, at: Place, depth: usize) -> bool {
        let deep = depth > DEPTH;
        if deep {
            self.log.error(at, format!("nested more than {DEPTH} deep"));
        }
        deep
    }

    fn item(&mut self, item: &Item, key: Place, depth: usize) -> Option<Node> {
        let at = self.place(item.span()).unwrap_or(key);
        if self.too_deep(at, depth) {
            return None;
        }
        let data = match item {
            Item::None => return None,
            Item::Value(value) => return self.value(value, key, depth),
            Item::Table(table) => Data::Table(self.table(table, depth)),
            Item::ArrayOfTables(tables) => {
                let one = |table: &toml_edit::Table, me: &mut Self| {
                    let at = me.place(table.span()).unwrap_or(at);
                    Node { at, data: Data::Table(me.table(table, depth + 1)) }
                };
                Data::List(tables.iter().map(|t| one(t, self)).collect())
            }
        };
        Some(Node { at, data })
    }

    fn value(&mut self, value: &Value, key: Place, depth: usize) -> Option<Node> {
        let at = self.place(value.span()).unwrap_or(key);
        if self.too_deep(at, depth) {
            return None;
        }
        let data = match value {
            Value::String(v) => Data::Text(v.value().clone()),
            Value::Integer(v) => Data::Int(*v.value()),
            Value::Float(v) => Data::Float(*v.value()),
            Value::Boolean(v) => Data::Bool(*v.value()),
            Value::Datetime(v) => Data::Date(v.value().to_string()),
            Value::Array(list) => Data::List(list.iter().filter_map(|v| self.value(v, at, depth + 1)).collect()),
            Value::InlineTable(table) => Data::Table(self.table(table, depth)),
        };
        Some(Node { at, data })
    }
}
