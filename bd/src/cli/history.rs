//! `bd history`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::model::{Fields, Value};
use crate::ops::claim::minute;
use crate::ops::history::{Entry, FieldChange, has_text, history, verb};
use crate::ops::{graph, words};
use crate::store::Snapshot;
use crate::ui::{Style, Text, wrap};
use clap::{ArgMatches, Args as _};
use similar::ChangeTag;
use similar::algorithms::{Capture, Replace, myers};

pub(super) const VERB: Verb = Verb {
    name: "history",
    aliases: &["log"],
    group: Group::Look,
    about: "What happened to a bead, and who did it",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    /// At most the last N events; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = 0, hide_default_value = true)]
    limit: usize,
    /// The names of the events too
    #[arg(long)]
    ids: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let snapshot = ctx.snapshot()?;
    let id = snapshot.resolve(&args.id)?;
    let all = history(&snapshot, &id)?;
    let skip = if args.limit == 0 { 0 } else { all.len().saturating_sub(args.limit) };
    if ctx.ui.is_json() {
        return ctx.ui.json(&all[skip..].iter().map(object).collect::<Vec<_>>());
    }
    ctx.ui.page();
    for entry in &all[skip..] {
        print(ctx, &snapshot, entry, args.ids)?;
    }
    if skip > 0 {
        ctx.ui.line(Text::new().with(Style::Dim, format!("… {skip} earlier (-n 0 shows all)")))?;
    }
    Ok(())
}

/// The event's own keys, with what it changed from what.
fn object(entry: &Entry) -> Fields {
    let event = &entry.event;
    let change = |c: &FieldChange| {
        let old = match c.old.as_slice() {
            [] => Value::null(),
            [one] => one.clone(),
            many => Value::of(many),
        };
        Fields::new().with("field", Value::text(&c.field)).with("old", old).with("new", c.new.clone())
    };
    let changes: Vec<Fields> = entry.changes.iter().map(change).collect();
    let mut out = Fields::new()
        .with("id", Value::of(&event.id))
        .with("at", Value::text(&event.at))
        .with("by", Value::of(&event.by))
        .with("bead", Value::of(&event.bead))
        .with("do", Value::of(&event.kind))
        .with("changes", Value::of(&changes));
    for (name, list) in [("labels", &event.labels), ("unlabels", &event.unlabels)] {
        if !list.is_empty() {
            out.set(name, Value::of(list));
        }
    }
    for (name, list) in [("links", &event.links), ("unlinks", &event.unlinks)] {
        if !list.is_empty() {
            out.set(name, Value::of(list));
        }
    }
    if let Some(text) = &event.text {
        out.set("text", Value::text(text));
    }
    for (name, value) in event.extra.iter() {
        out.set(name, value.clone());
    }
    out.with("on", Value::of(&event.on)).with("place", Value::text(entry.place.as_str()))
}

fn print(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, entry: &Entry, ids: bool) -> Result<()> {
    let event = &entry.event;
    let at = crate::model::parse_time(&event.at).map_or_else(|| event.at.clone(), minute);
    let mut head = Text::new().with(Style::Dim, at).plain("  ").with(Style::Actor, event.by.as_str()).plain(" ").plain(verb(event));
    if ids {
        head.push(Style::Dim, format!("  {}", event.id));
    }
    if entry.redacted {
        head.push(Style::Warn, "  (redacted)");
    }
    if event.extra.get("undo").is_some() {
        head.push(Style::Dim, "  (undo)");
    }
    ctx.ui.line(head)?;
    for change in &entry.changes {
        print_change(ctx, change)?;
    }
    for (sign, list) in [("+", &event.labels), ("-", &event.unlabels)] {
        for label in list {
            ctx.ui.line(Text::new().plain(format!("    {sign} label ")).with(Style::Label, label))?;
        }
    }
    for (sign, list) in [("+", &event.links), ("-", &event.unlinks)] {
        for edge in list {
            let to = graph::short(snapshot, &edge.to);
            ctx.ui.line(Text::new().plain(format!("    {sign} {} ", edge.kind.as_str())).with(Style::Id, to))?;
        }
    }
    for key in ["why", "forced"] {
        if let Some(text) = event.extra.get(key) {
            ctx.ui.line(Text::new().with(Style::Dim, format!("    {key}: ")).plain(text.to_plain()))?;
        }
    }
    if has_text(event) {
        let width = ctx.ui.text_width().saturating_sub(4);
        for line in wrap(event.text.as_deref().unwrap_or_default(), width) {
            ctx.ui.line(format!("    {line}"))?;
        }
    }
    Ok(())
}

fn print_change(ctx: &mut Ctx<'_, '_>, change: &FieldChange) -> Result<()> {
    let name = words::spoken(&change.field).to_owned();
    let old: Vec<String> = change.old.iter().map(shown).collect();
    let new = if change.new.is_null() { "(none)".to_owned() } else { shown(&change.new) };
    let long = old.iter().chain([&new]).any(|t| t.contains('\n') || t.chars().count() > 60);
    if !long {
        let arrow = if old.is_empty() { String::new() } else { format!("{} -> ", old.join(" | ")) };
        return ctx.ui.line(Text::new().with(Style::Dim, format!("    {name}: ")).plain(arrow).plain(new));
    }
    ctx.ui.line(Text::new().with(Style::Dim, format!("    {name}:")))?;
    let width = ctx.ui.text_width().saturating_sub(8);
    if let ([one], true) = (old.as_slice(), new.contains('\n')) {
        return print_lines(ctx, one, &new, width);
    }
    for (sign, style, text) in old.iter().map(|t| ("-", Style::Bad, t)).chain([("+", Style::Good, &new)]) {
        for line in wrap(text, width) {
            ctx.ui.line(Text::new().with(style, format!("      {sign} {line}")))?;
        }
    }
    Ok(())
}

/// A text of several lines that became another one: the lines that changed, with two around them.
fn print_lines(ctx: &mut Ctx<'_, '_>, old: &str, new: &str, width: usize) -> Result<()> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut found = Replace::new(Capture::new());
    // A hook that collects cannot fail.
    let _ = myers::diff(&mut found, &old, 0..old.len(), &new, 0..new.len());
    for (at, group) in found.into_inner().into_grouped_ops(2).iter().enumerate() {
        if at > 0 {
            ctx.ui.line(Text::new().with(Style::Dim, "      …"))?;
        }
        for change in group.iter().flat_map(|op| op.iter_changes(&old, &new)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', Style::Bad),
                ChangeTag::Insert => ('+', Style::Good),
                ChangeTag::Equal => (' ', Style::Dim),
            };
            for line in wrap(change.value(), width) {
                ctx.ui.line(Text::new().with(style, format!("      {sign} {line}").trim_end()))?;
            }
        }
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    if let Some(claim) = value.decode::<crate::model::Claim>() {
        let until = claim.until.map_or_else(String::new, |u| format!(" until {}", minute(u)));
        return claim
            .holder
            .map_or_else(|| format!("nobody, epoch {}", claim.epoch), |h| format!("{h}{until}, epoch {}", claim.epoch));
    }
    value.to_plain()
}
