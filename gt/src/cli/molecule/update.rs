//! `gt molecule update`: say how it goes.

use super::print;
use crate::molecule::{act, beads};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "update",
    aliases: &[],
    about: "Say how it goes: the Last Update of its status",
    args: Args::augment_args,
    run,
    example: "gt molecule update day3-workflow-refs --note \"8 of 10 tests written\"",
    codes: &[3, 4, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// What to say
    #[arg(long, value_name = "TEXT")]
    note: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let id = beads::find(&store, &snapshot, &args.name)?;
    let acted = ctx.write(|tx| act::update(tx, &id, &args.note))?;
    print::acted(ctx, &acted, "Noted")
}
