//! `bd ride`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::sync::report::events;
use crate::sync::ride::{RideOptions, ride};
use crate::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "ride",
    aliases: &[],
    group: Group::Share,
    about: "Add this branch's events to the branch, as one file in one commit, for review",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// These beads, instead of those that the branch's commits or one's claims name
    #[arg(value_name = "ID", conflicts_with = "all")]
    ids: Vec<String>,
    /// Everything of this clone that the branch and the default branch lack
    #[arg(long)]
    all: bool,
    /// The subject of the commit
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Say what would ride
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if !args.dry_run {
        ctx.writable()?;
    }
    let snapshot = ctx.snapshot()?;
    let beads = args.ids.iter().map(|id| snapshot.resolve(id)).collect::<Result<Vec<_>>>()?;
    let store = ctx.store()?;
    let options = RideOptions { all: args.all, beads, message: args.message, dry_run: args.dry_run, ..RideOptions::default() };
    let done = ride(&store, &options)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&serde_json::json!({
            "branch": done.branch, "path": done.path, "commit": done.commit.map(|c| c.to_string()),
            "events": done.events, "nameless": done.nameless, "beads": done.beads, "dry_run": args.dry_run,
        }));
    }
    let Some(path) = &done.path else {
        if done.nameless {
            ctx.ui.talk(format!(
                "hint: no commit of `{}` and no claim names a bead; name some, or take all of this clone with --all",
                done.branch
            ));
        }
        return ctx.ui.line(Text::new().plain(match done.nameless {
            true => format!("Nothing to ride: nothing names the beads of `{}`", done.branch),
            false => format!("Nothing to ride: `{}` or the default branch has it all", done.branch),
        }));
    };
    let names: Vec<String> = done.beads.iter().take(5).map(|id| snapshot.short(id)).collect();
    let more = if done.beads.len() > 5 { format!(" and {} more", done.beads.len() - 5) } else { String::new() };
    let verb = if args.dry_run { "Would ride" } else { "Riding" };
    ctx.ui.line(
        Text::new()
            .plain(format!("{verb} on {}: {} on ", done.branch, events(done.events)))
            .with(Style::Id, format!("{}{more}", names.join(", "))),
    )?;
    ctx.ui.line(Text::new().with(Style::Dim, path))
}
