//! `gt molecule next`: what comes next, with everything that is needed to do it.

use super::print;
use crate::molecule::handin::HandIn;
use crate::molecule::model::field;
use crate::molecule::predicate::Predicate;
use crate::molecule::{StepView, View, act, beads, change, validate};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "next",
    aliases: &[],
    about: "What comes next in a molecule, and how it is handed in",
    args: Args::augment_args,
    run,
    example: "gt molecule next day3-workflow-refs --claim",
    codes: &[3, 6, 7],
    shape: Some(print::schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Take the step
    #[arg(long)]
    claim: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let id = beads::find(&store, &snapshot, &args.name)?;
    let mut view = crate::molecule::load(&snapshot, &id, now)?;
    let step = |view: &View| view.open.iter().map(|i| view.steps[*i].clone()).find(|s| s.checkpoint.is_none());
    if args.claim {
        let Some(work) = step(&view) else {
            return Err(Error::new(ErrorKind::Blocked, format!("`{}` is {}: there is no step to take", view.name, view.state))
                .hint(format!("`gt molecule status {}` says where it stands", view.name)));
        };
        bd::cli::before_claim(ctx, Some(work.bead.as_str()))?;
        ctx.write(|tx| {
            let fresh = change::Change::new(tx, id.clone()).must(crate::molecule::machine::MoleculeAction::Advance)?;
            if !fresh.open.iter().any(|i| fresh.steps[*i].bead == work.bead) {
                return Err(Error::new(ErrorKind::Conflict, format!("`{}` was handed in or sent back meanwhile", work.def.id))
                    .hint(format!("`gt molecule next {}` says what is open now", fresh.name)));
            }
            bd::ops::claim::claim(tx, work.bead.as_str(), &bd::ops::claim::ClaimRequest::default())
        })?;
        let snapshot = ctx.snapshot()?;
        view = crate::molecule::load(&snapshot, &id, now)?;
        crate::records::entered(ctx, &view)?;
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&print::object(&view));
    }
    ctx.ui.line(Text::new().with(Style::Strong, &view.name).plain(format!(": {} ({}%)", view.state, print::progress(&view))))?;
    if let Some(fix) = &view.fix {
        ctx.ui.line(format!("It went back from {} to {}: {}", fix.step, fix.to, fix.reason))?;
    }
    for line in inputs(ctx, &view)? {
        ctx.ui.line(line)?;
    }
    let open: Vec<StepView> = view.open.iter().map(|i| view.steps[*i].clone()).collect();
    for step in &open {
        describe(ctx, &view, step)?;
    }
    if open.is_empty() && !view.waits_for.is_empty() {
        ctx.ui.line(format!("It waits for {}", view.waits_for.join(", ")))?;
    }
    for command in print::commands(&view) {
        ctx.ui.line(format!("Next: {command}"))?;
    }
    if act::due(&view) {
        ctx.ui.line("Next: gt tick   # a deadline has passed")?;
    }
    Ok(())
}

fn inputs(ctx: &mut Ctx<'_, '_>, view: &View) -> Result<Vec<String>> {
    let bead = ctx.snapshot()?.must(&view.bead)?;
    let inputs: Vec<serde_json::Value> = change::decoded(&bead, field::INPUTS).unwrap_or_default();
    Ok(inputs.iter().filter_map(|i| Some(format!("Read: {}", i.get("path")?.as_str()?))).collect())
}

fn describe(ctx: &mut Ctx<'_, '_>, view: &View, step: &StepView) -> Result<()> {
    let id = &step.def.id;
    ctx.ui.line("")?;
    let mut head = Text::new().plain("Step ").with(Style::Strong, id);
    head.push(Style::Plain, format!(" ({}, try {})", print::step_words(view, step), step.attempt));
    ctx.ui.line(head)?;
    let text = if step.def.description.is_empty() { &step.def.title } else { &step.def.description };
    for line in text.trim().lines().take(40) {
        ctx.ui.line(format!("  {line}"))?;
    }
    if let Some(checkpoint) = &step.checkpoint {
        if let Some(by) = &checkpoint.by {
            ctx.ui.line(format!("  last word: {by}: {}", checkpoint.reason.as_deref().unwrap_or("")))?;
        }
        let snapshot = ctx.snapshot()?;
        for comment in snapshot.must(&step.bead)?.comments.iter().rev().take(3) {
            ctx.ui.line(format!("  💬 {}: {}", comment.by, comment.text.lines().next().unwrap_or_default()))?;
        }
        return ctx.ui.line(format!(
            "  {} was asked. An answer: gt checkpoint revise {} {id} --summary FILE",
            owner(view),
            view.name
        ));
    }
    for (what, items) in [("reads", &step.def.inputs), ("hands in", &step.def.outputs)] {
        if !items.is_empty() {
            ctx.ui.line(format!("  {what}: {}", items.join(", ")))?;
        }
    }
    let manual = step.to_attest();
    let judged = step.def.success_criteria.iter().filter(|c| Predicate::of_criterion(c) != Predicate::Manual);
    let judged: Vec<&str> = judged.map(String::as_str).collect();
    if !judged.is_empty() {
        ctx.ui.line(format!("  judged by running: {}", judged.join("; ")))?;
    }
    if !manual.is_empty() {
        ctx.ui.line(format!("  to be attested: {}", manual.join("; ")))?;
    }
    let asked = validate::asked(view, &step.def);
    for command in &asked.commands {
        ctx.ui.line(format!("  runs: {command}"))?;
    }
    if !asked.rules.is_empty() {
        ctx.ui.line(format!("  scans: {}", asked.rules.join(", ")))?;
    }
    let last: Option<HandIn> = change::decoded(&ctx.snapshot()?.must(&step.bead)?, field::HAND_IN);
    if let Some(last) = last {
        ctx.ui.line(format!("  handed in before (try {}): {}", last.attempt, last.body.lines().next().unwrap_or_default()))?;
    }
    Ok(())
}

fn owner(view: &View) -> String {
    crate::molecule::texts::owner_address(view)
}
