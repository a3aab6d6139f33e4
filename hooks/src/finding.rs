//! One place that a rule objects to.

use crate::Severity;

/// A place in a file, what is wrong there and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// The path from the top of the tree, with `/`.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in bytes, from 1.
    pub column: u32,
    /// The id of the rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do instead.
    pub advice: String,
    /// The line itself, trimmed, without control characters, at most 200 characters; empty where it would show a secret.
    pub excerpt: String,
}
