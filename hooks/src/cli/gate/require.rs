//! `bd gate require BEAD GATE…`: what `bd close` asks for.

use super::place::Place;
use super::{Sub, parsed};
use bd::cli::Ctx;
use bd::error::Result;
use bd::ops::verdicts;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "require",
    aliases: &[],
    about: "Make a bead need gates before it may be closed; without gates: what it needs",
    args: Args::augment_args,
    run,
    example: "bd gate require app-2 no-sleep",
    codes: &[7],
    shape: Some(|| {
        json!({"type": "object", "required": ["bead", "gates", "changed"], "properties": {"bead": {"type": "string"},
            "gates": {"type": "array", "items": {"type": "string"}}, "changed": {"type": "boolean"}}})
    }),
};

#[derive(clap::Args)]
struct Args {
    /// Which bead
    #[arg(value_name = "BEAD")]
    bead: String,
    /// Which gates
    #[arg(value_name = "GATE")]
    gates: Vec<String>,
    /// It needs them no more
    #[arg(long, requires = "gates")]
    remove: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if args.gates.is_empty() {
        let snapshot = ctx.snapshot()?;
        let bead = snapshot.must(&snapshot.resolve(&args.bead)?)?;
        let gates = verdicts::required(&bead);
        if ctx.ui.is_json() {
            return ctx.ui.json(&json!({"bead": bead.id.as_str(), "gates": gates, "changed": false}));
        }
        if gates.is_empty() {
            ctx.ui.talk("it needs no gate");
        }
        return gates.iter().try_for_each(|gate| ctx.ui.line(Text::new().with(Style::Id, gate)));
    }
    if !args.remove {
        let definitions = Place::find(ctx)?.definitions()?;
        args.gates.iter().try_for_each(|gate| definitions.must(gate).map(drop))?;
    }
    let done = ctx.write(|tx| verdicts::require(tx, &args.bead, &args.gates, args.remove))?;
    let gates = verdicts::required(&done.bead);
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"bead": done.bead.id.as_str(), "gates": gates, "changed": done.changed}));
    }
    let needs = if gates.is_empty() { "no gate".to_owned() } else { gates.join(", ") };
    ctx.ui.line(Text::new().with(Style::Id, &done.short).plain(" needs ").plain(needs))
}
