//! `gt molecule resume`.

use super::print;
use crate::molecule::{act, beads};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "resume",
    aliases: &[],
    about: "Let it go on; checkpoints that nobody decided in time open again",
    args: Args::augment_args,
    run,
    example: "gt molecule resume day3-workflow-refs",
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
    let acted = ctx.write(|tx| act::resume(tx, &id, args.reason.as_deref()))?;
    crate::records::after(ctx, &acted.view)?;
    print::acted(ctx, &acted, "▶ Resumed")
}
