//! `gt step close BEAD`: what `bd close` calls for a step of a molecule.

use super::molecule::{hand_in, hand_over, say};
use crate::molecule::{beads, load};
use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use clap::{ArgMatches, Args as _};

/// The verbs.
pub static SUBS: &[Sub] = &[Sub {
    name: "close",
    aliases: &["done"],
    about: "Hand in the step that a bead is: the same as `gt molecule advance`",
    args: Args::augment_args,
    run: close,
    example: "gt step close app-1 --note \"read all four documents\"",
    codes: &[3, 4, 6, 7],
    shape: Some(super::molecule::print::acted_schema),
}];

/// `gt step`.
pub const VERB: Verb = Verb {
    name: "step",
    aliases: &[],
    group: Group::Work,
    about: "Steps by their beads; `bd close` on a step comes here",
    args: |c| c,
    subs: SUBS,
    run: |ctx, m| dispatch_sub(SUBS, ctx, m),
};

#[derive(clap::Args)]
struct Args {
    /// The bead of the step
    #[arg(value_name = "BEAD")]
    bead: String,
    /// What is handed in: TOML front matter, then Markdown; - = standard input
    #[arg(long, value_name = "FILE")]
    summary: Option<String>,
    /// The same in a sentence
    #[arg(long, value_name = "TEXT", conflicts_with = "summary")]
    note: Option<String>,
}

fn close(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let bead = snapshot.resolve(&args.bead)?;
    let id = beads::find(&store, &snapshot, bead.as_str())?;
    let view = load(&snapshot, &id, now)?;
    if id == bead {
        return Err(Error::new(ErrorKind::Blocked, format!("`{}` is completed by its last step, not by a word", view.name))
            .hint(format!("`gt molecule next {}` says what is left", view.name)));
    }
    let step = view.steps.iter().find(|s| s.bead == bead);
    let step = step.ok_or_else(|| Error::usage(format!("`{}` is no step of `{}`", args.bead, view.name)))?.def.id.clone();
    let hand_in = hand_in(ctx, args.summary.as_deref(), args.note.as_deref())?;
    let acted = hand_over(ctx, &id, &view, &step, &hand_in, false)?;
    say(ctx, &acted, &step)
}
