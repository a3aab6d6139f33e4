//! `bd label`

use super::Ctx;
use super::verb::{Group, Verb};
use crate::error::{Error, Result};
use crate::interchange::json;
use crate::model::{Fields, Value};
use crate::ops::label;
use crate::ui::{Style, Table, Text};
use clap::{ArgMatches, FromArgMatches as _, Subcommand as _};

pub(super) const VERB: Verb = Verb {
    name: "label",
    aliases: &["labels"],
    group: Group::Edit,
    about: "Labels: add, remove, list, list-all",
    args: |command| Sub::augment_subcommands(command).subcommand_required(true).arg_required_else_help(true),
    subs: &[],
    run,
};

#[derive(clap::Subcommand)]
enum Sub {
    /// Add labels: ID… LABEL
    Add(Change),
    /// Remove labels: ID… LABEL
    #[command(visible_alias = "rm")]
    Remove(Change),
    /// The labels of a bead
    List {
        /// Which bead
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Every label, with how many beads have it
    #[command(alias = "all")]
    ListAll,
}

#[derive(clap::Args)]
struct Change {
    /// Beads, and last a label (several: commas)
    #[arg(value_name = "ID… LABEL", required = true)]
    words: Vec<String>,
    /// The label, where it does not stand last
    #[arg(short, long = "label", value_name = "LABEL")]
    label: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    match Sub::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))? {
        Sub::Add(args) => change(ctx, args, true),
        Sub::Remove(args) => change(ctx, args, false),
        Sub::List { id } => list(ctx, &id),
        Sub::ListAll => list_all(ctx),
    }
}

fn change(ctx: &mut Ctx<'_, '_>, args: Change, add: bool) -> Result<()> {
    let (ids, labels) = label::split(args.words, &args.label)?;
    let pairs: Vec<(&String, &String)> = ids.iter().flat_map(|id| labels.iter().map(move |l| (id, l))).collect();
    let results = ctx.write(|tx| {
        let one = |(id, label): &(&String, &String)| if add { label::add(tx, id, label) } else { label::remove(tx, id, label) };
        Ok(pairs.iter().map(one).collect::<Vec<_>>())
    })?;
    let word = if add { "added" } else { "removed" };
    let mut objects: Vec<Fields> = Vec::new();
    let single = results.len() == 1;
    for ((id, name), result) in pairs.iter().zip(results) {
        match result {
            Ok(done) if ctx.ui.is_json() => objects.push(json::label_change(word, done.bead.id.as_str(), name.trim())),
            Ok(done) => ctx.ui.line(super::print::done_line(&done))?,
            Err(e) if single => return Err(e),
            Err(e) => ctx.fail(id, &e),
        }
    }
    if ctx.ui.is_json() {
        ctx.ui.json(&objects)?;
    }
    Ok(())
}

fn list(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<()> {
    let labels = label::list(&ctx.snapshot()?, id)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&labels);
    }
    labels.iter().try_for_each(|l| ctx.ui.line(Text::new().with(Style::Label, l)))
}

fn list_all(ctx: &mut Ctx<'_, '_>) -> Result<()> {
    let all = label::all(&ctx.snapshot()?)?;
    if ctx.ui.is_json() {
        let object =
            |(label, count): &(String, usize)| Fields::new().with("label", Value::text(label)).with("count", Value::of(count));
        return ctx.ui.json(&all.iter().map(object).collect::<Vec<_>>());
    }
    let mut table = Table::new();
    for (label, count) in &all {
        table.row(vec![Text::new().with(Style::Label, label), Text::new().plain(count.to_string())]);
    }
    ctx.ui.page();
    ctx.ui.lines(table.lines(0))
}
