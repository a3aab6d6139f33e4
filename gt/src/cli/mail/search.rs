//! `gt mail search`.

use super::open::look;
use super::print::{ROWS, list_schema, object, row, table};
use crate::mail::Words;
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
    let words = Words::of(&args.words);
    if words.are_none() {
        return Err(Error::usage("there is no word to look for"));
    }
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let looked = look(&store, &snapshot, None)?;
    // Only the letters that are shown are read.
    let most = if args.all || ctx.ui.is_json() { usize::MAX } else { ROWS };
    let (total, found) = looked.letters.with(&words, Some(&looked.reader).filter(|_| !args.all), most)?;
    if ctx.ui.is_json() {
        let objects = found.iter().map(|s| Ok(object(looked.letters.letter(s)?, &looked.marks))).collect::<Result<Vec<_>>>()?;
        return ctx.ui.json(&objects);
    }
    if found.is_empty() {
        ctx.ui.talk("no message has these words");
        return Ok(());
    }
    let width = ctx.ui.width();
    let mut rows = Vec::new();
    for slip in &found {
        let m = looked.letters.letter(slip)?;
        rows.push(row(&looked.letters.short(slip), &looked.marks, 0, &m, &format!("{} to {}", m.from, m.to.join(", "))));
    }
    let (lines, _) = table(rows, 0, width);
    ctx.ui.page();
    ctx.ui.lines(lines)?;
    let left = total - found.len();
    if left > 0 {
        ctx.ui.talk(format!("{left} more: --all shows them"));
    }
    Ok(())
}
