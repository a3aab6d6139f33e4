//! `gt mail search`.

use super::open::open;
use super::print::{ROWS, list_schema, object, row, table};
use crate::mail::Message;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "search",
    aliases: &[],
    about: "Messages with all of these words, sent or received by you; --all looks at everybody's",
    args: Args::augment_args,
    run,
    example: "gt mail search gateway plan",
    codes: &[],
    shape: Some(list_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Words, any case, in subject, body, sender or addresses
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,
    /// Everybody's messages, every row
    #[arg(short, long)]
    all: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let words: Vec<String> = args.words.iter().flat_map(|w| w.split_whitespace()).map(str::to_lowercase).collect();
    if words.is_empty() {
        return Err(Error::usage("there is no word to look for"));
    }
    let opened = open(ctx, None)?;
    let fits = |m: &&Message| {
        let all = format!("{}\n{}\n{}\n{}\n{}", m.subject, m.from, m.by, m.to.join(" "), m.body).to_lowercase();
        words.iter().all(|w| all.contains(w.as_str()))
    };
    let mine = |m: &&Message| args.all || opened.reader.receives(m) || opened.reader.sent(m);
    let mut found: Vec<&Message> = opened.mailbox.all().iter().filter(mine).filter(fits).collect();
    found.reverse();
    if ctx.ui.is_json() {
        return ctx.ui.json(&found.iter().map(|m| object(m, &opened.marks)).collect::<Vec<_>>());
    }
    if found.is_empty() {
        ctx.ui.talk("no message has these words");
        return Ok(());
    }
    let width = ctx.ui.width();
    let rows = found
        .iter()
        .map(|m| row(&opened.mailbox.short(m), &opened.marks, 0, m, &format!("{} to {}", m.from, m.to.join(", "))))
        .collect();
    let (lines, left) = table(rows, if args.all { 0 } else { ROWS }, width);
    ctx.ui.page();
    ctx.ui.lines(lines)?;
    if left > 0 {
        ctx.ui.talk(format!("{left} more: --all shows them"));
    }
    Ok(())
}
