//! `gt molecule status`.

use super::print;
use crate::views::Molecules;
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
    let molecules = Molecules::load(&snapshot, now)?;
    let bead = molecules.find(&store, &name)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&molecules.whole(bead.as_str(), print::raw_of)??);
    }
    let (status, steps) = molecules.whole(bead.as_str(), |brief| (print::status(brief), print::steps(brief)))?;
    ctx.ui.lines(status)?;
    if args.steps {
        ctx.ui.line("")?;
        ctx.ui.lines(steps)?;
    }
    Ok(())
}
