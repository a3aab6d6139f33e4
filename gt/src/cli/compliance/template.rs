//! `gt compliance template`: the template that ships.

use crate::compliance::template::{BUILT_IN, FOLDER, NAME, eject};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "template",
    aliases: &[],
    about: "Print the template that ships, or write it into the working tree to be changed",
    args: Args::augment_args,
    run,
    example: "gt compliance template --write",
    codes: &[6],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Write it to .beads/templates/
    #[arg(long)]
    write: bool,
}

fn shape() -> Value {
    json!({"type": "object", "required": ["path", "written"], "properties": {
        "path": {"type": "string"}, "written": {"type": "boolean"}, "text": {"type": "string"},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if !args.write {
        if ctx.ui.is_json() {
            return ctx.ui.json(&json!({"path": format!("{FOLDER}/{NAME}"), "written": false, "text": BUILT_IN}));
        }
        ctx.ui.page();
        for line in BUILT_IN.lines() {
            ctx.ui.line(line)?;
        }
        return Ok(());
    }
    ctx.writable()?;
    let store = ctx.attached_store()?;
    let (path, written) = eject(&store)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"path": path, "written": written}));
    }
    ctx.ui.line(format!("{} {path}", if written { "Written:" } else { "It is there already, as it ships:" }))
}
