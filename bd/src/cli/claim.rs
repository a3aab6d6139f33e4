//! `bd claim`

use super::verb::{Group, Verb};
use super::{Ctx, print};
use crate::config::parse_duration;
use crate::error::{Error, Result};
use crate::ops::claim::{ClaimRequest, claim};
use clap::{ArgMatches, Args as _, FromArgMatches as _};

pub(super) const VERB: Verb = Verb {
    name: "claim",
    aliases: &["start"],
    group: Group::Work,
    about: "Take a bead: status in_progress and a lease",
    args: Args::augment_args,
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// How long, e.g. 90m, 24h; 0 = for ever
    #[arg(long, value_name = "TIME")]
    lease: Option<String>,
    /// Extend one's own lease (heartbeat)
    #[arg(long)]
    renew: bool,
    /// Take over what another actor holds, with --reason
    #[arg(long)]
    take_over: bool,
    /// Why
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args = Args::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))?;
    let lease = args.lease.as_deref().map(|text| lease(text)).transpose()?;
    let request = ClaimRequest { lease, renew: args.renew, take_over: args.take_over, reason: args.reason };
    print::each(ctx, &args.ids, |tx, id| claim(tx, id, &request))
}

/// Reads a length of time.
pub(super) fn lease(text: &str) -> Result<std::time::Duration> {
    parse_duration(text).ok_or_else(|| Error::usage(format!("`{}` is no length of time", text.escape_debug())).hint("A number and a unit: 90m, 24h, 7d; 0 = for ever"))
}
