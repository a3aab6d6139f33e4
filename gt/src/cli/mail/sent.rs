//! `gt mail sent`.

use super::open::open;
use super::print::{ROWS, list_schema, object, row, table};
use crate::mail::Message;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::Style;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "sent",
    aliases: &["outbox"],
    about: "What you sent, newest first, and who has acknowledged it",
    args: Args::augment_args,
    run,
    example: "gt mail sent",
    codes: &[],
    shape: Some(list_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Every row
    #[arg(short, long)]
    all: bool,
    /// Only those that nobody has acknowledged
    #[arg(long)]
    open: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let opened = open(ctx, None)?;
    let mine = |m: &&Message| opened.reader.sent(m) && !(args.open && !m.acks.is_empty());
    let mut sent: Vec<&Message> = opened.mailbox.all().iter().filter(mine).collect();
    sent.reverse();
    if ctx.ui.is_json() {
        return ctx.ui.json(&sent.iter().map(|m| object(m, &opened.marks)).collect::<Vec<_>>());
    }
    if sent.is_empty() {
        ctx.ui.talk("nothing was sent");
        return Ok(());
    }
    let width = ctx.ui.width();
    let rows = sent.iter().map(|m| {
        let mut cells = row(&opened.mailbox.short(m), &opened.marks, 0, m, &m.to.join(", "));
        cells.remove(0);
        if let Some(about) = cells.last_mut() {
            let by: Vec<&str> = m.acks.iter().map(|a| a.by.as_str()).collect();
            about.push(
                Style::Dim,
                if by.is_empty() {
                    " (nobody has acknowledged it)".to_owned()
                } else {
                    format!(" (acknowledged by {})", by.join(", "))
                },
            );
        }
        cells
    });
    let (lines, left) = table(rows.collect(), if args.all { 0 } else { ROWS }, width);
    ctx.ui.page();
    ctx.ui.lines(lines)?;
    if left > 0 {
        ctx.ui.talk(format!("{left} more: --all shows them"));
    }
    ctx.ui.talk("Acknowledgements are shared; who has read a message is known in the reader's clone only");
    Ok(())
}
