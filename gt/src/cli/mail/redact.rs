//! `gt mail redact`: takes the text of messages away, here and in every clone that syncs.

use super::open::open;
use crate::mail::Message;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use bd::model::EventId;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "redact",
    aliases: &[],
    about: "Take the text of messages away, here and in every clone that syncs; says where it still is",
    args: Args::augment_args,
    run,
    example: "gt mail redact 1 --reason \"it named a customer\"",
    codes: &[7],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which: rows of the inbox, or ids or unique parts of them
    #[arg(value_name = "ID", required = true)]
    messages: Vec<String>,
    /// Why, without the text itself
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
    /// Only show what would be taken away
    #[arg(long)]
    dry_run: bool,
}

fn schema() -> Value {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    json!({"type": "object", "required": ["redacted", "would_redact", "remains", "steps", "dry_run"], "properties": {
        "redacted": texts, "would_redact": texts, "remains": texts, "steps": texts, "dry_run": {"type": "boolean"},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let opened = open(ctx, None)?;
    let chosen = args.messages.iter().map(|text| opened.find(text)).collect::<Result<Vec<&Message>>>()?;
    if let Some(reason) = &args.reason {
        bd::ops::change::check_text("reason", reason)?;
        // A reason that quotes the message would bring its text back.
        if chosen.iter().any(|m| m.lines().any(|line| line.len() > 3 && reason.contains(line))) {
            return Err(Error::usage("the reason repeats the text that is to go"));
        }
    }
    let snapshot = ctx.snapshot()?;
    let mut ids: Vec<EventId> = Vec::new();
    for message in &chosen {
        ids.extend(crate::mail::copies(&snapshot, message)?);
    }
    ids.sort_unstable();
    ids.dedup();
    if args.dry_run {
        if ctx.ui.is_json() {
            return ctx.ui.json(&json!({"redacted": [], "would_redact": ids, "remains": [], "steps": [], "dry_run": true}));
        }
        return ctx.ui.lines(ids.iter().map(|id| Text::new().plain("would redact ").with(Style::Id, id.to_string())));
    }
    let done = bd::sync::redact::redact(&opened.store, &ids, args.reason.as_deref())?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({
            "redacted": done.ids, "would_redact": [], "remains": done.remains, "steps": done.steps, "dry_run": false
        }));
    }
    let what = if chosen.len() == 1 { "1 message".to_owned() } else { format!("{} messages", chosen.len()) };
    ctx.ui.line(format!("Redacted {what}; every clone that syncs does the same"))?;
    ctx.ui.line(Text::new().with(Style::Warn, "The text is still in:"))?;
    ctx.ui.lines(done.remains.iter().map(|r| Text::new().plain(format!("  {r}"))))?;
    ctx.ui.line(Text::new().plain("What to do:"))?;
    ctx.ui.lines(done.steps.iter().map(|s| Text::new().plain(format!("  {s}"))))
}
