//! `gt mail sent`.

use super::open::look;
use super::print::{ROWS, list_schema, object, row, table};
use crate::views::newest;
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
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let looked = look(&store, &snapshot, None)?;
    // Only the letters that are shown are read.
    let most = if args.all || ctx.ui.is_json() { usize::MAX } else { ROWS };
    let (total, sent) = newest(looked.letters.sent(&looked.reader).filter(|slip| !(args.open && slip.is_acked())), most);
    if ctx.ui.is_json() {
        let objects = sent.iter().map(|s| Ok(object(looked.letters.letter(s)?, &looked.marks))).collect::<Result<Vec<_>>>()?;
        return ctx.ui.json(&objects);
    }
    if sent.is_empty() {
        ctx.ui.talk("nothing was sent");
        return Ok(());
    }
    let width = ctx.ui.width();
    let mut rows = Vec::new();
    for slip in &sent {
        let m = looked.letters.letter(slip)?;
        let mut cells = row(&looked.letters.short(slip), &looked.marks, 0, &m, &m.to.join(", "));
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
        rows.push(cells);
    }
    let (lines, _) = table(rows, 0, width);
    ctx.ui.page();
    ctx.ui.lines(lines)?;
    let left = total - sent.len();
    if left > 0 {
        ctx.ui.talk(format!("{left} more: --all shows them"));
    }
    ctx.ui.talk("Acknowledgements are shared; who has read a message is known in the reader's clone only");
    Ok(())
}
