//! The mutants as `cargo mutants --list --json` gives them: what is counted is exactly its set.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct Span {
    pub start: Place,
    pub end: Place,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Mutant {
    pub name: String,
    pub file: String,
    pub span: Span,
    pub replacement: String,
    pub genre: String,
    /// The name without its place, and the how manieth of that name in the file: it stays the same when code above it changes.
    #[serde(skip)]
    pub key: String,
}

impl Mutant {
    /// `gate` or `scan`.
    pub fn room(&self) -> &str {
        self.file.strip_prefix("hooks/src/").and_then(|rest| rest.split('/').next()).unwrap_or("")
    }
}

pub fn read(file: &Path) -> Result<Vec<Mutant>, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut all: Vec<Mutant> = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for mutant in &mut all {
        let change = mutant.name.split_once(": ").map_or("", |(_, change)| change);
        let plain = format!("{}: {change}", mutant.file);
        let n = seen.entry(plain.clone()).or_default();
        *n += 1;
        mutant.key = format!("{plain} #{n}");
    }
    Ok(all)
}

/// Where each line of a text begins, to go from lines and columns to bytes.
pub struct Offsets<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Offsets<'a> {
    pub fn new(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, lines }
    }

    pub fn byte(&self, place: Place) -> usize {
        let begin = self.lines[place.line - 1];
        let line = &self.text[begin..];
        begin + line.char_indices().nth(place.column - 1).map_or(line.len(), |(at, _)| at)
    }
}
