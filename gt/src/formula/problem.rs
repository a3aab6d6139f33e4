//! What is wrong in a formula, where, and what was probably meant.

use super::source::{Place, Source};
use serde_json::{Value, json};
use std::fmt::{self, Write as _};

/// How many problems are told; more of them are counted.
const MOST: usize = 50;
/// What one more is written to: finding its place would be work for nobody.
const NOBODY: Diagnostic = Diagnostic { message: String::new(), help: None, at: None };
/// How much of a long line is shown.
const WINDOW: usize = 100;

/// A place in a file, with what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file: from the top of the working tree, `~/…`, or `built-in:NAME.toml`.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line itself (of a long one the part around the place).
    pub excerpt: String,
    /// How many characters of the excerpt stand before the mark.
    pub indent: usize,
    /// How long the mark is, in characters.
    pub width: usize,
}

/// An error or a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do, where something can be said.
    pub help: Option<String>,
    /// Where, if it is anywhere.
    pub at: Option<Location>,
}

impl Diagnostic {
    /// What to do.
    pub(super) fn help(&mut self, help: impl Into<String>) {
        self.help = Some(help.into());
    }

    /// As JSON: `message`, `path`, `line`, `column`, `source`, `help`.
    pub fn object(&self) -> Value {
        let mut object = json!({"message": self.message});
        if let Some(at) = &self.at {
            object["path"] = json!(at.path);
            object["line"] = json!(at.line);
            object["column"] = json!(at.column);
            object["source"] = json!(at.excerpt);
        }
        if let Some(help) = &self.help {
            object["help"] = json!(help);
        }
        object
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(at) = &self.at else {
            f.write_str(&self.message)?;
            return self.help.as_ref().map_or(Ok(()), |help| write!(f, "\n  = {help}"));
        };
        let number = at.line.to_string();
        let pad = " ".repeat(number.len());
        writeln!(f, "{}:{}:{}: {}", at.path, at.line, at.column, self.message)?;
        writeln!(f, "{pad} |")?;
        writeln!(f, "{number} | {}", at.excerpt)?;
        write!(f, "{pad} | {}{}", " ".repeat(at.indent), "^".repeat(at.width))?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "\n{pad} = {help}"))
    }
}

/// A formula that cannot be used, and why.
#[derive(Clone, Debug)]
pub struct Problems {
    /// Which formula or file.
    pub subject: String,
    /// What is wrong; never empty.
    pub errors: Vec<Diagnostic>,
    /// What is odd beside that.
    pub warnings: Vec<Diagnostic>,
    /// How many errors more there are.
    pub more: usize,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors.len() + self.more;
        let plural = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
        write!(f, "the formula `{}` has {plural}", self.subject.escape_debug())?;
        for error in &self.errors {
            write!(f, "\n{error}")?;
        }
        if self.more > 0 {
            write!(f, "\n… and {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Box<Problems>> for bd::error::Error {
    fn from(problems: Box<Problems>) -> Self {
        // What is no place in a file needs no heading: a formula that is not there, a value that is not taken.
        if let ([Diagnostic { message, help, at: None }], 0) = (problems.errors.as_slice(), problems.more) {
            let error = Self::usage(message.clone());
            return help.iter().fold(error, |error, help| error.hint(help.clone()));
        }
        Self::usage(problems.to_string())
    }
}

/// What was found so far, with the sources that the places are in.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub sources: Vec<Source>,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    pub more: usize,
    /// Where a problem goes that nobody needs any more.
    unheard: Option<Diagnostic>,
}

impl Log {
    /// Adds a source; its number.
    pub fn add(&mut self, source: Source) -> u32 {
        self.sources.push(source);
        u32::try_from(self.sources.len() - 1).unwrap_or(u32::MAX)
    }

    /// An error at a place.
    pub fn error(&mut self, at: impl Into<Option<Place>>, message: impl Into<String>) -> &mut Diagnostic {
        if self.errors.len() >= MOST {
            self.more += 1;
            return self.unheard.get_or_insert(NOBODY);
        }
        let diagnostic = self.diagnostic(at.into(), message.into());
        push(&mut self.errors, diagnostic)
    }

    /// Something odd at a place.
    pub fn warn(&mut self, at: impl Into<Option<Place>>, message: impl Into<String>) -> &mut Diagnostic {
        if self.warnings.len() >= MOST {
            return self.unheard.get_or_insert(NOBODY);
        }
        let diagnostic = self.diagnostic(at.into(), message.into());
        push(&mut self.warnings, diagnostic)
    }

