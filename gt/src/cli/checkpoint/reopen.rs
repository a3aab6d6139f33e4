//! `gt checkpoint reopen`.

use crate::cli::molecule::print;
use crate::cli::transition::transition;
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "reopen",
    aliases: &[],
    about: "Take back an approval, a rejection or an expiry, with a reason",
    args: Args::augment_args,
    run,
    example: "gt checkpoint reopen day3-workflow-refs plan-checkpoint --reason \"the plan changed\"",
    codes: &[3, 4, 6, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "MOLECULE")]
    molecule: String,
    /// Which checkpoint
    #[arg(value_name = "CHECKPOINT")]
    checkpoint: String,
    /// Why
    #[arg(short, long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let checkpoint = &args.checkpoint;
    let acted = transition(ctx, &args.molecule, |tx, id| act::reopen(tx, id, checkpoint, &args.reason))?;
    print::acted(ctx, &acted, &format!("↩ Reopened: {}/{checkpoint}", acted.view.name))
}
