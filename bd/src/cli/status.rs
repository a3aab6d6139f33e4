//! `bd status`: is the store well, and shared.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::fold::Holding;
use crate::ops::graph;
use crate::query::{Ask, summary};
use crate::sync::{Choice, Options, sync};
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "status",
    aliases: &[],
    group: Group::Share,
    about: "Is the store well, and what has the remote not got",
    args: <Args as clap::Args>::augment_args,
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Exit 1 if anything is not published, damaged, in conflict or contested
    #[arg(long)]
    check: bool,
    /// Accepted: everything is counted
    #[arg(long, hide = true)]
    all: bool,
    /// Accepted: see `bd stats`
    #[arg(long, hide = true)]
    assigned: bool,
    /// Without the activity of the last day in --json
    #[arg(long)]
    no_activity: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let store = ctx.store()?;
    let snapshot = store.snapshot()?;
    let report = sync(&store, Options { push: false, fetch: false, dry_run: true, wait: true })?;
    let damage = snapshot.damage();
    let (mut conflicts, mut contested) = (Vec::new(), Vec::new());
    for bead in snapshot.all()? {
        if !bead.conflicts().is_empty() {
            conflicts.push(bead.id.clone());
        }
        if matches!(bead.holding(), Holding::Contested(_)) {
            contested.push(bead.id.clone());
        }
    }
    let journal = crate::store::Journal::new(store.dir()).len();
    let well = damage.is_empty() && conflicts.is_empty() && contested.is_empty();
    let shared = report.unpublished == 0 || report.remote.is_none() || report.publishing != Choice::On;
    if ctx.ui.is_json() {
        let graph = graph::graph(&snapshot, store.config())?;
        let counts = summary(&graph, &Ask::at(ctx.now()), &|_| true);
        let activity = if args.no_activity { None } else { Some(crate::ops::stats::activity(&store, &snapshot, 24)?) };
        let lines: Vec<String> = damage.iter().map(ToString::to_string).collect();
        ctx.ui.json(&json!({
            "summary": counts, "recent_activity": activity, "sync": super::sync::json(&report), "damage": lines, "conflicts": conflicts,
            "contested": contested, "journal_bytes": journal, "well": well,
        }))?;
    } else {
        match (&report.remote, report.publishing) {
            (None, _) => ctx.ui.line("No remote: everything is in this clone, committed")?,
            (Some(remote), Choice::On) if report.unpublished == 0 => {
                ctx.ui.line(Text::new().with(Style::Good, format!("{remote}/{} has everything that this clone has", report.branch)))?;
            }
            (Some(remote), Choice::On) => {
                let what = crate::sync::report::events(report.unpublished);
                ctx.ui.line(Text::new().with(Style::Warn, format!("{what} not published to {remote}/{}; `bd sync` does", report.branch)))?;
            }
            (Some(remote), Choice::Off(why)) => {
                let what = crate::sync::report::events(report.unpublished);
                ctx.ui.line(Text::new().plain(format!("Local: {what} only here ({remote} exists; {})", why.as_str())))?;
            }
        }
        if damage.is_empty() {
            ctx.ui.line("Every event file is what its name says")?;
        }
        for place in damage.iter().take(10) {
            ctx.ui.line(Text::new().with(Style::Bad, "damaged: ").plain(place.to_string()))?;
        }
        for (what, ids) in [("in conflict", &conflicts), ("contested", &contested)] {
            if !ids.is_empty() {
                let names: Vec<String> = ids.iter().take(5).map(|id| snapshot.short(id)).collect();
                let more = if ids.len() > 5 { format!(" … {} more", ids.len() - 5) } else { String::new() };
                ctx.ui.line(Text::new().with(Style::Warn, format!("{} {what}: {}{more}", ids.len(), names.join(", "))))?;
            }
        }
    }
    if args.check && !(well && shared) {
        ctx.failed = Some(crate::error::ErrorKind::No);
    }
    Ok(())
}
