//! `gt log`: what happened to a bead or molecule, and why it is where it is.

use crate::cli::molecule::print;
use crate::molecule::{Brief, MoleculeState};
use crate::views::Molecules;
use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::Result;
use bd::ops::history::{history, verb};
use bd::ops::ready::explain;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    name: "log",
    aliases: &["why"],
    group: Group::Look,
    about: "What happened to a bead or molecule, who did it, and what it waits for",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// A molecule's name, or a bead
    #[arg(value_name = "NAME")]
    name: String,
}

/// The JSON Schema of `--json`.
pub(super) fn shape() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "object", "required": ["id", "why", "events"], "properties": {
        "id": text, "why": {"type": "array", "items": text}, "events": {"type": "array", "items": {
            "type": "object", "required": ["at", "by", "what", "text"], "properties": {"at": text, "by": text, "what": text, "text": text},
        }},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let molecules = Molecules::load(&snapshot, now)?;
    let molecule = molecules.look_up(&store, &args.name)?;
    let id = match (snapshot.resolves(&args.name), &molecule) {
        (Ok(Some(id)), _) => id,
        (_, Some(id)) => id.clone(),
        // It says what is near, or how many fit.
        (_, None) => snapshot.resolve(&args.name)?,
    };
    let why: Vec<String> = match molecule {
        Some(molecule) => molecules.whole(molecule.as_str(), |brief| because(brief, id.as_str()))?,
        None => {
            let reason = explain(&snapshot, &id, &bd::ops::ready::ReadyQuery::default(), now.as_millisecond())?;
            vec![format!("{}: {}", if reason.ready { "ready" } else { "not ready" }, reason.sentence)]
        }
    };
    let entries = history(&snapshot, &id)?;
    let text = |e: &bd::model::Event| {
        let extra = e.extra.get("why").map(bd::model::Value::to_plain);
        e.text.clone().or(extra).map(|t| crate::molecule::handin::one_line(&t)).unwrap_or_default()
    };
    if ctx.ui.is_json() {
        let one = |e: &bd::ops::history::Entry| json!({"at": e.event.at, "by": e.event.by.as_str(), "what": e.event.kind.as_str(), "text": text(&e.event)});
        return ctx.ui.json(&json!({"id": id.as_str(), "why": why, "events": entries.iter().map(one).collect::<Vec<_>>()}));
    }
    ctx.ui.page();
    for line in why {
        ctx.ui.line(line)?;
    }
    let hidden = entries.len().saturating_sub(40);
    if hidden > 0 {
        ctx.ui.line(format!("… {hidden} earlier: bd history {}", snapshot.short(&id)))?;
    }
    for entry in entries.iter().skip(hidden) {
        let e = &entry.event;
        let said = text(e);
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        ctx.ui.line(format!("  {}  {} {}{said}", e.at.get(..16).unwrap_or_default().replace('T', " "), e.by, verb(e)))?;
    }
    Ok(())
}

/// Why a molecule is where it is, and what it waits for; first, where the bead is one of its steps, where that stands.
fn because(brief: &Brief<'_>, bead: &str) -> Vec<String> {
    let facts = &brief.facts;
    let name = facts.name;
    let step = brief.steps().find(|s| s.facts.bead == bead);
    let mut out: Vec<String> =
        step.into_iter().map(|s| format!("{name}/{} is {}", s.facts.id, print::words_of(brief, s))).collect();
    out.push(format!("{name} is {} ({}%)", brief.state, print::share(brief.progress())));
    match brief.state {
        MoleculeState::Waiting => out.push(format!("It waits for {}", facts.waits_for.join(", "))),
        MoleculeState::Paused | MoleculeState::Cancelled => out.extend(brief.why().map(|w| format!("Because: {w}"))),
        MoleculeState::AwaitingCheckpoint => {
            let owner = crate::molecule::texts::address_of(facts.owner);
            let open = brief.open_steps().filter(|s| s.stand.checkpoint.is_some());
            out.extend(open.map(|s| format!("It waits for {owner} to decide about {}", s.facts.id)));
        }
        _ => {}
    }
    if let Some(fix) = &facts.fix {
        out.push(format!("It went back from {} to {} ({}): {}", fix.step, fix.to, fix.cause, fix.reason));
    }
    for name in &facts.missing {
        out.push(format!("The bead of its step {name} is gone, or what it asks for was changed past gt: it cannot be completed before `bd restore` or `gt molecule upgrade`"));
    }
    out.extend(print::commands_of(brief).into_iter().map(|c| format!("Next: {c}")));
    out
}
