//! `gt convoy remove`.

use super::add::Args;
use super::{parsed, shape};
use crate::convoy::{find, membership};
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "remove",
    aliases: &["rm"],
    about: "Track beads or molecules no longer; they stay as they are",
    args: Args::augment_args,
    run,
    example: "gt convoy remove ledger-trail bd-7k2m",
    codes: &[7],
    shape: Some(shape::changes_schema),
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (id, changes) = ctx.write(|tx| {
        let convoy = find(tx.store(), tx.snapshot(), &args.id)?;
        Ok((convoy.id.clone(), membership::remove(tx, &convoy, &args.members)?))
    })?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&shape::changes(&id, &changes));
    }
    for change in &changes {
        ctx.ui.line(Text::new().plain("Removed ").with(Style::Id, &change.id).plain(format!(" {} ({id})", change.title)))?;
    }
    Ok(())
}
