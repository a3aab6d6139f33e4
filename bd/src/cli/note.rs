//! `bd note`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, input, print};
use crate::error::Result;
use crate::ops::comment::note;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "note",
    aliases: &[],
    group: Group::Edit,
    about: "Add to the notes of a bead",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    text: input::TextArgs,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let text = args.text.read(ctx)?;
    print::each(ctx, &[args.id], |tx, id| note(tx, id, &text).map(|(done, _)| done))
}
