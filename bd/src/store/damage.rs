//! What is wrong with the bytes.

use std::fmt;

/// A place where bytes are not what they should be. Good lines around it count; writes are refused until
/// `bd doctor` has put the bytes into quarantine (STATE 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Which file: a path in the state ref, the name of a ride, or `journal`.
    pub file: String,
    /// Where the file was found.
    pub place: &'static str,
    /// The line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: String,
    /// The object, where it is one.
    pub oid: Option<crate::git::Oid>,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} ({}), line {line}: {}", self.file, self.place, self.why),
            None => write!(f, "{} ({}): {}", self.file, self.place, self.why),
        }
    }
}
