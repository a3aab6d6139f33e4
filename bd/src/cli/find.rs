//! `bd search`, `bd query`, `bd count`: finding and counting.

use super::filter_args::FilterArgs;
use super::verb::{Group, Verb, parsed};
use super::{Ctx, list, print};
use crate::error::{Error, Result};
use crate::model::BeadId;
use crate::ops::{graph, list as ops_list};
use crate::query::{Found, GroupBy, Query, Row, Search, SortKey, groups};
use crate::store::Snapshot;
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const SEARCH: Verb = Verb {
    name: "search",
    aliases: &["find"],
    group: Group::Look,
    about: "Find beads by words in id, title and description",
    args: <SearchArgs as clap::Args>::augment_args,
    subs: &[],
    run: search,
};

pub(super) const QUERY: Verb = Verb {
    name: "query",
    aliases: &[],
    group: Group::Look,
    about: "Find beads by an expression: status=open AND priority<=1 AND updated<7d",
    args: <QueryArgs as clap::Args>::augment_args,
    subs: &[],
    run: query,
};

pub(super) const COUNT: Verb = Verb {
    name: "count",
    aliases: &[],
    group: Group::Look,
    about: "Count beads, also by status, priority, type, assignee or label",
    args: <CountArgs as clap::Args>::augment_args,
    subs: &[],
    run: count,
};

/// Which of the rows that were found, and how.
#[derive(clap::Args)]
struct RowArgs {
    /// At most N rows; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<usize>,
    /// The order; for `search`, of equally good finds
    #[arg(long, value_name = "KEY")]
    sort: Option<String>,
    /// The other way round
    #[arg(short, long)]
    reverse: bool,
    /// Exit 1 if nothing is found
    #[arg(long)]
    fail_empty: bool,
}

#[derive(clap::Args)]
struct SearchArgs {
    /// Words that must all be found; quoted parts are one word
    words: Vec<String>,
    /// The same, as upstream's flag
    #[arg(long = "query", value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    rows: RowArgs,
}

#[derive(clap::Args)]
struct QueryArgs {
    /// The expression (docs/reference/query.md)
    #[arg(required = true)]
    expression: Vec<String>,
    /// Closed beads too, also if the expression does not name a status
    #[arg(short, long)]
    all: bool,
    #[command(flatten)]
    rows: RowArgs,
}

#[derive(clap::Args)]
struct CountArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// A line for each status
    #[arg(long, group = "by")]
    by_status: bool,
    /// A line for each priority
    #[arg(long, group = "by")]
    by_priority: bool,
    /// A line for each type
    #[arg(long, group = "by")]
    by_type: bool,
    /// A line for each assignee
    #[arg(long, group = "by")]
    by_assignee: bool,
    /// A line for each label
    #[arg(long, group = "by")]
    by_label: bool,
}

fn search(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: SearchArgs = parsed(matches)?;
    let text = args.words.iter().cloned().chain(args.text).collect::<Vec<_>>().join(" ");
    let search = Search::new(&text);
    if search.is_empty() {
        return Err(Error::usage("which words?").hint("`bd list` shows all beads"));
    }
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let mut filter = args.filter.filter(ctx, &snapshot)?;
    // What was asked for by its words is found whatever became of it.
    filter.closed_too = true;
    let graph = graph::graph(&snapshot, store.config())?;
    let mut found: Vec<(Found, &Row)> = Vec::new();
    for row in graph.rows() {
        if !filter.matches_row(row) {
            continue;
        }
        let mut description =
            || BeadId::new(&row.id).ok().and_then(|id| snapshot.bead(&id).ok().flatten()).and_then(|b| b.text("description"));
        let Some(how) = search.find(row, &mut description) else { continue };
        if filter.needs_bead() && !bead_matches(&snapshot, row, &filter)? {
            continue;
        }
        found.push((how, row));
    }
    let mut rows: Vec<&Row> = found.iter().map(|(_, row)| *row).collect();
    list::sort_key(args.rows.sort.as_deref())?.sort(&mut rows, args.rows.reverse, ctx.now());
    // The better find first; among equals the order that was asked for.
    let how = |row: &Row| found.iter().find(|(_, r)| std::ptr::eq(*r, row)).map(|(how, _)| *how);
    rows.sort_by_key(|row| how(row));
    show(ctx, &snapshot, &graph, &rows, &args.rows)
}

fn bead_matches(snapshot: &Snapshot, row: &Row, filter: &crate::query::Filter) -> Result<bool> {
    Ok(snapshot.bead(&BeadId::new(&row.id)?)?.is_some_and(|bead| filter.matches_bead(&bead)))
}

fn query(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: QueryArgs = parsed(matches)?;
    let query = Query::parse(&args.expression.join(" "), ctx.env.now())?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let graph = graph::graph(&snapshot, store.config())?;
    let closed_too = args.all || query.mentions_status();
    let mut rows: Vec<&Row> = Vec::new();
    for row in graph.rows() {
        if !row.is_listed() || (row.is_closed() && !closed_too) {
            continue;
        }
        let mut bead = || BeadId::new(&row.id).ok().and_then(|id| snapshot.bead(&id).ok().flatten());
        if query.matches(row, &mut bead) {
            rows.push(row);
        }
    }
    list::sort_key(args.rows.sort.as_deref())?.sort(&mut rows, args.rows.reverse, ctx.now());
    show(ctx, &snapshot, &graph, &rows, &args.rows)
}

fn show(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, graph: &crate::query::Graph, rows: &[&Row], args: &RowArgs) -> Result<()> {
    let default = if ctx.ui.is_json() { 50 } else { list::ROWS };
    let page = ops_list::page(graph, rows, args.limit.unwrap_or(default));
    print::page(ctx, snapshot, &page, "nothing is found")?;
    if args.fail_empty && rows.is_empty() {
        ctx.failed = Some(crate::error::ErrorKind::No);
    }
    Ok(())
}

fn count(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: CountArgs = parsed(matches)?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let mut filter = args.filter.filter(ctx, &snapshot)?;
    filter.closed_too = true;
    let query =
        ops_list::ListQuery { filter, sort: SortKey::default(), reverse: false, limit: 0, ready: false, counted: ctx.ui.is_json() };
    let page = ops_list::rows(&snapshot, store.config(), &query, ctx.now())?;
    let by = [
        (args.by_status, GroupBy::Status),
        (args.by_priority, GroupBy::Priority),
        (args.by_type, GroupBy::Type),
        (args.by_assignee, GroupBy::Assignee),
        (args.by_label, GroupBy::Label),
    ];
    let by = by.into_iter().find(|(asked, _)| *asked).map(|(_, by)| by);
    let groups = by.map(|by| groups(page.rows.iter().map(|l| &l.row), by));
    if ctx.ui.is_json() {
        return match groups {
            None => ctx.ui.json(&json!({"count": page.total})),
            Some(groups) => {
                let groups: Vec<_> = groups.iter().map(|(group, count)| json!({"group": group, "count": count})).collect();
                ctx.ui.json(&json!({"total": page.total, "groups": groups}))
            }
        };
    }
    for (group, count) in groups.into_iter().flatten() {
        ctx.ui.line(Text::new().plain(format!("{count:6}  ")).plain(group))?;
    }
    ctx.ui.line(Text::new().with(Style::Strong, page.total.to_string()))
}
