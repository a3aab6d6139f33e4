//! `bd comments`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, Result};
use crate::interchange::json;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "comments",
    aliases: &[],
    group: Group::Look,
    about: "The comments on a bead; `comments add ID TEXT` adds one",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which bead; or add, ID and a text
    #[arg(value_name = "ID", required = true)]
    words: Vec<String>,
    /// Read the text from a file; - = standard input
    #[arg(short, long, value_name = "FILE")]
    file: Option<String>,
    #[arg(short, long, hide = true)]
    author: Option<String>,
    #[arg(long, hide = true)]
    local_time: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    match args.words.as_slice() {
        [add, id, text @ ..] if add == "add" => {
            if ctx.globals.actor.is_none() {
                ctx.globals.actor.clone_from(&args.author);
            }
            let text = match (&args.file, text) {
                (Some(file), _) => super::input::text(ctx, file)?,
                (None, [one]) if one == "-" => super::input::text(ctx, "-")?,
                (None, words) => words.join(" "),
            };
            super::comment::add(ctx, id, &text)
        }
        [id] => list(ctx, id),
        _ => Err(Error::usage("one bead at a time").hint("bd comments ID, or bd comments add ID TEXT")),
    }
}

fn list(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let bead = snapshot.must(&snapshot.resolve(id)?)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&bead.comments.iter().map(|c| json::comment_object(&bead, c)).collect::<Vec<_>>());
    }
    if bead.comments.is_empty() {
        ctx.ui.talk("no comments");
    }
    ctx.ui.page();
    bead.comments.iter().try_for_each(|comment| super::show::print_comment(ctx, comment))
}
