//! `gt checkpoint list`.

use crate::molecule::{CheckpointState, StepView, View, beads, load, load_open, texts};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::model::format_time;
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
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
    let views: Vec<View> = match &args.molecule {
        Some(name) => vec![load(&snapshot, &beads::find(&store, &snapshot, name)?, now)?],
        None => load_open(&snapshot, now)?,
    };
    let all = args.molecule.is_some();
    let mut rows: Vec<(&View, &StepView)> = Vec::new();
    for view in &views {
        for (at, step) in view.steps.iter().enumerate().filter(|(_, s)| s.checkpoint.is_some()) {
            if all || view.open.contains(&at) {
                rows.push((view, step));
            }
        }
    }
    if ctx.ui.is_json() {
        let object = |(view, step): &(&View, &StepView)| {
            let c = step.checkpoint.clone().unwrap_or_default();
            json!({"molecule": view.name, "step": step.def.id, "bead": step.bead.as_str(), "state": c.state.as_str(),
                "opened": c.opened.map(format_time), "deadline": c.deadline.map(format_time), "by": c.by, "reason": c.reason,
                "overridden": c.overridden, "owner": view.owner})
        };
        return ctx.ui.json(&rows.iter().map(object).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        ctx.ui.talk("no checkpoint waits for anybody");
        return Ok(());
    }
    let mut table = Table::new();
    for (view, step) in rows {
        let c = step.checkpoint.clone().unwrap_or_default();
        let left = match (c.state, c.deadline) {
            (CheckpointState::Open, Some(deadline)) => format!("{} left", texts::span(now, deadline)),
            _ => c.by.as_ref().map(|by| format!("by {by}")).unwrap_or_default(),
        };
        let opened = c.opened.map(bd::ops::claim::minute).unwrap_or_default();
        table.row(vec![
            Text::new().with(Style::Strong, format!("{}/{}", view.name, step.def.id)),
            Text::new().plain(c.state.as_str()),
            Text::new().plain(&opened),
            Text::new().plain(&left),
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))
}
