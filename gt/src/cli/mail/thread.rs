//! `gt mail thread`.

use super::open::open;
use super::print::{letter, list_schema, object};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "thread",
    aliases: &[],
    about: "A whole conversation, oldest message first",
    args: Args::augment_args,
    run,
    example: "gt mail thread 1",
    codes: &[],
    shape: Some(list_schema),
};

#[derive(clap::Args)]
struct Args {
    /// One of its messages: a row of the inbox, or an id or a unique part of it
    #[arg(value_name = "ID")]
    message: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let opened = open(ctx, None)?;
    let thread = opened.mailbox.thread(opened.find(&args.message)?.thread);
    if ctx.ui.is_json() {
        return ctx.ui.json(&thread.iter().map(|m| object(m, &opened.marks)).collect::<Vec<_>>());
    }
    ctx.ui.page();
    for (at, message) in thread.iter().enumerate() {
        if at > 0 {
            ctx.ui.line(Text::new())?;
            ctx.ui.line(Text::new().with(Style::Dim, "────────"))?;
            ctx.ui.line(Text::new())?;
        }
        ctx.ui.lines(letter(&opened.mailbox, message, &message.to.join(", ")))?;
    }
    Ok(())
}
