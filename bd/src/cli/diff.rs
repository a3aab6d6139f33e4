//! `bd diff`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::model::Value;
use crate::ops::change::DRIVER;
use crate::store::Snapshot;
use crate::sync::diff::{BeadDiff, Change, Span, WorkDiff, diff};
use crate::sync::report::events;
use crate::ui::markdown::{code, escape, quote};
use crate::ui::{Style, Text};
use clap::ArgMatches;
use std::fmt::Write as _;

pub(super) const VERB: Verb = Verb {
    name: "diff",
    aliases: &[],
    group: Group::Look,
    about: "What this branch, or a range, says about the work",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// A range (A..B, A...B), one revision, or two; this branch against the default branch unless said
    #[arg(value_name = "REV", num_args = 0..=2)]
    revs: Vec<String>,
    /// text, markdown or json
    #[arg(short, long, value_name = "FORMAT", default_value = "text", hide_default_value = true, value_parser = ["text", "markdown", "md", "json"], hide_possible_values = true)]
    format: String,
    /// Exit with 1 if nothing is said
    #[arg(long)]
    fail_empty: bool,
}

/// Lines of a comment that are shown.
const LINES: usize = 12;

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let store = ctx.attached_store()?;
    let found = diff(&store, &Span::parse(&args.revs)?)?;
    if ctx.ui.is_json() || args.format == "json" {
        ctx.ui.json(&found)?;
    } else if args.format == "text" {
        ctx.ui.page();
        let snapshot = store.snapshot()?;
        text(ctx, &snapshot, &found)?;
    } else {
        ctx.ui.raw(markdown(&found).trim_end())?;
    }
    if args.fail_empty && found.beads.is_empty() {
        return Err(super::no("nothing is said about the work"));
    }
    Ok(())
}

/// What happened to the bead as a whole, in words.
fn words(bead: &BeadDiff) -> String {
    let mut out: Vec<String> = Vec::new();
    if bead.created {
        out.push("new".to_owned());
    }
    if let Some(who) = &bead.claimed {
        out.push(format!("claimed by {who}"));
    }
    if bead.reopened {
        out.push("reopened".to_owned());
    }
    if let Some(how) = &bead.closed {
        out.push(if how == "closed" { "closed".to_owned() } else { format!("closed as {how}") });
    }
    if bead.deleted {
        out.push("deleted".to_owned());
    }
    if bead.redacted > 0 {
        out.push(format!("{} redacted", events(bead.redacted)));
    }
    if out.is_empty() { "changed".to_owned() } else { out.join(", ") }
}

fn plain(value: Option<&Value>) -> String {
    let text = value.map(Value::to_plain).unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(100).collect();
    match (text.is_empty(), cut.len() < text.len()) {
        (true, _) => "(none)".to_owned(),
        (_, true) => format!("{cut}…"),
        _ => cut,
    }
}

fn text(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, found: &WorkDiff) -> Result<()> {
    if found.beads.is_empty() {
        ctx.ui.talk(format!("{} says nothing about the work that {} does not", found.to, found.from));
        return Ok(());
    }
    for bead in &found.beads {
        let mut head = Text::new()
            .with(Style::Id, snapshot.short(&bead.id))
            .plain(" ")
            .with(Style::Strong, &bead.title)
            .plain(format!(": {}", words(bead)));
        if bead.pending > 0 {
            head.push(
                Style::Dim,
                if bead.pending == bead.events {
                    " (not riding yet)".to_owned()
                } else {
                    format!(" ({} not riding yet)", bead.pending)
                },
            );
        }
        ctx.ui.line(head)?;
        if let Some(reason) = &bead.reason {
            ctx.ui.line(Text::new().plain(format!("    reason: {}", plain(Some(&Value::text(reason))))))?;
        }
        for Change { field, old, new, conflict } in &visible(bead) {
            let mut line = Text::new().plain(format!("    {field}: "));
            line.push(
                Style::Plain,
                match bead.created {
                    true => plain(new.as_ref()),
                    false => format!("{} -> {}", plain(old.as_ref()), plain(new.as_ref())),
                },
            );
            if *conflict {
                line.push(Style::Warn, "  (conflict)");
            }
            ctx.ui.line(line)?;
        }
        for (sign, labels) in [("+", &bead.labels), ("-", &bead.unlabels)] {
            for label in labels {
                ctx.ui.line(Text::new().plain(format!("    {sign} label ")).with(Style::Label, label))?;
            }
        }
        for (sign, edges) in [("+", &bead.links), ("-", &bead.unlinks)] {
            for edge in edges.iter().filter(|e| !is_machinery(bead, e)) {
                let to = crate::ops::graph::short(snapshot, &edge.to);
                ctx.ui.line(Text::new().plain(format!("    {sign} {} ", edge.kind.as_str())).with(Style::Id, to))?;
            }
        }
        for said in &bead.comments {
            ctx.ui.line(Text::new().plain("    ").with(Style::Actor, said.by.as_str()).plain(" said:"))?;
            for line in said.text.lines().take(LINES) {
                ctx.ui.line(Text::new().plain("        ").plain(line))?;
            }
            if said.text.lines().count() > LINES {
                ctx.ui.line(Text::new().with(Style::Dim, format!("        … {} more lines", said.text.lines().count() - LINES)))?;
            }
        }
        let by: Vec<&str> = bead.by.iter().map(crate::model::Actor::as_str).collect();
        ctx.ui.line(Text::new().with(Style::Dim, format!("    by {}", by.join(", "))))?;
    }
    let pending =
        if found.pending > 0 { format!("; {} not riding yet, `bd ride` adds them", found.pending) } else { String::new() };
    ctx.ui.talk(format!("{} on {} of {}{pending}", events(found.events), beads(found.beads.len()), found.to));
    Ok(())
}

