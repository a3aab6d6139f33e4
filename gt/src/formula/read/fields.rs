//! Values of one type each; a wrong one is a problem at its place, and counts as not given.

use super::super::model::{Ref, Words};
use super::super::node::{Data, Entry, Node};
use super::super::problem::{Log, meant};
use super::MAX_TEXT;
use std::collections::BTreeMap;

fn wrong(log: &mut Log, entry: &Entry, want: &str) {
    let (key, sort) = (&entry.key, entry.value.sort());
    log.error(entry.value.at, format!("`{}` is {want}, not {sort}", key.escape_debug()));
}

/// True if a text is not too long.
pub(in super::super) fn bounded(log: &mut Log, key: &str, node: &Node, text: &str) -> bool {
    let fits = text.len() <= MAX_TEXT;
    if !fits {
        log.error(node.at, format!("`{}` is longer than 256 KiB", key.escape_debug()))
            .help("keep long documents in files of their own and name them in `inputs`");
    }
    fits
}

pub(in super::super) fn text(log: &mut Log, entry: &Entry) -> Option<String> {
    match &entry.value.data {
        Data::Text(text) => bounded(log, &entry.key, &entry.value, text).then(|| text.clone()),
        _ => {
            wrong(log, entry, "a text");
            None
        }
    }
}

/// A text, or a number or truth value as text.
pub(in super::super) fn scalar(log: &mut Log, entry: &Entry) -> Option<String> {
    // A number as it is written: version 2.10 is not 2.1.
    let written =
        |at: super::super::source::Place| Some(log.sources.get(at.source as usize)?.text.get(at.start..at.end)?.trim().to_owned());
    let found = match entry.value.data {
        Data::Float(_) => written(entry.value.at).or_else(|| entry.value.scalar()),
        _ => entry.value.scalar(),
    };
    match &found {
        Some(text) if !bounded(log, &entry.key, &entry.value, text) => return None,
        Some(_) => {}
        None => wrong(log, entry, "a text or a number"),
    }
    found
}

pub(in super::super) fn words(log: &mut Log, entry: &Entry) -> Option<Words> {
    text(log, entry).map(|text| Words { text, at: entry.value.at })
}

pub(in super::super) fn name(log: &mut Log, entry: &Entry) -> Option<Ref> {
    text(log, entry).map(|text| Ref::new(text, entry.value.at))
}

pub(in super::super) fn truth(log: &mut Log, entry: &Entry) -> bool {
    match entry.value.data {
        Data::Bool(truth) => truth,
        _ => {
            wrong(log, entry, "true or false");
            false
        }
    }
}

pub(in super::super) fn int(log: &mut Log, entry: &Entry) -> Option<i64> {
    match entry.value.data {
        Data::Int(int) => Some(int),
        _ => {
            wrong(log, entry, "a whole number");
            None
        }
    }
}

/// Texts with their places.
pub(in super::super) fn refs(log: &mut Log, entry: &Entry) -> Vec<Ref> {
    let Data::List(items) = &entry.value.data else {
        wrong(log, entry, "a list of texts");
        return Vec::new();
    };
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        match &item.data {
            Data::Text(text) => {
                if bounded(log, &entry.key, item, text) {
                    out.push(Ref::new(text.clone(), item.at));
                }
            }
            _ => {
                let (key, sort) = (&entry.key, item.sort());
                log.error(item.at, format!("`{}` is a list of texts, and this is {sort}", key.escape_debug()));
            }
        }
    }
    out
}

pub(in super::super) fn texts(log: &mut Log, entry: &Entry) -> Vec<String> {
    refs(log, entry).into_iter().map(|r| r.name).collect()
}

/// A list of texts, or one text.
pub(in super::super) fn one_or_more(log: &mut Log, entry: &Entry) -> Vec<Ref> {
    match &entry.value.data {
        Data::Text(text) => vec![Ref::new(text.clone(), entry.value.at)],
        _ => refs(log, entry),
    }
}

/// The entries of a table.
pub(in super::super) fn table<'n>(log: &mut Log, entry: &'n Entry) -> &'n [Entry] {
    if let Data::Table(entries) = &entry.value.data {
        return entries;
    }
    wrong(log, entry, "a table");
    &[]
}

/// The tables of a list; one table counts as a list of one.
pub(in super::super) fn tables<'n>(log: &mut Log, entry: &'n Entry) -> Vec<(&'n Node, &'n [Entry])> {
    match &entry.value.data {
        Data::Table(entries) => vec![(&entry.value, entries)],
        Data::List(items) => {
            let mut out = Vec::with_capacity(items.len());
            for item in items {
                if let Data::Table(entries) = &item.data {
                    out.push((item, entries.as_slice()));
                } else {
                    let (key, sort) = (&entry.key, item.sort());
                    log.error(item.at, format!("`{}` is a list of tables, and this is {sort}", key.escape_debug()));
                }
            }
            out
        }
        _ => {
            wrong(log, entry, "a list of tables");
            Vec::new()
        }
    }
}

/// A table of texts (numbers and truth values become texts).
pub(in super::super) fn strings(log: &mut Log, entry: &Entry) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for field in table(log, entry) {
        if let Some(value) = scalar(log, field) {
            out.insert(field.key.clone(), value);
        }
    }
    out
}

/// A key that has no meaning here: said, and kept by whoever calls.
pub(in super::super) fn unknown(log: &mut Log, entry: &Entry, place: &str, known: &[&str]) {
    if log.is_warned() {
        return;
    }
    let help = meant(&entry.key, known.iter().copied());
    let warning =
        log.warn(entry.key_at, format!("{place} has no key `{}`; it is kept and has no effect", entry.key.escape_debug()));
    warning.help = help;
}

/// A key that has to be there.
pub(in super::super) fn missing(log: &mut Log, at: super::super::source::Place, what: &str) {
    log.error(at, what.to_owned());
}
