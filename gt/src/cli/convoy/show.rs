//! `gt convoy show`: the board.

use super::{parsed, shape};
use crate::convoy::{Convoy, ConvoyFile, Outlook, Scene, path_of};
use crate::views::{Convoys, Files, Molecules};
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
    let scene = outlook(ctx, &args.id)?;
    tell_warnings(ctx, &scene.convoy, scene.file.as_ref());
    if ctx.ui.is_json() {
        return ctx.ui.json(&shape::board(&scene));
    }
    ctx.ui.page();
    for line in scene.board.show_lines() {
        ctx.ui.line(line)?;
    }
    Ok(())
}

/// The same for a board, from the views that are kept.
fn outlook(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<Outlook> {
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let Some(convoy) = Convoys::load(&snapshot)?.named(&store, id) else {
        return Ok(Scene::load(&store, &snapshot, id, now)?.into());
    };
    let mut files = Files::open(&store);
    let file = files.convoy(&store, &path_of(&convoy))?;
    files.save();
    let molecules = Molecules::load(&snapshot, now)?;
    let poured: Vec<_> = molecules.poured_in(&convoy.id, &convoy.tracks).collect();
    Outlook::with(&snapshot, convoy, file, &poured, now)
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
pub(super) fn tell_warnings(ctx: &mut Ctx<'_, '_>, convoy: &Convoy, file: Option<&ConvoyFile>) {
    let warnings = file.map(|f| f.warnings.as_slice()).unwrap_or_default();
    for warning in warnings.iter().take(5) {
        let hint = if warning.hint.is_empty() { String::new() } else { format!(". {}", warning.hint) };
        ctx.ui.warn(&format!("{}{hint}", warning.brief()));
    }
    let more = warnings.len().saturating_sub(5);
    if more > 0 {
        ctx.ui.warn(&format!("{more} more in the file; `gt convoy health` shows all"));
    }
    for field in &convoy.conflicts {
        ctx.ui.warn(&format!("two clones said different things about `{field}`; `bd conflicts` shows them"));
    }
}
