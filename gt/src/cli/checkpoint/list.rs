//! `gt checkpoint list`.

use crate::molecule::{CheckpointState, texts};
use crate::views::Molecules;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::model::format_time;
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "list",
    aliases: &["ls"],
    about: "Checkpoints of a molecule, or all that wait for a person",
    args: Args::augment_args,
    run,
    example: "gt checkpoint list day3-workflow-refs",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule; without it, every open checkpoint
    #[arg(value_name = "MOLECULE")]
    molecule: Option<String>,
}

/// A checkpoint in the list.
struct Row {
    molecule: String,
    step: String,
    bead: String,
    state: CheckpointState,
    opened: Option<Timestamp>,
    deadline: Option<Timestamp>,
    by: Option<String>,
    reason: Option<String>,
    overridden: bool,
    owner: Option<String>,
}

fn shape() -> Value {
    let states: Vec<&str> = CheckpointState::ALL.iter().map(|s| s.as_str()).collect();
    json!({"type": "array", "items": {"type": "object", "required": ["molecule", "step", "state"], "properties": {
        "molecule": {"type": "string"}, "step": {"type": "string"}, "bead": {"type": "string"}, "state": {"enum": states},
        "opened": {"type": ["string", "null"]}, "deadline": {"type": ["string", "null"]}, "by": {"type": ["string", "null"]},
    }}})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let molecules = Molecules::load(&snapshot, now)?;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let mut rows: Vec<Row> = Vec::new();
    match &args.molecule {
        Some(name) => {
            let id = molecules.find(&store, name)?;
            molecules.whole(id.as_str(), |brief| {
                rows.extend(brief.steps().filter_map(|step| {
                    let f = step.facts;
                    Some(Row {
                        molecule: brief.facts.name.to_owned(),
                        step: f.id.to_owned(),
                        bead: f.bead.to_owned(),
                        state: step.stand.checkpoint?,
                        opened: f.opened,
                        deadline: f.deadline,
                        by: owned(f.by),
                        reason: owned(f.reason),
                        overridden: f.overridden,
                        owner: owned(brief.facts.owner),
                    })
                }));
            })?;
        }
        None => {
            for glance in molecules.unclosed() {
                rows.extend(glance.open.iter().filter_map(|step| {
                    let c = step.asked?;
                    Some(Row {
                        molecule: glance.poured.name.to_owned(),
                        step: step.id.to_owned(),
                        bead: step.bead.to_owned(),
                        state: c.state,
                        opened: c.opened,
                        deadline: c.deadline,
                        by: owned(c.by),
                        reason: owned(c.reason),
                        overridden: c.overridden,
                        owner: owned(glance.poured.owner),
                    })
                }));
            }
        }
    }
    if ctx.ui.is_json() {
        let object = |c: &Row| {
            json!({"molecule": c.molecule, "step": c.step, "bead": c.bead, "state": c.state.as_str(),
                "opened": c.opened.map(format_time), "deadline": c.deadline.map(format_time), "by": c.by, "reason": c.reason,
                "overridden": c.overridden, "owner": c.owner})
        };
        return ctx.ui.json(&rows.iter().map(object).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        ctx.ui.talk("no checkpoint waits for anybody");
        return Ok(());
    }
    let mut table = Table::new();
    for c in rows {
        let left = match (c.state, c.deadline) {
            (CheckpointState::Open, Some(deadline)) => format!("{} left", texts::span(now, deadline)),
            _ => c.by.map(|by| format!("by {by}")).unwrap_or_default(),
        };
        let opened = c.opened.map(bd::ops::claim::minute).unwrap_or_default();
        table.row(vec![
            Text::new().with(Style::Strong, format!("{}/{}", c.molecule, c.step)),
            Text::new().plain(c.state.as_str()),
            Text::new().plain(&opened),
            Text::new().plain(&left),
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))
}
