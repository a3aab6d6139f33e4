//! `bd show`

use super::Ctx;
use super::print::some;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::fold::{Bead, Holding};
use crate::interchange::json;
use crate::model::{Actor, BeadId, DepType, Value};
use crate::ops::claim::minute;
use crate::ops::graph;
use crate::ops::show::{Shown, show};
use crate::store::Snapshot;
use crate::ui::{Style, Text, priority_word, status_symbol, wrap};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "show",
    aliases: &["view"],
    group: Group::Look,
    about: "Everything about a bead",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// One line each
    #[arg(long)]
    short: bool,
    /// Only the children
    #[arg(long)]
    children: bool,
    /// Only the beads that refer to it
    #[arg(long)]
    refs: bool,
    #[arg(long, hide = true)]
    local_time: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let ids = some(args.ids.clone(), "show")?;
    let snapshot = ctx.snapshot()?;
    let single = ids.len() == 1;
    let mut objects = Vec::new();
    ctx.ui.page();
    let mut first = true;
    for text in &ids {
        let id = match snapshot.resolve(text) {
            Ok(id) => id,
            Err(e) if single => return Err(e),
            Err(e) => {
                ctx.fail(text, &e);
                continue;
            }
        };
        if ctx.ui.is_json() {
            objects.push(object(&show(&snapshot, &id)?));
        } else if args.short {
            let bead = snapshot.must(&id)?;
            head(ctx, &snapshot, &bead)?;
        } else if args.children || args.refs {
            let shown = show(&snapshot, &id)?;
            for (bead, kind) in shown.dependents.iter().filter(|(_, kind)| args.refs || *kind == DepType::PARENT_CHILD) {
                edge_line(ctx, &snapshot, "  ", bead, kind)?;
            }
        } else {
            if !first {
                ctx.ui.line("")?;
            }
            print_one(ctx, &snapshot, &id)?;
        }
        first = false;
    }
    if ctx.ui.is_json() {
        ctx.ui.json(&objects)?;
    }
    Ok(())
}

/// The JSON of a bead with its surroundings.
pub(super) fn object(shown: &Shown) -> crate::model::Fields {
    fn ends(list: &[(Bead, DepType)]) -> Vec<(&Bead, &DepType)> {
        list.iter().map(|(bead, kind)| (bead, kind)).collect()
    }
    json::show_object(&shown.bead, &ends(&shown.dependencies), &ends(&shown.dependents))
}

fn head(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, bead: &Bead) -> Result<()> {
    let store = ctx.store()?;
    let row = graph::row(bead, store.config());
    let (sign, style) = status_symbol(row.class);
    let (priority, priority_style) = priority_word(row.priority);
    let mut line = Text::new().with(style, sign).plain(" ").with(Style::Id, snapshot.short(&bead.id)).plain(" ");
    line = line
        .with(priority_style, priority)
        .plain(" ")
        .with(Style::Dim, &row.issue_type)
        .plain(" ")
        .with(Style::Strong, bead.title());
    let status =
        bead.outcome().map_or_else(|| bead.status().as_str().to_owned(), |o| format!("{}, {}", bead.status().as_str(), o.as_str()));
    ctx.ui.line(line.plain(" ").with(style, format!("[{status}]")))
}

/// A bead for people.
pub(super) fn print_one(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, id: &BeadId) -> Result<()> {
    let shown = show(snapshot, id)?;
    let bead = &shown.bead;
    head(ctx, snapshot, bead)?;
    let dim = |name: &str| Text::new().with(Style::Dim, format!("  {name:<10}"));
    ctx.ui.line(dim("id").plain(bead.id.as_str()))?;
    if bead.is_deleted() {
        let why = bead.text("delete_reason").unwrap_or_default();
        ctx.ui.line(Text::new().with(Style::Bad, "  deleted ").plain(why))?;
    }
    match bead.holding() {
        Holding::Held(claim) => {
            let holder = claim.holder.as_ref().map_or("", Actor::as_str);
            let until = claim.until.map_or_else(String::new, |u| format!(" until {}", minute(u)));
            let over = if claim.expired(ctx.env.now()) { ", ended" } else { "" };
            ctx.ui.line(dim("held by").with(Style::Actor, holder).plain(format!("{until}, epoch {}{over}", claim.epoch)))?;
        }
        Holding::Contested(claims) => {
            let names: Vec<&str> = claims.iter().filter_map(|(_, c)| c.holder.as_ref().map(Actor::as_str)).collect();
            ctx.ui.line(dim("contested").with(Style::Bad, names.join(", ")))?;
        }
        Holding::Free => {
            if let Some(who) = bead.text("assignee") {
                ctx.ui.line(dim("assignee").with(Style::Actor, who))?;
            }
        }
    }
    if !bead.labels.is_empty() {
        let labels: Vec<&str> = bead.labels.keys().map(String::as_str).collect();
        ctx.ui.line(dim("labels").with(Style::Label, labels.join(" ")))?;
    }
    for (name, field) in [
        ("owner", "owner"),
        ("due", "due_at"),
        ("deferred", "defer_until"),
        ("ref", "external_ref"),
        ("spec", "spec_id"),
        ("reason", "close_reason"),
        ("waits for", "await_id"),
    ] {
        if let Some(text) = bead.text(field) {
            ctx.ui.line(dim(name).plain(text))?;
        }
    }
    if let Some(minutes) = bead.get("estimated_minutes").and_then(Value::as_i64) {
        ctx.ui.line(dim("estimate").plain(format!("{minutes} min")))?;
    }
    let flags: Vec<&str> = ["pinned", "ephemeral", "is_template"].into_iter().filter(|f| bead.flag(f)).collect();
    if !flags.is_empty() {
        ctx.ui.line(dim("is").plain(flags.join(", ")))?;
    }
    let made = format!("{} by {}", day(bead.created_at()), bead.created_by().unwrap_or_else(|| "?".into()));
    ctx.ui.line(dim("created").plain(made).plain(format!(", changed {}", day(bead.updated_at()))))?;
    if let Some(at) = bead.closed_at() {
        ctx.ui.line(dim("closed").plain(day(Some(at))))?;
    }
    for conflict in bead.conflicts() {
        let others: Vec<String> = conflict.others.iter().map(|h| format!("{} by {}", clip(&h.value.to_plain()), h.by)).collect();
        let shown =
            format!("shows {} by {}; also {}", clip(&conflict.shown.value.to_plain()), conflict.shown.by, others.join("; "));
        ctx.ui.line(Text::new().with(Style::Bad, format!("  conflict  {}: ", conflict.field)).plain(shown))?;
    }
    for (field, title) in [("description", "Description"), ("design", "Design"), ("acceptance_criteria", "Acceptance criteria")] {
        if let Some(text) = bead.text(field) {
            section(ctx, title, &text)?;
        }
    }
    if let Some(text) = bead.notes_text() {
        section(ctx, "Notes", &text)?;
    }
    metadata(ctx, bead)?;
    edges(ctx, snapshot, &shown)?;
    if !bead.comments.is_empty() {
        ctx.ui.line("")?;
        ctx.ui.line(Text::new().with(Style::Strong, "Comments"))?;
        for comment in &bead.comments {
            print_comment(ctx, comment)?;
        }
    }
    Ok(())
}

