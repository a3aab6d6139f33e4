//! `bd release`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::claim::release;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "release",
    aliases: &["unclaim"],
    group: Group::Work,
    about: "Give a bead back",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Only if the claim still has this epoch
    #[arg(long, value_name = "N")]
    epoch: Option<u64>,
    /// Why
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    print::each(ctx, &args.ids, |tx, id| release(tx, id, args.epoch, args.reason.as_deref()))
}
