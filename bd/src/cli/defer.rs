//! `bd defer`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::defer::defer;
use crate::query::{Day, parse_date};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb =
    Verb { name: "defer", aliases: &[], group: Group::More, about: "Put beads off", args: Args::augment_args, subs: &[], run };

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Until when; without it until `bd undefer`
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Why; kept as a comment
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let now = ctx.env.now();
    let until = args.until.as_deref().filter(|u| !u.is_empty()).map(|u| parse_date(u, now, Day::Start)).transpose()?;
    print::each(ctx, &args.ids, |tx, id| {
        let done = defer(tx, id, until)?;
        if let Some(reason) = args.reason.as_deref().filter(|_| done.changed) {
            crate::ops::comment::comment(tx, id, reason)?;
        }
        Ok(done)
    })
}
