//! `gt checkpoint revise`.

use crate::cli::molecule::print;
use crate::cli::transition::transition;
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "revise",
    aliases: &[],
    about: "Replace what was handed in before an open checkpoint; its owner is asked anew",
    args: Args::augment_args,
    run,
    example: "gt checkpoint revise day3-workflow-refs analysis-checkpoint --summary analysis.md",
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
    /// The new hand-in: TOML front matter, then Markdown; - = standard input
    #[arg(long, value_name = "FILE")]
    summary: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let checkpoint = &args.checkpoint;
    let hand_in = crate::cli::molecule::hand_in(ctx, Some(&args.summary), None)?;
    let acted = transition(ctx, &args.molecule, |tx, id| act::revise(tx, id, checkpoint, &hand_in))?;
    print::acted(ctx, &acted, &format!("✏️ Revised: {}/{checkpoint}", acted.view.name))
}
