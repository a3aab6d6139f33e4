//! `bd dep`

mod blocks;
mod look;

use super::Ctx;
use super::verb::{Group, Verb};
use crate::error::{Error, Result};
use crate::interchange::json;
use crate::model::DepType;
use crate::ops::dep::{self, DepSpec, EdgeChange};
use crate::ops::{graph, words};
use crate::ui::{Style, Text};
use clap::{ArgMatches, FromArgMatches as _, Subcommand as _};

pub(super) const VERB: Verb = Verb {
    name: "dep",
    aliases: &["deps", "depend"],
    group: Group::Edit,
    about: "Dependencies: add, remove, list, tree, cycles",
    args: |command| Sub::augment_subcommands(command).subcommand_required(true).arg_required_else_help(true),
    subs: &[],
    run,
};

#[derive(clap::Subcommand)]
enum Sub {
    /// ID depends on OTHER
    Add(AddArgs),
    /// ID no longer depends on OTHER
    #[command(visible_alias = "rm")]
    Remove(RemoveArgs),
    /// What ID depends on, or (--direction up) what depends on it
    List(look::ListArgs),
    /// What ID depends on, and what that depends on, …
    Tree(look::TreeArgs),
    /// Circles that two clones made together
    Cycles,
    /// Tie two beads together
    Relate(Pair),
    /// End that
    Unrelate(Pair),
    /// BLOCKER --blocks BLOCKED
    #[command(hide = true)]
    Blocks(blocks::BlocksArgs),
}

#[derive(clap::Args)]
struct RemoveArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    /// What it depended on
    #[arg(value_name = "OTHER")]
    other: String,
    /// Only this type
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    kind: Option<String>,
}

#[derive(clap::Args)]
struct Pair {
    /// One
    #[arg(value_name = "ID")]
    one: String,
    /// The other
    #[arg(value_name = "OTHER")]
    other: String,
}

#[derive(clap::Args)]
struct AddArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    /// What it depends on: a bead, or external:<project>:<capability>
    #[arg(value_name = "OTHER", required_unless_present_any = ["blocked_by", "depends_on"])]
    other: Option<String>,
    /// The type (blocks unless said)
    #[arg(short = 't', long = "type", value_name = "TYPE", default_value = "blocks")]
    kind: String,
    /// The same as OTHER
    #[arg(long, value_name = "OTHER", conflicts_with = "other")]
    blocked_by: Option<String>,
    /// The same as OTHER
    #[arg(long, value_name = "OTHER", conflicts_with_all = ["other", "blocked_by"])]
    depends_on: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    match Sub::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))? {
        Sub::Add(args) => add(ctx, args),
        Sub::Remove(args) => remove(ctx, args),
        Sub::List(args) => look::list(ctx, args),
        Sub::Tree(args) => look::tree(ctx, args),
        Sub::Cycles => look::cycles(ctx),
        Sub::Blocks(args) => blocks::run(ctx, &args),
        Sub::Relate(pair) => {
            let change = ctx.write(|tx| dep::relate(tx, &pair.one, &pair.other))?;
            print_change(ctx, "added", &change)
        }
        Sub::Unrelate(pair) => {
            let change = ctx.write(|tx| dep::unrelate(tx, &pair.one, &pair.other))?;
            print_change(ctx, "removed", &change)
        }
    }
}

fn add(ctx: &mut Ctx<'_, '_>, args: AddArgs) -> Result<()> {
    let other = args.other.or(args.blocked_by).or(args.depends_on).unwrap_or_default();
    let spec = DepSpec::new(words::dep_type(&args.kind)?, &other);
    let change = ctx.write(|tx| dep::add(tx, &args.id, &spec))?;
    super::print::notes(ctx, &change.notes);
    print_change(ctx, "added", &change)
}

fn remove(ctx: &mut Ctx<'_, '_>, args: RemoveArgs) -> Result<()> {
    // What an import brought may have any type; it is removed by its name.
    let kind = args
        .kind
        .as_deref()
        .map(|k| DepType::new(k).ok_or_else(|| Error::usage("a dependency type is a short text")))
        .transpose()?;
    let changes = ctx.write(|tx| dep::remove(tx, &args.id, &args.other, kind.as_ref()))?;
    match changes.as_slice() {
        [first, ..] if ctx.ui.is_json() => print_change(ctx, "removed", first),
        all => all.iter().try_for_each(|change| print_change(ctx, "removed", change)),
    }
}

fn print_change(ctx: &mut Ctx<'_, '_>, status: &str, change: &EdgeChange) -> Result<()> {
    if ctx.ui.is_json() {
        let kind = (status == "added").then_some(&change.edge.kind);
        return ctx.ui.json(&json::edge_change(status, change.from.as_str(), &change.edge.to, kind));
    }
    let snapshot = ctx.snapshot()?;
    let (from, to) = (snapshot.short(&change.from), graph::short(&snapshot, &change.edge.to));
    let word = match (status, change.edge.kind == DepType::RELATES_TO) {
        ("added", false) => " depends on ",
        ("added", true) => " is related to ",
        (_, false) => " no longer depends on ",
        (_, true) => " is no longer related to ",
    };
    ctx.ui.line(
        Text::new()
            .with(Style::Id, from)
            .plain(word)
            .with(Style::Id, to)
            .with(Style::Dim, format!(" ({})", change.edge.kind.as_str())),
    )
}
