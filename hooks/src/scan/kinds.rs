//! What kind of file it is: a test, a helper of tests, generated. The words are in `hooks/rules/tests.toml`.

use super::blocks;
use super::read::{Problem, Reader, parse};
use super::rule::{Expr, Globs};
use crate::lang::Lang;
use std::ops::Range;
use std::sync::LazyLock;

const TESTS: &str = include_str!("../../rules/tests.toml");

/// How far into a file the mark of a generator, and the imports of a test, are looked for.
const HEAD: usize = 16 << 10;

/// What is known about one language.
#[derive(Debug, Default)]
struct Kind {
    /// Paths of tests and of their helpers.
    paths: Globs,
    /// In the first lines of a test, whatever its path is.
    content: Option<Expr>,
    /// Before a block of tests in a file of something else.
    regions: Option<Expr>,
}

/// What is known about all languages.
#[derive(Debug)]
pub(super) struct Kinds {
    any: Globs,
    not: Globs,
    generated: Option<Expr>,
    kinds: Vec<(Lang, Kind)>,
}

/// Ours.
pub(super) static KINDS: LazyLock<Kinds> = LazyLock::new(|| read(TESTS).unwrap_or_else(|_| Kinds::nothing()));

pub(super) fn read(text: &str) -> Result<Kinds, Problem> {
    let doc = parse("tests.toml", text)?;
    let mut reader = Reader { file: "tests.toml", text, warnings: Vec::new(), check: false };
    let mut out = Kinds::nothing();
    for (name, item) in doc.as_table() {
        let Some(table) = item.as_table() else { continue };
        let mut kind = Kind::default();
        for (key, item) in table {
            match (name, key) {
                (_, "paths") => kind.paths = reader.globs(key, item)?,
                ("any", "not") => out.not = reader.globs(key, item)?,
                ("any", "generated") => out.generated = Some(reader.expr(key, item)?),
                (_, "content") => kind.content = Some(reader.expr(key, item)?),
                (_, "regions") => kind.regions = Some(reader.expr(key, item)?),
                (_, other) => reader.unknown(table, other),
            }
        }
        match (name, Lang::from_name(name)) {
            ("any", _) => out.any = kind.paths,
            (_, Some(lang)) => out.kinds.push((lang, kind)),
            (_, None) => reader.unknown(doc.as_table(), name),
        }
    }
    match reader.warnings.pop() {
        Some(warning) => Err(warning),
        None => Ok(out),
    }
}

impl Kinds {
    fn nothing() -> Self {
        Self { any: Globs::default(), not: Globs::default(), generated: None, kinds: Vec::new() }
    }

    fn of(&self, lang: Option<Lang>) -> Option<&Kind> {
        let lang = match lang? {
            Lang::TypeScript => Lang::JavaScript,
            Lang::C => Lang::Cpp,
            lang => lang,
        };
        self.kinds.iter().find(|(l, _)| *l == lang).map(|(_, kind)| kind)
    }

    /// True for a test, or a helper of tests, by its path or by what it imports.
    pub fn is_test(&self, path: &str, lang: Option<Lang>, raw: &[u8]) -> bool {
        if self.not.fit(path) {
            return false;
        }
        let Some(kind) = self.of(lang) else { return self.any.fit(path) };
        self.any.fit(path) || kind.paths.fit(path) || kind.content.as_ref().is_some_and(|e| e.is_match(&raw[..raw.len().min(HEAD)]))
    }

    /// True if files of this language can have tests in them beside other things.
    pub fn has_regions(&self, lang: Option<Lang>) -> bool {
        self.of(lang).is_some_and(|k| k.regions.is_some())
    }

    /// The parts of a file that are tests.
    pub fn regions(&self, lang: Option<Lang>, code: &[u8]) -> Vec<Range<usize>> {
        let Some(regex) = self.of(lang).and_then(|k| k.regions.as_ref()?.get()) else { return Vec::new() };
        let mut out: Vec<Range<usize>> = Vec::new();
        for found in regex.find_iter(code) {
            if out.last().is_some_and(|last| last.contains(&found.start())) {
                continue;
            }
            if let Some(end) = blocks::block_after(code, found.end()) {
                out.push(found.start()..end);
            }
        }
        out
    }

    /// The paths of tests by language; those of every language first.
    pub fn paths(&self) -> Vec<(&'static str, &[String])> {
        let each = self.kinds.iter().map(|(lang, kind)| (lang.name(), kind.paths.texts()));
        std::iter::once(("all", self.any.texts())).chain(each).collect()
    }

    /// The paths below which nothing is a test.
    pub fn not(&self) -> &[String] {
        self.not.texts()
    }

    /// True if its first lines say that a generator wrote it.
    pub fn is_generated(&self, raw: &[u8]) -> bool {
        self.generated.as_ref().is_some_and(|e| e.is_match(&raw[..raw.len().min(HEAD)]))
    }
}
