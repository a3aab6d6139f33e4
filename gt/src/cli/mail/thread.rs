//! `gt mail thread`.

use super::open::look;
use super::print::{letter, list_schema, object};
use crate::views::Slip;
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
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let looked = look(&store, &snapshot, None)?;
    let thread: Vec<Slip> = looked.letters.thread(looked.find(&args.message)?.thread).collect();
    if ctx.ui.is_json() {
        let objects = thread.iter().map(|s| Ok(object(looked.letters.letter(s)?, &looked.marks))).collect::<Result<Vec<_>>>()?;
        return ctx.ui.json(&objects);
    }
    let thread = thread.iter().map(|s| Ok((looked.letters.short(s), looked.letters.letter(s)?))).collect::<Result<Vec<_>>>()?;
    ctx.ui.page();
    for (at, (short, message)) in thread.iter().enumerate() {
        if at > 0 {
            ctx.ui.line(Text::new())?;
            ctx.ui.line(Text::new().with(Style::Dim, "────────"))?;
            ctx.ui.line(Text::new())?;
        }
        ctx.ui.lines(letter(short, message, &message.to.join(", ")))?;
    }
    Ok(())
}
