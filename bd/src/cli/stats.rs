//! `bd stats`: upstream's counts.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::ops::graph;
use crate::query::{Ask, Row, summary};
use crate::ui::Text;
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "stats",
    aliases: &[],
    group: Group::Look,
    about: "How many beads there are, and how far they are",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Only what is assigned to me
    #[arg(long)]
    assigned: bool,
    /// Without the activity of the last day
    #[arg(long)]
    no_activity: bool,
    /// Accepted: everything is counted
    #[arg(long, hide = true)]
    all: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let store = ctx.store()?;
    let snapshot = store.snapshot()?;
    let graph = graph::graph(&snapshot, store.config())?;
    let me = store.actor().to_string();
    let keep = |row: &Row| !args.assigned || row.assignee.as_deref() == Some(me.as_str());
    let summary = summary(&graph, &Ask::at(ctx.now()), &keep);
    let activity = match args.no_activity {
        true => None,
        false => Some(crate::ops::stats::activity(&store, &snapshot, 24)?),
    };
    if ctx.ui.is_json() {
        return match activity {
            Some(activity) => ctx.ui.json(&json!({"summary": summary, "recent_activity": activity})),
            None => ctx.ui.json(&json!({"summary": summary})),
        };
    }
    let rows = [
        ("beads", summary.total_issues),
        ("open", summary.open_issues),
        ("in progress", summary.in_progress_issues),
        ("ready", summary.ready_issues),
        ("blocked", summary.blocked_issues),
        ("deferred", summary.deferred_issues),
        ("closed", summary.closed_issues),
        ("deleted", summary.tombstone_issues),
        ("epics to close", summary.epics_eligible_for_closure),
    ];
    for (name, count) in rows {
        ctx.ui.line(Text::new().plain(format!("{name:15} {count:6}")))?;
    }
    if summary.closed_issues > 0 {
        ctx.ui.line(Text::new().plain(format!("{:15} {:8.1} h", "lead time", summary.average_lead_time_hours)))?;
    }
    if let Some(a) = activity {
        ctx.ui.line(Text::new().plain(format!(
            "last 24 h       {} created, {} changed, {} closed, {} reopened",
            a.issues_created, a.issues_updated, a.issues_closed, a.issues_reopened
        )))?;
    }
    Ok(())
}
