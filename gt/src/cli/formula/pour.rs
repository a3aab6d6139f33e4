//! `gt formula pour`: a molecule that belongs to no convoy.

use crate::cli::molecule::{More, create};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "pour",
    aliases: &[],
    about: "Make a molecule of a formula; --dry-run only says what it would be",
    args: Args::augment_args,
    run,
    example: "gt formula pour bugfix --name fix-login --dry-run",
    codes: &[4, 6, 7],
    shape: Some(crate::cli::molecule::print::poured_schema),
};

#[derive(clap::Args)]
struct Args {
    /// The formula
    #[arg(value_name = "FORMULA")]
    formula: String,
    /// What the molecule is called; the formula's name unless said
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    more: More,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let name = args.name.unwrap_or_else(|| args.formula.clone());
    create(ctx, Some(&args.formula), Some(&name), args.more)
}
