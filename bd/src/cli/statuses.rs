//! `bd statuses`

use super::Ctx;
use super::verb::{Group, Verb};
use crate::error::Result;
use crate::model::{Category, Status};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "statuses",
    aliases: &[],
    group: Group::More,
    about: "The statuses and their categories",
    args: |command| command,
    subs: &[],
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let store = ctx.store()?;
    let custom: Vec<(&str, Category)> = store.config().statuses().collect();
    let built_in: Vec<(&str, Category)> =
        Status::BUILT_IN.iter().filter(|(s, _)| *s != Status::TOMBSTONE).map(|(s, c)| (s.as_str(), *c)).collect();
    let objects =
        |list: &[(&str, Category)]| list.iter().map(|(name, c)| json!({"name": name, "category": c.as_str()})).collect::<Vec<_>>();
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"built_in_statuses": objects(&built_in), "custom_statuses": objects(&custom)}));
    }
    for (name, category) in built_in.iter().chain(&custom) {
        ctx.ui.line(format!("{name:<14}{}", category.as_str()))?;
    }
    Ok(())
}
