//! `gt ready`: what can be worked on, with the command that takes it.

use crate::status::ready_lines;
use bd::cli::{Ctx, Group, Verb};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    name: "ready",
    aliases: &[],
    group: Group::Work,
    about: "What can be worked on now, and the command that takes it",
    args: |c| c,
    subs: &[],
    run,
};

/// The JSON Schema of `--json`.
pub(super) fn shape() -> Value {
    let text = json!({"type": "string"});
    let none = json!({"type": ["string", "null"]});
    json!({"type": "array", "items": {"type": "object", "required": ["id", "title", "priority", "command"], "properties": {
        "id": text, "title": text, "priority": {"type": "integer"}, "command": text, "molecule": none, "step": none,
    }}})
}

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let (ready, total) = ready_lines(&store, &snapshot, now)?;
    if ctx.ui.is_json() {
        let one = |l: &crate::status::ReadyLine| {
            json!({"id": l.id, "title": l.title, "priority": l.priority, "command": l.command(),
                "molecule": l.step.as_ref().map(|s| s.0.clone()), "step": l.step.as_ref().map(|s| s.1.clone())})
        };
        return ctx.ui.json(&ready.iter().map(one).collect::<Vec<_>>());
    }
    for line in &ready {
        let mut text = Text::new().with(Style::Id, &line.short);
        text.push(Style::Plain, format!(" P{} {}", line.priority, line.title));
        ctx.ui.line(text)?;
        ctx.ui.line(format!("  {}", line.command()))?;
    }
    let more = total.saturating_sub(ready.len());
    if more > 0 {
        ctx.ui.line(format!("… {more} more: bd ready --limit 0"))?;
    }
    if ready.is_empty() {
        ctx.ui.talk("nothing is ready; `gt status` says what waits for whom");
    }
    Ok(())
}
