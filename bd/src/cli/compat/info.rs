//! `bd info`

use super::super::Ctx;
use super::super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::model::VERSION;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(in super::super) const VERB: Verb =
    Verb { name: "info", aliases: &[], group: Group::More, about: "Which store this is", args: Args::augment_args, subs: &[], run };

#[derive(clap::Args)]
struct Args {
    /// What it is made of
    #[arg(long)]
    schema: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let mut object = facts(ctx)?;
    if args.schema {
        object["schema"] = schema(ctx)?;
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&object);
    }
    for (key, value) in object.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        ctx.ui.line(format!("{key:<18}{text}"))?;
    }
    Ok(())
}

/// What every form of `info` says. Upstream's keys where it has one.
fn facts(ctx: &mut Ctx<'_, '_>) -> Result<Value> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let count = snapshot.rows()?.iter().filter(|r| !r.deleted).count();
    Ok(json!({
        "database_path": store.dir().display().to_string(),
        "beads_dir": super::where_::folder(&store),
        "backend": "git",
        "mode": "direct",
        "daemon_connected": false,
        "issue_count": count,
        "actor": store.actor().as_str(),
        "config": {"issue_prefix": store.config().prefix()},
        "remote": store.sources().remote,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// The schema of upstream's clients, filled with what stands for it here.
pub(super) fn schema(ctx: &mut Ctx<'_, '_>) -> Result<Value> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let rows = snapshot.rows()?;
    let sample: Vec<&str> = rows.iter().filter(|r| !r.deleted).map(|r| r.id.as_str()).take(3).collect();
    Ok(json!({
        "schema_version": VERSION,
        "tables": ["events"],
        "config": {"issue_prefix": store.config().prefix()},
        "sample_issue_ids": sample,
        "detected_prefix": store.config().prefix(),
    }))
}
