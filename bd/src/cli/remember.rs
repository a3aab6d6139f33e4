//! `bd remember`, `bd memories`, `bd recall`, `bd forget`: what every later session should know.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::ops::memory::{self, Memory};
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const REMEMBER: Verb = Verb {
    name: "remember",
    aliases: &[],
    group: Group::Work,
    about: "Remember a text for every later session",
    args: <RememberArgs as clap::Args>::augment_args,
    subs: &[],
    run: remember,
};

pub(super) const MEMORIES: Verb = Verb {
    name: "memories",
    aliases: &[],
    group: Group::Look,
    about: "List what is remembered",
    args: <MemoriesArgs as clap::Args>::augment_args,
    subs: &[],
    run: memories,
};

pub(super) const RECALL: Verb = Verb {
    name: "recall",
    aliases: &[],
    group: Group::Look,
    about: "Show one memory whole",
    args: <KeyArgs as clap::Args>::augment_args,
    subs: &[],
    run: recall,
};

pub(super) const FORGET: Verb = Verb {
    name: "forget",
    aliases: &[],
    group: Group::Work,
    about: "Forget a memory (history keeps it)",
    args: <KeyArgs as clap::Args>::augment_args,
    subs: &[],
    run: forget,
};

#[derive(clap::Args)]
struct RememberArgs {
    /// The text; `-` reads it from standard input
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// Its key; made from the first words if not given
    #[arg(long)]
    key: Option<String>,
}

#[derive(clap::Args)]
struct MemoriesArgs {
    /// Only those that hold all these words
    words: Vec<String>,
    /// At most this many; 0 = all
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: usize,
}

#[derive(clap::Args)]
struct KeyArgs {
    /// The key
    key: String,
}

fn remember(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: RememberArgs = parsed(matches)?;
    let text = if args.text == "-" { super::input::text(ctx, "-")? } else { args.text };
    let (key, was_there) = ctx.write(|tx| memory::remember(tx, &text, args.key.as_deref()))?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"key": key, "value": text.trim(), "updated": was_there}));
    }
    let what = if was_there { "Renewed" } else { "Remembered" };
    ctx.ui.line(Text::new().plain(what).plain(" ").with(Style::Id, &key))
}

fn memories(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: MemoriesArgs = parsed(matches)?;
    let all = memory::list(&ctx.snapshot()?, &args.words)?;
    let take = if args.limit == 0 { all.len() } else { args.limit.min(all.len()) };
    if ctx.ui.is_json() {
        let objects: Vec<_> = all.iter().take(take).map(object).collect();
        return ctx.ui.json(&objects);
    }
    if all.is_empty() {
        ctx.ui.talk("Nothing is remembered; `bd remember \"text\"` starts");
        return Ok(());
    }
    ctx.ui.page();
    for memory in all.iter().take(take) {
        let mark = if memory.contested { " (two texts: remember it again)" } else { "" };
        let first = memory.text.lines().next().unwrap_or_default();
        ctx.ui.line(Text::new().with(Style::Id, &memory.key).plain(": ").plain(first).plain(mark))?;
    }
    if take < all.len() {
        ctx.ui.line(crate::ui::more_line(all.len() - take))?;
    }
    Ok(())
}

fn recall(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: KeyArgs = parsed(matches)?;
    let memory = memory::recall(&ctx.snapshot()?, &args.key)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&object(&memory));
    }
    ctx.ui.lines(memory.text.lines().map(|l| Text::new().plain(l)))
}

fn forget(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: KeyArgs = parsed(matches)?;
    let memory = ctx.write(|tx| memory::forget(tx, &args.key))?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"key": memory.key, "deleted": true}));
    }
    ctx.ui.line(Text::new().plain("Forgot ").with(Style::Id, &memory.key))
}

fn object(memory: &Memory) -> serde_json::Value {
    json!({"key": memory.key, "value": memory.text, "by": memory.by, "updated_at": memory.at, "conflict": memory.contested})
}
