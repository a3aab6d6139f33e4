//! `bd types`

use super::Ctx;
use super::verb::{Group, Verb};
use crate::error::Result;
use crate::ops::words::{TYPES, sections};
use crate::query::NOT_WORK;
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb =
    Verb { name: "types", aliases: &[], group: Group::More, about: "The types of beads", args: |command| command, subs: &[], run };

/// What a type is for, in a few words.
fn about(name: &str) -> &'static str {
    match name {
        "task" => "work to do",
        "bug" => "something that is wrong",
        "feature" => "something new",
        "epic" => "work with children",
        "chore" => "upkeep",
        "decision" => "what was decided, and why",
        "spike" => "a question to find out about",
        "story" => "what a user wants to do",
        "milestone" => "a point to reach",
        "molecule" => "a poured formula",
        "step" => "a step of a molecule",
        "checkpoint" => "a step that a person approves",
        "gate" => "a wait for a time, a person or an outside result",
        "convoy" => "beads tracked to landing",
        _ => "of other tools",
    }
}

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let store = ctx.store()?;
    let custom = store.config().custom_types().to_vec();
    if ctx.ui.is_json() {
        let one = |name: &&str| json!({"name": name, "description": about(name), "ready": !NOT_WORK.contains(name), "sections": sections(name)});
        return ctx.ui.json(&json!({"core_types": TYPES.iter().map(one).collect::<Vec<_>>(), "custom_types": custom}));
    }
    for name in TYPES {
        let not = if NOT_WORK.contains(name) { " (never offered by `bd ready`)" } else { "" };
        ctx.ui.line(format!("{name:<14}{}{not}", about(name)))?;
    }
    for name in custom {
        ctx.ui.line(format!("{name:<14}of this project"))?;
    }
    Ok(())
}
