//! `gt formula …`

mod check;
mod eject;
mod graph;
mod list;
mod new;
mod place;
mod pour;
mod print;
mod show;

use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub};
use bd::error::Result;
use clap::ArgMatches;

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[list::SUB, show::SUB, check::SUB, graph::SUB, new::SUB, eject::SUB, pour::SUB];

/// `gt formula`.
pub const VERB: Verb = Verb {
    name: "formula",
    aliases: &["formulas"],
    group: Group::Work,
    about: "Formulas: templates of steps",
    args: |c| c,
    subs: SUBS,
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    dispatch_sub(SUBS, ctx, m)
}
