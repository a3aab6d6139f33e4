//! `gt molecule cancel`.

use super::print;
use crate::molecule::{act, beads};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "cancel",
    aliases: &[],
    about: "Give a molecule up, with a reason",
    args: Args::augment_args,
    run,
    example: "gt molecule cancel day3-workflow-refs --reason \"the requirement is gone\"",
    codes: &[3, 4, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Why
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let id = beads::find(&store, &snapshot, &args.name)?;
    let acted = ctx.write(|tx| act::cancel(tx, &id, args.reason.as_deref()))?;
    crate::records::after(ctx, &acted.view)?;
    print::acted(ctx, &acted, "✖ Cancelled")
}
