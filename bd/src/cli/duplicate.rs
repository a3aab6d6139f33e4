//! `bd duplicate`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::replace::{Replaced, replace};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "duplicate",
    aliases: &[],
    group: Group::More,
    about: "Close a bead as a duplicate of another",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which bead ends
    #[arg(value_name = "ID")]
    id: String,
    /// The one that stays
    #[arg(long = "of", value_name = "OTHER")]
    other: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    print::each(ctx, &[args.id], |tx, id| replace(tx, id, &args.other, Replaced::Duplicate))
}
