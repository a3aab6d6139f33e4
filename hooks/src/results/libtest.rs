//! What `cargo test` prints: a block for each program of tests.

use super::{Counts, Failure, ends_in, first_line, place};
use std::collections::BTreeMap;

/// `running 3 tests`.
pub(super) fn is_begin(line: &str) -> bool {
    begin(line).is_some()
}

fn begin(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("running ")?;
    let number = rest.strip_suffix(" tests").or(rest.strip_suffix(" test"))?;
    number.parse().ok()
}

struct End {
    passed: u64,
    failed: u64,
    ignored: u64,
    measured: u64,
    ok: bool,
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`.
fn end(line: &str) -> Option<End> {
    let (word, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut numbers = BTreeMap::new();
    for part in rest.split(';').map(str::trim) {
        if let Some((number, what)) = part.split_once(' ') {
            if let Ok(number) = number.parse::<u64>() {
                numbers.insert(what, number);
            }
        }
    }
    let get = |what: &str| numbers.get(what).copied();
    // The last one of the line: a line that is cut off has not got it.
    get("filtered out")?;
    let ok = word == "ok";
    Some(End { passed: get("passed")?, failed: get("failed")?, ignored: get("ignored")?, measured: get("measured")?, ok })
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut all = Counts::default();
    let mut open: Option<u64> = None;
    let mut blocks = 0;
    let mut names: Vec<String> = Vec::new();
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    let mut speaks: Option<String> = None;
    for line in text.lines() {
        if let Some(number) = begin(line) {
            if open.is_some() {
                return Err("a program of tests has no `test result`".to_owned());
            }
            (open, blocks) = (Some(number), blocks + 1);
            speaks = None;
        } else if let Some(end) = end(line) {
            let Some(number) = open.take() else { return Err("a `test result` stands without its tests".to_owned()) };
            let ended = end.passed + end.failed + end.ignored + end.measured;
            if ended != number {
                return Err(format!("{number} tests were to run, and {ended} have ended"));
            }
            if end.ok != (end.failed == 0) {
                return Err("a `test result` contradicts itself".to_owned());
            }
            all.passed += end.passed + end.measured;
            all.failed += end.failed;
            all.skipped += end.ignored;
            names.truncate(usize::try_from(end.failed).unwrap_or(usize::MAX));
            all.failures.extend(names.drain(..).map(|name| failure(&said, name)));
            said.clear();
            speaks = None;
        } else if let Some(name) = failed(line) {
            names.push(name.to_owned());
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|l| l.strip_suffix(" stdout ----")) {
            speaks = Some(name.to_owned());
        } else if let Some(name) = &speaks {
            let text = said.entry(name.clone()).or_default();
            if text.len() < 8 * 1024 {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    match (open, blocks) {
        (Some(_), _) => Err("it is cut off: the last program of tests has no `test result`".to_owned()),
        (None, 0) => Err("no `test result` is in it".to_owned()),
        (None, _) => Ok(all),
    }
}

/// The test that this line says has failed. What it printed itself may stand before.
fn failed(line: &str) -> Option<&str> {
    let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
    Some(name.strip_suffix(" - should panic").unwrap_or(name))
}

fn failure(said: &BTreeMap<String, String>, name: String) -> Failure {
    let text = said.get(&name).map(String::as_str).unwrap_or_default();
    from_panic(name, text)
}

/// From what a test printed as it panicked.
pub(super) fn from_panic(name: String, text: &str) -> Failure {
    let at = text.find("panicked at ");
    let rest = at.map_or(text, |at| &text[at + "panicked at ".len()..]);
    let found = place::find(rest.lines().next().unwrap_or_default(), None).or_else(|| place::find(text, None));
    let message = match at {
        // Since Rust 1.73 the message stands on the next line.
        Some(_) => rest.split_once('\n').map_or(rest, |(_, next)| next),
        None => text,
    };
    // A documentation test's name is its place: `src/lib.rs - add (line 5)`.
    let doc = name.split_once(" - ").filter(|(file, _)| ends_in(file, "rs"));
    let doc =
        doc.and_then(|(file, rest)| Some((file.to_owned(), rest.rsplit_once("(line ")?.1.trim_end_matches(')').parse().ok()?)));
    let (file, line) = doc.or(found).map_or((None, 0), |(file, line)| (Some(file), line));
    Failure { name, file, line, message: first_line(message) }
}
