//! `bd list`

use super::filter_args::FilterArgs;
use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::{Error, Result};
use crate::ops::list::{ListQuery, Page, rows};
use crate::query::SortKey;
use crate::store::Snapshot;
use crate::ui::{Style, Text, bead_line, more_line, tree_prefix};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb =
    Verb { name: "list", aliases: &["ls"], group: Group::Look, about: "List beads", args: Args::augment_args, subs: &[], run };

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
    /// Children below their parents
    #[arg(long, visible_alias = "pretty", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "")]
    tree: Option<bool>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
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
        counted: ctx.ui.is_json(),
    };
    let page = rows(&snapshot, store.config(), &query, ctx.now())?;
    if args.long && !ctx.ui.is_json() {
        ctx.ui.page();
        for listed in &page.rows {
            super::show::print_one(ctx, &snapshot, &crate::model::BeadId::new(&listed.row.id)?)?;
        }
        return Ok(());
    }
    if args.tree == Some(true) && !ctx.ui.is_json() && !page.rows.is_empty() {
        return print_tree(ctx, &snapshot, &page);
    }
    print::page(ctx, &snapshot, &page, "no beads")
}

/// The rows of a page, children below their parents where these are on the page.
fn print_tree(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, page: &Page) -> Result<()> {
    let there = |id: &str| page.rows.iter().position(|l| l.row.id == id);
    let parents: Vec<Option<usize>> = page.rows.iter().map(|l| l.row.parent.as_deref().and_then(there)).collect();
    let below = |above: Option<usize>| (0..parents.len()).filter(|n| parents[*n] == above).rev().collect::<Vec<_>>();
    ctx.ui.page();
    let mut drawn = vec![false; parents.len()];
    let mut work: Vec<(usize, Vec<bool>)> = below(None).into_iter().map(|n| (n, Vec::new())).collect();
    loop {
        let Some((number, lasts)) = work.pop() else {
            // Parents that a merge put into a ring hang on nothing: the first of them is drawn as a root.
            match drawn.iter().position(|d| !d) {
                Some(rest) => work.push((rest, Vec::new())),
                None => break,
            }
            continue;
        };
        if std::mem::replace(&mut drawn[number], true) {
            continue;
        }
        let row = &page.rows[number].row;
        let mut line = Text::new().with(Style::Dim, tree_prefix(&lasts));
        for (n, cell) in bead_line(row, &crate::ops::graph::short(snapshot, &row.id)).into_iter().enumerate() {
            if n > 0 {
                line = line.plain(" ");
            }
            line.append(cell);
        }
        ctx.ui.line(line)?;
        for (n, child) in below(Some(number)).into_iter().enumerate() {
            work.push((child, lasts.iter().copied().chain([n == 0]).collect()));
        }
    }
    if page.more() > 0 {
        ctx.ui.line(more_line(page.more()))?;
    }
    Ok(())
}

/// Reads `--sort`.
pub(super) fn sort_key(text: Option<&str>) -> Result<SortKey> {
    let Some(text) = text else { return Ok(SortKey::default()) };
    SortKey::parse(text).ok_or_else(|| {
        let names: Vec<&str> = SortKey::NAMES.iter().map(|(name, _)| *name).collect();
        Error::usage(format!("there is no order `{}`", text.escape_debug())).hint(format!("Orders: {}", names.join(", ")))
    })
}
