//! `bd dep BLOCKER --blocks BLOCKED`: upstream's way to say it from the other end.

use super::super::Ctx;
use crate::error::Result;
use crate::interchange::json;
use crate::ops::dep::{self, DepSpec};
use crate::ops::{graph, words};
use crate::ui::{Style, Text};

#[derive(clap::Args)]
pub(super) struct BlocksArgs {
    /// The bead that comes first
    #[arg(value_name = "BLOCKER")]
    blocker: String,
    /// The bead that waits for it
    #[arg(short, long, value_name = "BLOCKED")]
    blocks: String,
    /// The type (blocks unless said)
    #[arg(short = 't', long = "type", value_name = "TYPE", default_value = "blocks")]
    kind: String,
}

pub(super) fn run(ctx: &mut Ctx<'_, '_>, args: &BlocksArgs) -> Result<()> {
    let spec = DepSpec::new(words::dep_type(&args.kind)?, &args.blocker);
    let change = ctx.write(|tx| dep::add(tx, &args.blocks, &spec))?;
    super::super::print::notes(ctx, &change.notes);
    if ctx.ui.is_json() {
        return ctx.ui.json(&json::blocks_change("added", &change.edge.to, change.from.as_str(), &change.edge.kind));
    }
    let snapshot = ctx.snapshot()?;
    let (from, to) = (snapshot.short(&change.from), graph::short(&snapshot, &change.edge.to));
    ctx.ui.line(
        Text::new()
            .with(Style::Id, to)
            .plain(" blocks ")
            .with(Style::Id, from)
            .with(Style::Dim, format!(" ({})", change.edge.kind.as_str())),
    )
}
