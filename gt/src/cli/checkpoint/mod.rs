//! `gt checkpoint …`

mod approve;
mod comment;
mod from_review;
mod list;
mod reject;
mod reopen;
mod revise;
mod show;
mod snapshot;

use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub};
use bd::error::Result;
use clap::ArgMatches;

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[
    list::SUB,
    show::SUB,
    approve::SUB,
    reject::SUB,
    comment::SUB,
    revise::SUB,
    reopen::SUB,
    from_review::SUB,
    snapshot::WRITE,
    snapshot::READ,
    snapshot::CLEAR,
];

/// `gt checkpoint`.
pub const VERB: Verb = Verb {
    name: "checkpoint",
    aliases: &["cp"],
    group: Group::Work,
    about: "Checkpoints: what a person has to approve",
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
