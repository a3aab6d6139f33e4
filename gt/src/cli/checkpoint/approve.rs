//! `gt checkpoint approve`.

use crate::cli::molecule::print;
use crate::cli::transition::transition;
use crate::molecule::act;
use crate::molecule::predicate::unmet_approval;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "approve",
    aliases: &[],
    about: "Approve a checkpoint: the next step opens",
    args: Args::augment_args,
    run,
    example: "gt checkpoint approve day3-workflow-refs plan-checkpoint --note \"the mock strategy fits\"",
    codes: &[3, 4, 6, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "MOLECULE")]
    molecule: String,
    /// Which checkpoint
    #[arg(value_name = "CHECKPOINT")]
    checkpoint: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Approve although critical issues stand in its report; needs --reason, is mailed, and stays in the record
    #[arg(long = "override", requires = "reason")]
    over: bool,
    /// Why it may go on all the same
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let checkpoint = &args.checkpoint;
    let (note, reason) = (args.note, args.reason);
    let approval = if args.over {
        act::Approval { note, over: reason.filter(|r| !r.trim().is_empty()), review: None }
    } else {
        act::Approval { note: note.or(reason), over: None, review: None }
    };
    if args.over && approval.over.is_none() {
        return Err(bd::error::Error::usage("deciding against an objection needs a reason").hint("--reason TEXT"));
    }
    let mut acted = transition(ctx, &args.molecule, |tx, id| act::approve(tx, id, checkpoint, &approval))?;
    let unmet = unmet_approval(&acted.view, checkpoint);
    acted.notes.extend(unmet.iter().map(|text| format!("approved although this is not so: {text}")));
    print::acted(ctx, &acted, &format!("✅ Approved: {}/{checkpoint}", acted.view.name))
}
