//! `gt molecule attest`: say that what no machine can judge is so.

use super::print;
use crate::cli::transition::transition;
use crate::molecule::act;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "attest",
    aliases: &[],
    about: "Say that a criterion which no machine can judge is met; your name stays with it",
    args: Args::augment_args,
    run,
    example: "gt molecule attest day3-workflow-refs do-green --all --note \"one function, no branches\"",
    codes: &[3, 4, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Which step; without it the completion criteria of the molecule
    #[arg(value_name = "STEP")]
    step: Option<String>,
    /// Which criterion, whole or by its name; more than once
    #[arg(short, long = "criterion", value_name = "TEXT")]
    criteria: Vec<String>,
    /// All that are open
    #[arg(long, conflicts_with = "criteria")]
    all: bool,
    /// How you know
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if args.criteria.is_empty() && !args.all {
        return Err(Error::usage("nothing to attest was named").hint("--criterion TEXT, or --all"));
    }
    let note = args.note.unwrap_or_default();
    let acted = transition(ctx, &args.name, |tx, id| act::attest(tx, id, args.step.as_deref(), &args.criteria, &note))?;
    print::acted(ctx, &acted, "☑ Attested")
}
