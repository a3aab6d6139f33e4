//! `bd epic`

use super::Ctx;
use super::verb::{Group, Verb};
use crate::error::{Error, Result};
use crate::interchange::json;
use crate::model::{Fields, Value};
use crate::ops::epic::{EpicProgress, close_eligible, epics};
use crate::store::Snapshot;
use crate::ui::{Style, Text};
use clap::{ArgMatches, FromArgMatches as _, Subcommand as _};

pub(super) const VERB: Verb = Verb {
    name: "epic",
    aliases: &["epics"],
    group: Group::Look,
    about: "Epics: status, close-eligible",
    args: |command| Sub::augment_subcommands(command).subcommand_required(true).arg_required_else_help(true),
    subs: &[],
    run,
};

#[derive(clap::Subcommand)]
enum Sub {
    /// How far the open epics are
    Status {
        /// Only these
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Only those whose children are all closed
        #[arg(long)]
        eligible_only: bool,
    },
    /// Close the epics whose children are all closed
    CloseEligible {
        /// Only say which
        #[arg(long)]
        dry_run: bool,
    },
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    match Sub::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))? {
        Sub::Status { ids, eligible_only } => status(ctx, &ids, eligible_only),
        Sub::CloseEligible { dry_run: true } => status(ctx, &[], true),
        Sub::CloseEligible { dry_run: false } => close(ctx),
    }
}

fn status(ctx: &mut Ctx<'_, '_>, ids: &[String], eligible_only: bool) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let mut found = epics(&snapshot, store.config())?;
    if !ids.is_empty() {
        let ids = ids.iter().map(|id| snapshot.resolve(id)).collect::<Result<Vec<_>>>()?;
        found.retain(|e| ids.contains(&e.id));
    }
    found.retain(|e| e.eligible || !eligible_only);
    if ctx.ui.is_json() {
        let objects = found.iter().map(|e| object(&snapshot, e)).collect::<Result<Vec<Fields>>>()?;
        return ctx.ui.json(&objects);
    }
    if found.is_empty() {
        ctx.ui.talk(if eligible_only { "no epic can be closed" } else { "no open epics" });
    }
    for epic in &found {
        let bead = snapshot.must(&epic.id)?;
        let text = Text::new().with(Style::Id, snapshot.short(&epic.id)).plain(" ").plain(bead.title());
        let ready = if epic.eligible { ", can be closed" } else { "" };
        ctx.ui.line(text.with(Style::Dim, format!(" ({}/{} closed{ready})", epic.closed, epic.children)))?;
    }
    Ok(())
}

fn object(snapshot: &Snapshot, epic: &EpicProgress) -> Result<Fields> {
    Ok(Fields::new()
        .with("epic", Value::of(&json::issue_object(&snapshot.must(&epic.id)?)))
        .with("total_children", Value::of(&epic.children))
        .with("closed_children", Value::of(&epic.closed))
        .with("eligible_for_close", Value::of(&epic.eligible)))
}

fn close(ctx: &mut Ctx<'_, '_>) -> Result<()> {
    let closed = ctx.write(close_eligible)?;
    if ctx.ui.is_json() {
        let ids: Vec<&str> = closed.iter().map(crate::model::BeadId::as_str).collect();
        return ctx.ui.json(&serde_json::json!({"closed": ids, "count": ids.len()}));
    }
    if closed.is_empty() {
        ctx.ui.talk("no epic can be closed");
    }
    let snapshot = ctx.snapshot()?;
    for id in &closed {
        ctx.ui
            .line(Text::new().plain("Closed ").with(Style::Id, snapshot.short(id)).plain(": ").plain(snapshot.must(id)?.title()))?;
    }
    Ok(())
}
