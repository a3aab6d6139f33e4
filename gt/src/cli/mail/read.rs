//! `gt mail read` and `gt mail peek`.

use super::open::{look, open};
use super::print::{letter, object, schema};
use crate::mail::{Marks, Message, Reader};
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
    if !args.undo {
        let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
        let looked = look(&store, &snapshot, args.identity.as_deref())?;
        let slip = looked.find(&args.message)?;
        // What leaves no mark is a look: with --readonly, and where the mark is there already.
        if ctx.globals.readonly || looked.marks.has_read(slip.id) {
            let short = || looked.letters.short(&slip);
            return print(ctx, &looked.letters.letter(&slip)?, &looked.marks, &looked.reader, short);
        }
    }
    let mut opened = open(ctx, args.identity.as_deref())?;
    let message = opened.find(&args.message)?;
    let (id, short) = (message.id, opened.mailbox.short(message));
    if args.undo {
        ctx.writable()?;
    }
    let marked = Marks::update(&opened.store, &opened.reader.identity, |marks| marks.set_read(id, !args.undo));
    match marked {
        Ok(marks) => opened.marks = marks,
        // What was asked for is the message.
        Err(e) if !args.undo => ctx.ui.warn(&format!("it could not be marked as read: {e}")),
        Err(e) => return Err(e),
    }
    if args.undo && !ctx.ui.is_json() {
        return ctx.ui.line(format!("{short} counts as unread again"));
    }
    print(ctx, opened.find(&args.message)?, &opened.marks, &opened.reader, || short)
}

fn peek(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: PeekArgs = parsed(m)?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let looked = look(&store, &snapshot, args.identity.as_deref())?;
    let slip = match args.message {
        Some(which) => looked.find(&which)?,
        None => match looked.inbox(false, true).first() {
            Some(newest) => *newest,
            None => return Err(Error::new(ErrorKind::No, "there is no unread mail")),
        },
    };
    let short = || looked.letters.short(&slip);
    print(ctx, &looked.letters.letter(&slip)?, &looked.marks, &looked.reader, short)
}

fn print(ctx: &mut Ctx<'_, '_>, message: &Message, marks: &Marks, reader: &Reader, short: impl FnOnce() -> String) -> Result<()> {
    if ctx.ui.is_json() {
        return ctx.ui.json(&object(message.clone(), marks));
    }
    // To whom: the reader, where it is his.
    let to = if reader.receives(message) { reader.name.clone() } else { message.to.join(", ") };
    ctx.ui.page();
    ctx.ui.lines(letter(&short(), message, &to))?;
    if reader.sent(message) {
        ctx.ui.detail("Acknowledgements are shared; who has read a message is known in the reader's clone only");
    }
    Ok(())
}
