//! `gt convoy show`: the board.

use super::{parsed, shape};
use crate::convoy::{Convoy, ConvoyFile, Outlook, Scene, path_of};
use crate::views::{Convoys, Files, Molecules};
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use bd::store::Store;
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
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let convoy = Convoys::load(&snapshot)?.find(&store, &snapshot, &args.id)?;
    let file = file_of(&store, &convoy)?;
    let scene = Outlook::from(Molecules::load(&snapshot, now)?.look(convoy, file)?);
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

/// What the file of a convoy says, as it is kept.
///
/// # Errors
/// As [`Files::convoy`].
pub(super) fn file_of(store: &Store, convoy: &Convoy) -> Result<Option<ConvoyFile>> {
    let mut files = Files::open(store);
    let file = files.convoy(store, &path_of(convoy));
    files.save();
    file
}

/// Reads the convoy that a text names, from the beads: what is written depends on it.
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
