//! `gt compliance check`: is the newest report final?

use crate::compliance::check;
use crate::molecule::named;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{ErrorKind, Result};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "check",
    aliases: &[],
    about: "Say whether the newest report of a molecule is final; 4 with what is missing",
    args: Args::augment_args,
    run,
    example: "gt compliance check day3-workflow-refs",
    codes: &[4],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
}

fn shape() -> Value {
    let mut out = super::schema(
        "missing",
        json!({"type": "object", "required": ["line", "what"], "properties": {
            "line": {"type": "integer"}, "what": {"type": "string"},
        }}),
    );
    out["properties"]["final"] = json!({"type": "boolean"});
    out
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let view = named(&store, &snapshot, &args.name, now)?;
    let checked = check(&store, &view)?;
    let is_final = checked.missing.is_empty();
    if ctx.ui.is_json() {
        let mut out = super::numbers(&checked.facts);
        out["path"] = json!(checked.path);
        out["final"] = json!(is_final);
        out["missing"] = json!(checked.missing.iter().map(|(line, what)| json!({"line": line, "what": what})).collect::<Vec<_>>());
        out["notes"] = json!(checked.notes);
        ctx.ui.json(&out)?;
    } else if is_final {
        let facts = &checked.facts;
        ctx.ui.line(format!("✅ Final: {}", checked.path))?;
        ctx.ui.line(format!("{} - {} critical, {} warnings", facts.status(), facts.critical, facts.warnings))?;
    } else {
        for line in checked.lines() {
            ctx.ui.line(line)?;
        }
    }
    for note in checked.notes.iter().filter(|_| !ctx.globals.json) {
        ctx.ui.talk(note.as_str());
    }
    if !is_final {
        ctx.ui.talk(format!("not final: {} place(s) to look at", checked.missing.len()));
        ctx.failed.get_or_insert(ErrorKind::Gate);
    }
    Ok(())
}
