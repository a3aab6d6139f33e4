//! `bd undo`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::model::EventId;
use crate::ops::undo::{Target, describe, find, undo};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "undo",
    aliases: &[],
    group: Group::Edit,
    about: "Restore what was before the last command, an event, or the last change of a bead",
    args: Args::augment_args,
    run,
};

#[derive(clap::Args)]
struct Args {
    /// A bead or an event; nothing = one's own last command
    #[arg(value_name = "ID|EVENT")]
    target: Option<String>,
    /// Only say what would be undone
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let target = match args.target.as_deref() {
        None => Target::Last,
        Some(text) => match EventId::parse(text.as_bytes()) {
            Some(event) => Target::Event(event),
            None => Target::Bead(text.to_owned()),
        },
    };
    let dry_run = args.dry_run;
    let (lines, done) = ctx.write(|tx| {
        let events = find(tx, &target)?;
        let lines: Vec<String> = events.iter().map(|e| describe(tx.snapshot(), e)).collect();
        let done = if dry_run { Vec::new() } else { undo(tx, &events)? };
        Ok((lines, done))
    })?;
    if dry_run {
        if ctx.ui.is_json() {
            return ctx.ui.json(&lines);
        }
        return lines.iter().try_for_each(|line| ctx.ui.line(format!("Would undo: {line}")));
    }
    print::many(ctx, done.into_iter().map(|d| (d.short.clone(), Ok(d))).collect())
}
