//! `gt compliance report`: make a report, or compute its facts anew.

use crate::compliance::{Ask, make};
use crate::molecule::named;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "report",
    aliases: &[],
    about: "Write the compliance report of a molecule: every fact filled in, what has to be judged marked",
    args: Args::augment_args,
    run,
    example: "gt compliance report day3-workflow-refs",
    codes: &[4, 6],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Where to, inside the working tree; its folder of reports unless said
    #[arg(long, value_name = "PATH")]
    out: Option<String>,
    /// Compute the facts of the newest report anew and keep what was judged
    #[arg(long)]
    refresh: bool,
}

fn shape() -> Value {
    let mut out = super::schema(
        "open",
        json!({"type": "object", "required": ["line", "name"], "properties": {
            "line": {"type": "integer"}, "name": {"type": "string"},
        }}),
    );
    out["properties"]["counts"] = json!({"type": "object"});
    out
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    ctx.writable()?;
    let view = named(&store, &snapshot, &args.name, now)?;
    let made = make(&store, &view, now, &Ask { out: args.out, refresh: args.refresh })?;
    if ctx.ui.is_json() {
        let mut out = super::numbers(&made.facts);
        out["path"] = json!(made.path);
        out["open"] = json!(made.open.iter().map(|(line, name)| json!({"line": line, "name": name})).collect::<Vec<_>>());
        out["counts"] = json!(made.counts.iter().map(|(k, n)| ((*k).to_owned(), json!(n))).collect::<serde_json::Map<_, _>>());
        out["notes"] = json!(made.notes);
        return ctx.ui.json(&out);
    }
    let facts = &made.facts;
    ctx.ui.line(format!("📋 Compliance report: {}", made.path))?;
    ctx.ui.line(format!("{} - {} critical, {} warnings", facts.status(), facts.critical, facts.warnings))?;
    ctx.ui.line(format!("Requirements: {} of {} traced", facts.traced, facts.requirements))?;
    if !made.open.is_empty() {
        ctx.ui.line(format!("To judge: {}", made.open.len()))?;
        for (line, name) in &made.open {
            ctx.ui.line(format!("  {}:{line}: {name}", made.path))?;
        }
    }
    for note in &made.notes {
        ctx.ui.talk(note.as_str());
    }
    Ok(())
}
