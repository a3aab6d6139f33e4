//! One error type on top: a kind with its exit code, what and why, and hints on what to do next.

use std::fmt;

/// The kinds of failure; each has one exit code (PRODUCT, Exit codes; docs/reference/exit-codes.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A question answered no.
    No,
    /// Wrong words, unknown names, bad input.
    Usage,
    /// Blocked by a dependency or a person.
    Blocked,
    /// A gate failed.
    Gate,
    /// Over budget.
    Budget,
    /// Lost a race, or a conflict that needs a person.
    Conflict,
    /// A lock is held.
    Locked,
    /// The remote refused or is out of reach, or published state is not fetched.
    Remote,
    /// The store is damaged; nothing was written.
    Damaged,
    /// The disk, the permissions, the repository: nothing that the words of the command could mend.
    /// Shares the code of `Usage`: the command could not be carried out, nothing was changed.
    Environment,
    /// Our bug.
    Internal,
    /// Interrupted by a signal.
    Interrupted,
    /// The reader of our output went away: not an error of ours, exit 0.
    BrokenPipe,
}

impl ErrorKind {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::BrokenPipe => 0,
            Self::No => 1,
            Self::Usage | Self::Environment => 2,
            Self::Blocked => 3,
            Self::Gate => 4,
            Self::Budget => 5,
            Self::Conflict => 6,
            Self::Locked => 7,
            Self::Remote => 8,
            Self::Damaged => 9,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }

    /// The word for it in `--json` errors.
    pub fn code(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Usage => "usage",
            Self::Blocked => "blocked",
            Self::Gate => "gate_failed",
            Self::Budget => "over_budget",
            Self::Conflict => "conflict",
            Self::Locked => "locked",
            Self::Remote => "remote",
            Self::Damaged => "damaged",
            Self::Environment => "environment",
            Self::Internal => "internal",
            Self::Interrupted => "interrupted",
            Self::BrokenPipe => "broken_pipe",
        }
    }
}

/// What a command ends with when it does not succeed.
#[derive(Debug)]
pub struct Error {
    /// The kind.
    pub kind: ErrorKind,
    /// What happened and why; one sentence without a full stop.
    pub message: String,
    /// What to do next; never a runnable destructive command, never a flag that bypasses a check (PRODUCT, Output).
    pub hints: Vec<String>,
}

/// The result of everything above the seam.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new() }
    }

    /// Wrong input.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Our bug.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// A failed file operation, with its path.
    pub fn io(path: impl AsRef<std::path::Path>, source: &std::io::Error) -> Self {
        let kind = if source.kind() == std::io::ErrorKind::BrokenPipe { ErrorKind::BrokenPipe } else { ErrorKind::Environment };
        Self::new(kind, format!("{}: {source}", path.as_ref().display()))
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<crate::git::GitError> for Error {
    fn from(e: crate::git::GitError) -> Self {
        use crate::git::GitError as G;
        let kind = match &e {
            G::NotARepository(_) | G::Unsupported(_) | G::NoGit | G::Io { .. } | G::Other(_) => ErrorKind::Environment,
            G::Object { .. } => ErrorKind::Damaged,
            G::Locked(_) => ErrorKind::Locked,
            G::Remote { .. } => ErrorKind::Remote,
        };
        let error = Self::new(kind, e.to_string());
        match e {
            G::NotARepository(_) => error.hint("Go into a repository, or make one with `git init`"),
            G::NoGit => error.hint("Install git 2.39 or newer"),
            G::Locked(_) => error.hint("Try again in a moment"),
            G::Object { .. } => error.hint("`bd doctor` says what is damaged and what can be done"),
            _ => error,
        }
    }
}

impl From<crate::model::BeadIdError> for Error {
    fn from(e: crate::model::BeadIdError) -> Self {
        Self::usage(e.to_string())
    }
}

impl From<crate::model::EventError> for Error {
    fn from(e: crate::model::EventError) -> Self {
        Self::usage(e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_exit_codes() {
        use ErrorKind as K;
        let table = [
            (K::No, 1),
            (K::Usage, 2),
            (K::Environment, 2),
            (K::Blocked, 3),
            (K::Gate, 4),
            (K::Budget, 5),
            (K::Conflict, 6),
            (K::Locked, 7),
            (K::Remote, 8),
            (K::Damaged, 9),
            (K::Internal, 70),
            (K::Interrupted, 130),
            (K::BrokenPipe, 0),
        ];
        let published = include_str!("../../docs/reference/exit-codes.md");
        for (kind, code) in table {
            assert_eq!(kind.exit_code(), code, "{kind:?}");
            assert!(published.contains(&format!("\n| {code} | ")), "{code} is not in the published table");
        }
    }
}
