//! `gt convoy add`.

use super::{parsed, shape};
use crate::convoy::{find, membership};
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "add",
    aliases: &[],
    about: "Track beads or molecules",
    args: Args::augment_args,
    run,
    example: "gt convoy add ledger-trail bd-7k2m bd-9x1c",
    codes: &[7],
    shape: Some(shape::changes_schema),
};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    pub id: String,
    /// Which beads or molecules
    #[arg(value_name = "MEMBER", required = true)]
    pub members: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (id, changes) = ctx.write(|tx| {
        let convoy = find(tx.store(), tx.snapshot(), &args.id)?;
        Ok((convoy.id.clone(), membership::add(tx, &convoy, &args.members)?))
    })?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&shape::changes(&id, &changes));
    }
    for change in &changes {
        let what = if change.changed { "Added " } else { "Already there: " };
        ctx.ui.line(Text::new().plain(what).with(Style::Id, &change.id).plain(format!(" {} ({id})", change.title)))?;
    }
    Ok(())
}
