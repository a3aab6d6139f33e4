//! `gt mail ack`.

use super::open::open;
use super::print::{list_schema, object};
use crate::mail::{self, Mailbox, Marks};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "ack",
    aliases: &[],
    about: "Tell the sender that a message has arrived: he sees who has acknowledged it",
    args: Args::augment_args,
    run,
    example: "gt mail ack 1",
    codes: &[7],
    shape: Some(list_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which: rows of the inbox, or ids or unique parts of them
    #[arg(value_name = "ID", required = true)]
    messages: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let opened = open(ctx, None)?;
    let mut chosen = Vec::new();
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
    let ids: Vec<_> = chosen.iter().map(|m| m.id).collect();
    let fresh = ctx.write(|tx| {
        // What is known under the lock decides whether it is the first time.
        let mailbox = Mailbox::load(tx.snapshot())?;
        ids.iter().map(|id| mail::ack(tx, mailbox.find(&id.to_string())?)).collect::<Result<Vec<bool>>>()
    })?;
    let marks = Marks::update(&opened.store, &opened.reader.identity, |marks| ids.iter().for_each(|id| marks.set_read(*id, true)))?;
    if ctx.ui.is_json() {
        let mailbox = Mailbox::load(&ctx.snapshot()?)?;
        let objects =
            ids.iter().map(|id| Ok(object(mailbox.find(&id.to_string())?.clone(), &marks))).collect::<Result<Vec<_>>>()?;
        return ctx.ui.json(&objects);
    }
    for (message, first) in chosen.iter().zip(fresh) {
        let short = opened.mailbox.short(message);
        ctx.ui.line(match first {
            true => format!("Acknowledged {short}: {}", message.subject),
            false => format!("{short} was acknowledged before: {}", message.subject),
        })?;
    }
    Ok(())
}
