//! `gt molecule list`.

use super::print;
use crate::molecule::Glance;
use crate::views::Molecules;
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
    let molecules = Molecules::load(&snapshot, now)?;
    let wanted =
        |g: &Glance<'_>| args.convoy.as_ref().is_none_or(|c| g.poured.convoy == Some(c.as_str())) && (args.all || !g.is_over());
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    let (mut all, mut more): (Vec<Glance<'_>>, usize) = (Vec::new(), 0);
    let found: Box<dyn Iterator<Item = Glance<'_>>> =
        if args.all { Box::new(molecules.all()) } else { Box::new(molecules.unclosed()) };
    for glance in found.filter(wanted) {
        // What is not shown is only counted.
        if all.len() < limit {
            all.push(glance);
        } else {
            more += 1;
        }
    }
    if ctx.ui.is_json() {
        let shown = all.iter().map(|g| molecules.whole(g.poured.bead, print::raw_of)?);
        return ctx.ui.json(&shown.collect::<Result<Vec<_>>>()?);
    }
    if all.is_empty() {
        ctx.ui.talk("no molecules; `gt molecule create` or `gt formula pour` makes one");
        return Ok(());
    }
    let mut table = Table::new();
    for glance in &all {
        let p = &glance.poured;
        table.row(vec![
            Text::new().with(Style::Strong, p.name),
            Text::new().plain(p.state.as_str()),
            Text::new().plain(format!("{}%", print::share((p.done, p.all)))),
            Text::new().plain(glance.current().unwrap_or_default()),
            Text::new().plain(p.convoy.unwrap_or("")),
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))?;
    if more > 0 {
        ctx.ui.line(Text::new().plain(format!("… {more} more (--limit 0 shows all)")))?;
    }
    Ok(())
}
