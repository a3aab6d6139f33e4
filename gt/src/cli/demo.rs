//! `gt demo`: the main job, played in a scratch directory with real repositories.

use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::{Error, ErrorKind, Result};
use clap::{ArgMatches, Args as _};
use std::process::{Command, Stdio};

/// What is played: a name, and the script with what it shares with others put in its place.
const DEMOS: &[(&str, &str)] = &[("soc2", include_str!("../../../tests/demo/soc2.sh"))];
/// What the scripts share.
const COMMON: &str = include_str!("../../../tests/demo/common.sh");

pub(super) const VERB: Verb = Verb {
    name: "demo",
    aliases: &[],
    group: Group::Store,
    about: "Play a story in a scratch directory with two clones: soc2",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which story
    #[arg(value_name = "NAME", default_value = "soc2")]
    name: String,
    /// Print the script instead of playing it
    #[arg(long)]
    print: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let Some((_, script)) = DEMOS.iter().find(|(name, _)| *name == args.name) else {
        let names: Vec<&str> = DEMOS.iter().map(|(name, _)| *name).collect();
        return Err(
            Error::usage(format!("there is no demo `{}`", args.name.escape_debug())).hint(format!("There is {}", names.join(", ")))
        );
    };
    let script = script.replace(". \"$(dirname \"$0\")/common.sh\"", COMMON);
    if args.print {
        return ctx.ui.raw(&script);
    }
    ctx.ui.finish()?;
    let mut command = Command::new("/bin/sh");
    // The programs of this installation, and not others of the same name.
    let own = ctx.env.executable().and_then(|exe| Some(exe.parent()?.to_owned()));
    let path = ctx.env.var("PATH").unwrap_or_default();
    let path = own.map_or_else(|| path.to_owned(), |dir| format!("{}:{path}", dir.display()));
    command.args(["-c", &script, "gt-demo"]).env("PATH", path).stdin(Stdio::null());
    let status = command.status().map_err(|e| Error::new(ErrorKind::Environment, format!("/bin/sh cannot be started: {e}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Internal, "the demo did not come to its end"))
}
