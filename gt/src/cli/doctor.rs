//! `gt doctor`: what is wrong with molecules, records and deadlines; `bd doctor` is about the store.

use crate::molecule::{Brief, CheckpointState, MoleculeState, load};
use crate::records::{self, Elsewhere, WorkingTree};
use crate::views::Molecules;
use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::{ErrorKind, Result};
use bd::model::BeadId;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    name: "doctor",
    aliases: &[],
    group: Group::Store,
    about: "What is wrong: lost steps, contested decisions, passed deadlines, records that differ",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Render the records that differ again
    #[arg(long)]
    fix: bool,
}

/// The JSON Schema of `--json`.
pub(super) fn shape() -> Value {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    json!({"type": "object", "required": ["found", "fixed"], "properties": {"found": texts, "fixed": texts}})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if args.fix {
        ctx.writable()?;
    }
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let mut found: Vec<String> = Vec::new();
    let mut fixed: Vec<String> = Vec::new();
    // Listed once: each molecule has a folder of its own, so that what is rendered below changes nothing for the next one.
    let tree = store.git().paths().work_dir.clone().map(WorkingTree::at);
    let mut elsewhere: Option<Elsewhere<'_>> = None;
    // What is written is what the beads themselves say; what is kept says where to look.
    let molecules = Molecules::load(&snapshot, now)?;
    for glance in molecules.all() {
        let one = &glance.poured;
        if glance.torn || glance.due || one.contested {
            found.extend(molecules.whole(one.bead, wrong)?);
        }
        let folder = records::folder_of(one.convoy, one.name);
        let rendered = tree.as_ref().is_some_and(|tree| tree.has(&folder));
        let id = BeadId::new(one.bead)?;
        if !rendered {
            // Records that nobody has rendered are missed by who works on the molecule and holds it.
            let me = store.actor().as_str();
            if glance.is_over() || glance.holder != Some(me) || !glance.workers.contains(&me) {
                continue;
            }
            let elsewhere = match &elsewhere {
                Some(known) => known,
                None => elsewhere.insert(Elsewhere::of(store.git())),
            };
            if elsewhere.has(&folder)? {
                continue;
            }
            let name = one.name;
            if args.fix {
                // What is kept says where to look; what is written is for whoever holds the bead itself.
                if !records::is_holder(&store, &snapshot, &id)? {
                    continue;
                }
                fixed.extend(records::write(&store, &snapshot, &load(&snapshot, &id, now)?)?);
            } else {
                found.push(format!(
                    "{name}: its records are in no branch and no working tree; `gt molecule record {name}` renders them"
                ));
            }
            continue;
        }
        let view = load(&snapshot, &id, now)?;
        // Who completed one holds it no more, and renders it all the same.
        let holder = records::was_holder(&store, &snapshot, &view)?;
        if holder && view.state == MoleculeState::Completed && !records::is_committed(&store, &view)? {
            let name = &view.name;
            found.push(format!(
                "{name}: its completion is in no commit of this branch; `gt molecule record {name} --commit` makes it"
            ));
        }
        let stale = records::stale(&store, &snapshot, &view)?;
        if stale.is_empty() {
            continue;
        }
        if args.fix && holder {
            fixed.extend(records::write(&store, &snapshot, &view)?);
        } else {
            let who = if holder { "`gt doctor --fix` renders them again" } else { "whoever holds the molecule renders them" };
            found.push(format!("{}: {} record(s) differ from the events; {who}", view.name, stale.len()));
        }
    }
    if ctx.ui.is_json() {
        ctx.ui.json(&json!({"found": found, "fixed": fixed}))?;
    } else {
        fixed.iter().try_for_each(|path| ctx.ui.line(format!("Rendered {path}")))?;
        found.iter().try_for_each(|line| ctx.ui.line(format!("⚠️ {line}")))?;
        if found.is_empty() {
            ctx.ui.line("Nothing is wrong with the workflow; `bd doctor` looks at the store")?;
        }
    }
    if !found.is_empty() {
        ctx.failed.get_or_insert(ErrorKind::No);
    }
    Ok(())
}

fn wrong(brief: &Brief<'_>) -> Vec<String> {
    let molecule = brief.facts.name;
    let mut out = Vec::new();
    for name in &brief.facts.missing {
        out.push(format!("{molecule}: the bead of the step {name} is gone (`bd restore` brings it back), or what it asks for was changed past gt or differently in two clones (`gt molecule upgrade` decides)"));
    }
    for step in brief.steps().filter(|s| s.stand.checkpoint == Some(CheckpointState::Contested)) {
        out.push(format!("{molecule}/{}: two decided differently; one decision has to name both", step.facts.id));
    }
    if brief.is_due() {
        out.push(format!("{molecule}: a deadline has passed; `gt tick` writes it down"));
    }
    out
}
