//! `bd repair-deps`: edges that lead nowhere.

use super::super::Ctx;
use super::super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::ops::health::{Loose, cut_loose, loose_edges};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(in super::super) const VERB: Verb = Verb {
    name: "repair-deps",
    aliases: &[],
    group: Group::More,
    about: "Find edges to deleted or unknown beads; --fix removes those to deleted ones",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Remove the edges to deleted beads
    #[arg(long)]
    fix: bool,
    #[arg(short, long, hide = true)]
    interactive: bool,
}

/// The edges as JSON.
pub(super) fn objects(loose: &[Loose]) -> Vec<Value> {
    let one =
        |l: &Loose| json!({"issue_id": l.from.as_str(), "depends_on_id": l.to, "type": l.kind.as_str(), "deleted": l.deleted});
    loose.iter().map(one).collect()
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let loose = loose_edges(&ctx.snapshot()?)?;
    let fixed = if args.fix && loose.iter().any(|l| l.deleted) { ctx.write(cut_loose)? } else { 0 };
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"orphans_found": loose.len(), "orphans": objects(&loose), "fixed": fixed}));
    }
    for edge in &loose {
        let what = if edge.deleted { "which is deleted" } else { "which is not known here" };
        ctx.ui.line(format!("{} depends on {} ({}), {what}", edge.from, edge.to, edge.kind.as_str()))?;
    }
    match (loose.len(), fixed) {
        (0, _) => ctx.ui.talk("every edge leads to a bead"),
        (_, 0) => {}
        (_, n) => ctx.ui.talk(format!("{n} removed")),
    }
    Ok(())
}
