//! `gt checkpoint reject`.

use crate::cli::molecule::print;
use crate::cli::transition::transition;
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "reject",
    aliases: &[],
    about: "Reject a checkpoint with a reason: the work goes back",
    args: Args::augment_args,
    run,
    example: "gt checkpoint reject day3-workflow-refs plan-checkpoint --reason \"no test for the timeout\"",
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
    /// Why: the worker reads it, and it stays
    #[arg(short, long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
    /// Back to this step instead of the one that the formula names
    #[arg(long, value_name = "STEP")]
    to: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let checkpoint = &args.checkpoint;
    let rejection = act::Rejection { reason: args.reason, to: args.to, review: None };
    let acted = transition(ctx, &args.molecule, |tx, id| act::reject(tx, id, checkpoint, &rejection))?;
    print::acted(ctx, &acted, &format!("❌ Rejected: {}/{checkpoint}", acted.view.name))
}
