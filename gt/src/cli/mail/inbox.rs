//! `gt mail inbox`.

use super::open::look;
use super::print::{ROWS, list_schema, object, row, table};
use crate::views::Slip;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "inbox",
    aliases: &["list", "ls"],
    about: "Your messages, newest first",
    args: Args::augment_args,
    run,
    example: "gt mail inbox --unread",
    codes: &[],
    shape: Some(list_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Only those that you have not read in this clone
    #[arg(short, long)]
    unread: bool,
    /// Every row, those put away too
    #[arg(short, long)]
    all: bool,
    /// Another reader whom this clone serves, such as an agent
    #[arg(long, value_name = "ADDRESS")]
    identity: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let looked = look(&store, &snapshot, args.identity.as_deref())?;
    let messages = looked.inbox(args.all, args.unread);
    if ctx.ui.is_json() {
        let objects = messages.iter().map(|s| Ok(object(looked.letters.letter(s)?, &looked.marks))).collect::<Result<Vec<_>>>()?;
        return ctx.ui.json(&objects);
    }
    if messages.is_empty() {
        ctx.ui.talk(if args.unread { "no unread mail" } else { "no mail" });
        return Ok(());
    }
    // The numbers are those of the plain inbox, whatever is left out here: `read 3` means one thing.
    let other = (args.all || args.unread).then(|| looked.inbox(false, false));
    let plain = other.as_ref().unwrap_or(&messages);
    let number = |m: &Slip| plain.iter().position(|p| p.id == m.id).map_or(0, |at| at + 1);
    let width = ctx.ui.width();
    let most = if args.all { 0 } else { ROWS };
    let mut rows = Vec::new();
    for slip in messages.iter().take(if most == 0 { messages.len() } else { most }) {
        let (number, message) = (number(slip), looked.letters.letter(slip)?);
        let mut cells = row(&looked.letters.short(slip), &looked.marks, number, &message, &message.from);
        if number == 0 {
            cells.insert(0, bd::ui::Text::new().plain("  "));
        }
        rows.push(cells);
    }
    let (lines, _) = table(rows, 0, width);
    ctx.ui.page();
    ctx.ui.lines(lines)?;
    let left = messages.len() - if most == 0 { messages.len() } else { most.min(messages.len()) };
    if left > 0 {
        ctx.ui.talk(format!("{left} more: --all shows them"));
    }
    Ok(())
}