    /// True if there is no use in looking for names like one that is not known.
    pub fn is_full(&self) -> bool {
        self.errors.len() >= MOST
    }

    /// True if no more warnings are kept.
    pub fn is_warned(&self) -> bool {
        self.warnings.len() >= MOST
    }

    /// True if something is wrong.
    pub fn failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Ends as problems.
    pub fn into_problems(mut self, subject: &str) -> Problems {
        // As one reads the files; what has no place comes first.
        self.errors.sort_by(|a, b| {
            let place = |d: &Diagnostic| d.at.as_ref().map(|at| (at.path.clone(), at.line, at.column));
            place(a).cmp(&place(b))
        });
        Problems { subject: subject.to_owned(), errors: self.errors, warnings: self.warnings, more: self.more }
    }

    fn diagnostic(&self, at: Option<Place>, message: String) -> Diagnostic {
        let at = at.and_then(|p| Some(locate(self.sources.get(p.source as usize)?, p)));
        Diagnostic { message, help: None, at }
    }
}

fn push(list: &mut Vec<Diagnostic>, diagnostic: Diagnostic) -> &mut Diagnostic {
    let at = list.len();
    list.push(diagnostic);
    &mut list[at]
}

fn locate(source: &Source, place: Place) -> Location {
    let start = source.boundary(place.start);
    let (line, from, to) = source.line(start);
    // A place at a line end is shown behind its last character.
    let start = start.min(to);
    let end = source.boundary(place.end).clamp(start, to);
    let before = source.text[from..start].chars().count();
    let width = source.text[start..end].chars().count().max(1);
    // Of a long line only what is around the place.
    let skip = if before + width > WINDOW { before.saturating_sub(WINDOW / 4) } else { 0 };
    let mut excerpt = String::new();
    let mut indent = before - skip;
    if skip > 0 {
        excerpt.push('…');
        indent += 1;
    }
    let rest = source.text[from..to].chars().skip(skip);
    excerpt.extend(rest.take(WINDOW).map(|c| if c.is_control() { ' ' } else { c }));
    let width = width.min(excerpt.chars().count().saturating_sub(indent)).max(1);
    Location { path: source.path.clone(), line: line + 1, column: before + 1, excerpt, indent, width }
}

/// The same, unless so much is wrong already that nobody reads it.
pub(super) fn meant_in<'a>(log: &Log, word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if log.is_full() { None } else { meant(word, known) }
}

/// `did you mean `a` or `b`?`, if some known name looks like the one that was given.
pub(super) fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = bd::query::nearest(word, known, 2);
    let mut out = String::new();
    for name in near {
        let _ = write!(out, "{}`{name}`", if out.is_empty() { "did you mean " } else { " or " });
    }
    (!out.is_empty()).then(|| out + "?")
}

#[cfg(test)]
mod tests {
    use super::super::tier::Tier;
    use super::*;

    fn log(text: &str) -> Log {
        let mut log = Log::default();
        log.add(Source::new("f.toml".into(), Tier::Project, text.into()));
        log
    }

    #[test]
    fn a_problem_is_shown_as_rustc_shows_one() {
        let mut log = log("id = \"a\"\nneeds = [\"aa\"]\n");
        let place = Place { source: 0, start: 18, end: 22 };
        log.error(place, "step `b` needs unknown step: aa").help("did you mean `a`?");
        let shown = log.errors[0].to_string();
        let want =
            "f.toml:2:10: step `b` needs unknown step: aa\n  |\n2 | needs = [\"aa\"]\n  |          ^^^^\n  = did you mean `a`?";
        assert_eq!(shown, want);
    }

    #[test]
    fn places_outside_and_long_lines_do_no_harm() {
        let mut log = log(&format!("\t{}ü\u{1b}x", "y".repeat(500)));
        for (start, end) in [(0, 0), (502, 505), (9999, 99999), (503, 1), (400, 500)] {
            let shown = log.error(Place { source: 0, start, end }, "m").to_string();
            assert!(!shown.contains('\u{1b}') && shown.lines().all(|l| l.chars().count() < 120), "{shown}");
        }
        log.error(Place { source: 7, start: 0, end: 0 }, "nowhere");
        assert_eq!(log.errors.last().map(|e| e.at.is_none()), Some(true));
    }

    #[test]
    fn too_many_are_counted() {
        let mut log = log("x");
        for _ in 0..MOST + 3 {
            log.error(None, "m").help("h");
        }
        let problems = log.into_problems("n");
        assert_eq!((problems.errors.len(), problems.more), (MOST, 3));
        assert!(problems.to_string().starts_with("the formula `n` has 53 errors\n"));
    }
}
