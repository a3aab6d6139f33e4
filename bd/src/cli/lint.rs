//! `bd lint`

use super::Ctx;
use super::filter_args::FilterArgs;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::model::BeadId;
use crate::ops::list::{ListQuery, rows};
use crate::ops::words::missing_sections;
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "lint",
    aliases: &[],
    group: Group::More,
    about: "Beads whose description lacks the sections of their type",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Only these beads
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Exit 1 if something is missing
    #[arg(long)]
    check: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let ids: Vec<BeadId> = if args.ids.is_empty() {
        let filter = args.filter.filter(ctx, &snapshot)?;
        let page = rows(&snapshot, store.config(), &ListQuery { filter, ..ListQuery::default() }, ctx.now())?;
        page.rows.iter().map(|l| BeadId::new(&l.row.id)).collect::<Result<_, _>>()?
    } else {
        args.ids.iter().map(|id| snapshot.resolve(id)).collect::<Result<_>>()?
    };
    let mut results = Vec::new();
    let mut total = 0;
    for id in &ids {
        let bead = snapshot.must(id)?;
        let text = |field: &str| bead.text(field).unwrap_or_default();
        let missing = missing_sections(&bead.issue_type(), &text("description"), &text("acceptance_criteria"));
        if !missing.is_empty() {
            total += missing.len();
            results.push((bead, missing));
        }
    }
    if ctx.ui.is_json() {
        let one = |(bead, missing): &(crate::fold::Bead, Vec<&str>)| json!({"id": bead.id.as_str(), "title": bead.title(), "type": bead.issue_type(), "missing": missing, "warnings": missing.len()});
        ctx.ui.json(&json!({"total": total, "issues": results.len(), "results": results.iter().map(one).collect::<Vec<_>>()}))?;
    } else {
        for (bead, missing) in &results {
            ctx.ui.line(format!("{}: {}: lacks {}", snapshot.short(&bead.id), bead.title(), missing.join(", ")))?;
        }
        if results.is_empty() {
            ctx.ui.talk("every description has the sections of its type");
        }
    }
    if args.check && total > 0 {
        return Err(super::no(format!("{total} sections are missing")));
    }
    Ok(())
}
