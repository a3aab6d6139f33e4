//! Requirement ids: which stand in documents, which in tests, which in both.

use super::files::{Files, text_of};
use super::settings::{Role, Rules, Settings};
use crate::views::Ids;
use bd::error::Result;
use bd_gate::diff::raw;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// At most so many places of an id are kept on each side.
const PLACES: usize = 5;

/// One requirement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// Its id.
    pub id: String,
    /// The first places in documents: `path:line`.
    pub documents: Vec<String>,
    /// The first places in tests.
    pub tests: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// In documents and in tests.
    pub traced: Vec<Requirement>,
    /// In documents alone.
    pub only_documents: Vec<Requirement>,
    /// In tests alone.
    pub only_tests: Vec<Requirement>,
    /// What the molecule is for and what stands in neither.
    pub missing: Vec<String>,
    /// Files that should have been read and were not: `path: why`.
    pub skipped: Vec<String>,
}

impl Trace {
    /// How many ids were found at all.
    pub fn found(&self) -> usize {
        self.traced.len() + self.only_documents.len() + self.only_tests.len()
    }

    /// Every id that was found, by name.
    pub fn all(&self) -> impl Iterator<Item = &Requirement> {
        self.traced.iter().chain(&self.only_documents).chain(&self.only_tests)
    }
}

/// What a file said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// These ids, in order, with the numbers of their lines.
    Ids(Vec<(String, u64)>),
    /// It is no text.
    NoText,
}

/// Looks through the documents and the tests. `inputs` are documents whatever their names are; `wanted` are the ids that must
/// be there. A look says what is `kept` of the files; whoever writes down what was found reads them all.
///
/// # Errors
/// A file cannot be read; the rules are wrong.
pub fn trace(files: &Files<'_>, rules: &Rules<'_>, inputs: &[String], wanted: &[String], mut kept: Option<Ids>) -> Result<Trace> {
    let mut found: BTreeMap<String, Requirement> = BTreeMap::new();
    let mut out = Trace::default();
    let mut bytes = Vec::new();
    if !kept.as_ref().is_some_and(Ids::has_rules) {
        rules.settings()?;
    }
    for path in files.paths() {
        let input = inputs.contains(path);
        // Records and reports repeat what stands elsewhere.
        if !input && path.starts_with(".beads/") {
            continue;
        }
        let mut left = None;
        let role = || Ok(rules.settings()?.role(path));
        let mut read = |role: Role| {
            let Some(file) = files.change(path).filter(|file| !file.special) else { return Ok(None) };
            left = files.read(&file, &mut bytes)?;
            if left.is_some() { Ok(None) } else { Ok(Some(of_text(&bytes, role, rules.settings()?))) }
        };
        let (role, said) = if input {
            if let Some(kept) = &mut kept {
                kept.pass(path);
            }
            (Role::Document, read(Role::Document)?)
        } else if let Some(kept) = &mut kept {
            kept.of(path, &files.top.join(raw(path)), role, read)?
        } else {
            let role = role()?;
            (role, if role == Role::Other { None } else { read(role)? })
        };
        let ids = match said {
            Some(Found::Ids(ids)) => ids,
            Some(Found::NoText) => {
                out.skipped.push(format!("{path}: it is no text"));
                continue;
            }
            None => {
                out.skipped.extend(left.map(|why| format!("{path}: {why}")));
                continue;
            }
        };
        for (id, line) in ids {
            let entry = found.entry(id).or_insert_with_key(|id| Requirement { id: id.clone(), ..Requirement::default() });
            let places = if role == Role::Document { &mut entry.documents } else { &mut entry.tests };
            let place = format!("{path}:{line}");
            if places.len() < PLACES && !places.contains(&place) {
                places.push(place);
            }
        }
    }
    if let Some(kept) = kept {
        kept.save();
    }
    let wanted: BTreeSet<&String> = wanted.iter().collect();
    out.missing = wanted.into_iter().filter(|id| !found.contains_key(*id)).cloned().collect();
    for requirement in found.into_values() {
        match (requirement.documents.is_empty(), requirement.tests.is_empty()) {
            (false, false) => out.traced.push(requirement),
            (false, true) => out.only_documents.push(requirement),
            (true, _) => out.only_tests.push(requirement),
        }
    }
    Ok(out)
}

/// What a file's bytes say: all of them, or of a source file what follows the first mark of tests within it.
fn of_text(bytes: &[u8], role: Role, settings: &Settings) -> Found {
    let Some(text) = text_of(bytes) else { return Found::NoText };
    let from = if role == Role::Source { memchr::memmem::find(&text, b"#[cfg(test)]") } else { Some(0) };
    let mut out = Vec::new();
    if let Some(from) = from {
        ids(&text, from, settings, &mut |id, line| out.push((id.to_owned(), line as u64)));
    }
    Found::Ids(out)
}

/// Calls `each` with every id from an offset on and the number of its line.
fn ids(text: &[u8], from: usize, settings: &Settings, each: &mut dyn FnMut(&str, usize)) {
    let mut offset = 0;
    for (number, line) in text.split(|b| *b == b'\n').enumerate() {
        let begin = offset;
        offset += line.len() + 1;
        if begin + line.len() < from {
            continue;
        }
        for hit in settings.requirement.find_iter(line) {
            let id = String::from_utf8_lossy(hit.as_bytes());
            let digit = id.split_once('-').is_some_and(|(_, rest)| rest.bytes().any(|b| b.is_ascii_digit()));
            if digit || !settings.digit {
                each(&id, number + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &[u8]) -> Vec<(String, usize)> {
        let mut out = Vec::new();
        ids(text, 0, &Settings::parse("").unwrap(), &mut |id, line| out.push((id.to_owned(), line)));
        out
    }

    #[test]
    fn ids_are_found_in_any_bytes_with_their_lines() {
        let text = "\u{feff}BR-001 and (SOC2-CC8.1)\r\n// NFR-A-7: x\r\nABR-2 br-3 DD-MM-YYYY BR-4_x DD-005.\r\n".as_bytes();
        let found = of(text);
        let names: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(names, ["BR-001", "SOC2-CC8.1", "NFR-A-7", "DD-005"]);
        assert_eq!(found.iter().map(|(_, line)| *line).collect::<Vec<_>>(), [1, 1, 2, 3]);
        assert_eq!(of(b"\xff\xfc BR-1 \xc3(BR-2"), [("BR-1".to_owned(), 1), ("BR-2".to_owned(), 1)]);
    }

    #[test]
    fn a_large_line_is_read_once() {
        let mut text = "x".repeat(1 << 20).into_bytes();
        text.extend_from_slice(b" REQ-9");
        assert_eq!(of(&text), [("REQ-9".to_owned(), 1)]);
    }
}
