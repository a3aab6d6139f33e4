//! `bd undefer`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::ops::defer::undefer;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "undefer",
    aliases: &[],
    group: Group::More,
    about: "Take up again what was put off",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    print::each(ctx, &args.ids, undefer)
}
