//! `bd hooks install`.

use crate::cli::gate::Sub;
use crate::shim::{self, Changed, Way};
use bd::cli::Ctx;
use bd::error::Result;
use bd::ui::Text;
use clap::ArgMatches;
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "install",
    aliases: &[],
    about: "Let git's hooks ask the gates; the hooks that are there still run, once, first",
    args: |c| c,
    run,
    example: "bd hooks install",
    codes: &[2],
    shape: Some(shape),
};

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    ctx.writable()?;
    let git = bd::git::open(&ctx.env)?;
    let (way, changed) = shim::install(&*git, &ctx.env)?;
    let (word, folder) = match &way {
        Way::Beside(beside) => ("beside", beside.hooks.clone()),
        Way::Layer(layer, _) => ("layer", layer.folder()),
    };
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"way": word, "folder": folder.display().to_string(), "hooks": changed}));
    }
    print(ctx, &changed)?;
    if let Way::Layer(_, under) = &way {
        ctx.ui.talk(format!("{} stays as it is: ours stand in front of it, and nothing in it was changed", under.display()));
    }
    ctx.ui.talk("`bd hooks status` proves that git reaches them");
    Ok(())
}

/// One line a hook.
pub(super) fn print(ctx: &mut Ctx<'_, '_>, changed: &[Changed]) -> Result<()> {
    changed.iter().try_for_each(|c| ctx.ui.line(Text::new().plain(format!("{:<19} {}", c.hook, c.what))))
}

/// The schema of a list of changes.
pub(super) fn changes() -> serde_json::Value {
    json!({"type": "array", "items": {"type": "object", "required": ["hook", "what"],
        "properties": {"hook": {"type": "string"}, "what": {"type": "string"}}}})
}

fn shape() -> serde_json::Value {
    json!({"type": "object", "required": ["way", "folder", "hooks"], "properties": {
        "way": {"enum": ["beside", "layer"], "description": "in git's own folder, or in front of somebody's core.hooksPath"},
        "folder": {"type": "string", "description": "from which git runs hooks now"},
        "hooks": changes()}})
}
