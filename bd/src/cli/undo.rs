//! `bd undo`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::{Error, Result};
use crate::model::EventId;
use crate::ops::undo::{Target, describe, find, undo};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "undo",
    aliases: &[],
    group: Group::Edit,
    about: "Restore what was before the last command, an event, or the last change of a bead",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// A bead or an event; nothing = one's own last command
    #[arg(value_name = "ID|EVENT")]
    target: Option<String>,
    /// Take back the last quarantine of `bd doctor --fix`: the bytes are where they were, damaged
    #[arg(long, conflicts_with_all = ["target", "dry_run"])]
    quarantine: bool,
    /// Only say what would be undone
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if args.quarantine {
        return quarantine(ctx);
    }
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

/// The way back from `bd doctor --fix`.
fn quarantine(ctx: &mut Ctx<'_, '_>) -> Result<()> {
    ctx.writable()?;
    let store = ctx.store_for_repair()?;
    let lock = store.lock()?;
    store.commit_pending(&lock)?;
    let paths = store.undo_quarantine(&lock)?;
    // This store is not the one whose notices are told at the end.
    for notice in store.take_notices() {
        ctx.ui.warn(&notice);
    }
    let Some(last) = paths.first() else {
        return Err(Error::usage("no file of the state is in quarantine")
            .hint("A damaged journal is kept in quarantine as well, but its good records are all that can be read of it"));
    };
    if ctx.ui.is_json() {
        return ctx.ui.json(&serde_json::json!({ "restored": last, "paths": paths }));
    }
    for path in &paths {
        ctx.ui.line(format!("Took {path} out of quarantine"))?;
    }
    ctx.ui.warn("the store is damaged again: writes are refused until `bd doctor --fix`");
    Ok(())
}
