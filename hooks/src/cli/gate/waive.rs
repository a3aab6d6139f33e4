//! `bd gate waive`: let something through for a time, with a reason; or end that.

use super::place::Place;
use super::waivers::schema_of_one;
use super::{Sub, parsed};
use crate::gate::waivers::{self, Longest, NewWaiver};
use bd::cli::Ctx;
use bd::error::{Error, Result};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "waive",
    aliases: &[],
    about: "Let a gate's objection through for a time, with a reason; --end ends that",
    args: Args::augment_args,
    run,
    example: "bd gate waive no-sleep --path \"test/e2e/**\" --reason \"the cluster has no event for it\" --until 3w",
    codes: &[4, 7],
    shape: Some(schema_of_one),
};

#[derive(clap::Args)]
struct Args {
    /// Which gate, or which rule of the scanner
    #[arg(value_name = "GATE", required_unless_present = "end", conflicts_with = "end")]
    gate: Option<String>,
    /// Only findings in paths that this glob matches
    #[arg(long, value_name = "GLOB", conflicts_with = "end")]
    path: Option<String>,
    /// Only work on this bead
    #[arg(long, value_name = "ID", conflicts_with = "end")]
    bead: Option<String>,
    /// Why: it is shown wherever the waiver is used
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
    /// Until when: a date, or a length of time such as 3w; 14 days unless said, 90 at most
    #[arg(long, value_name = "DATE", conflicts_with = "end")]
    until: Option<String>,
    /// End this waiver
    #[arg(long, value_name = "ID")]
    end: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let reason = args.reason.unwrap_or_default();
    if let Some(id) = &args.end {
        let ended = ctx.write(|tx| waivers::end(tx, id, &reason))?;
        if ctx.ui.is_json() {
            return ctx.ui.json(&super::waivers::object(&ended, ctx.env.now(), 0));
        }
        return ctx.ui.line(Text::new().plain("Ended ").with(Style::Id, &ended.id).plain(format!(": {ended}")));
    }
    let gate = args.gate.unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(Error::usage("a waiver needs a reason").hint("--reason TEXT: it is shown wherever the waiver is used"));
    }
    let store = ctx.store()?;
    let place = Place::find(ctx)?;
    let definitions = place.definitions()?;
    let is_rule = definitions.rules.rule(&gate).is_some();
    if !is_rule {
        definitions.must(&gate)?;
    }
    let until = waivers::until(args.until.as_deref(), Longest::of(&store)?, ctx.env.now())?;
    let new = NewWaiver { gate, path: args.path, bead: args.bead, reason, until };
    let given = ctx.write(|tx| waivers::waive(tx, &new))?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&super::waivers::object(&given, ctx.env.now(), 0));
    }
    ctx.ui.line(Text::new().plain("Waived ").with(Style::Id, &given.id).plain(format!(": {given}")))?;
    ctx.ui.talk("It is not published yet: `bd sync` shares it. It does not count when your own change lands");
    Ok(())
}
