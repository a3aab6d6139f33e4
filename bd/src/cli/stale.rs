//! `bd stale`

use super::filter_args::FilterArgs;
use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::list::{ListQuery, rows};
use crate::query::SortKey;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "stale",
    aliases: &[],
    group: Group::More,
    about: "Open beads that nothing happened to",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    /// For how many days
    #[arg(short, long, value_name = "N", default_value_t = 30)]
    days: u32,
    /// At most N rows; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = 50, hide_default_value = true)]
    limit: usize,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let now = ctx.now();
    let mut filter = args.filter.filter(ctx, &snapshot)?;
    let limit = now - i64::from(args.days) * 86_400_000;
    filter.updated.before = Some(filter.updated.before.map_or(limit, |b| b.min(limit)));
    let query =
        ListQuery { filter, sort: SortKey::Updated, reverse: true, limit: args.limit, ready: false, counted: ctx.ui.is_json() };
    let page = rows(&snapshot, store.config(), &query, now)?;
    print::page(ctx, &snapshot, &page, "nothing is stale")
}
