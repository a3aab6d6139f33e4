//! `gt convoy show`: the board.

use super::{parsed, shape};
use crate::convoy::Scene;
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "show",
    aliases: &["view"],
    about: "The board: what is done, what is under way, what comes next; every number is counted",
    args: Args::augment_args,
    run,
    example: "gt convoy show ledger-trail",
    codes: &[],
    shape: Some(shape::board_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let scene = scene(ctx, &args.id)?;
    tell_warnings(ctx, &scene);
    if ctx.ui.is_json() {
        return ctx.ui.json(&shape::board(&scene));
    }
    ctx.ui.page();
    for line in scene.board.show_lines() {
        ctx.ui.line(line)?;
    }
    Ok(())
}

/// Reads the convoy that a text names.
///
/// # Errors
/// As [`Scene::load`].
pub(super) fn scene(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Scene> {
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    Scene::load(&store, &snapshot, id, ctx.env.now())
}

/// Says what is odd about the file and the bead, on stderr.
pub(super) fn tell_warnings(ctx: &mut Ctx<'_, '_>, scene: &Scene) {
    let warnings = scene.file.as_ref().map(|f| f.warnings.as_slice()).unwrap_or_default();
    for warning in warnings.iter().take(5) {
        let hint = if warning.hint.is_empty() { String::new() } else { format!(". {}", warning.hint) };
        ctx.ui.warn(&format!("{}{hint}", warning.brief()));
    }
    let more = warnings.len().saturating_sub(5);
    if more > 0 {
        ctx.ui.warn(&format!("{more} more in the file; `gt convoy health` shows all"));
    }
    for conflict in scene.convoy.bead.conflicts() {
        ctx.ui.warn(&format!("two clones said different things about `{}`; `bd conflicts` shows them", conflict.field));
    }
}
