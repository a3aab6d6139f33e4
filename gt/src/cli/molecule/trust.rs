//! `gt molecule trust`: look at a molecule's commands, and let them run in this clone.

use crate::molecule::{beads, load, validate};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "trust",
    aliases: &[],
    about: "Show the commands of a molecule and trust exactly these in this clone",
    args: Args::augment_args,
    run,
    example: "gt molecule trust day3-workflow-refs --check",
    codes: &[1, 7],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Only say whether they are trusted: exit 1 if not
    #[arg(long)]
    check: bool,
}

fn shape() -> Value {
    json!({"type": "object", "required": ["commands", "trusted"], "properties": {
        "commands": {"type": "array", "items": {"type": "string"}}, "trusted": {"type": "boolean"},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let view = load(&snapshot, &beads::find(&store, &snapshot, &args.name)?, now)?;
    let commands = validate::commands(&view);
    if !args.check {
        ctx.writable()?;
        validate::grant(&store, &view)?;
    }
    let trusted = validate::is_trusted(&store, &commands)?;
    if ctx.ui.is_json() {
        ctx.ui.json(&json!({"commands": commands, "trusted": trusted}))?;
    } else {
        for command in &commands {
            ctx.ui.line(format!("  {}", crate::molecule::handin::visible(command)))?;
        }
        let word = if trusted { "Trusted" } else { "Not trusted" };
        ctx.ui.line(format!("{word} in this clone: {} command(s) of {}", commands.len(), view.name))?;
    }
    if !trusted {
        ctx.failed.get_or_insert(bd::error::ErrorKind::No);
    }
    Ok(())
}
