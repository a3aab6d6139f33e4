//! `gt mail inbox`.

use super::open::open;
use super::print::{ROWS, list_schema, object, row, table};
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
    let opened = open(ctx, args.identity.as_deref())?;
    let messages = opened.inbox(args.all, args.unread);
    if ctx.ui.is_json() {
        return ctx.ui.json(&messages.iter().map(|m| object(m, &opened.marks)).collect::<Vec<_>>());
    }
    if messages.is_empty() {
        ctx.ui.talk(if args.unread { "no unread mail" } else { "no mail" });
        return Ok(());
    }
    // The numbers are those of the plain inbox, whatever is left out here: `read 3` means one thing.
    let plain = opened.inbox(false, false);
    let number = |m: &crate::mail::Message| plain.iter().position(|p| p.id == m.id).map_or(0, |at| at + 1);
    let width = ctx.ui.width();
    let most = if args.all { 0 } else { ROWS };
    let rows = messages.iter().take(if most == 0 { messages.len() } else { most }).map(|m| {
        let number = number(m);
        let mut cells = row(&opened, number, m, &m.from);
        if number == 0 {
            cells.insert(0, bd::ui::Text::new().plain("  "));
        }
        cells
    });
    let (lines, _) = table(rows.collect(), 0, width);
    ctx.ui.page();
    ctx.ui.lines(lines)?;
    let left = messages.len() - if most == 0 { messages.len() } else { most.min(messages.len()) };
    if left > 0 {
        ctx.ui.talk(format!("{left} more: --all shows them"));
    }
    Ok(())
}
