//! `bd duplicates`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::fold::Bead;
use crate::ops::health::doubles;
use crate::ops::replace::{Replaced, replace};
use crate::query::StatusClass;
use crate::store::Snapshot;
use crate::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "duplicates",
    aliases: &[],
    group: Group::More,
    about: "Open beads that say the same",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Close all but the oldest of each group as its duplicates
    #[arg(long)]
    auto_merge: bool,
    /// Only say what `--auto-merge` would do
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let groups = find(ctx)?;
    let mut merged = Vec::new();
    if args.auto_merge && !args.dry_run {
        for group in &groups {
            for double in &group[1..] {
                // One that cannot be closed (it has open children, …) stays, and the rest goes on.
                match ctx.write(|tx| replace(tx, double.id.as_str(), group[0].id.as_str(), Replaced::Duplicate)) {
                    Ok(done) => merged.push(done.bead.id.as_str().to_owned()),
                    Err(error) => ctx.fail(double.id.as_str(), &error),
                }
            }
        }
    }
    if ctx.ui.is_json() {
        let shown: Vec<_> = groups.iter().map(|g| object(g)).collect();
        return ctx.ui.json(&json!({"duplicate_groups": groups.len(), "groups": shown, "merged": merged}));
    }
    let snapshot = ctx.snapshot()?;
    for group in &groups {
        ctx.ui.line(Text::new().with(Style::Strong, group[0].title()))?;
        for (n, bead) in group.iter().enumerate() {
            ctx.ui.line(line(&snapshot, bead, n == 0))?;
        }
    }
    match (groups.is_empty(), merged.len()) {
        (true, _) => ctx.ui.talk("no two open beads say the same"),
        (_, 0) => {}
        (_, n) => ctx.ui.talk(format!("{n} closed as duplicates")),
    }
    Ok(())
}

fn find(ctx: &mut Ctx<'_, '_>) -> Result<Vec<Vec<Bead>>> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let categories = crate::ops::words::categories(store.config());
    doubles(&snapshot, &|bead| categories.class(&bead.status()) != StatusClass::Done)
}

fn line(snapshot: &Snapshot, bead: &Bead, kept: bool) -> Text {
    let text = Text::new().plain("  ").with(Style::Id, snapshot.short(&bead.id)).plain(format!(" [{}]", bead.status().as_str()));
    if kept { text.with(Style::Dim, " the oldest") } else { text }
}

fn object(group: &[Bead]) -> serde_json::Value {
    let issue = |(n, b): (usize, &Bead)| json!({"id": b.id.as_str(), "title": b.title(), "status": b.status().as_str(), "priority": b.priority(), "is_merge_target": n == 0});
    let sources: Vec<&str> = group[1..].iter().map(|b| b.id.as_str()).collect();
    json!({
        "title": group[0].title(),
        "issues": group.iter().enumerate().map(issue).collect::<Vec<_>>(),
        "suggested_target": group[0].id.as_str(),
        "suggested_sources": sources,
    })
}
