//! `bd restore`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::delete::restore;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "restore",
    aliases: &["undelete"],
    group: Group::Edit,
    about: "Bring deleted beads back",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads, by their whole ids
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    print::each(ctx, &args.ids, restore)
}
