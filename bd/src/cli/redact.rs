//! `bd redact`: taking text away.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, Result};
use crate::model::{EventId, Kind};
use crate::store::Snapshot;
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "redact",
    aliases: &[],
    group: Group::Store,
    about: "Take the text of events away, here and in every clone that syncs",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The bead, or one event
    id: String,
    /// These events (unique prefixes of at least 6; `bd history ID --ids` shows them)
    #[arg(long = "event", value_name = "EVENT")]
    events: Vec<String>,
    /// Every event that wrote this field
    #[arg(long = "field", value_name = "FIELD")]
    fields: Vec<String>,
    /// Every event whose text holds this
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    containing: Option<String>,
    /// Why, without the text itself
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
    /// Only show what would be redacted
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let snapshot = ctx.snapshot()?;
    let ids = chosen(&snapshot, &args)?;
    if let (Some(text), Some(reason)) = (&args.containing, &args.reason) {
        if reason.contains(text.as_str()) {
            return Err(Error::usage("the reason repeats the text that is to go"));
        }
    }
    if args.dry_run {
        if ctx.ui.is_json() {
            return ctx.ui.json(&json!({"redacted": [], "would_redact": ids, "remains": [], "steps": [], "dry_run": true}));
        }
        return ctx.ui.lines(ids.iter().map(|id| Text::new().plain("would redact ").with(Style::Id, id.to_string())));
    }
    ctx.writable()?;
    let store = ctx.store()?;
    let done = crate::sync::redact::redact(&store, &ids, args.reason.as_deref())?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({
            "redacted": done.ids, "would_redact": [], "remains": done.remains, "steps": done.steps, "dry_run": false
        }));
    }
    let what = if done.ids.len() == 1 { "1 event".to_owned() } else { format!("{} events", done.ids.len()) };
    ctx.ui.line(Text::new().plain(format!("Redacted {what}; every clone that syncs does the same")))?;
    if !done.remains.is_empty() {
        ctx.ui.line(Text::new().with(Style::Warn, "The text is still in:"))?;
        ctx.ui.lines(done.remains.iter().map(|r| Text::new().plain(format!("  {r}"))))?;
        ctx.ui.line(Text::new().plain("What to do:"))?;
        ctx.ui.lines(done.steps.iter().map(|s| Text::new().plain(format!("  {s}"))))?;
    }
    Ok(())
}

/// The events that the words name, each once, oldest first.
fn chosen(snapshot: &Snapshot, args: &Args) -> Result<Vec<EventId>> {
    if let Some(event) = EventId::parse(args.id.as_bytes()) {
        if !args.events.is_empty() || !args.fields.is_empty() || args.containing.is_some() {
            return Err(Error::usage(format!(
                "`{event}` names one event; --event, --field and --containing choose among those of a bead"
            )));
        }
        return Ok(vec![event]);
    }
    let bead = snapshot.resolve(&args.id)?;
    let events = snapshot.events(&bead)?;
    let mut ids = Vec::new();
    for text in &args.events {
        let wanted = text.to_lowercase();
        let fits: Vec<EventId> =
            events.iter().map(|e| e.event.id).filter(|id| wanted.len() >= 6 && id.to_string().starts_with(&wanted)).collect();
        match fits.as_slice() {
            [one] => ids.push(*one),
            [] => {
                return Err(Error::usage(format!("`{bead}` has no event `{}`", text.escape_debug()))
                    .hint(format!("`bd history {bead} --ids` shows them")));
            }
            many => {
                return Err(
                    Error::usage(format!("`{}` fits {} events", text.escape_debug(), many.len())).hint("Give more of the id")
                );
            }
        }
    }
    for stored in events.iter().filter(|e| e.event.kind != Kind::REDACT && !e.event.is_stub()) {
        let writes = args.fields.iter().any(|f| stored.event.set.get(f).is_some());
        let holds = args.containing.as_ref().is_some_and(|text| !text.is_empty() && holds(&stored.event, text));
        if writes || holds {
            ids.push(stored.event.id);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        let error = Error::usage("no event of it is named by that");
        return Err(error.hint("Name events with --event, a field with --field, or a text with --containing"));
    }
    Ok(ids)
}

fn holds(event: &crate::model::Event, text: &str) -> bool {
    let in_value = |v: &crate::model::Value| v.to_plain().contains(text) || v.json().contains(text);
    event.text.as_ref().is_some_and(|t| t.contains(text))
        || event.set.iter().any(|(name, value)| name.contains(text) || in_value(value))
        || event.labels.iter().chain(&event.unlabels).any(|l| l.contains(text))
        || event.extra.iter().any(|(_, value)| in_value(value))
        || event.links.iter().any(|l| l.meta.as_ref().is_some_and(in_value))
}
