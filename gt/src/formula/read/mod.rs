//! From nodes to a formula: types, names, keys that mean nothing.

mod compose;
pub(super) mod fields;
mod step;
mod top;
mod vars;

use super::model::Formula;
use super::problem::Log;
use super::{json, toml};

/// How long a text may be, in bytes.
pub(super) const MAX_TEXT: usize = 256 * 1024;

/// Reads a source that is in the log; `None` if it is no TOML or JSON at all, or has no name. What else is wrong is in
/// the log, and the rest of the formula is there.
pub(super) fn read(log: &mut Log, source: u32, stem: &str) -> Option<Formula> {
    let path = &log.sources.get(source as usize)?.path;
    let is_json = path.rsplit('.').next().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let entries = if is_json { json::parse(log, source) } else { toml::parse(log, source) }?;
    top::read(log, source, stem, entries)
}
