//! `bd version`

use super::verb::{Group, Verb};
use super::{Ctx, help};
use crate::error::Result;
use clap::ArgMatches;

pub(super) const VERB: Verb = Verb {
    name: "version",
    aliases: &[],
    group: Group::Store,
    about: "The version of this program",
    args: |command| command,
    subs: &[],
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    help::version(ctx.ui)
}
