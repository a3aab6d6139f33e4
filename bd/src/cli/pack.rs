//! `bd pack`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::Result;
use crate::sync::maintain;
use crate::sync::pack_rides::pack_rides;
use crate::sync::report::events;
use crate::ui::Text;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "pack",
    aliases: &[],
    group: Group::Store,
    about: "Pack this clone's loose objects, or the default branch's rides",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The rides of the default branch become one file, in one commit on it
    #[arg(long)]
    rides: bool,
    /// Say what would be packed
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if !args.dry_run {
        ctx.writable()?;
    }
    let store = ctx.store()?;
    if !args.rides {
        let packed = if args.dry_run { maintain::due(&store) } else { maintain::pack_objects(&store, true)? };
        if ctx.ui.is_json() {
            return ctx.ui.json(
                &serde_json::json!({"packed": packed && !args.dry_run, "due": maintain::due(&store), "dry_run": args.dry_run}),
            );
        }
        let said = match (args.dry_run, packed) {
            (true, true) => "Packing is due",
            (true, false) => "Packing is not due yet",
            (false, true) => "Packed the objects of the state ref",
            (false, false) => "There is nothing to pack",
        };
        return ctx.ui.line(Text::new().plain(said));
    }
    let done = pack_rides(&store, args.dry_run)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&serde_json::json!({
            "files": done.files, "events": done.events, "path": done.path, "commit": done.commit.map(|c| c.to_string()), "dry_run": args.dry_run,
        }));
    }
    match &done.path {
        Some(path) => ctx.ui.line(Text::new().plain(format!(
            "{} {} rides with {}: {path}",
            if args.dry_run { "Would pack" } else { "Packed" },
            done.files,
            events(done.events)
        ))),
        None => ctx.ui.line(
            Text::new().plain(format!("Nothing to pack: {} on this branch", if done.files == 1 { "one ride" } else { "no rides" })),
        ),
    }
}
