//! `gt prime`: what an agent is told when it starts.

use crate::status::{Desk, ROWS, prime};
use crate::views::{Files, Molecules};
use bd::cli::{Ctx, Group, Verb};
use bd::error::Result;
use clap::ArgMatches;
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    name: "prime",
    aliases: &[],
    group: Group::Work,
    about: "What an agent needs to know, at most 2 KB, with its exact next commands",
    args: |c| c,
    subs: &[],
    run,
};

/// The JSON Schema of `--json`.
pub(super) fn shape() -> Value {
    json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}})
}

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let molecules = Molecules::load(&snapshot, now)?;
    let mut files = Files::open(&store);
    let text = prime(&Desk::load(&store, &snapshot, &molecules, &mut files, ROWS, now)?);
    files.save();
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"text": text}));
    }
    text.trim_end().lines().try_for_each(|line| ctx.ui.line(line))
}
