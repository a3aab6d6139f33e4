//! What people and agents who know upstream's commands type: other names that work ([`shorthand`]), commands and flags
//! that we do not have, each with the reason and what to use instead ([`replaced`], [`flags`]). The whole table, for
//! readers: docs/compat.md; a test walks it.

pub(super) mod daemon;
pub(super) mod detect_pollution;
pub(super) mod flags;
pub(super) mod info;
pub(super) mod migrate;
pub(super) mod quickstart;
pub(super) mod repair_deps;
pub(super) mod replaced;
pub(super) mod shorthand;
pub(super) mod validate;
pub(super) mod where_;

use super::verb::Verb;
use super::{defer, duplicate, duplicates, epic, gate, lint, stale, statuses, supersede, types, undefer, version};

/// What of upstream is not there and says so: `kv`, `create --repo`. For docs/compat.md, whose tables a test walks.
pub fn refused() -> Vec<String> {
    let commands = replaced::ALL.iter().flat_map(|r| r.names).map(|name| (*name).to_owned());
    let flags = flags::ALL.iter().flat_map(|r| r.flags.iter().map(move |flag| format!("{} {flag}", r.verb)));
    commands.chain(flags).collect()
}

/// The smaller commands: `bd help --all` shows them.
pub static VERBS: &[Verb] = &[
    epic::VERB,
    version::VERB,
    defer::VERB,
    undefer::VERB,
    gate::VERB,
    stale::VERB,
    lint::VERB,
    duplicates::VERB,
    duplicate::VERB,
    supersede::VERB,
    types::VERB,
    statuses::VERB,
    info::VERB,
    where_::VERB,
    quickstart::VERB,
    validate::VERB,
    repair_deps::VERB,
    detect_pollution::VERB,
    migrate::VERB,
    daemon::VERB,
];
