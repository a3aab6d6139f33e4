//! `bd conflicts`

use super::verb::{Group, Verb};
use super::{Ctx, print};
use crate::error::{Error, Result};
use crate::fold::{Head, Holding};
use crate::model::{Actor, EventId, Fields, Value};
use crate::ops::conflicts::{Choice, Conflicted, list, resolve};
use crate::ops::words;
use crate::ui::{Style, Text};
use clap::{ArgMatches, FromArgMatches as _, Subcommand as _};

pub(super) const VERB: Verb = Verb {
    name: "conflicts",
    aliases: &["conflict"],
    group: Group::Look,
    about: "What two writers changed without having seen each other; `conflicts resolve` ends it",
    args: |command| Sub::augment_subcommands(command),
    subs: &[],
    run,
};

#[derive(clap::Subcommand)]
enum Sub {
    /// All of them
    List,
    /// End one: with the value of an event that stands, or with another
    Resolve(ResolveArgs),
}

#[derive(clap::Args)]
struct ResolveArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    /// Which field
    #[arg(value_name = "FIELD")]
    field: String,
    /// The value of this event
    #[arg(long, value_name = "EVENT", required_unless_present = "value")]
    take: Option<String>,
    /// This value
    #[arg(long, value_name = "TEXT", conflicts_with = "take")]
    value: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    if m.subcommand_name() == Some("resolve")
        && let Sub::Resolve(args) = Sub::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))?
    {
        let choice = match (&args.take, args.value) {
            (Some(event), _) => Choice::Take(
                EventId::parse(event.as_bytes())
                    .ok_or_else(|| Error::usage(format!("`{}` is no event id", event.escape_debug())))?,
            ),
            (None, value) => Choice::Value(value.unwrap_or_default()),
        };
        return print::each(ctx, &[args.id], |tx, id| resolve(tx, id, &args.field, &choice));
    }
    let snapshot = ctx.snapshot()?;
    let all = list(&snapshot)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&all.iter().map(object).collect::<Vec<_>>());
    }
    if all.is_empty() {
        ctx.ui.talk("no conflicts");
        return Ok(());
    }
    ctx.ui.page();
    for item in &all {
        ctx.ui.line(Text::new().with(Style::Id, snapshot.short(&item.bead.id)).plain(": ").plain(item.bead.title()))?;
        for conflict in &item.conflicts {
            let field = words::spoken(&conflict.field).to_owned();
            ctx.ui.line(Text::new().plain("  ").with(Style::Bad, &field))?;
            head(ctx, "shows", &conflict.shown)?;
            for other in &conflict.others {
                head(ctx, "also", other)?;
            }
        }
        if let Holding::Contested(claims) = item.bead.holding() {
            let names: Vec<&str> = claims.iter().filter_map(|(_, c)| c.holder.as_ref().map(Actor::as_str)).collect();
            ctx.ui.line(Text::new().plain("  ").with(Style::Bad, "contested").plain(format!(" by {}", names.join(" and "))))?;
        }
    }
    Ok(())
}

fn head(ctx: &mut Ctx<'_, '_>, word: &str, head: &Head) -> Result<()> {
    let text = head.value.to_plain();
    let line = text.lines().next().unwrap_or_default();
    let clipped: String = line.chars().take(70).collect();
    let dots = if clipped.len() < text.len() { "…" } else { "" };
    let what = Text::new().with(Style::Dim, format!("    {word:<6}")).plain(format!("\"{clipped}{dots}\" "));
    ctx.ui.line(what.with(Style::Dim, format!("by {} ({}, {})", head.by, head.kind.as_str(), head.id)))
}

fn object(item: &Conflicted) -> Fields {
    let head = |h: &Head| {
        Fields::new()
            .with("event", Value::of(&h.id))
            .with("do", Value::of(&h.kind))
            .with("by", Value::of(&h.by))
            .with("at", Value::text(&h.at))
            .with("value", h.value.clone())
    };
    let conflict = |c: &crate::fold::Conflict| {
        let others: Vec<Fields> = c.others.iter().map(head).collect();
        Fields::new()
            .with("field", Value::text(&c.field))
            .with("shown", Value::of(&head(&c.shown)))
            .with("others", Value::of(&others))
    };
    let conflicts: Vec<Fields> = item.conflicts.iter().map(conflict).collect();
    let mut out = Fields::new()
        .with("id", Value::of(&item.bead.id))
        .with("title", Value::text(&item.bead.title()))
        .with("conflicts", Value::of(&conflicts));
    if let Holding::Contested(claims) = item.bead.holding() {
        let names: Vec<&str> = claims.iter().filter_map(|(_, c)| c.holder.as_ref().map(Actor::as_str)).collect();
        out.set("contested", Value::of(&names));
    }
    out
}
