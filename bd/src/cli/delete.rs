//! `bd delete`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, input, print};
use crate::error::Result;
use crate::model::{BeadId, Fields, Value};
use crate::ops::delete::{Deletion, delete, plan};
use crate::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "delete",
    aliases: &["rm"],
    group: Group::Edit,
    about: "Delete beads; without --force only say what would go",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Read the ids from a file, one a line; - = standard input
    #[arg(long, value_name = "FILE")]
    from_file: Option<String>,
    /// Do it
    #[arg(short, long)]
    force: bool,
    /// Only say what would go
    #[arg(long, conflicts_with = "force")]
    dry_run: bool,
    /// What refers to them goes too
    #[arg(long)]
    cascade: bool,
    /// Why
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
    #[arg(long, hide = true)]
    hard: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let mut names = args.ids.clone();
    if let Some(file) = &args.from_file {
        names.extend(input::lines(ctx, file)?);
    }
    let names = print::some(names, "delete")?;
    let snapshot = ctx.snapshot()?;
    let single = names.len() == 1;
    let mut ids: Vec<BeadId> = Vec::new();
    for name in &names {
        match snapshot.resolve(name) {
            Ok(id) => ids.push(id),
            Err(e) if single => return Err(e),
            Err(e) => ctx.fail(name, &e),
        }
    }
    let planned = plan(&snapshot, &ids, args.cascade)?;
    if args.hard {
        ctx.ui.warn("a deletion is an event: the text stays in the history; `bd redact` takes text away");
    }
    if !args.force {
        return preview(ctx, &snapshot, &planned);
    }
    let all: Vec<String> = match planned.beads.as_slice() {
        [] => ids.iter().map(|id| id.as_str().to_owned()).collect(),
        beads => beads.iter().map(|b| b.id.as_str().to_owned()).collect(),
    };
    if !ctx.ui.is_json() {
        return print::each(ctx, &all, |tx, id| delete(tx, id, args.reason.as_deref()));
    }
    ctx.write(|tx| all.iter().try_for_each(|id| delete(tx, id, args.reason.as_deref()).map(drop)))?;
    ctx.ui.json(&object(&planned, &all, single))
}

fn preview(ctx: &mut Ctx<'_, '_>, snapshot: &crate::store::Snapshot, planned: &Deletion) -> Result<()> {
    if ctx.ui.is_json() {
        let ids: Vec<String> = planned.beads.iter().map(|b| b.id.as_str().to_owned()).collect();
        let would = object(planned, &ids, false).with("dry_run", Value::of(&true));
        return ctx.ui.json(&would);
    }
    if planned.beads.is_empty() {
        ctx.ui.talk("nothing to delete");
        return Ok(());
    }
    ctx.ui.line("Would delete:")?;
    for bead in &planned.beads {
        ctx.ui.line(Text::new().plain("  ").with(Style::Id, snapshot.short(&bead.id)).plain(": ").plain(bead.title()))?;
    }
    if !planned.orphaned.is_empty() {
        let names: Vec<String> = planned.orphaned.iter().map(|id| snapshot.short(id)).collect();
        ctx.ui.line(format!("These refer to them and stay: {}", names.join(", ")))?;
    }
    ctx.ui.talk("nothing was changed; a deleted bead can be restored");
    Ok(())
}

fn object(planned: &Deletion, ids: &[String], single: bool) -> Fields {
    let deleted = if single && ids.len() == 1 { Value::of(&ids[0]) } else { Value::of(ids) };
    let out = Fields::new()
        .with("deleted", deleted)
        .with("dependencies_removed", Value::of(&planned.edges))
        .with("references_updated", Value::of(&0));
    if single && ids.len() == 1 {
        return out;
    }
    let orphaned: Vec<&str> = planned.orphaned.iter().map(BeadId::as_str).collect();
    out.with("deleted_count", Value::of(&ids.len()))
        .with("labels_removed", Value::of(&planned.labels))
        .with("events_removed", Value::of(&0))
        .with("orphaned_issues", Value::of(&orphaned))
}
