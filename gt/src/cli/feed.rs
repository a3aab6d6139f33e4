//! `gt feed`: events as they come.

use crate::status::{Happened, happened};
use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};
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
    let mut since = args.since;
    let mut limit = args.limit;
    loop {
        let now = ctx.now();
        let all = happened(&ctx.snapshot()?, limit, since.as_deref(), now)?;
        if ctx.ui.is_json() && !args.follow {
            return ctx.ui.json(&all);
        }
        for one in &all {
            print(ctx, one)?;
        }
        if !args.follow {
            return Ok(());
        }
        since = all.last().map(|h| h.id.clone()).or(since);
        // From here on nothing is left out.
        limit = 1000;
        ctx.ui.finish()?;
        std::thread::sleep(EVERY);
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
