//! `gt molecule …`

mod advance;
mod attest;
mod cancel;
mod create;
mod history;
mod list;
mod next;
mod pause;
pub mod print;
mod record;
mod resume;
mod shape;
mod status;
mod trust;
mod update;
mod upgrade;
mod validate;

pub(in crate::cli) use advance::{hand_in, hand_over, say};
pub(in crate::cli) use create::{More, create};

use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub};
use bd::error::Result;
use clap::ArgMatches;

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[
    create::SUB,
    list::SUB,
    status::SUB,
    next::SUB,
    advance::SUB,
    validate::SUB,
    trust::SUB,
    attest::SUB,
    update::SUB,
    history::SUB,
    pause::SUB,
    resume::SUB,
    cancel::SUB,
    upgrade::SUB,
    record::SUB,
];

/// `gt molecule`.
pub const VERB: Verb = Verb {
    name: "molecule",
    aliases: &["mol"],
    group: Group::Work,
    about: "Molecules: poured formulas, step by step",
    args: |c| c,
    subs: SUBS,
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let done = dispatch_sub(SUBS, ctx, m);
    // Also after a failure: a blocked molecule is an alert.
    crate::notify::flush(ctx);
    done
}
