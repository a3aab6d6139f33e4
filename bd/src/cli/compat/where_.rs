//! `bd where`

use super::super::Ctx;
use super::super::verb::{Group, Verb};
use crate::error::Result;
use crate::store::Store;
use clap::ArgMatches;

pub(in super::super) const VERB: Verb =
    Verb { name: "where", aliases: &[], group: Group::More, about: "Where the store is", args: |command| command, subs: &[], run };

/// The `.beads` folder of this worktree; the clone's own folder in a bare repository.
pub(super) fn folder(store: &Store) -> String {
    let paths = store.git().paths();
    paths.tree_dir().unwrap_or_else(|| paths.beads_dir()).display().to_string()
}

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let store = ctx.store()?;
    let (folder, own) = (folder(&store), store.dir().display().to_string());
    if ctx.ui.is_json() {
        return ctx.ui.json(&serde_json::json!({"path": folder, "prefix": store.config().prefix(), "database_path": own}));
    }
    ctx.ui.line(folder)?;
    ctx.ui.talk(format!("the state itself is on refs/beads/state and in {own}"));
    Ok(())
}
