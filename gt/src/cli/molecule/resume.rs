//! `gt molecule resume`.

use super::print;
use crate::cli::transition::{Reasoned, transition};
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "resume",
    aliases: &[],
    about: "Let it go on; checkpoints that nobody decided in time open again",
    args: Reasoned::augment_args,
    run,
    example: "gt molecule resume day3-workflow-refs",
    codes: &[3, 4, 7],
    shape: Some(print::acted_schema),
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Reasoned = parsed(m)?;
    let acted = transition(ctx, &args.name, |tx, id| act::resume(tx, id, args.reason.as_deref()))?;
    print::acted(ctx, &acted, "▶ Resumed")
}
