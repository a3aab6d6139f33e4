//! `gt molecule advance`: hand in a step.

use super::print;
use crate::formula::StepKind;
use crate::molecule::act::{self, Evidence};
use crate::molecule::handin::HandIn;
use crate::molecule::machine::MoleculeAction;
use crate::molecule::{Acted, MoleculeState, StepState, View, beads, change, load, texts, validate};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use bd::model::BeadId;
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "advance",
    aliases: &[],
    about: "Hand in a step: its commands and scans are asked, then the next one opens",
    args: Args::augment_args,
    run,
    example: "gt molecule advance day3-workflow-refs analysis --summary analysis.md",
    codes: &[3, 4, 6, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Which step; the one that is open unless said
    #[arg(value_name = "STEP")]
    step: Option<String>,
    /// What is handed in: TOML front matter, then Markdown; - = standard input
    #[arg(long, value_name = "FILE")]
    summary: Option<String>,
    /// The same in a sentence
    #[arg(long, value_name = "TEXT", conflicts_with = "summary")]
    note: Option<String>,
    /// Make a bead of each gap that the hand-in names
    #[arg(long)]
    file_gaps: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let hand_in = hand_in(ctx, args.summary.as_deref(), args.note.as_deref())?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let id = beads::find(&store, &snapshot, &args.name)?;
    let view = load(&snapshot, &id, now)?;
    let step = step_of(&view, args.step.as_deref())?;
    let acted = hand_over(ctx, &id, &view, &step, &hand_in, args.file_gaps)?;
    say(ctx, &acted, &step)
}

/// The step that was named, else the one that is open.
pub(in crate::cli) fn step_of(view: &View, named: Option<&str>) -> Result<String> {
    if let Some(named) = named {
        return Ok(change::step_of(view, named)?.def.id.clone());
    }
    let open: Vec<&str> =
        view.open.iter().map(|i| &view.steps[*i]).filter(|s| s.checkpoint.is_none()).map(|s| s.def.id.as_str()).collect();
    match open.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => {
            let error = Error::new(ErrorKind::Blocked, format!("`{}` is {}: no step is open", view.name, view.state));
            Err(error.hint(format!("`gt molecule next {}` says what it waits for", view.name)))
        }
        many => Err(Error::usage(format!("`{}` has several open steps: {}", view.name, many.join(", "))).hint("Name one")),
    }
}

/// Reads a hand-in from a file, from standard input or from the command line.
pub(in crate::cli) fn hand_in(ctx: &mut Ctx<'_, '_>, file: Option<&str>, note: Option<&str>) -> Result<HandIn> {
    match (file, note) {
        (Some(file), _) => {
            let text = bd::cli::read_text(ctx, file)?;
            HandIn::parse(if file == "-" { "standard input" } else { file }, &text)
        }
        (None, Some(note)) => HandIn::note(note),
        (None, None) => Ok(HandIn::default()),
    }
}

/// Asks what the step asks for, and hands it in.
pub(in crate::cli) fn hand_over(
    ctx: &mut Ctx<'_, '_>,
    id: &BeadId,
    view: &View,
    step: &str,
    hand_in: &HandIn,
    file_gaps: bool,
) -> Result<Acted> {
    ctx.writable()?;
    change::allowed(view, MoleculeAction::Advance)?;
    let found = change::step_of(view, step)?.clone();
    let store = ctx.store()?;
    let mut evidence = Evidence::default();
    // What cannot be handed in is not run either.
    let free = found.holder.as_deref().is_none_or(|holder| holder == store.actor().as_str());
    let may = free && found.checkpoint.is_none() && matches!(found.state, StepState::Ready | StepState::InProgress);
    if may {
        let asked = validate::asked(view, &found.def);
        if found.def.kind == StepKind::Validation || !asked.is_empty() || validate::asks_for_tests(&found.def) {
            let ui = &mut *ctx.ui;
            evidence.validation =
                Some(validate::validate(&store, view, &found, &mut |command| ui.talk(format!("running: {command}")))?);
        }
        if found.def.kind == StepKind::Compliance && found.def.report_template.is_some() {
            evidence.facts = Some(crate::compliance::final_facts(&store, view, &found)?);
        }
    }
    let mut acted = ctx.write(|tx| {
        let acted = act::advance(tx, id, step, hand_in, &evidence)?;
        if file_gaps {
            for gap in &hand_in.gaps {
                let dep = bd::ops::dep::DepSpec::new(bd::model::DepType::DISCOVERED_FROM, found.bead.as_str());
                let new = bd::ops::create::NewBead { title: gap.clone(), deps: vec![dep], ..Default::default() };
                bd::ops::create::create(tx, &new)?;
            }
        }
        Ok(acted)
    })?;
    crate::records::after(ctx, &mut acted)?;
    Ok(acted)
}

/// Says what came of it.
///
/// # Errors
/// The validation did not pass (exit 4), after everything was written.
pub(in crate::cli) fn say(ctx: &mut Ctx<'_, '_>, acted: &Acted, step: &str) -> Result<()> {
    // One that goes back to itself is ready again at once: what is to be mended says that it failed.
    let is_back = |id: &str| acted.view.fix.as_ref().is_some_and(|fix| fix.step == id);
    let failed = acted.view.step(step).is_some_and(|s| s.state == StepState::Failed || is_back(&s.def.id));
    if failed {
        if let (Some(v), Some(s)) = (&acted.view.validation, acted.view.step(step)) {
            texts::alert_text(&acted.view, s, v).lines().for_each(|line| ctx.ui.talk(line));
        }
    }
    let first = match (&acted.view.state, failed) {
        (_, true) => format!("🚨 {step} failed"),
        (MoleculeState::Completed, _) => format!("✅ Step done: {step}\n🎉 Molecule completed: {}", acted.view.name),
        _ => format!("✅ Step done: {step}"),
    };
    for (n, line) in first.lines().enumerate() {
        if n == 0 && !ctx.ui.is_json() && first.lines().count() > 1 {
            ctx.ui.line(line)?;
        }
    }
    print::acted(ctx, acted, first.lines().last().unwrap_or_default())?;
    if failed {
        ctx.failed.get_or_insert(ErrorKind::Gate);
    }
    Ok(())
}
