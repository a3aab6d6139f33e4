//! What each kind of gate does: one file a kind, one function `answer`.
//!
//! A kind only finds out; waivers, `block_at`, `expect`, the canary, the second run, trust and the cache are the
//! evaluator's. A kind that cannot find out says [`Status::Error`], never anything else.

use super::{Answer, Ask, Gate, Status};
use std::collections::BTreeMap;

/// How a gate is asked this time.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Variables beside those that every program gets: those of the canary, else none.
    pub vars: &'a BTreeMap<String, String>,
}

/// Asks one gate once.
pub fn answer(gate: &Gate, _ask: &Ask<'_>, _run: Run<'_>) -> Answer {
    Answer::new(Status::Error, format!("this version cannot ask a gate of kind {}", gate.kind.as_str()))
        .advise("Install a newer `bd-gate`")
}
