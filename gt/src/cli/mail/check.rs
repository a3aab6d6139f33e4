//! `gt mail check`: for scripts, prompts and the hooks of agents.

use super::open::look;
use crate::mail::{Priority, inject};
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
    let (store, snapshot) = match ctx.store().and_then(|store| Ok((store, ctx.snapshot()?))) {
        Ok(seen) => seen,
        Err(e) => return unread_anyhow(ctx, e, args.inject),
    };
    let opened = match look(&store, &snapshot, args.identity.as_deref()) {
        Ok(opened) => opened,
        Err(e) => return unread_anyhow(ctx, e, args.inject),
    };
    let unread = opened.inbox(false, true);
    let urgent = unread.iter().filter(|m| m.priority == Priority::Urgent).count();
    if args.inject {
        let text = inject(&opened.letters, &opened.reader.name, &unread)?;
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

/// A hook that fails stops the agent: it is told, and goes on.
fn unread_anyhow(ctx: &mut Ctx<'_, '_>, error: Error, inject: bool) -> Result<()> {
    if !inject {
        return Err(error);
    }
    ctx.ui.warn(&format!("mail could not be read: {error}"));
    Ok(())
}
