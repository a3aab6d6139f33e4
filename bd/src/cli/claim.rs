//! `bd claim`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::config::parse_duration;
use crate::error::{Error, Result};
use crate::ops::Done;
use crate::ops::claim::{ClaimRequest, claim, release};
use crate::sync::claim::claim_and_push;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "claim",
    aliases: &["start"],
    group: Group::Work,
    about: "Take a bead: status in_progress and a lease",
    args: Args::augment_args,
    subs: &[],
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
    /// Only if one's claim still has this epoch
    #[arg(long, value_name = "N")]
    epoch: Option<u64>,
    /// Why
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
    /// Publish the claim; it holds only if the remote has it before anybody else's
    #[arg(long)]
    push: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let lease = args.lease.as_deref().map(lease).transpose()?;
    let request = ClaimRequest { lease, renew: args.renew, take_over: args.take_over, reason: args.reason, epoch: args.epoch };
    // Who has it already has passed.
    for id in args.ids.iter().filter(|_| !args.renew) {
        super::to_gate::before_claim(ctx, Some(id))?;
    }
    if args.push {
        return push(ctx, &args.ids, &request);
    }
    print::each(ctx, &args.ids, |tx, id| claim(tx, id, &request))
}

/// One claim after the other, each one fetch, claim and publication.
fn push(ctx: &mut Ctx<'_, '_>, ids: &[String], request: &ClaimRequest) -> Result<()> {
    let mut results = Vec::new();
    for id in ids {
        let done = publish(ctx, |tx| claim(tx, id, request).map(Some));
        results.push((id.clone(), done.and_then(|d| d.ok_or_else(|| Error::internal("a claim without a bead")))));
    }
    print::many(ctx, results)
}

/// Fetches, claims what `make` chooses, and publishes it. `None` if it chooses nothing.
pub(super) fn publish(
    ctx: &mut Ctx<'_, '_>,
    make: impl FnOnce(&mut crate::store::Tx<'_>) -> Result<Option<Done>>,
) -> Result<Option<Done>> {
    ctx.writable()?;
    let store = ctx.store()?;
    let (done, _) = claim_and_push(&store, make, |done| &done.bead.id, |tx, id| release(tx, id.as_str(), None, None).map(drop))?;
    Ok(done)
}

/// Reads a length of time.
pub(super) fn lease(text: &str) -> Result<std::time::Duration> {
    parse_duration(text).ok_or_else(|| {
        Error::usage(format!("`{}` is no length of time", text.escape_debug()))
            .hint("A number and a unit: 90m, 24h, 7d; 0 = for ever")
    })
}