/// True for a bead whose status another program drives: most of its fields are that program's own books.
fn is_driven(bead: &BeadDiff) -> bool {
    bead.changes.iter().any(|c| c.field == DRIVER || BOOKS.iter().any(|b| c.field.starts_with(b)))
}

/// What the fields begin with in which other programs keep their books.
const BOOKS: &[&str] = &["mol.", "step.", "cp.", "attest.", "gt."];
/// Those of them that say something to a reviewer.
const TOLD: &[&str] = &["owner", "mol.run", "mol.note", "cp.state", "cp.overridden", "gt.why"];

/// The changes that people are shown; JSON has all of them.
fn visible(bead: &BeadDiff) -> Vec<Change> {
    if !is_driven(bead) {
        return bead.changes.clone();
    }
    let hand_in = |c: &Change| {
        let text = c.new.as_ref()?.to_tree()["body"].as_str().filter(|t| !t.is_empty()).map(Value::text);
        Some(Change { field: "handed in".to_owned(), old: None, new: Some(text?), conflict: c.conflict })
    };
    let told = |c: &Change| match c.field.as_str() {
        "step.handin" => hand_in(c),
        "outcome" | "status" | "close_reason" => None,
        field if TOLD.contains(&field) && c.new.as_ref().is_some_and(|v| !v.is_null()) => Some(c.clone()),
        _ if c.conflict => Some(c.clone()),
        _ => None,
    };
    bead.changes.iter().filter_map(told).collect()
}

/// The edges between a molecule and its steps say nothing that their formula does not.
fn is_machinery(bead: &BeadDiff, edge: &crate::model::Edge) -> bool {
    is_driven(bead) && [crate::model::DepType::PARENT_CHILD, crate::model::DepType::BLOCKS].contains(&edge.kind)
}

fn beads(n: usize) -> String {
    if n == 1 { "1 bead".to_owned() } else { format!("{n} beads") }
}

/// For a pull request: everything that people wrote is escaped.
fn markdown(found: &WorkDiff) -> String {
    let mut out = format!("### Work: {} on {}\n\n", events(found.events), beads(found.beads.len()));
    if found.beads.is_empty() {
        out.push_str("Nothing is said about the work.\n");
    }
    for bead in &found.beads {
        let _ = writeln!(out, "- {} **{}**: {}", code(bead.id.as_str()), escape(&bead.title), escape(&words(bead)));
        if let Some(reason) = &bead.reason {
            out.push_str(&quote(reason, "  ", LINES));
        }
        for Change { field, old, new, conflict } in &visible(bead) {
            let mark = if *conflict { " (conflict)" } else { "" };
            let new = code(&plain(new.as_ref()));
            let _ = match bead.created {
                true => writeln!(out, "  - {}: {new}{mark}", escape(field)),
                false => writeln!(out, "  - {}: {} → {new}{mark}", escape(field), code(&plain(old.as_ref()))),
            };
        }
        for (sign, labels) in [("+", &bead.labels), ("−", &bead.unlabels)] {
            for label in labels {
                let _ = writeln!(out, "  - {sign} label {}", code(label));
            }
        }
        for (sign, edges) in [("+", &bead.links), ("−", &bead.unlinks)] {
            for edge in edges.iter().filter(|e| !is_machinery(bead, e)) {
                let _ = writeln!(out, "  - {sign} {} {}", escape(edge.kind.as_str()), code(&edge.to));
            }
        }
        for said in &bead.comments {
            let _ = writeln!(out, "  - {} said:", escape(said.by.as_str()));
            out.push_str(&quote(&said.text, "    ", LINES));
        }
        let by: Vec<String> = bead.by.iter().map(|a| escape(a.as_str())).collect();
        let _ = writeln!(out, "  - by {}", by.join(", "));
    }
    if found.pending > 0 {
        let _ = writeln!(out, "\n{} not riding on this branch yet.", events(found.pending));
    }
    out
}
