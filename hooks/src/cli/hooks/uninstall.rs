//! `bd hooks uninstall`.

use super::install::{changes, print};
use crate::cli::gate::Sub;
use crate::shim;
use bd::cli::Ctx;
use bd::error::Result;
use clap::ArgMatches;
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "uninstall",
    aliases: &["remove"],
    about: "Take the hooks out; what was there before is there again, byte for byte",
    args: |c| c,
    run,
    example: "bd hooks uninstall",
    codes: &[2],
    shape: Some(shape),
};

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    ctx.writable()?;
    let git = bd::git::open(&ctx.env)?;
    let changed = shim::uninstall(&*git)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"hooks": changed}));
    }
    if changed.is_empty() {
        ctx.ui.talk("Nothing of ours was here");
    }
    print(ctx, &changed)
}

fn shape() -> serde_json::Value {
    json!({"type": "object", "required": ["hooks"], "properties": {"hooks": changes()}})
}
