//! `gt feed`: events as they come.

use crate::status::{Happened, happened};
use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::{Error, Result};
use bd::model::EventId;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

pub(super) const VERB: Verb = Verb {
    name: "feed",
    aliases: &["trail", "activity"],
    group: Group::Look,
    about: "What happened lately; --follow goes on until it is interrupted",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// At most this many
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Only what came after this event
    #[arg(long, value_name = "ID")]
    since: Option<String>,
    /// Go on with what comes
    #[arg(short, long)]
    follow: bool,
}

/// How many of the latest `--follow` looks at, as long as not all of them are new.
const USUAL: usize = 100;
/// How often `--follow` looks.
const EVERY: Duration = Duration::from_secs(1);

/// The JSON Schema of `--json`; with `--follow` each line is one of its items.
pub(super) fn shape() -> Value {
    let keys = ["id", "at", "by", "what", "about", "text"];
    let properties: serde_json::Map<String, Value> = keys.iter().map(|k| ((*k).to_owned(), json!({"type": "string"}))).collect();
    json!({"type": "array", "items": {"type": "object", "required": keys, "properties": properties}})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let since = args.since.as_deref().map(event).transpose()?;
    let (snapshot, now) = (ctx.snapshot()?, ctx.now());
    let all = happened(&snapshot, args.limit, since.as_deref(), now)?;
    if ctx.ui.is_json() && !args.follow {
        return ctx.ui.json(&all);
    }
    for one in &all {
        print(ctx, one)?;
    }
    if args.follow { follow(ctx, happened(&snapshot, USUAL, None, now)?) } else { Ok(()) }
}

/// The name of an event as it is written.
fn event(text: &str) -> Result<String> {
    let unknown = || Error::usage(format!("`{}` is no event's name", text.escape_debug()));
    let id: EventId = text.trim().parse().map_err(|_| unknown().hint("`gt feed --json` shows the names of the latest ones"))?;
    Ok(id.to_string())
}

/// What comes from now on, whatever its writer's clock said: an event is new if it was not there before. `last` are the latest ones.
fn follow(ctx: &mut Ctx<'_, '_>, last: Vec<Happened>) -> Result<()> {
    // What is older than all of these was there before too, and shows where something later was deleted.
    let oldest = last.first().filter(|_| last.len() >= USUAL).map(|first| first.id.clone()).unwrap_or_default();
    let mut seen: HashSet<String> = last.into_iter().map(|one| one.id).collect();
    let is_new = |one: &Happened, seen: &HashSet<String>| one.id >= oldest && !seen.contains(&one.id);
    loop {
        ctx.ui.finish()?;
        std::thread::sleep(EVERY);
        let now = ctx.now();
        let mut most = USUAL;
        let mut all = happened(&ctx.snapshot()?, most, None, now)?;
        // So much came that something may be older than all of these.
        while all.len() >= most && all.first().is_some_and(|first| is_new(first, &seen)) {
            most = most.saturating_mul(10);
            all = happened(&ctx.snapshot()?, most, None, now)?;
        }
        for one in all {
            if is_new(&one, &seen) {
                print(ctx, &one)?;
                seen.insert(one.id);
            }
        }
    }
}

fn print(ctx: &mut Ctx<'_, '_>, one: &Happened) -> Result<()> {
    if ctx.ui.is_json() {
        let line = serde_json::to_string(one).unwrap_or_default();
        return ctx.ui.raw(&line);
    }
    let mut line = Text::new().plain(one.at.get(..16).unwrap_or_default().replace('T', " ")).plain("  ");
    line.push(Style::Strong, format!("{:<9}", one.what));
    line.push(Style::Plain, format!(" {} by {}", one.about, one.by));
    if !one.text.is_empty() {
        line.push(Style::Plain, format!(": {}", one.text));
    }
    ctx.ui.line(line)
}
