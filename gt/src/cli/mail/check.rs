//! `gt mail check`: for scripts, prompts and the hooks of agents.

use super::open::open;
use crate::mail::{Message, Priority, inject};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "check",
    aliases: &[],
    about: "Is there unread mail: exit 0 if there is, 1 if not; --inject prints it for an agent",
    args: Args::augment_args,
    run,
    example: "gt mail check --inject",
    codes: &[1],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// For an agent's hook: at most 2 KB of quoted text, nothing if there is none, always exit 0
    #[arg(long)]
    inject: bool,
    /// Another reader whom this clone serves
    #[arg(long, value_name = "ADDRESS")]
    identity: Option<String>,
}

fn shape() -> Value {
    let number = json!({"type": "integer"});
    json!({"type": "object", "required": ["identity", "unread", "urgent"], "properties": {
        "identity": {"type": "string"}, "unread": number, "urgent": number, "text": {"type": "string"},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let opened = match open(ctx, args.identity.as_deref()) {
        Ok(opened) => opened,
        // A hook that fails stops the agent: it is told, and goes on.
        Err(e) if args.inject => {
            ctx.ui.warn(&format!("mail could not be read: {e}"));
            return Ok(());
        }
        Err(e) => return Err(e),
    };
    let unread = opened.inbox(false, true);
    let urgent = unread.iter().filter(|m: &&&Message| m.priority == Priority::Urgent).count();
    if args.inject {
        let text = inject(&opened.mailbox, &opened.reader.name, &unread);
        if ctx.ui.is_json() {
            return ctx.ui.json(&json!({"identity": opened.reader.name, "unread": unread.len(), "urgent": urgent, "text": text}));
        }
        return text.lines().try_for_each(|line| ctx.ui.line(line));
    }
    if ctx.ui.is_json() {
        if unread.is_empty() {
            ctx.failed = Some(ErrorKind::No);
        }
        return ctx.ui.json(&json!({"identity": opened.reader.name, "unread": unread.len(), "urgent": urgent}));
    }
    match unread.len() {
        0 => Err(Error::new(ErrorKind::No, "there is no unread mail")),
        n => ctx.ui.line(format!("{n} unread{}", if urgent > 0 { format!(", {urgent} urgent") } else { String::new() })),
    }
}
