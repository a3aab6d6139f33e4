//! `gt convoy render`: the record for reviewers.

use super::parsed;
use crate::convoy::status_file::{path, render};
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "render",
    aliases: &[],
    about: "Write convoy-status.toml, a record for people, into the working tree; on the default branch only",
    args: Args::augment_args,
    run,
    example: "gt convoy render ledger-trail",
    codes: &[],
    shape: Some(|| {
        json!({
            "type": "object",
            "required": ["id", "file", "changed"],
            "properties": {"id": {"type": "string"}, "file": {"type": "string"}, "changed": {"type": "boolean"}},
        })
    }),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let scene = super::show::scene(ctx, &args.id)?;
    let store = ctx.store()?;
    let changed = render(&store, &scene.board, ctx.env.now())?;
    let file = path(&scene.convoy.id);
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"id": scene.convoy.id, "file": file, "changed": changed}));
    }
    ctx.ui.line(Text::new().plain(if changed { "Wrote " } else { "Is up to date: " }).with(Style::Id, file))
}
