//! What each kind of gate does: one file a kind, one function `answer`.
//!
//! A kind only finds out; waivers, `block_at`, `expect`, the canary, the second run, trust and the cache are the
//! evaluator's. A kind that cannot find out says [`Status::Error`], never anything else.

mod budget;
mod command;
mod external;
mod human;
mod judge;
mod program;
mod scan;
mod scope;
#[cfg(test)]
mod tests;

pub(super) use program::is_within;

use super::{Answer, Ask, Gate, Kind, Status};
use crate::diff::FileChange;
use crate::scan::RuleSet;
use std::collections::BTreeMap;

/// How a gate is asked this time.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Variables beside those that every program gets: those of the canary, else none.
    pub vars: &'a BTreeMap<String, String>,
}

/// Asks some gates once, an answer for each: scans go over the files together, everything else comes alone.
pub fn answers(gates: &[&Gate], ask: &Ask<'_>, run: Run<'_>, rules: &RuleSet) -> Vec<Answer> {
    if gates.iter().all(|gate| matches!(gate.kind, Kind::Scan { .. })) {
        return scan::answers(gates, ask, rules);
    }
    gates.iter().map(|gate| answer(gate, ask, run, rules)).collect()
}

fn answer(gate: &Gate, ask: &Ask<'_>, run: Run<'_>, rules: &RuleSet) -> Answer {
    match &gate.kind {
        Kind::Scan { .. } => {
            scan::answers(&[gate], ask, rules).pop().unwrap_or_else(|| Answer::new(Status::Error, "the scan gave no answer"))
        }
        Kind::Scope { .. } => scope::answer(gate, ask),
        Kind::Command { .. } => command::answer(gate, ask, run),
        Kind::Judge { .. } => judge::answer(gate, ask, run),
        Kind::External { .. } => external::answer(gate, ask, run),
        Kind::Budget { .. } => budget::answer(gate, ask),
        Kind::Human { .. } => human::answer(gate, ask),
    }
}

/// The content of a judged file: its blob, or the file of the working tree where that is judged.
///
/// # Errors
/// It cannot be read: why.
pub fn content(ask: &Ask<'_>, file: &FileChange) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    // Links are not followed out of the repository, and names that are no text are read all the same.
    let read = crate::diff::read(ask.git, ask.top, file, &mut bytes).map_err(|e| format!("{}: {e}", file.path))?;
    // It was there when the change was looked up: what cannot be read may hold anything.
    if !read && !file.removed && !file.special {
        return Err(format!("{}: there is no such file any more", file.path));
    }
    Ok(bytes)
}
