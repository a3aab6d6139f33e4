//! `bd undefer`

use super::verb::{Group, Verb};
use super::{Ctx, print};
use crate::error::{Error, Result};
use crate::ops::defer::undefer;
use clap::{ArgMatches, Args as _, FromArgMatches as _};

pub(super) const VERB: Verb = Verb {
    name: "undefer",
    aliases: &[],
    group: Group::More,
    about: "Take up again what was put off",
    args: Args::augment_args,
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args = Args::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))?;
    print::each(ctx, &args.ids, undefer)
}
