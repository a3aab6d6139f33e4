//! The hooks themselves: small POSIX scripts that call `bd-gate hook NAME` and chain what was there before.
//!
//! Two ways, by who owns the folder from which git runs hooks (docs/design/hooks.md). [`beside`]: nobody does, it is git's own
//! `hooks`; a shim takes the place of what was there, which is kept in a folder next to it. [`layer`]: somebody has set
//! `core.hooksPath` (husky, a team's own folder); a folder of ours goes in front of theirs by an include in `.git/config`,
//! and not a byte of theirs is moved or edited. [`call`] is what a shim calls.

mod ask;
mod beside;
pub mod call;
mod canary;
mod files;
mod install;
mod layer;
mod script;
mod status;

pub use beside::Beside;
pub use canary::{CANARY, answer as canary_answer};
pub use install::{Changed, Way, find as find_way, install, uninstall};
pub use layer::Layer;
pub use script::{VERSION, version_of};
pub use status::{HookState, Proof, Status, status};

/// One of git's hooks that we answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hook {
    /// git's name for it.
    pub name: &'static str,
    /// True if git stops when it fails. The others come after the fact and never fail the user's command.
    pub guard: bool,
    /// True if git writes something to its standard input.
    pub stdin: bool,
}

const fn hook(name: &'static str, guard: bool, stdin: bool) -> Hook {
    Hook { name, guard, stdin }
}

/// The hooks that we answer (GATES, Hooks).
pub const HOOKS: [Hook; 7] = [
    hook("pre-commit", true, false),
    hook("prepare-commit-msg", true, false),
    hook("commit-msg", true, false),
    hook("pre-push", true, true),
    hook("post-merge", false, false),
    hook("post-checkout", false, false),
    hook("post-rewrite", false, true),
];

/// Hooks that a folder of ours hands on untouched, whether or not there is one: those that do nothing by being there.
pub const PASSED_ON: [&str; 8] = [
    "pre-merge-commit",
    "post-commit",
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-rebase",
    "pre-auto-gc",
    "sendemail-validate",
];

/// Hooks that change what git does by being there: handed on only where there is one.
pub const PASSED_ON_IF_THERE: [&str; 11] = [
    "reference-transaction",
    "post-index-change",
    "push-to-checkout",
    "proc-receive",
    "pre-receive",
    "update",
    "post-receive",
    "post-update",
    "p4-changelist",
    "p4-prepare-changelist",
    "p4-post-changelist",
];

impl Hook {
    /// The hook of a name.
    pub fn named(name: &str) -> Option<Self> {
        HOOKS.into_iter().find(|h| h.name == name)
    }
}
