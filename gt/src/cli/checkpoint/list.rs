//! `gt checkpoint list`.

use crate::molecule::{Brief, BriefStep, CheckpointState, beads, facts, texts};
use crate::views::Molecules;
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
    let all = args.molecule.is_some();
    let molecules = (!all).then(|| Molecules::load(&snapshot, now)).transpose()?;
    let one = match &args.molecule {
        Some(name) => Some(facts::of(&snapshot, &beads::find(&store, &snapshot, name)?)?),
        None => None,
    };
    let views: Vec<Brief<'_>> = match &one {
        Some(bytes) => facts::Facts::read(bytes).ok().map(|facts| Brief::at(facts, now)).into_iter().collect(),
        None => molecules.iter().flat_map(Molecules::unclosed).collect(),
    };
    let mut rows: Vec<(&Brief<'_>, BriefStep<'_, '_>, CheckpointState)> = Vec::new();
    for view in &views {
        for (at, step) in view.steps().enumerate() {
            let state = step.stand.checkpoint.filter(|_| all || view.open.contains(&at));
            rows.extend(state.map(|state| (view, step, state)));
        }
    }
    if ctx.ui.is_json() {
        let object = |(view, step, state): &(&Brief<'_>, BriefStep<'_, '_>, CheckpointState)| {
            let c = step.facts;
            json!({"molecule": view.facts.name, "step": c.id, "bead": c.bead, "state": state.as_str(),
                "opened": c.opened.map(format_time), "deadline": c.deadline.map(format_time), "by": c.by, "reason": c.reason,
                "overridden": c.overridden, "owner": view.facts.owner})
        };
        return ctx.ui.json(&rows.iter().map(object).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        ctx.ui.talk("no checkpoint waits for anybody");
        return Ok(());
    }
    let mut table = Table::new();
    for (view, step, state) in rows {
        let c = step.facts;
        let left = match (state, c.deadline) {
            (CheckpointState::Open, Some(deadline)) => format!("{} left", texts::span(now, deadline)),
            _ => c.by.map(|by| format!("by {by}")).unwrap_or_default(),
        };
        let opened = c.opened.map(bd::ops::claim::minute).unwrap_or_default();
        table.row(vec![
            Text::new().with(Style::Strong, format!("{}/{}", view.facts.name, c.id)),
            Text::new().plain(state.as_str()),
            Text::new().plain(&opened),
            Text::new().plain(&left),
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))
}
