//! Bytes of any generation to entries, with the line of each.

use super::finding::Finding;
use super::incoming::{Incoming, Memory, Part, from_deletion, from_line};
use crate::model::{BeadId, Fields, Value};
use serde_json::value::RawValue;

/// What one line says.
pub(super) enum Entry {
    /// A record of an issue, or of its deletion.
    Record(Incoming),
    /// A memory of upstream v1.
    Memory(Memory),
    /// A label, edge or comment from a table dump's sibling file.
    Part(Part),
}

/// Everything that was read.
#[derive(Default)]
pub(super) struct Input {
    pub entries: Vec<Entry>,
    pub problems: Vec<Finding>,
    pub warnings: Vec<Finding>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads every line, and goes on after a bad one so that all problems can be named at once.
pub(super) fn read(bytes: &[u8], deletions: bool) -> Input {
    let mut input = Input::default();
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        input.problems.push(Finding::at(1, "this is UTF-16; records are UTF-8"));
        return input;
    }
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[') {
        read_array(bytes, deletions, &mut input);
        return input;
    }
    for (number, line) in bytes.split(|b| *b == b'\n').enumerate().map(|(n, l)| (n + 1, l)) {
        let line = line.strip_prefix(BOM).unwrap_or(line);
        match std::str::from_utf8(line) {
            Ok(text) => read_line(number, text.trim(), deletions, &mut input),
            Err(e) => input
                .problems
                .push(Finding { column: Some(e.valid_up_to() + 1), ..Finding::at(number, "bytes that are not UTF-8") }),
        }
    }
    input
}

/// Upstream's `--json` output: one array of records.
fn read_array(bytes: &[u8], deletions: bool, input: &mut Input) {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let line = line_of(bytes, e.valid_up_to());
            input.problems.push(Finding::at(line, "bytes that are not UTF-8"));
            return;
        }
    };
    match serde_json::from_str::<Vec<&RawValue>>(text) {
        Ok(records) => {
            let (mut from, mut line) = (0, 1);
            for record in records {
                let at = record.get().as_ptr() as usize - text.as_ptr() as usize;
                line += line_of(&bytes[from..], at - from) - 1;
                from = at;
                read_line(line, record.get(), deletions, input);
            }
        }
        Err(e) => input.problems.push(malformed(e.line(), &e)),
    }
}

/// The line, from 1, of the byte at an offset.
fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes.iter().take(at).filter(|b| **b == b'\n').count() + 1
}

fn malformed(line: usize, e: &serde_json::Error) -> Finding {
    let what = e.to_string();
    let what = what.split(" at line ").next().unwrap_or(&what);
    Finding { column: Some(e.column()), ..Finding::at(line, format!("not JSON: {what}")) }
}

fn read_line(number: usize, text: &str, deletions: bool, input: &mut Input) {
    if text.is_empty() {
        return;
    }
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| text.starts_with(marker)) {
        input.problems.push(Finding::at(number, "a conflict marker of an unfinished merge"));
        return;
    }
    if !text.starts_with('{') {
        let what = match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => Finding::at(number, "not a record: each line is one JSON object"),
            Err(e) => malformed(number, &e),
        };
        input.problems.push(what);
        return;
    }
    match serde_json::from_str::<Fields>(text) {
        Ok(fields) => match classify(number, compact(fields), deletions, &mut input.warnings) {
            Ok(Some(entry)) => input.entries.push(entry),
            Ok(None) => {}
            Err(problem) => input.problems.push(problem),
        },
        Err(e) => input.problems.push(malformed(number, &e)),
    }
}

/// One form for every spelling, so that two writers' files of one state give the same events.
fn compact(fields: Fields) -> Fields {
    let mut out = Fields::new();
    for (name, value) in fields.iter() {
        out.set(name, value.clone().compact());
    }
    out
}

fn classify(line: usize, fields: Fields, deletions: bool, warnings: &mut Vec<Finding>) -> Result<Option<Entry>, Finding> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    let has = |key: &str| fields.get(key).is_some_and(|v| !v.is_null());
    if text("_type").as_deref() == Some("memory") {
        return match (text("key").filter(|k| !k.is_empty()), fields.get("value")) {
            (Some(key), Some(value)) => Ok(Some(Entry::Memory(Memory { line, key, value: value.clone() }))),
            _ => Err(Finding::at(line, "a memory needs `key` and `value`")),
        };
    }
    if has("issue_id") && !has("title") && (has("depends_on_id") || has("label") || has("text")) {
        let id = bead_id(line, &fields, "issue_id")?;
        return Part::new(line, id, fields).map(|part| Some(Entry::Part(part)));
    }
    let id = bead_id(line, &fields, "id")?;
    let marker = fields.get("_deleted").and_then(Value::as_bool) == Some(true);
    if marker || deletions || (has("ts") && !has("title")) {
        return Ok(Some(Entry::Record(from_deletion(line, id, fields))));
    }
    if !has("title") && !has("status") {
        return match text("_type").filter(|t| t != "issue") {
            Some(kind) => {
                warnings.push(Finding::of(line, id.as_str(), format!("a line of type `{kind}` is not imported")));
                Ok(None)
            }
            None => Err(Finding::of(line, id.as_str(), "neither a title nor a status: not the record of an issue")),
        };
    }
    Ok(Some(Entry::Record(from_line(line, id, fields, warnings))))
}

fn bead_id(line: usize, fields: &Fields, key: &str) -> Result<BeadId, Finding> {
    let Some(value) = fields.get(key) else { return Err(Finding::at(line, format!("no `{key}`"))) };
    let Some(text) = value.as_str() else {
        return Err(Finding::at(line, format!("`{key}` is {}, not a text", value.json().chars().take(40).collect::<String>())));
    };
    match BeadId::new(&text) {
        Ok(id) if id.is_pseudo() => Err(Finding::at(line, format!("`{id}`: ids that begin with `_` are the store's own"))),
        Ok(id) => Ok(id),
        Err(e) => Err(Finding::at(line, e.to_string())),
    }
}
