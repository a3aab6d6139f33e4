//! `gt convoy watch` and `unwatch`: who is told when a convoy lands.

use super::{parsed, shape};
use crate::convoy::{find, membership};
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const WATCH: Sub = Sub {
    name: "watch",
    aliases: &[],
    about: "Be told, or have somebody told, when a convoy lands",
    args: Args::augment_args,
    run: |ctx, m| run(ctx, m, true),
    example: "gt convoy watch ledger-trail @mira",
    codes: &[7],
    shape: Some(shape::changes_schema),
};

pub(super) const UNWATCH: Sub = Sub {
    name: "unwatch",
    aliases: &[],
    about: "Be told no longer",
    args: Args::augment_args,
    run: |ctx, m| run(ctx, m, false),
    example: "gt convoy unwatch ledger-trail @mira",
    codes: &[7],
    shape: Some(shape::changes_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
    /// Who; you unless said
    #[arg(value_name = "ADDRESS")]
    who: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches, on: bool) -> Result<()> {
    let args: Args = parsed(m)?;
    let (id, changes) = ctx.write(|tx| {
        let convoy = find(tx.store(), tx.snapshot(), &args.id)?;
        let me = [tx.actor().as_str().to_owned()];
        let who = if args.who.is_empty() { &me[..] } else { &args.who };
        let changes = who.iter().map(|w| membership::watch(tx, &convoy, w, on)).collect::<Result<Vec<_>>>()?;
        Ok((convoy.id.clone(), changes))
    })?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&shape::changes(&id, &changes));
    }
    for change in &changes {
        let what = match (on, change.changed) {
            (true, true) => "Watches now: ",
            (true, false) => "Watches already: ",
            (false, true) => "Watches no longer: ",
            (false, false) => "Did not watch: ",
        };
        ctx.ui.line(Text::new().plain(what).with(Style::Actor, &change.id).plain(format!(" ({id})")))?;
    }
    Ok(())
}
