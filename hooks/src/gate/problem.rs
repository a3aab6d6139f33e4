//! What is wrong in a file of definitions, where, and what was probably meant.

use std::fmt;
use std::ops::Range;

/// The sort of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The file is no TOML, or not UTF-8.
    Syntax,
    /// A key that has to be there is not.
    Missing,
    /// A value of another type, or outside of what it may be.
    Value,
    /// A word that is none of those that are known: a kind, a moment, an action, a severity.
    Word,
    /// A key that means nothing here. Only a warning: the key is kept.
    Key,
    /// Two gates of one id in one file.
    Duplicate,
    /// An id that could leave its place.
    Id,
    /// A glob that does not compile or can match nothing.
    Glob,
    /// A length of time.
    Duration,
    /// A gate in `needs` that does not exist.
    Need,
    /// Gates that need each other.
    Circle,
    /// A rule that the scanner does not know, or a rule file that cannot be read.
    Rule,
    /// Two keys that exclude each other.
    Contradiction,
}

/// A problem with its place; shows itself with the line and a mark under the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, from the top of the tree.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What sort.
    pub wrong: Wrong,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    excerpt: String,
    width: usize,
}

impl Problem {
    /// A problem at a place of a text (bytes; `None` = its beginning).
    pub fn at(file: &str, text: &str, span: Option<Range<usize>>, wrong: Wrong, message: impl Into<String>) -> Self {
        let span = span.unwrap_or(0..0);
        let start = (0..=span.start.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = (span.end.min(line_end)..=line_end).find(|at| text.is_char_boundary(*at)).unwrap_or(line_end);
        Self {
            file: file.to_owned(),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            wrong,
            message: message.into(),
            hint: String::new(),
            excerpt: text[line_start..line_end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
            width: text.get(start..end).map_or(1, |t| t.chars().count().max(1)),
        }
    }

    /// With a word on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With the name that was probably meant, else with all of them.
    #[must_use]
    pub fn meant<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match bd::query::nearest(word, known.iter().copied(), 1).into_iter().next() {
            Some(near) => self.hint(format!("Did you mean `{near}`?")),
            None if known.is_empty() => self,
            None => self.hint(format!("It is one of {}", known.join(", "))),
        }
    }

    /// `file:line:column: what`, for one line of a report.
    pub fn brief(&self) -> String {
        format!("{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "{}", self.brief())?;
        writeln!(f, "  {number} | {}", self.excerpt)?;
        write!(f, "  {margin} | {}{}", " ".repeat(self.column - 1), "^".repeat(self.width))
    }
}

/// Everything that is wrong with the definitions: nothing is asked before it is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl From<Problems> for bd::error::Error {
    fn from(Problems(all): Problems) -> Self {
        let shown: Vec<String> = all.iter().take(5).map(ToString::to_string).collect();
        let more = all.len().saturating_sub(5);
        let more = if more > 0 { format!("\n(and {more} more)") } else { String::new() };
        let mut error = Self::usage(format!("{}{more}", shown.join("\n")));
        let mut hints: Vec<&str> = all.iter().take(5).map(|p| p.hint.as_str()).filter(|h| !h.is_empty()).collect();
        hints.dedup();
        for hint in hints {
            error = error.hint(hint);
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_its_place() {
        let text = "[[gate]]\nid = \"é\"\tkind = \"scann\"\r\nwhen = []\n";
        let at = text.find("\"scann\"").unwrap();
        let problem = Problem::at(".beads/gates.toml", text, Some(at..at + 7), Wrong::Word, "`kind` is `scann`")
            .meant("scann", ["scan", "scope"]);
        assert_eq!((problem.line, problem.column, problem.hint.as_str()), (2, 17, "Did you mean `scan`?"));
        let shown = problem.to_string();
        assert_eq!(
            shown,
            ".beads/gates.toml:2:17: `kind` is `scann`\n  2 | id = \"é\" kind = \"scann\" \n    |                 ^^^^^^^"
        );
        assert!(!shown.contains('\t') && !shown.contains('\r'), "no control character");
        assert_eq!(problem.clone().hint("").meant("zzz", ["scan", "scope"]).hint, "It is one of scan, scope");
        assert_eq!(problem.hint("as before").meant("zzz", []).hint, "as before");
    }

    #[test]
    fn odd_places_do_not_panic() {
        for text in ["", "é", "a\n"] {
            for (from, to) in [(0, 0), (1, 1), (9, 12), (0, 99), (1, 0)] {
                let problem = Problem::at("f", text, Some(from..to), Wrong::Syntax, "x");
                assert!(problem.line >= 1 && problem.to_string().contains('^'), "{text:?} {from}..{to}");
            }
        }
    }

    #[test]
    fn several_problems_are_one_error_with_exit_2() {
        let one = |n: usize| Problem::at("f", "a\nb\n", Some(n..n + 1), Wrong::Key, format!("wrong {n}")).hint("Do it right");
        let error: bd::error::Error = Problems((0..7).map(|n| one(n % 2)).collect()).into();
        assert_eq!(error.kind.exit_code(), 2);
        assert!(error.message.ends_with("(and 2 more)") && error.message.contains("f:1:1: wrong 0"), "{}", error.message);
        assert_eq!(error.hints, ["Do it right"]);
        let five: bd::error::Error = Problems((0..5).map(one).collect()).into();
        assert!(!five.message.contains("more)"), "{}", five.message);
    }
}
