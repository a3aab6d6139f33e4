//! `bd blocked`

use super::Ctx;
use super::filter_args::FilterArgs;
use super::list::ROWS;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::interchange::json;
use crate::model::BeadId;
use crate::ops::{graph, ready};
use crate::ui::{Style, Text, bead_line, more_line};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "blocked",
    aliases: &[],
    group: Group::Look,
    about: "What waits, and for what",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    /// Only what is below this bead
    #[arg(long, value_name = "ID")]
    parent: Option<String>,
    /// At most N rows; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = ROWS, hide_default_value = true)]
    limit: usize,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let filter = args.filter.filter(ctx, &snapshot)?;
    let below = args.parent.as_deref().map(|p| snapshot.resolve(p)).transpose()?;
    let held = ready::blocked(&snapshot, store.config(), &filter, below.as_ref().map(BeadId::as_str))?;
    let take = if args.limit == 0 || ctx.ui.is_json() { held.len() } else { args.limit.min(held.len()) };
    if ctx.ui.is_json() {
        let objects = held.iter().map(|h| Ok(json::blocked_object(&snapshot.must(&BeadId::new(&h.row.id)?)?, &h.by)));
        return ctx.ui.json(&objects.collect::<Result<Vec<_>>>()?);
    }
    if held.is_empty() {
        ctx.ui.talk("nothing is blocked");
        return Ok(());
    }
    ctx.ui.page();
    let mut table = crate::ui::Table::new();
    for item in &held[..take] {
        table.row(bead_line(&item.row, &graph::short(&snapshot, &item.row.id)));
    }
    let width = ctx.ui.width();
    for (line, item) in table.lines(width).into_iter().zip(&held) {
        ctx.ui.line(line)?;
        let names: Vec<String> = item.by.iter().map(|id| graph::short(&snapshot, id)).collect();
        let why = if names.is_empty() { item.reasons.join("; ") } else { format!("by {}", names.join(", ")) };
        ctx.ui.line(Text::new().with(Style::Dim, format!("    {why}")))?;
    }
    if held.len() > take {
        ctx.ui.line(more_line(held.len() - take))?;
    }
    Ok(())
}
