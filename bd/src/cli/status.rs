//! `bd status`: is the store well, and shared. With `--json` it carries upstream's counts as well.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{ErrorKind, Result};
use crate::ops::graph;
use crate::query::{Ask, Row, summary};
use crate::sync::Choice;
use crate::sync::report::events;
use crate::sync::status::{Standing, standing};
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "status",
    aliases: &[],
    group: Group::Look,
    about: "Is the store well, and shared",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Exit with 1 if anything is not published, damaged, in conflict or contested
    #[arg(long)]
    check: bool,
    /// With --json: count only what is assigned to me
    #[arg(long)]
    assigned: bool,
    /// With --json: without the activity of the last day
    #[arg(long)]
    no_activity: bool,
    #[arg(long, hide = true)]
    all: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let store = ctx.store()?;
    let now = standing(&store, ctx.globals.readonly)?;
    let damaged = !now.damage.is_empty();
    if ctx.ui.is_json() {
        let snapshot = store.snapshot()?;
        let graph = graph::graph(&snapshot, store.config())?;
        let me = store.actor().to_string();
        let keep = |row: &Row| !args.assigned || row.assignee.as_deref() == Some(me.as_str());
        let mut out = json!({"summary": summary(&graph, &Ask::at(ctx.now()), &keep), "well": now.is_well(), "store": object(&now)});
        if !args.no_activity {
            out["recent_activity"] = json!(crate::ops::stats::activity(&store, &snapshot, 24)?);
        }
        ctx.ui.json(&out)?;
    } else {
        print(ctx, &now)?;
    }
    let shared = now.unpublished == 0 || now.publishing != Choice::On;
    if damaged {
        ctx.failed.get_or_insert(ErrorKind::Damaged);
    } else if args.check && !(shared && now.is_well()) {
        ctx.failed.get_or_insert(ErrorKind::No);
    }
    Ok(())
}

fn object(now: &Standing) -> serde_json::Value {
    let (publishing, reason) = match now.publishing {
        Choice::On => (true, None),
        Choice::Off(why) => (false, Some(why.as_str())),
    };
    json!({
        "branch": now.branch, "state": now.state.map(|t| t.to_string()), "unwritten": now.unwritten, "journal_records": now.journal,
        "lines": now.lines.0, "distinct_lines": now.lines.1,
        "remote": now.remote, "url": now.url, "published_branch": now.published_branch, "publishing": publishing, "reason": reason,
        "fetched": now.fetched.map(|t| t.to_string()), "unpublished": now.unpublished, "not_riding": now.not_riding,
        "damage": now.damage.iter().map(|d| json!({"file": d.file, "place": d.place, "line": d.line, "why": d.why})).collect::<Vec<_>>(),
        "conflicts": now.conflicts, "contested": now.contested,
    })
}

fn print(ctx: &mut Ctx<'_, '_>, now: &Standing) -> Result<()> {
    let line = |ctx: &mut Ctx<'_, '_>, name: &str, style: Style, text: String| {
        ctx.ui.line(Text::new().with(Style::Dim, format!("{name:11}")).with(style, text))
    };
    let (stored, distinct) = now.lines;
    let extra = if stored > distinct { format!(" ({stored} lines read)") } else { String::new() };
    line(ctx, "events", Style::Plain, format!("{}{extra}", events(distinct)))?;
    match &now.unwritten {
        None => line(ctx, "state", Style::Good, "committed in this clone".to_owned())?,
        Some(why) => line(ctx, "state", Style::Warn, format!("in the journal only: {why}; the next command tries again"))?,
    }
    let place = format!("{}/{}", now.remote.as_deref().unwrap_or("?"), now.published_branch);
    match (&now.remote, now.publishing) {
        (None, _) if now.ambiguous => {
            line(
                ctx,
                "remote",
                Style::Warn,
                "several, and none is named as the one that holds the beads; `bd init --remote NAME` names it".to_owned(),
            )?;
        }
        (None, _) => line(ctx, "remote", Style::Plain, "none: the beads are in this clone only".to_owned())?,
        (Some(_), Choice::Off(why)) => {
            line(
                ctx,
                "published",
                Style::Plain,
                format!("nothing from here: {}; {} only here", why.as_str(), events(now.unpublished)),
            )?;
        }
        (Some(_), Choice::On) if now.unpublished == 0 => {
            line(ctx, "published", Style::Good, format!("{place} had everything when it was last fetched"))?
        }
        (Some(_), Choice::On) => line(
            ctx,
            "published",
            Style::Warn,
            format!("{} not published to {place} yet; `bd sync` publishes", events(now.unpublished)),
        )?,
    }
    if let (Some(count), Some(branch)) = (now.not_riding.filter(|n| *n > 0), &now.branch) {
        line(ctx, "riding", Style::Warn, format!("{} not riding on {branch} yet; `bd ride` adds them", events(count)))?;
    }
    let some = |ids: &[crate::model::BeadId]| {
        let names: Vec<&str> = ids.iter().take(5).map(crate::model::BeadId::as_str).collect();
        let more = if ids.len() > 5 { format!(" and {} more", ids.len() - 5) } else { String::new() };
        format!("{}{more}", names.join(", "))
    };
    if !now.contested.is_empty() {
        line(ctx, "contested", Style::Warn, format!("{}: claimed by several", some(&now.contested)))?;
    }
    if !now.conflicts.is_empty() {
        line(ctx, "conflicts", Style::Warn, format!("{}; `bd conflicts` shows them", some(&now.conflicts)))?;
    }
    for damage in now.damage.iter().take(10) {
        line(ctx, "damaged", Style::Bad, damage.to_string())?;
    }
    if !now.damage.is_empty() {
        ctx.ui.talk("hint: nothing is written before `bd doctor --fix` has put the damaged bytes into quarantine");
    }
    Ok(())
}
