//! `bd children`

use super::list::{ROWS, sort_key};
use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::list::{ListQuery, rows};
use crate::query::Filter;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "children",
    aliases: &[],
    group: Group::Look,
    about: "The children of a bead, closed ones too",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    /// The order: priority, oldest, …
    #[arg(long, value_name = "KEY")]
    sort: Option<String>,
    /// At most N rows; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<usize>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pretty: Option<bool>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let parent = snapshot.resolve(&args.id)?.as_str().to_owned();
    let default = if ctx.ui.is_json() { 0 } else { ROWS };
    let query = ListQuery {
        filter: Filter { parent: Some(parent), ..Filter::all() },
        sort: sort_key(args.sort.as_deref())?,
        limit: args.limit.unwrap_or(default),
        counted: ctx.ui.is_json(),
        ..ListQuery::default()
    };
    let page = rows(&snapshot, store.config(), &query, ctx.now())?;
    print::page(ctx, &snapshot, &page, "no children")
}
