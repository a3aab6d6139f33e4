//! `gt checkpoint comment`.

use crate::cli::molecule::print;
use crate::cli::transition::transition;
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "comment",
    aliases: &[],
    about: "Say something about what was handed in; the checkpoint stays open",
    args: Args::augment_args,
    run,
    example: "gt checkpoint comment day3-workflow-refs analysis-checkpoint --text \"which port is it?\"",
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
    /// What to say
    #[arg(short, long, value_name = "TEXT")]
    text: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let checkpoint = &args.checkpoint;
    let acted = transition(ctx, &args.molecule, |tx, id| act::comment(tx, id, checkpoint, &args.text))?;
    print::acted(ctx, &acted, &format!("💬 Commented: {}/{checkpoint}", acted.view.name))
}
