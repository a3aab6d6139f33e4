//! JSON to nodes. serde_json keeps no places: each value is read as its raw text, whose position in the file is known.

use super::node::{DEPTH, Data, Entry, Node};
use super::problem::Log;
use super::source::Place;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt;

/// Reads a document; `None` after an error.
pub(super) fn parse(log: &mut Log, source: u32) -> Option<Vec<Entry>> {
    let text = log.sources.get(source as usize)?.text.clone();
    let raw: &RawValue = match serde_json::from_str(&text) {
        Ok(raw) => raw,
        Err(e) => {
            let start = byte_of(&text, e.line(), e.column());
            log.error(Place { source, start, end: start + 1 }, format!("not JSON: {}", without_place(&e)));
            return None;
        }
    };
    let before = log.errors.len() + log.more;
    let mut reader = Reader { log, text: &text, source };
    let node = reader.node(raw, 0);
    match node {
        Some(Node { data: Data::Table(entries), .. }) => Some(entries),
        _ if log.errors.len() + log.more > before => None,
        _ => {
            log.error(Place { source, start: 0, end: 1 }, "not a JSON object");
            None
        }
    }
}

/// serde_json counts lines and columns (in bytes) from 1.
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

fn without_place(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}

struct Reader<'a> {
    log: &'a mut Log,
    text: &'a str,
    source: u32,
}

impl<'a> Reader<'a> {
    fn place(&self, part: &str) -> Place {
        // Both are parts of one text.
        let start = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        let start = start.min(self.text.len());
        Place { source: self.source, start, end: (start + part.len()).min(self.text.len()) }
    }

    fn wrong<T>(&mut self, at: Place, e: &serde_json::Error) -> Option<T> {
        let what = without_place(e);
        self.log.error(at, format!("not JSON: {what}"));
        None
    }

    fn node(&mut self, raw: &'a RawValue, depth: usize) -> Option<Node> {
        let text = raw.get();
        let at = self.place(text);
        if depth > DEPTH {
            self.log.error(at, format!("nested more than {DEPTH} deep"));
            return None;
        }
        let data = match text.as_bytes().first() {
            Some(b'{') => {
                let fields: Fields<'_> = match serde_json::from_str(text) {
                    Ok(fields) => fields,
                    Err(e) => return self.wrong(at, &e),
                };
                Data::Table(self.entries(fields, at, depth))
            }
            Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(text) {
                Ok(items) => Data::List(items.into_iter().filter_map(|item| self.node(item, depth + 1)).collect()),
                Err(e) => return self.wrong(at, &e),
            },
            Some(b'n') => return None,
            _ => match serde_json::from_str(text) {
                Ok(value) => scalar(&value),
                Err(e) => return self.wrong(at, &e),
            },
        };
        Some(Node { at, data })
    }

    fn entries(&mut self, fields: Fields<'a>, at: Place, depth: usize) -> Vec<Entry> {
        let mut out = Vec::new();
        let mut seen = HashSet::new();
        let mut from = at.start;
        for (key, raw) in fields.0 {
            let value_at = self.place(raw.get());
            let key_at = self.key_place(from, value_at.start);
            from = value_at.end;
            if !seen.insert(key.clone()) {
                self.log.error(key_at, format!("the key `{}` is given twice", key.escape_debug()));
            } else if let Some(value) = self.node(raw, depth + 1) {
                out.push(Entry { key, key_at, value });
            }
        }
        out
    }

    /// The key stands between the value before it and its own value.
    fn key_place(&self, from: usize, to: usize) -> Place {
        let between = self.text.get(from..to).unwrap_or_default();
        let (start, end) = (between.find('"').unwrap_or(0), between.rfind('"').map_or(between.len(), |at| at + 1));
        Place { source: self.source, start: from + start, end: from + end.max(start) }
    }
}

fn scalar(value: &serde_json::Value) -> Data {
    match value {
        serde_json::Value::Bool(b) => Data::Bool(*b),
        serde_json::Value::Number(n) => n.as_i64().map_or_else(|| Data::Float(n.as_f64().unwrap_or(f64::NAN)), Data::Int),
        other => Data::Text(other.as_str().unwrap_or_default().to_owned()),
    }
}

/// An object's fields in their order, none read any further.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(All)
    }
}
