//! Values out of a table of definitions and the one that it overrides, with what is wrong with them.

use super::define::LIMITS;
use super::globs::Globs;
use super::problem::{Problem, Wrong};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;
use toml_edit::{Item, Table, Value};

/// The keys of every gate.
pub(super) const COMMON: &[&str] = &[
    "id",
    "about",
    "kind",
    "when",
    "action",
    "severity",
    "block_at",
    "paths",
    "needs",
    "expect",
    "canary_env",
    "timeout",
    "retry",
];

/// The keys of one kind.
pub(super) fn of_kind(kind: &str) -> &'static [&'static str] {
    match kind {
        "command" => &["run", "report"],
        "scan" => &["rule"],
        "scope" => &["allow", "deny", "max_files", "max_lines"],
        "judge" | "external" => &["run"],
        "budget" => &["usage", "limits"],
        "human" => &["who"],
        _ => &[],
    }
}

/// Reads one gate. A key of its own table comes before the same key of the table that it overrides.
pub(super) struct Reader<'a> {
    pub file: &'a str,
    pub text: &'a str,
    pub own: &'a Table,
    base: Option<&'a Table>,
    at: Range<usize>,
    pub problems: Vec<Problem>,
    wrong_keys: Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn new(file: &'a str, text: &'a str, own: &'a Table, base: Option<&'a Table>, at: Range<usize>) -> Self {
        Self { file, text, own, base, at, problems: Vec::new(), wrong_keys: Vec::new() }
    }

    fn find(&self, key: &str) -> Option<&'a Item> {
        self.own.get(key).or_else(|| self.base?.get(key))
    }

    /// Notes a problem with a key: at its value, else at the gate.
    pub fn problem(&mut self, key: &str, wrong: Wrong, message: &str, hint: &str) {
        let span = self.own.get(key).and_then(Item::span);
        self.problem_at(key, span, wrong, message, hint);
    }

    fn problem_at(&mut self, key: &str, span: Option<Range<usize>>, wrong: Wrong, message: &str, hint: &str) {
        let span = span.unwrap_or_else(|| self.at.clone());
        self.problems.push(Problem::at(self.file, self.text, Some(span), wrong, message).hint(hint));
        self.wrong_keys.push(key.to_owned());
    }

    /// True if something was wrong with the key already.
    pub fn has_problem(&self, key: &str) -> bool {
        self.wrong_keys.iter().any(|k| k == key)
    }

    /// Notes a word that nobody knows.
    pub fn unknown_word(&mut self, key: &str, word: &str, known: &[&str]) {
        let span = self.own.get(key).and_then(Item::span);
        self.unknown_word_at(key, span, word, known);
    }

    fn unknown_word_at(&mut self, key: &str, span: Option<Range<usize>>, word: &str, known: &[&str]) {
        let span = span.unwrap_or_else(|| self.at.clone());
        let message = format!("`{key}` does not know `{}`", word.escape_debug());
        self.problems.push(Problem::at(self.file, self.text, Some(span), Wrong::Word, message).meant(word, known.iter().copied()));
        self.wrong_keys.push(key.to_owned());
    }

    fn bad_type(&mut self, key: &str, wanted: &str) {
        self.problem(key, Wrong::Value, &format!("`{key}` is no {wanted}"), "");
    }

    /// A text; an empty one counts as missing.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let item = self.find(key)?;
        match item.as_str() {
            Some(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            None => {
                self.bad_type(key, "text");
                None
            }
        }
    }

    /// A text that has to be there.
    pub fn need(&mut self, key: &str) -> Option<String> {
        let text = self.text(key);
        if text.is_none() && !self.has_problem(key) {
            let hint = match key {
                "kind" => format!("Say what it does: {}", super::define::KINDS.join(", ")),
                "run" => "Say what to run, like `run = \"make test\"`".to_owned(),
                "rule" => "Name a rule of the scanner, like `rule = \"no-skip\"`".to_owned(),
                _ => String::new(),
            };
            self.problem(key, Wrong::Missing, &format!("`{key}` is missing"), &hint);
        }
        text
    }

    /// A path from the top of the tree that has to be there.
    pub fn path(&mut self, key: &str) -> Option<String> {
        let path = self.need(key)?;
        if path.starts_with('/') || path.split('/').any(|p| p == "..") || path.contains(['\0', '\\']) {
            self.problem(
                key,
                Wrong::Value,
                &format!("`{}` is no path inside of the repository", path.escape_debug()),
                "Write it from the top of the tree",
            );
            return None;
        }
        Some(path)
    }

    /// `true` or `false`; `false` unless said.
    pub fn flag(&mut self, key: &str) -> bool {
        let Some(item) = self.find(key) else { return false };
        item.as_bool().unwrap_or_else(|| {
            self.bad_type(key, "`true` or `false`");
            false
        })
    }

    /// A whole number, 0 unless said.
    pub fn count(&mut self, key: &str) -> usize {
        let Some(item) = self.find(key) else { return 0 };
        item.as_integer().and_then(|n| usize::try_from(n).ok()).unwrap_or_else(|| {
            self.bad_type(key, "whole number from 0");
            0
        })
    }

    /// Texts, with the places of each; one text counts as a list of one.
    fn texts(&mut self, key: &str) -> Option<Vec<(String, Option<Range<usize>>)>> {
        let item = self.find(key)?;
        let own = self.own.get(key).is_some();
        let place = |v: &Value| v.span().filter(|_| own);
        if let Some(one) = item.as_value().filter(|v| v.is_str()) {
            return Some(vec![(one.as_str().unwrap_or_default().to_owned(), place(one))]);
        }
        let list: Option<Vec<_>> =
            item.as_array().and_then(|a| a.iter().map(|v| Some((v.as_str()?.to_owned(), place(v)))).collect());
        if list.is_none() {
            self.bad_type(key, "list of texts");
        }
        list
    }

    /// A list of texts, without empty ones.
    pub fn list(&mut self, key: &str) -> Option<Vec<String>> {
        let texts = self.texts(key)?;
        Some(texts.into_iter().map(|(text, _)| text.trim().to_owned()).filter(|t| !t.is_empty()).collect())
    }

    /// Globs, each of which compiles.
    pub fn globs(&mut self, key: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (text, span) in self.texts(key).unwrap_or_default() {
            match Globs::new(&[&text]) {
                Ok(_) => out.push(text),
                Err((_, why)) => {
                    self.problem_at(key, span, Wrong::Glob, &format!("`{}` cannot be a glob: {why}", text.escape_debug()), "");
                }
            }
        }
        out
    }

    /// One of some words.
    pub fn word<T: Copy + Named>(&mut self, key: &str, all: &[T], parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key)?;
        let found = parse(&text);
        if found.is_none() {
            let known: Vec<&str> = all.iter().map(Named::name).collect();
            self.unknown_word(key, &text, &known);
        }
        found
    }

    /// Some of some words.
    pub fn words<T: Copy + Named + PartialEq>(
        &mut self,
        key: &str,
        all: &[T],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut out = Vec::new();
        for (text, span) in self.texts(key)? {
            match parse(&text) {
                Some(word) if out.contains(&word) => {}
                Some(word) => out.push(word),
                None => {
                    let known: Vec<&str> = all.iter().map(Named::name).collect();
                    self.unknown_word_at(key, span, &text, &known);
                }
            }
        }
        Some(out)
    }

    /// A length of time, `90s 10m 2h`; never nothing.
    pub fn duration(&mut self, key: &str) -> Option<Duration> {
        let text = self.text(key)?;
        let found = bd::config::parse_duration(&text).filter(|d| !d.is_zero());
        if found.is_none() {
            self.problem(
                key,
                Wrong::Duration,
                &format!("`{}` is no length of time", text.escape_debug()),
                "Write a number and a unit, like 90s, 10m or 2h",
            );
        }
        found
    }

    fn table(&mut self, key: &str) -> Vec<(String, &'a Item)> {
        let Some(item) = self.find(key) else { return Vec::new() };
        match item.as_table_like() {
            Some(table) => table.iter().map(|(name, item)| (name.to_owned(), item)).collect(),
            None => {
                self.bad_type(key, "table");
                Vec::new()
            }
        }
    }

    /// Variables with their values.
    pub fn variables(&mut self, key: &str) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for (name, item) in self.table(key) {
            let named = !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !name.starts_with(|c: char| c.is_ascii_digit());
            match item.as_str().filter(|v| named && !v.contains('\0')) {
                Some(value) => {
                    out.insert(name, value.to_owned());
                }
                None => self.problem_at(
                    key,
                    item.span(),
                    Wrong::Value,
                    &format!("`{}` is no variable with a text", name.escape_debug()),
                    "Write it like `canary_env = { BREAK = \"1\" }`",
                ),
            }
        }
        out
    }

    /// Limits: numbers above 0, at least one. A name that nobody counts would never be reached, so it is refused.
    pub fn limits(&mut self, key: &str) -> BTreeMap<String, f64> {
        let mut out = BTreeMap::new();
        for (name, item) in self.table(key) {
            let number = item.as_float().or_else(|| item.as_integer().map(|n| n as f64)).filter(|n| n.is_finite() && *n > 0.0);
            match number {
                _ if !LIMITS.contains(&name.as_str()) => self.unknown_word_at(key, item.span(), &name, &LIMITS),
                Some(number) => {
                    out.insert(name, number);
                }
                None => self.problem_at(key, item.span(), Wrong::Value, &format!("the limit `{name}` is no number above 0"), ""),
            }
        }
        if out.is_empty() && !self.has_problem(key) {
            self.problem(key, Wrong::Missing, "a budget needs `limits`", "Write them like `limits = { tokens = 200000 }`");
        }
        out
    }
}

/// Something that has a word.
pub(super) trait Named {
    /// The word.
    fn name(&self) -> &'static str;
}

macro_rules! named {
    ($($t:ty),*) => { $(impl Named for $t { fn name(&self) -> &'static str { self.as_str() } })* };
}

named!(super::When, super::Action, crate::Severity, super::Expect);
