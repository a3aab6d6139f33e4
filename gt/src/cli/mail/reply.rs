//! `gt mail reply`.

use super::open::open;
use super::print::schema;
use super::send::{deliver, stdin};
use crate::mail::{Draft, text};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use bd::ops::change::check_text;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "reply",
    aliases: &[],
    about: "Answer a message, to its sender or to all",
    args: Args::augment_args,
    run,
    example: "gt mail reply 1 -m \"Go on\"",
    codes: &[4, 7],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which: its row in the inbox, or its id or a unique part of it
    #[arg(value_name = "ID")]
    message: String,
    /// The text
    #[arg(short, long, alias = "message", value_name = "TEXT")]
    body: Option<String>,
    /// The text (the same)
    #[arg(short = 'm', value_name = "TEXT", conflicts_with = "body")]
    text: Option<String>,
    /// Read the text from standard input
    #[arg(long, conflicts_with_all = ["body", "text"])]
    stdin: bool,
    /// Another subject
    #[arg(short, long, value_name = "TEXT")]
    subject: Option<String>,
    /// To everybody who got it, too
    #[arg(long)]
    all: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let opened = open(ctx, None)?;
    let message = opened.find(&args.message)?;
    let body = if args.stdin { stdin()? } else { args.body.or(args.text).unwrap_or_default() };
    let body = text::body(&body)?;
    if body.is_empty() {
        return Err(Error::usage("an answer needs a text").hint("-m TEXT, or --stdin"));
    }
    check_text("body", &body)?;
    let mut draft = Draft::reply(message, &body);
    if let Some(subject) = &args.subject {
        draft.subject = text::subject(subject)?;
        check_text("subject", &draft.subject)?;
    }
    if args.all {
        draft.cc = message.to.iter().chain(&message.cc).cloned().collect();
    }
    deliver(ctx, &draft)
}
