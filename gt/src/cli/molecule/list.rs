//! `gt molecule list`.

use super::print;
use crate::molecule::Shelf;
use crate::molecule::model::field;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "list",
    aliases: &["ls"],
    about: "Molecules and where each stands",
    args: Args::augment_args,
    run,
    example: "gt molecule list --convoy soc2-audit-trail",
    codes: &[],
    shape: Some(print::list_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Only those of this convoy
    #[arg(long, value_name = "ID")]
    convoy: Option<String>,
    /// Completed and cancelled ones too
    #[arg(long)]
    all: bool,
    /// At most this many; 0 = all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let snapshot = ctx.snapshot()?;
    let now = ctx.env.now();
    let shelf = if args.all { Shelf::all(&snapshot, now) } else { Shelf::open(&snapshot, now) };
    // The steps of those that are only counted are not read.
    let mut fits = Vec::new();
    for (at, bead) in shelf.beads()?.iter().enumerate() {
        if args.convoy.as_ref().is_none_or(|c| bead.text(field::CONVOY).as_ref() == Some(c)) && (args.all || !shelf.is_over(at)?) {
            fits.push(at);
        }
    }
    let limit = if args.limit == 0 { fits.len() } else { args.limit };
    let more = fits.len().saturating_sub(limit);
    let all = fits.into_iter().take(limit).map(|at| shelf.view(at)).collect::<Result<Vec<_>>>()?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&all.iter().map(|v| print::object(v)).collect::<Vec<_>>());
    }
    if all.is_empty() {
        ctx.ui.talk("no molecules; `gt molecule create` or `gt formula pour` makes one");
        return Ok(());
    }
    let mut table = Table::new();
    for view in &all {
        let at = view.current().filter(|_| !view.open.is_empty()).map(|s| s.def.id.clone()).unwrap_or_default();
        table.row(vec![
            Text::new().with(Style::Strong, &view.name),
            Text::new().plain(view.state.as_str()),
            Text::new().plain(format!("{}%", print::progress(view))),
            Text::new().plain(&at),
            Text::new().plain(view.convoy.as_deref().unwrap_or("")),
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))?;
    if more > 0 {
        ctx.ui.line(Text::new().plain(format!("… {more} more (--limit 0 shows all)")))?;
    }
    Ok(())
}
