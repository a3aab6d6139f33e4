//! `gt molecule pause`.

use super::print;
use crate::cli::transition::{Reasoned, transition};
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "pause",
    aliases: &[],
    about: "Let a molecule rest: nothing in it is ready until it is resumed",
    args: Reasoned::augment_args,
    run,
    example: "gt molecule pause day3-workflow-refs --reason \"the cluster is down\"",
    codes: &[3, 4, 7],
    shape: Some(print::acted_schema),
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Reasoned = parsed(m)?;
    let acted = transition(ctx, &args.name, |tx, id| act::pause(tx, id, args.reason.as_deref()))?;
    print::acted(ctx, &acted, "⏸ Paused")
}
