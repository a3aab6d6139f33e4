//! `gt molecule status`.

use super::print;
use crate::molecule::{beads, load};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "status",
    aliases: &["show"],
    about: "Where a molecule stands; without a name, what you hold",
    args: Args::augment_args,
    run,
    example: "gt molecule status day3-workflow-refs --steps",
    codes: &[],
    shape: Some(print::schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which: its name, its bead, or the bead of one of its steps
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Every step too
    #[arg(long)]
    steps: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let Some(name) = args.name else { return crate::cli::hook::show(ctx) };
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let view = load(&snapshot, &beads::find(&store, &snapshot, &name)?, now)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&print::object(&view));
    }
    ctx.ui.lines(print::status(&view))?;
    if args.steps {
        ctx.ui.line("")?;
        ctx.ui.lines(print::steps(&view))?;
    }
    Ok(())
}
