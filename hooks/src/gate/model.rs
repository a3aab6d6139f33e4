//! A gate, what it is asked, what it answers.

use super::{Action, Status, Waived, When};
use crate::diff::{FileChange, What};
use crate::results::Counts;
use crate::{Finding, Severity};
use bd::git::{Git, Oid};
use bd::model::BeadId;
use bd::store::Store;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// One `[[gate]]`, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Unique over all layers; a later layer's gate of the same id takes the earlier one's place.
    pub id: String,
    /// One line for people.
    pub about: String,
    /// What it does.
    pub kind: Kind,
    /// At which moments it is asked.
    pub when: Vec<When>,
    /// What `fail` and `error` do.
    pub action: Action,
    /// The severity of its findings, where it overrides the rule's.
    pub severity: Option<Severity>,
    /// Findings of this severity and above fail it; those below only warn. High unless said.
    pub block_at: Severity,
    /// Globs of the paths that it looks at; empty = all.
    pub paths: Vec<String>,
    /// Gates that must have passed before it is asked; else it is an `error`.
    pub needs: Vec<String>,
    /// What has to come out.
    pub expect: Expect,
    /// Variables with which the program must fail, or the gate is dead (an `error`).
    pub canary_env: BTreeMap<String, String>,
    /// How long it may take.
    pub timeout: Duration,
    /// True if a program that failed is run once more, and a pass is then marked flaky.
    pub retry: bool,
    /// Where it was defined.
    pub layer: Layer,
    /// SHA-256 of its definition in canonical form, hex: a verdict holds for one definition.
    pub digest: String,
}

/// Where a definition comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Shipped with `bd-gate`.
    BuiltIn,
    /// A file of the repository, read at a commit of the target or, while that has none, from the working tree.
    Project {
        /// The file, from the top of the tree.
        file: String,
        /// The line of its `[[gate]]`, from 1.
        line: usize,
        /// The digest by which the file is trusted (`bd trust`).
        file_digest: String,
    },
}

/// What has to come out of a gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// The usual.
    #[default]
    Pass,
    /// The red step of test-driven work: it must fail, by failing tests, not by being unable to run.
    Fail,
}

impl Expect {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

/// The seven kinds of gates.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A program whose exit code, or report, is the answer.
    Command {
        /// For `sh -c`, at the top of the tree that is judged.
        run: String,
        /// Where its report is: `FORMAT:GLOB`, or `FORMAT` for its standard output.
        report: Option<String>,
    },
    /// A rule of the scanner.
    Scan {
        /// Its id.
        rule: String,
    },
    /// Which paths a change may touch, and how much.
    Scope {
        /// Globs; something outside of all of them fails. Empty = everything is allowed.
        allow: Vec<String>,
        /// Globs; something inside of one fails.
        deny: Vec<String>,
        /// At most so many files; 0 = any number.
        max_files: usize,
        /// At most so many added lines; 0 = any number.
        max_lines: usize,
    },
    /// A program that reads the question as JSON on its standard input and answers in JSON.
    Judge {
        /// For `sh -c`.
        run: String,
    },
    /// Limits on what was used, read from a usage file.
    Budget {
        /// The file, from the top of the tree: JSON lines of `{"tokens":n,"cost":n,"seconds":n}` with other keys ignored.
        usage: String,
        /// The most of each that may be used.
        limits: BTreeMap<String, f64>,
    },
    /// A person says yes (`bd gate accept`) or no (`bd gate reject`).
    Human {
        /// Who may; empty = anybody who did not work on it.
        who: Vec<String>,
    },
    /// A program that reports on something outside: a CI run, a pull request. Pending and skipped are not passed.
    External {
        /// For `sh -c`; its last line of output is JSON `{"status":"success|failure|pending|skipped|…","url":…}`.
        run: String,
    },
}

impl Kind {
    /// The word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Command { .. } => "command",
            Self::Scan { .. } => "scan",
            Self::Scope { .. } => "scope",
            Self::Judge { .. } => "judge",
            Self::Budget { .. } => "budget",
            Self::Human { .. } => "human",
            Self::External { .. } => "external",
        }
    }

    /// The program that it starts, if it starts one: only with trust.
    pub fn program(&self) -> Option<&str> {
        match self {
            Self::Command { run, .. } | Self::Judge { run } | Self::External { run } => Some(run),
            _ => None,
        }
    }
}

/// What is asked, the same for every gate of a check.
pub struct Ask<'a> {
    /// The outside world.
    pub env: &'a bd::env::Env,
    /// The repository.
    pub git: &'a dyn Git,
    /// The store, where the repository has one.
    pub store: Option<&'a Store>,
    /// The moment.
    pub when: When,
    /// What is judged.
    pub what: &'a What,
    /// Its files.
    pub files: &'a [FileChange],
    /// The code's tree, `.beads/` masked out; `None` where the working tree is judged and differs from any tree.
    pub code: Option<Oid>,
    /// Where programs run: the working tree if its tracked files are exactly what is judged, else a tree of our own.
    pub top: &'a Path,
    /// The bead that the work is about.
    pub bead: Option<&'a BeadId>,
    /// The authors of what is judged: nobody decides for himself.
    pub authors: &'a [String],
}

/// What one kind found out, before waivers and `expect`.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The answer.
    pub status: Status,
    /// Why, one sentence without a full stop.
    pub why: String,
    /// What to do, for people; may be empty.
    pub advice: String,
    /// Places.
    pub findings: Vec<Finding>,
    /// Places that a mark in the code lets through (`gate:allow`).
    pub waived: Vec<Waived>,
    /// Numbers of a test report.
    pub counts: Option<Counts>,
    /// The end of the program's output, redacted.
    pub tail: String,
    /// It failed, and passed when it was run again.
    pub flaky: bool,
    /// A `fail` of a budget: exit 5 instead of 4.
    pub over_budget: bool,
}

impl Answer {
    /// An answer with a reason and nothing else.
    pub fn new(status: Status, why: impl Into<String>) -> Self {
        Self {
            status,
            why: why.into(),
            advice: String::new(),
            findings: Vec::new(),
            waived: Vec::new(),
            counts: None,
            tail: String::new(),
            flaky: false,
            over_budget: false,
        }
    }

    /// With a word on what to do.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }
}
