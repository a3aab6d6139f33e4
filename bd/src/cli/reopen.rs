//! `bd reopen`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::close::reopen;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "reopen",
    aliases: &[],
    group: Group::Edit,
    about: "Open closed beads again",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Why
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    print::each(ctx, &args.ids, |tx, id| reopen(tx, id, args.reason.as_deref()))
}
