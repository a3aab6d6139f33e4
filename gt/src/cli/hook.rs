//! `gt hook`: what you hold.

use crate::cli::molecule::print;
use crate::views::Molecules;
use bd::cli::{Ctx, Group, Verb};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    name: "hook",
    aliases: &[],
    group: Group::Work,
    about: "What you hold: claimed beads and steps",
    args: |c| c,
    subs: &[],
    run,
};

/// The JSON Schema of `--json`.
pub(super) fn shape() -> Value {
    let text = json!({"type": "string"});
    let none = json!({"type": ["string", "null"]});
    json!({"type": "object", "required": ["actor", "held"], "properties": {"actor": text, "held": {"type": "array", "items": {
        "type": "object", "required": ["id", "title", "type", "status"], "properties": {
            "id": text, "title": text, "type": text, "status": text, "molecule": none, "step": none,
        },
    }}}})
}

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    show(ctx)
}

/// Shows what the acting actor holds.
///
/// # Errors
/// The store cannot be read.
pub fn show(ctx: &mut Ctx<'_, '_>) -> Result<()> {
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let me = store.actor().as_str().to_owned();
    let rows = crate::views::assigned(&snapshot, &me, 20, now.as_millisecond())?;
    let molecules = Molecules::load(&snapshot, now)?;
    if ctx.ui.is_json() {
        let mut held = Vec::new();
        for row in &rows {
            let step = molecules.step_of(row)?;
            let molecule = step.as_ref().map(|(glance, _)| glance.poured.name.to_owned());
            held.push(json!({"id": row.id, "title": row.title, "type": row.issue_type, "status": row.status,
                "molecule": molecule, "step": step.map(|(_, step)| step)}));
        }
        return ctx.ui.json(&json!({"actor": me, "held": held}));
    }
    if rows.is_empty() {
        ctx.ui.line(format!("{me} holds nothing"))?;
        return ctx.ui.line("Next: gt ready");
    }
    for row in &rows {
        let id = bd::model::BeadId::new(&row.id)?;
        let mut line = Text::new().with(Style::Id, snapshot.short(&id));
        line.push(Style::Plain, format!("  {}", row.title));
        ctx.ui.line(line)?;
        if let Some((glance, step)) = molecules.step_of(row)? {
            let p = &glance.poured;
            let name = p.name;
            ctx.ui.line(format!("  Next: gt molecule advance {name} {step} --summary FILE"))?;
            ctx.ui.line(format!("  {name} is {} ({}%)", p.state, print::share((p.done, p.all))))?;
        }
    }
    Ok(())
}
