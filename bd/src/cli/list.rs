//! `bd list`

use super::filter_args::FilterArgs;
use super::verb::{Group, Verb};
use super::{Ctx, print};
use crate::error::{Error, Result};
use crate::ops::list::{ListQuery, rows};
use crate::query::SortKey;
use clap::{ArgMatches, Args as _, FromArgMatches as _};

pub(super) const VERB: Verb =
    Verb { name: "list", aliases: &["ls"], group: Group::Look, about: "List beads", args: Args::augment_args, run };

/// Rows without `-n`: what a person or an agent reads at once.
pub(super) const ROWS: usize = 20;
/// Rows of `--json` without `-n`: upstream's.
const JSON_ROWS: usize = 50;

#[derive(clap::Args)]
struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    /// Closed beads too
    #[arg(long)]
    all: bool,
    /// Deleted beads too
    #[arg(long, alias = "include-tombstones")]
    deleted_too: bool,
    /// Only what is ready
    #[arg(long)]
    ready: bool,
    /// Only children of this bead
    #[arg(long, value_name = "ID")]
    parent: Option<String>,
    /// The order: priority, hybrid, oldest, created, updated, closed, due, status, id, title, type, assignee
    #[arg(long, value_name = "KEY")]
    sort: Option<String>,
    /// The other way round
    #[arg(short, long)]
    reverse: bool,
    /// At most N rows; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<usize>,
    /// A bead and its texts instead of a row
    #[arg(long)]
    long: bool,
    /// Accepted: rows are what is printed
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    flat: Option<bool>,
    #[arg(long, hide = true, alias = "tree", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pretty: Option<bool>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args = Args::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let mut filter = args.filter.filter(ctx, &snapshot)?;
    filter.closed_too |= args.all;
    filter.deleted_too |= args.deleted_too;
    filter.parent = args.parent.as_deref().map(|p| snapshot.resolve(p).map(|id| id.as_str().to_owned())).transpose()?;
    let default = if ctx.ui.is_json() { JSON_ROWS } else { ROWS };
    let query = ListQuery {
        filter,
        sort: sort_key(args.sort.as_deref())?,
        reverse: args.reverse,
        limit: args.limit.unwrap_or(default),
        ready: args.ready,
    };
    let page = rows(&snapshot, store.config(), &query, ctx.now())?;
    if args.long && !ctx.ui.is_json() {
        ctx.ui.page();
        for listed in &page.rows {
            super::show::print_one(ctx, &snapshot, &crate::model::BeadId::new(&listed.row.id)?)?;
        }
        return Ok(());
    }
    print::page(ctx, &snapshot, &page, "no beads")
}

/// Reads `--sort`.
pub(super) fn sort_key(text: Option<&str>) -> Result<SortKey> {
    let Some(text) = text else { return Ok(SortKey::default()) };
    SortKey::parse(text).ok_or_else(|| {
        let names: Vec<&str> = SortKey::NAMES.iter().map(|(name, _)| *name).collect();
        Error::usage(format!("there is no order `{}`", text.escape_debug())).hint(format!("Orders: {}", names.join(", ")))
    })
}
