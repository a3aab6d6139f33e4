//! Formulas: TOML (and JSON) templates of steps. Parse, compose, check; pouring is [`crate::molecule`]'s.
//!
//! `library` finds a formula, `read` takes it in, `job` merges what it extends, `compose` applies loops, branches, advice
//! and expansions, `resolve` puts values in, `finish` checks and orders, and a [`Recipe`] comes out.

mod builtin;
mod compose;
mod condition;
mod expr;
mod finish;
pub mod graph;
mod job;
mod json;
mod kinds;
mod legs;
mod library;
mod minutes;
mod model;
mod names;
mod node;
mod order;
mod overlay;
mod problem;
mod read;
mod recipe;
mod resolve;
mod source;
mod starter;
#[cfg(test)]
mod tests;
mod text;
mod tier;
mod toml;
mod vars;

pub use library::{Entry, FOLDER, Library, MAX_FILE, Origin, Resolved, Variable};
pub use minutes::limit_seconds;
pub use model::Kind;
pub use names::unsafe_name;
pub use problem::{Diagnostic, Location, Problems};
pub use recipe::{Estimate, OnFail, Progression, Recipe, Step, StepKind};
pub use starter::{eject, start};
pub use tier::Tier;
