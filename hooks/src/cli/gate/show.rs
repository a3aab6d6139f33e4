//! `bd gate show GATE`: all of one gate.

use super::describe;
use super::place::Place;
use super::{Sub, parsed};
use crate::gate::{self, Gate, Verdict, When, waivers};
use bd::cli::Ctx;
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "show",
    aliases: &[],
    about: "One gate: what it is, where it was defined, what it said last, who waived it",
    args: Args::augment_args,
    run,
    example: "bd gate show no-sleep",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which gate
    #[arg(value_name = "GATE")]
    gate: String,
}

fn shape() -> Value {
    describe::schema(json!({
        "overrides": {"type": "boolean", "description": "if it changes a gate that is built in"},
        "waivers": {"type": "array", "items": {"type": "object"}},
        "verdicts": {"type": "array", "items": {"type": "object"}, "description": "what it said last in this clone, by moment"},
    }))
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let place = Place::find(ctx)?;
    let definitions = place.definitions()?;
    let gate = definitions.must(&args.gate)?;
    let now = ctx.env.now();
    let mut waived = match &place.store {
        Some(store) => waivers::load(store)?,
        None => Vec::new(),
    };
    waived.retain(|w| w.state(now) == waivers::State::Active && is_about(gate, &w.gate));
    let said: Vec<(When, Verdict)> = When::ALL
        .iter()
        .flat_map(|when| gate::latest(&*place.git, *when).into_iter().map(move |v| (*when, v)))
        .filter(|(_, v)| v.gate == gate.id)
        .collect();
    if ctx.ui.is_json() {
        let mut out = describe::object(gate, &place)?;
        out["overrides"] = overrides(gate).into();
        out["waivers"] = json!(waived);
        let verdicts = said.iter().map(|(when, v)| {
            let mut value = json!(v);
            value["when"] = when.as_str().into();
            value
        });
        out["verdicts"] = verdicts.collect();
        return ctx.ui.json(&out);
    }
    ctx.ui.line(Text::new().with(Style::Id, &gate.id).plain(" ").plain(&gate.about))?;
    for (name, value) in lines(gate, &place)? {
        ctx.ui.line(Text::new().with(Style::Dim, format!("  {name:<9}")).plain(value))?;
    }
    for w in &waived {
        ctx.ui.line(Text::new().with(Style::Warn, "  waived   ").plain(w.to_string()))?;
    }
    for (when, v) in &said {
        ctx.ui.line(Text::new().with(Style::Dim, format!("  at {when:<6}")).plain(format!("{}: {}", v.status, v.why)))?;
    }
    Ok(())
}

/// True if a waiver names this gate, or the rule that it looks for.
pub(super) fn is_about(gate: &Gate, named: &str) -> bool {
    gate.id == named || matches!(&gate.kind, gate::Kind::Scan { rule } if rule == named)
}

/// True if the project's definition changes one that is built in.
pub(super) fn overrides(gate: &Gate) -> bool {
    let built_in = || gate::parse(None, Vec::new()).is_ok_and(|d| d.gate(&gate.id).is_some());
    matches!(gate.layer, gate::Layer::Project { .. }) && built_in()
}

/// What there is to say about a gate, name and value.
fn lines(gate: &Gate, place: &Place) -> Result<Vec<(&'static str, String)>> {
    let mut out = vec![("kind", gate.kind.as_str().to_owned())];
    match &gate.kind {
        gate::Kind::Scan { rule } => out.push(("rule", rule.clone())),
        gate::Kind::Human { who } if !who.is_empty() => out.push(("who", who.join(", "))),
        gate::Kind::Scope { allow, deny, max_files, max_lines } => {
            out.push(("allow", if allow.is_empty() { "everything".to_owned() } else { allow.join(" ") }));
            out.extend((!deny.is_empty()).then(|| ("deny", deny.join(" "))));
            out.extend((*max_files > 0).then(|| ("files", format!("at most {max_files}"))));
            out.extend((*max_lines > 0).then(|| ("lines", format!("at most {max_lines}"))));
        }
        gate::Kind::Budget { usage, limits } => {
            out.push(("usage", usage.clone()));
            out.extend(limits.iter().map(|(name, most)| ("limit", format!("{name} {most}"))));
        }
        _ => {}
    }
    out.extend(gate.kind.program().map(|run| ("runs", run.to_owned())));
    match place.trusted(gate)? {
        Some(true) => out.push(("trusted", "yes, as it is now".to_owned())),
        Some(false) => out.push(("trusted", "no: it is an error until `bd trust` is given to its file".to_owned())),
        None => {}
    }
    out.push(("when", describe::moments(gate)));
    let blocks = format!("{} (findings from {} upwards)", gate.action, gate.block_at);
    out.push(("action", if matches!(gate.kind, gate::Kind::Scan { .. }) { blocks } else { gate.action.to_string() }));
    out.extend((!gate.paths.is_empty()).then(|| ("paths", gate.paths.join(" "))));
    out.extend((!gate.needs.is_empty()).then(|| ("needs", gate.needs.join(", "))));
    out.extend((gate.expect == gate::Expect::Fail).then(|| ("expect", "fail".to_owned())));
    let over = if overrides(gate) { ", over the one that is built in" } else { "" };
    out.push(("defined", format!("{}{over}", describe::origin(gate))));
    Ok(out)
}
