//! `bd detect-pollution`: what tests left behind.

use super::super::Ctx;
use super::super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::fold::Bead;
use crate::ops::health::{clean, leftovers};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(in super::super) const VERB: Verb = Verb {
    name: "detect-pollution",
    aliases: &[],
    group: Group::More,
    about: "Find beads that only a test makes; --clean deletes them",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Delete them (`bd restore` brings one back)
    #[arg(long)]
    clean: bool,
    #[arg(short, long, hide = true)]
    yes: bool,
}

/// The beads as JSON.
pub(super) fn objects(found: &[Bead]) -> Vec<Value> {
    found.iter().map(|b| json!({"id": b.id.as_str(), "title": b.title()})).collect()
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    answer(ctx, args.clean)
}

/// Says what looks like a test's, and deletes it where that is asked for.
pub(in super::super) fn answer(ctx: &mut Ctx<'_, '_>, delete: bool) -> Result<()> {
    let found = leftovers(&ctx.snapshot()?)?;
    let mut deleted = 0;
    if delete && !found.is_empty() {
        deleted = ctx.write(clean)?.len();
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"polluted_count": found.len(), "issues": objects(&found), "deleted": deleted}));
    }
    for bead in &found {
        ctx.ui.line(format!("{}: {}", bead.id, bead.title()))?;
    }
    match (found.len(), deleted) {
        (0, _) => ctx.ui.talk("nothing looks like a test's"),
        (_, 0) => {}
        (_, n) => ctx.ui.talk(format!("{n} deleted; `bd restore` brings one back")),
    }
    Ok(())
}
