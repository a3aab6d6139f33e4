//! `gt mail read` and `gt mail peek`.

use super::open::{Opened, open};
use super::print::{letter, object, schema};
use crate::mail::Marks;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use clap::{ArgMatches, Args as _};

pub(super) const READ: Sub = Sub {
    name: "read",
    aliases: &["show"],
    about: "Print a message and mark it as read, in this clone and for you only",
    args: ReadArgs::augment_args,
    run: read,
    example: "gt mail read 1",
    codes: &[],
    shape: Some(schema),
};

pub(super) const PEEK: Sub = Sub {
    name: "peek",
    aliases: &[],
    about: "Print a message (the newest unread one unless said) and leave it unread",
    args: PeekArgs::augment_args,
    run: peek,
    example: "gt mail peek",
    codes: &[1],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct ReadArgs {
    /// Which: its row in the inbox, or its id or a unique part of it
    #[arg(value_name = "ID")]
    message: String,
    /// Another reader whom this clone serves
    #[arg(long, value_name = "ADDRESS")]
    identity: Option<String>,
    /// Mark it as unread again instead of printing it
    #[arg(long)]
    undo: bool,
}

#[derive(clap::Args)]
struct PeekArgs {
    /// Which
    #[arg(value_name = "ID")]
    message: Option<String>,
    /// Another reader whom this clone serves
    #[arg(long, value_name = "ADDRESS")]
    identity: Option<String>,
}

fn read(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: ReadArgs = parsed(m)?;
    let mut opened = open(ctx, args.identity.as_deref())?;
    let id = opened.find(&args.message)?.id;
    if args.undo {
        ctx.writable()?;
    }
    // With --readonly it is a look, and looks leave no mark.
    if !ctx.globals.readonly {
        let marked = Marks::update(&opened.store, &opened.reader.identity, |marks| marks.set_read(id, !args.undo));
        match marked {
            Ok(marks) => opened.marks = marks,
            // What was asked for is the message.
            Err(e) if !args.undo => ctx.ui.warn(&format!("it could not be marked as read: {e}")),
            Err(e) => return Err(e),
        }
    }
    if args.undo && !ctx.ui.is_json() {
        let short = opened.mailbox.short(opened.find(&args.message)?);
        return ctx.ui.line(format!("{short} counts as unread again"));
    }
    print(ctx, &opened, &args.message)
}

fn peek(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: PeekArgs = parsed(m)?;
    let opened = open(ctx, args.identity.as_deref())?;
    let which = match args.message {
        Some(which) => which,
        None => match opened.inbox(false, true).first() {
            Some(newest) => newest.id.to_string(),
            None => return Err(Error::new(ErrorKind::No, "there is no unread mail")),
        },
    };
    print(ctx, &opened, &which)
}

fn print(ctx: &mut Ctx<'_, '_>, opened: &Opened, which: &str) -> Result<()> {
    let message = opened.find(which)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&object(message, &opened.marks));
    }
    // To whom: the reader, where it is his.
    let reader = if opened.reader.receives(message) { opened.reader.name.clone() } else { message.to.join(", ") };
    ctx.ui.page();
    ctx.ui.lines(letter(&opened.mailbox, message, &reader))?;
    if opened.reader.sent(message) {
        ctx.ui.detail("Acknowledgements are shared; who has read a message is known in the reader's clone only");
    }
    Ok(())
}
