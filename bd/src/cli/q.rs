//! `bd q`

use super::Ctx;
use super::create::Args;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::interchange::json;
use crate::ops::create::create;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "q",
    aliases: &[],
    group: Group::Work,
    about: "Create a bead and print only its id",
    args: Args::augment_args,
    subs: &[],
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let new = args.new_bead(ctx)?;
    let done = ctx.write(|tx| create(tx, &new))?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json::issue_object(&done.bead));
    }
    ctx.ui.line(done.bead.id.as_str())
}
