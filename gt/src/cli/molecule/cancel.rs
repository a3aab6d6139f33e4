//! `gt molecule cancel`.

use super::print;
use crate::cli::transition::{Reasoned, transition};
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "cancel",
    aliases: &[],
    about: "Give a molecule up, with a reason",
    args: Reasoned::augment_args,
    run,
    example: "gt molecule cancel day3-workflow-refs --reason \"the requirement is gone\"",
    codes: &[3, 4, 7],
    shape: Some(print::acted_schema),
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Reasoned = parsed(m)?;
    let acted = transition(ctx, &args.name, |tx, id| act::cancel(tx, id, args.reason.as_deref()))?;
    print::acted(ctx, &acted, "✖ Cancelled")
}
