//! `bd comment`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, input, print};
use crate::error::{Error, Result};
use crate::interchange::json;
use crate::ops::comment::comment;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb =
    Verb { name: "comment", aliases: &[], group: Group::Edit, about: "Add a comment", args: Args::augment_args, subs: &[], run };

#[derive(clap::Args)]
struct Args {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    text: input::TextArgs,
    /// Who says it (the actor unless said)
    #[arg(short, long, value_name = "NAME")]
    author: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if ctx.globals.actor.is_none() {
        ctx.globals.actor.clone_from(&args.author);
    }
    let text = args.text.read(ctx)?;
    add(ctx, &args.id, &text)
}

/// Adds a comment and prints it.
pub(super) fn add(ctx: &mut Ctx<'_, '_>, id: &str, text: &str) -> Result<()> {
    let (done, name) = ctx.write(|tx| comment(tx, id, text))?;
    if ctx.ui.is_json() {
        let comment =
            done.bead.comments.iter().find(|c| c.id == name).ok_or_else(|| Error::internal("the comment is not there"))?;
        return ctx.ui.json(&json::comment_object(&done.bead, comment));
    }
    ctx.ui.line(print::done_line(&done))
}
