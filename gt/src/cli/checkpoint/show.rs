//! `gt checkpoint show`: what was asked, what was said, what can be done.

use crate::molecule::beads::Beads;
use crate::molecule::{CheckpointState, change, compute, texts};
use crate::views::Molecules;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use bd::model::format_time;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "show",
    aliases: &[],
    about: "What a checkpoint asks, what was said about it, how it is decided",
    args: Args::augment_args,
    run,
    example: "gt checkpoint show day3-workflow-refs analysis-checkpoint",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "MOLECULE")]
    molecule: String,
    /// Which checkpoint
    #[arg(value_name = "CHECKPOINT")]
    checkpoint: String,
}

fn shape() -> Value {
    json!({"type": "object", "required": ["molecule", "step", "state", "subject", "summary", "criteria", "comments"], "properties": {
        "molecule": {"type": "string"}, "step": {"type": "string"}, "state": {"type": "string"}, "subject": {"type": "string"},
        "summary": {"type": "string"}, "criteria": {"type": "array", "items": {"type": "string"}}, "comments": {"type": "array"},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let id = Molecules::load(&snapshot, now)?.find(&store, &args.molecule)?;
    let beads = Beads::read(&snapshot, &id)?;
    let waits = compute::waits_for(&beads, |id| snapshot.bead(id))?;
    let view = compute::view(&beads, waits, now);
    let step = change::step_of(&view, &args.checkpoint)?;
    let Some(c) = step.checkpoint.clone() else {
        return Err(Error::usage(format!("`{}` is a step to be worked on, no checkpoint", step.def.id))
            .hint(format!("`gt checkpoint list {}` shows the checkpoints", view.name)));
    };
    let asks = texts::asks(&view, &beads, step);
    let gone = || Error::internal(format!("the bead of {} was not read", step.def.id));
    let (bead, _) = beads.step(&step.def.id).ok_or_else(gone)?;
    let heads = bead.fields.get(crate::molecule::model::field::DECISION).map(bd::fold::Register::heads).unwrap_or_default();
    if ctx.ui.is_json() {
        let comments: Vec<_> = bead.comments.iter().map(|c| json!({"by": c.by.as_str(), "at": c.at, "text": c.text})).collect();
        return ctx.ui.json(&json!({
            "molecule": view.name, "step": step.def.id, "bead": step.bead.as_str(), "state": c.state.as_str(),
            "opened": c.opened.map(format_time), "deadline": c.deadline.map(format_time), "by": c.by, "reason": c.reason,
            "overridden": c.overridden, "subject": asks.subject, "summary": asks.body,
            "criteria": step.def.approval_criteria, "comments": comments,
        }));
    }
    ctx.ui.page();
    ctx.ui.line(format!("🚨 Checkpoint: {}/{}", view.name, step.def.id))?;
    ctx.ui.line(format!("State: {}", c.state))?;
    if let (CheckpointState::Open, Some(deadline)) = (c.state, c.deadline) {
        ctx.ui.line(format!("⏰ Timeout: {} left", texts::span(now, deadline)))?;
    }
    if let Some(by) = &c.by {
        let reason = c.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        let over = if c.overridden { " (against an objection)" } else { "" };
        ctx.ui.line(format!("Decided by: {by}{over}{reason}"))?;
    }
    if c.state == CheckpointState::Contested {
        for head in heads {
            ctx.ui.line(format!("  {} said {}", head.by, head.value.to_plain()))?;
        }
    }
    if c.state == CheckpointState::Pending {
        return ctx.ui.line("It has not been reached: nothing was handed in yet");
    }
    ctx.ui.line("")?;
    ctx.ui.line(format!("📋 Subject: {}", asks.subject))?;
    ctx.ui.line("")?;
    asks.body.trim_end().lines().try_for_each(|l| ctx.ui.line(l))?;
    for comment in &bead.comments {
        ctx.ui.line("")?;
        ctx.ui.line(format!("💬 {} ({}):", comment.by, comment.at.get(..16).unwrap_or_default().replace('T', " ")))?;
        comment.text.lines().try_for_each(|l| ctx.ui.line(format!("  {l}")))?;
    }
    if matches!(c.state, CheckpointState::Open | CheckpointState::Contested) {
        let (name, id) = (&view.name, &step.def.id);
        ctx.ui.line("")?;
        ctx.ui.line(format!("Decide: gt checkpoint approve {name} {id} [--note TEXT]"))?;
        ctx.ui.line(format!("        gt checkpoint reject {name} {id} --reason TEXT [--to STEP]"))?;
        ctx.ui.line(format!("        gt checkpoint comment {name} {id} --text TEXT"))?;
    }
    Ok(())
}
