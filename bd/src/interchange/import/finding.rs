//! What an import has to say about its input, and why it did not happen.

use crate::error::Error;
use std::fmt;

/// Something about a line of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1; 0 where it is about the whole.
    pub line: usize,
    /// The byte in the line, from 1, where there is one to name.
    pub column: Option<usize>,
    /// The record, where it has a name.
    pub id: Option<String>,
    /// What it is.
    pub what: String,
}

impl Finding {
    pub(super) fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line, column: None, id: None, what: what.into() }
    }

    pub(super) fn of(line: usize, id: &str, what: impl Into<String>) -> Self {
        Self { line, column: None, id: Some(id.to_owned()), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}", self.line)?;
            if let Some(column) = self.column {
                write!(f, ", column {column}")?;
            }
            f.write_str(": ")?;
        }
        if let Some(id) = &self.id {
            write!(f, "{id}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Why nothing was imported: every problem of the input, by line. An import is all or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// Never empty.
    pub problems: Vec<Finding>,
}

impl ImportError {
    /// How many problems the message names before it counts.
    const NAMED: usize = 10;
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing was imported")?;
        for (n, problem) in self.problems.iter().take(Self::NAMED).enumerate() {
            write!(f, "{}{problem}", if n == 0 { ": " } else { "; " })?;
        }
        match self.problems.len().saturating_sub(Self::NAMED) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<ImportError> for Error {
    fn from(e: ImportError) -> Self {
        Self::usage(e.to_string()).hint("Mend the named lines, or take them out, and import again")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_problems_are_named_and_the_rest_counted() {
        let problems = (1..=12).map(|n| Finding { column: Some(3), ..Finding::of(n, "bd-1", "bad") }).collect();
        let error: Error = ImportError { problems }.into();
        assert!(error.message.starts_with("nothing was imported: line 1, column 3: bd-1: bad; line 2"), "{error}");
        assert!(error.message.ends_with("and 2 more") && !error.message.contains("line 11"));
        assert_eq!(error.kind.exit_code(), 2);
    }
}
