//! `gt molecule next`: what comes next, with everything that is needed to do it.

use super::print;
use crate::formula::{Step, StepKind};
use crate::molecule::handin::HandIn;
use crate::molecule::model::field;
use crate::molecule::predicate::Predicate;
use crate::molecule::{Brief, BriefStep, beads, change, compute, own, texts, validate};
use crate::views::Molecules;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use bd::fold::Bead;
use bd::model::BeadId;
use bd::store::Snapshot;
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
    if args.claim {
        let id = beads::find(&store, &snapshot, &args.name)?;
        claim(ctx, &id)?;
        return show(ctx, &id);
    }
    let id = Molecules::load(&snapshot, now)?.find(&store, &args.name)?;
    show(ctx, &id)
}

/// Takes the first step that can be worked on.
fn claim(ctx: &mut Ctx<'_, '_>, id: &BeadId) -> Result<()> {
    let (snapshot, now) = (ctx.snapshot()?, ctx.env.now());
    let view = crate::molecule::load(&snapshot, id, now)?;
    let work = view.open.iter().map(|i| &view.steps[*i]).find(|s| s.checkpoint.is_none());
    let Some(work) = work else {
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
    let view = crate::molecule::load(&snapshot, id, now)?;
    crate::records::entered(ctx, &view)
}

/// What is known of the molecule, and of the beads of its open steps what has to be read.
fn show(ctx: &mut Ctx<'_, '_>, id: &BeadId) -> Result<()> {
    let (snapshot, now) = (ctx.snapshot()?, ctx.env.now());
    let molecules = Molecules::load(&snapshot, now)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&molecules.whole(id.as_str(), print::raw_of)??);
    }
    let lines = molecules.whole(id.as_str(), |brief| lines(&snapshot, brief))??;
    ctx.ui.lines(lines)
}

fn lines(snapshot: &Snapshot, brief: &Brief<'_>) -> Result<Vec<Text>> {
    let facts = &brief.facts;
    let head = Text::new().with(Style::Strong, facts.name);
    let mut out = vec![head.plain(format!(": {} ({}%)", brief.state, print::share(brief.progress())))];
    let mut line = |text: String| out.push(Text::new().plain(text));
    if let Some(fix) = &facts.fix {
        line(format!("It went back from {} to {}: {}", fix.step, fix.to, fix.reason));
    }
    let molecule = snapshot.must(&BeadId::new(facts.bead)?)?;
    let inputs: Vec<serde_json::Value> = change::decoded(&molecule, field::INPUTS).unwrap_or_default();
    inputs.iter().filter_map(|i| i.get("path")?.as_str()).for_each(|path| line(format!("Read: {path}")));
    for step in brief.open_steps() {
        describe(snapshot, &molecule, brief, step, &mut out)?;
    }
    let mut line = |text: String| out.push(Text::new().plain(text));
    if brief.open.is_empty() && !facts.waits_for.is_empty() {
        line(format!("It waits for {}", facts.waits_for.join(", ")));
    }
    print::commands_of(brief).into_iter().for_each(|command| line(format!("Next: {command}")));
    if brief.is_due() {
        line("Next: gt tick   # a deadline has passed".to_owned());
    }
    Ok(out)
}

fn describe(snapshot: &Snapshot, molecule: &Bead, brief: &Brief<'_>, step: BriefStep<'_, '_>, out: &mut Vec<Text>) -> Result<()> {
    let (id, attempt) = (step.facts.id, step.stand.attempt);
    let bead = snapshot.must(&BeadId::new(step.facts.bead)?)?;
    let def: Step = own::agreed(&bead, field::DEF).unwrap_or_default();
    out.push(Text::new());
    let head = Text::new().plain("Step ").with(Style::Strong, id);
    out.push(head.plain(format!(" ({}, try {attempt})", print::words_of(brief, step))));
    let mut line = |text: String| out.push(Text::new().plain(text));
    let text = if def.description.is_empty() { &def.title } else { &def.description };
    text.trim().lines().take(40).for_each(|text| line(format!("  {text}")));
    if step.stand.checkpoint.is_some() {
        if let Some(by) = step.facts.by {
            line(format!("  last word: {by}: {}", step.facts.reason.unwrap_or_default()));
        }
        for comment in bead.comments.iter().rev().take(3) {
            line(format!("  💬 {}: {}", comment.by, comment.text.lines().next().unwrap_or_default()));
        }
        let (owner, name) = (texts::address_of(brief.facts.owner), brief.facts.name);
        line(format!("  {owner} was asked. An answer: gt checkpoint revise {name} {id} --summary FILE"));
        return Ok(());
    }
    for (what, items) in [("reads", &def.inputs), ("hands in", &def.outputs)] {
        if !items.is_empty() {
            line(format!("  {what}: {}", items.join(", ")));
        }
    }
    let judged = def.success_criteria.iter().filter(|c| Predicate::of_criterion(c) != Predicate::Manual);
    let judged: Vec<&str> = judged.map(String::as_str).collect();
    if !judged.is_empty() {
        line(format!("  judged by running: {}", judged.join("; ")));
    }
    let to_attest: Vec<&str> = step.unattested().collect();
    if !to_attest.is_empty() {
        line(format!("  to be attested: {}", to_attest.join("; ")));
    }
    let asked = validate::asked_of(&def, || compute::infrastructure(molecule), || tests_of(snapshot, brief))?;
    asked.commands.iter().for_each(|command| line(format!("  runs: {command}")));
    if !asked.rules.is_empty() {
        line(format!("  scans: {}", asked.rules.join(", ")));
    }
    let last: Option<HandIn> = change::decoded(&bead, field::HAND_IN);
    if let Some(last) = last {
        line(format!("  handed in before (try {}): {}", last.attempt, last.body.lines().next().unwrap_or_default()));
    }
    Ok(())
}

/// The commands of the formula's validation step.
fn tests_of(snapshot: &Snapshot, brief: &Brief<'_>) -> Result<Vec<String>> {
    let Some(step) = brief.facts.steps.iter().find(|s| s.kind == StepKind::Validation) else { return Ok(Vec::new()) };
    let bead = snapshot.must(&BeadId::new(step.bead)?)?;
    Ok(own::agreed::<Step>(&bead, field::DEF).unwrap_or_default().validation_commands)
}
