//! `bd-gate`: gates for `bd`. One evaluator for git hooks, CI, workflow steps and landings (docs/concepts/gates.md).
//!
//! Rooms, from data to words: [`lang`], [`scan`], [`results`], [`diff`], [`exec`], [`gate`], [`report`], [`check`],
//! [`shim`], [`cli`]. A room may use those before it, never those after it.

// Nothing that input or a disk can cause ends the process (house rule 7); tests may.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo, clippy::unimplemented)
)]

pub mod check;
pub mod cli;
pub mod diff;
pub mod exec;
mod finding;
pub mod gate;
pub mod lang;
mod lines;
mod plain;
pub mod report;
pub mod results;
pub mod scan;
mod severity;
pub mod shim;
mod threads;

pub use finding::Finding;
pub use lines::Lines;
pub use plain::plain;
pub use severity::Severity;
