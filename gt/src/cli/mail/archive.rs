//! `gt mail archive`.

use super::open::open;
use super::print::{list_schema, object};
use crate::mail::{Marks, Message};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "archive",
    aliases: &[],
    about: "Put messages away, in this clone and for you only; nothing is deleted",
    args: Args::augment_args,
    run,
    example: "gt mail archive 1 2",
    codes: &[7],
    shape: Some(list_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which: rows of the inbox, or ids or unique parts of them
    #[arg(value_name = "ID", required_unless_present = "read")]
    messages: Vec<String>,
    /// All that you have read, but for pinned ones
    #[arg(long, conflicts_with_all = ["messages", "undo"])]
    read: bool,
    /// Take them out again
    #[arg(long)]
    undo: bool,
    /// Another reader whom this clone serves
    #[arg(long, value_name = "ADDRESS")]
    identity: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let opened = open(ctx, args.identity.as_deref())?;
    let mut chosen: Vec<&Message> = Vec::new();
    if args.read {
        chosen.extend(opened.inbox(false, false).into_iter().filter(|m| opened.marks.is_read(m) && !m.pinned));
    }
    for text in &args.messages {
        match opened.find(text) {
            Ok(message) if !opened.reader.receives(message) => {
                let short = opened.mailbox.short(message);
                ctx.fail(text, &Error::usage(format!("{short} was not sent to {}", opened.reader.name)));
            }
            Ok(message) => chosen.push(message),
            Err(e) => ctx.fail(text, &e),
        }
    }
    // Nothing is changed where nothing was meant.
    if chosen.is_empty() && ctx.failed.is_some() {
        return Ok(());
    }
    let marks = Marks::update(&opened.store, &opened.reader.identity, |marks| {
        chosen.iter().for_each(|m| marks.set_archived(m.id, !args.undo));
    })?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&chosen.iter().map(|m| object((*m).clone(), &marks)).collect::<Vec<_>>());
    }
    let what = if args.undo { "Taken out" } else { "Put away" };
    if args.read {
        return ctx.ui.line(format!("{what}: {} messages", chosen.len()));
    }
    for message in chosen {
        ctx.ui.line(format!("{what} {}: {}", opened.mailbox.short(message), message.subject))?;
    }
    Ok(())
}
