//! Values out of a TOML table: of another type than expected is a warning, and the key counts as missing.

use bd_gate::gate::{Problem, Wrong};
use serde_json::{Map, Value as Json};
use toml_edit::{Item, TableLike, Value};

/// A table that is being read, and what is odd about it.
pub(super) struct Values<'a, 'w> {
    pub file: &'a str,
    pub text: &'a str,
    pub table: &'a dyn TableLike,
    pub warnings: &'w mut Vec<Problem>,
}

impl<'a> Values<'a, '_> {
    fn item(&self, key: &str) -> Option<&'a Item> {
        self.table.get(key)
    }

    /// Notes what is odd about a key, at its value.
    pub fn warn(&mut self, key: &str, message: String) {
        let span = self.item(key).and_then(Item::span);
        self.warnings.push(Problem::at(self.file, self.text, span, Wrong::Value, message));
    }

    fn bad_type(&mut self, key: &str, wanted: &str) {
        self.warn(key, format!("`{key}` is no {wanted}; it is left out"));
    }

    /// A text; numbers and dates count as what is written. Empty = missing.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let item = self.item(key)?;
        match item.as_value().and_then(plain) {
            Some(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            None => {
                self.bad_type(key, "text");
                None
            }
        }
    }

    /// A list of texts; one text is a list of one.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(item) = self.item(key) else { return Vec::new() };
        let texts = match item.as_value() {
            Some(Value::Array(all)) => all.iter().map(plain).collect::<Option<Vec<_>>>(),
            Some(one) => plain(one).map(|t| vec![t]),
            None => None,
        };
        let Some(texts) = texts else {
            self.bad_type(key, "list of texts");
            return Vec::new();
        };
        let mut out: Vec<String> = Vec::new();
        for text in texts.into_iter().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()) {
            if !out.contains(&text) {
                out.push(text);
            }
        }
        out
    }

    /// A whole number from 0.
    pub fn count(&mut self, key: &str) -> Option<u32> {
        let item = self.item(key)?;
        let n = item.as_integer().and_then(|n| u32::try_from(n).ok());
        if n.is_none() {
            self.bad_type(key, "whole number from 0");
        }
        n
    }

    /// A share in percent, 0 to 100: a number, or a text like `100%`.
    pub fn percent(&mut self, key: &str) -> Option<f64> {
        let item = self.item(key)?;
        let written = item.as_str().and_then(|t| t.trim().trim_end_matches('%').trim().parse().ok());
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let number = item.as_float().or_else(|| item.as_integer().map(|n| n as f64)).or(written);
        let number = number.filter(|n| (0.0..=100.0).contains(n));
        if number.is_none() {
            self.bad_type(key, "share in percent from 0 to 100");
        }
        number
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        let item = self.item(key)?;
        let flag = item.as_bool();
        if flag.is_none() {
            self.bad_type(key, "`true` or `false`");
        }
        flag
    }

    /// A table below this one.
    pub fn below(&mut self, key: &str) -> Option<&'a dyn TableLike> {
        let item = self.item(key)?;
        let table = item.as_table_like();
        if table.is_none() {
            self.bad_type(key, "table");
        }
        table
    }

    /// A table below this one, as JSON.
    pub fn object(&mut self, key: &str) -> Map<String, Json> {
        self.below(key).map(object).unwrap_or_default()
    }

    /// The tables of a list, with where each begins.
    pub fn tables(&mut self, key: &str) -> Vec<(&'a dyn TableLike, Option<std::ops::Range<usize>>)> {
        match self.item(key) {
            None => Vec::new(),
            Some(Item::ArrayOfTables(all)) => all.iter().map(|t| (t as &dyn TableLike, t.span())).collect(),
            Some(Item::Value(Value::Array(all))) if all.iter().all(Value::is_inline_table) => {
                let each = all.iter().filter_map(|v| Some((v.as_inline_table()? as &dyn TableLike, v.span())));
                each.collect()
            }
            Some(_) => {
                self.bad_type(key, "list of tables");
                Vec::new()
            }
        }
    }

    /// The keys that are none of these, as JSON.
    pub fn rest(&self, known: &[&str]) -> Map<String, Json> {
        let mut out = Map::new();
        for (key, item) in self.table.iter().filter(|(key, _)| !known.contains(key)) {
            out.insert(key.to_owned(), json(item));
        }
        out
    }
}

/// A value that is no list and no table, as a text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.value().clone()),
        Value::Integer(n) => Some(n.value().to_string()),
        Value::Float(n) => Some(n.display_repr().into_owned()),
        Value::Boolean(b) => Some(b.value().to_string()),
        Value::Datetime(at) => Some(at.value().to_string()),
        Value::Array(_) | Value::InlineTable(_) => None,
    }
}

fn object(table: &dyn TableLike) -> Map<String, Json> {
    table.iter().map(|(key, item)| (key.to_owned(), json(item))).collect()
}

/// TOML as JSON: dates as texts, numbers that JSON has no form for as texts.
fn json(item: &Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Table(table) => Json::Object(object(table)),
        Item::ArrayOfTables(all) => Json::Array(all.iter().map(|t| Json::Object(object(t))).collect()),
        Item::Value(value) => json_value(value),
    }
}

fn json_value(value: &Value) -> Json {
    match value {
        Value::Integer(n) => Json::from(*n.value()),
        Value::Boolean(b) => Json::from(*b.value()),
        Value::Float(n) => serde_json::Number::from_f64(*n.value()).map_or_else(|| Json::from(n.value().to_string()), Json::Number),
        Value::Array(all) => Json::Array(all.iter().map(json_value).collect()),
        Value::InlineTable(table) => Json::Object(object(table)),
        Value::String(_) | Value::Datetime(_) => Json::from(plain(value).unwrap_or_default()),
    }
}
