//! `gt log`: what happened to a bead or molecule, and why it is where it is.

use crate::cli::molecule::print;
use crate::molecule::{MoleculeState, View, beads, load};
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
    let molecule = beads::find(&store, &snapshot, &args.name);
    let id = match (&molecule, snapshot.resolve(&args.name)) {
        (_, Ok(id)) => id,
        (Ok(id), Err(_)) => id.clone(),
        (Err(_), Err(e)) => return Err(e),
    };
    let view = molecule.ok().map(|id| load(&snapshot, &id, now)).transpose()?;
    let step = view.as_ref().and_then(|v| v.steps.iter().find(|s| s.bead == id));
    let why: Vec<String> = match (&view, step) {
        (Some(view), None) => because(view),
        (Some(view), Some(step)) => {
            let mut out = vec![format!("{}/{} is {}", view.name, step.def.id, print::step_words(view, step))];
            out.extend(because(view));
            out
        }
        (None, _) => {
            let reason = explain(&snapshot, store.config(), &id, &bd::ops::ready::ReadyQuery::default(), now.as_millisecond())?;
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

/// Why a molecule is where it is, and what it waits for.
fn because(view: &View) -> Vec<String> {
    let mut out = vec![format!("{} is {} ({}%)", view.name, view.state, print::progress(view))];
    match view.state {
        MoleculeState::Waiting => out.push(format!("It waits for {}", view.waits_for.join(", "))),
        MoleculeState::Paused | MoleculeState::Cancelled => out.extend(view.why.as_ref().map(|w| format!("Because: {w}"))),
        MoleculeState::AwaitingCheckpoint => {
            let owner = crate::molecule::texts::owner_address(view);
            let open = view.open.iter().map(|i| &view.steps[*i]).filter(|s| s.checkpoint.is_some());
            out.extend(open.map(|s| format!("It waits for {owner} to decide about {}", s.def.id)));
        }
        _ => {}
    }
    if let Some(fix) = &view.fix {
        out.push(format!("It went back from {} to {} ({}): {}", fix.step, fix.to, fix.cause, fix.reason));
    }
    for name in &view.missing {
        out.push(format!("The bead of its step {name} is gone, or what it asks for was changed past gt: it cannot be completed before `bd restore` or `gt molecule upgrade`"));
    }
    let next: Vec<String> = print::commands(view).into_iter().map(|c| format!("Next: {c}")).collect();
    out.extend(next);
    out
}
