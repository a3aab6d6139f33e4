//! `bd close`

use super::verb::{Group, Verb};
use super::{Ctx, input, print};
use crate::error::{Error, Result};
use crate::model::Outcome;
use crate::ops::close::{CloseRequest, close};
use clap::{ArgMatches, Args as _, FromArgMatches as _};

pub(super) const VERB: Verb = Verb {
    name: "close",
    aliases: &["done"],
    group: Group::Work,
    about: "Close beads, with an outcome and a reason",
    args: Args::augment_args,
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Why
    #[arg(short, long, visible_alias = "message", short_alias = 'm', value_name = "TEXT")]
    reason: Option<String>,
    /// Read the reason from a file; - = standard input
    #[arg(long, value_name = "FILE", conflicts_with = "reason")]
    reason_file: Option<String>,
    /// How it ended: done, failed, cancelled, duplicate, superseded
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<String>,
    /// Only if one's claim still has this epoch
    #[arg(long, value_name = "N")]
    epoch: Option<u64>,
    /// Close although something speaks against it; the event records what
    #[arg(short, long)]
    force: bool,
    /// The agent's session
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args = Args::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))?;
    let reason = match &args.reason_file {
        Some(file) => Some(input::text(ctx, file)?),
        None => args.reason.clone(),
    };
    let session = args.session.clone().or_else(|| ctx.env.var("CLAUDE_SESSION_ID").map(str::to_owned));
    let outcome = args.outcome.as_deref().map(outcome).transpose()?;
    let request = CloseRequest { outcome, reason, epoch: args.epoch, force: args.force, session };
    print::each(ctx, &args.ids, |tx, id| close(tx, id, &request))
}

fn outcome(text: &str) -> Result<Outcome> {
    Outcome::parse(text).ok_or_else(|| {
        let names: Vec<&str> = Outcome::ALL.iter().map(|o| o.as_str()).collect();
        Error::usage(format!("there is no outcome `{}`", text.escape_debug())).hint(format!("Outcomes: {}", names.join(", ")))
    })
}