/// One comment with its head line.
pub(super) fn print_comment(ctx: &mut Ctx<'_, '_>, comment: &crate::fold::Comment) -> Result<()> {
    ctx.ui.line(
        Text::new()
            .plain("  ")
            .with(Style::Actor, comment.by.as_str())
            .with(Style::Dim, format!(", {}", day(Some(comment.at.clone())))),
    )?;
    paragraph(ctx, &comment.text, "    ")
}

fn edges(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, shown: &Shown) -> Result<()> {
    let parents: Vec<_> = shown.dependencies.iter().filter(|(_, kind)| *kind == DepType::PARENT_CHILD).collect();
    let depends: Vec<_> = shown.dependencies.iter().filter(|(_, kind)| *kind != DepType::PARENT_CHILD).collect();
    let children: Vec<_> = shown.dependents.iter().filter(|(_, kind)| *kind == DepType::PARENT_CHILD).collect();
    let others: Vec<_> = shown.dependents.iter().filter(|(_, kind)| *kind != DepType::PARENT_CHILD).collect();
    for (title, list) in [("Parent", parents), ("Depends on", depends), ("Children", children), ("Needed by", others)] {
        let elsewhere = if title == "Depends on" { shown.elsewhere.as_slice() } else { &[] };
        if list.is_empty() && elsewhere.is_empty() {
            continue;
        }
        ctx.ui.line("")?;
        ctx.ui.line(Text::new().with(Style::Strong, title))?;
        for (bead, kind) in list {
            edge_line(ctx, snapshot, "  ", bead, kind)?;
        }
        for (name, kind) in elsewhere {
            ctx.ui.line(
                Text::new().plain("  ? ").with(Style::Id, name).with(Style::Dim, format!(" ({}, not here)", kind.as_str())),
            )?;
        }
    }
    Ok(())
}

fn edge_line(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, indent: &str, bead: &Bead, kind: &DepType) -> Result<()> {
    let store = ctx.store()?;
    let row = graph::row(bead, store.config());
    let (sign, style) = status_symbol(row.class);
    let mut line = Text::new()
        .plain(indent)
        .with(style, sign)
        .plain(" ")
        .with(Style::Id, snapshot.short(&bead.id))
        .plain(" ")
        .plain(&row.title);
    if *kind != DepType::PARENT_CHILD && *kind != DepType::BLOCKS {
        line.push(Style::Dim, format!(" ({})", kind.as_str()));
    }
    if row.deleted {
        line.push(Style::Bad, " (deleted)");
    }
    ctx.ui.line(line)
}

fn metadata(ctx: &mut Ctx<'_, '_>, bead: &Bead) -> Result<()> {
    let Some(metadata) = bead.metadata() else { return Ok(()) };
    ctx.ui.line("")?;
    ctx.ui.line(Text::new().with(Style::Strong, "Metadata"))?;
    for (key, value) in metadata.iter() {
        ctx.ui.line(Text::new().plain("  ").with(Style::Dim, format!("{key}: ")).plain(value.to_plain()))?;
    }
    Ok(())
}

fn section(ctx: &mut Ctx<'_, '_>, title: &str, text: &str) -> Result<()> {
    ctx.ui.line("")?;
    ctx.ui.line(Text::new().with(Style::Strong, title))?;
    paragraph(ctx, text, "  ")
}

fn paragraph(ctx: &mut Ctx<'_, '_>, text: &str, indent: &str) -> Result<()> {
    let width = ctx.ui.text_width().saturating_sub(indent.len());
    for line in wrap(text, width) {
        let line = if line.is_empty() { String::new() } else { format!("{indent}{line}") };
        ctx.ui.line(line)?;
    }
    Ok(())
}

fn day(at: Option<String>) -> String {
    at.as_deref().and_then(crate::model::parse_time).map_or_else(|| at.clone().unwrap_or_else(|| "?".into()), minute)
}

fn clip(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > 60 || line.len() < text.len() {
        format!("\"{}…\"", line.chars().take(60).collect::<String>())
    } else {
        format!("\"{line}\"")
    }
}
