//! `gt tick`: what the clock has decided, written down. For cron, systemd, CI; any number of times.

use crate::molecule::{act, load_open};
use bd::cli::{Ctx, Group, Verb};
use bd::error::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    name: "tick",
    aliases: &[],
    group: Group::Store,
    about: "Write down deadlines that have passed, and send what is due; safe to repeat",
    args: |c| c,
    subs: &[],
    run,
};

/// The JSON Schema of `--json`.
pub(super) fn shape() -> Value {
    json!({"type": "object", "required": ["expired"], "properties": {"expired": {"type": "array", "items": {"type": "string"}}}})
}

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let due: Vec<_> = load_open(&snapshot, ctx.env.now())?.into_iter().filter(act::due).collect();
    let mut notes = Vec::new();
    for view in &due {
        let acted = ctx.write(|tx| act::tick(tx, &view.bead))?;
        notes.extend(acted.notes);
    }
    crate::notify::flush(ctx);
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"expired": notes}));
    }
    if notes.is_empty() {
        ctx.ui.talk("nothing is due");
    }
    notes.iter().try_for_each(|n| ctx.ui.line(format!("⏰ {n}")))
}
