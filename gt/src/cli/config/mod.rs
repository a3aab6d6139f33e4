//! `gt config …`

mod get;
mod list;
mod set;

use crate::settings::{self, Home};
use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub};
use bd::error::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[get::SUB, set::SET, set::UNSET, list::SUB];

/// `gt config`.
pub const VERB: Verb = Verb {
    name: "config",
    aliases: &[],
    group: Group::Store,
    about: "Settings: teams and rules of the project, notifications of this clone",
    args: |c| c,
    subs: SUBS,
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    dispatch_sub(SUBS, ctx, m)
}

/// `project` or `clone`.
fn home(home: Home) -> &'static str {
    match home {
        Home::Project => "project",
        Home::Clone => "clone",
    }
}

/// The schema of one setting.
fn schema() -> Value {
    json!({"type": "object", "required": ["key", "value"], "properties": {
        "key": {"type": "string"}, "value": {"type": ["string", "null"]}, "home": {"enum": ["project", "clone"]},
        "in_force": {"type": "boolean"}, "about": {"type": "string"},
    }})
}

/// What a value is shown as where it is not asked for by name.
fn masked(key: &settings::Key, value: Option<String>) -> Option<String> {
    value.map(|v| if settings::is_secret(key) { "(set)".to_owned() } else { v })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_can_be_built_and_has_a_schema() {
        VERB.command_of("gt").debug_assert();
        for sub in SUBS {
            assert!(sub.example.starts_with(&format!("gt config {}", sub.name)), "{}", sub.name);
            assert!(sub.shape.is_some_and(|shape| shape()["type"].is_string()), "{}", sub.name);
        }
    }
}
