//! `gt molecule history`: what happened, who did it, oldest first.

use crate::molecule::Brief;
use crate::molecule::model::{Run, field};
use crate::views::Molecules;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::model::BeadId;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "history",
    aliases: &["log"],
    about: "What happened to a molecule: every hand-in, decision, way back",
    args: Args::augment_args,
    run,
    example: "gt molecule history day3-workflow-refs",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// At most this many of the latest; 0 = all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 40)]
    limit: usize,
}

fn shape() -> Value {
    json!({"type": "array", "items": {"type": "object", "required": ["at", "by", "what", "step"], "properties": {
        "at": {"type": "string"}, "by": {"type": "string"}, "what": {"type": "string"},
        "step": {"type": ["string", "null"]}, "text": {"type": ["string", "null"]}, "attempt": {"type": ["integer", "null"]}, "id": {"type": "string"},
    }}})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let molecules = Molecules::load(&snapshot, now)?;
    let id = molecules.find(&store, &args.name)?;
    let steps = |brief: &Brief<'_>| -> Vec<(String, String)> {
        brief.facts.steps.iter().map(|s| (s.bead.to_owned(), s.id.to_owned())).collect()
    };
    let steps = molecules.whole(id.as_str(), steps)?;
    let mut all: Vec<(String, String, Value)> = Vec::new();
    let mut take = |bead: &BeadId, step: Option<&str>| -> Result<()> {
        for stored in snapshot.events(bead)? {
            let e = stored.event;
            if e.kind == bd::model::Kind::CREATE && step.is_some() {
                continue;
            }
            let extra = |name: &str| e.extra.get(name).map(bd::model::Value::to_plain);
            let hand_in = || {
                Some(
                    e.set.get(field::HAND_IN)?.to_tree()["body"]
                        .as_str()?
                        .lines()
                        .find(|l| !l.starts_with('#') && !l.trim().is_empty())?
                        .to_owned(),
                )
            };
            let text = e.text.clone().or_else(|| extra("why")).or_else(|| e.set.get(field::WHY)?.as_str().map(Into::into));
            let text = text.or_else(|| e.set.get(field::NOTE)?.as_str().map(Into::into)).or_else(hand_in);
            // A rejection sets the try that is to come.
            let run = e.set.get(field::STEP_RUN).filter(|_| e.kind.as_str() != "reject");
            let attempt = run.and_then(bd::model::Value::decode::<Run>).map(|r| r.attempt);
            let what = if e.kind == bd::model::Kind::CREATE { "pour" } else { e.kind.as_str() };
            let object = json!({"at": e.at, "by": e.by.as_str(), "what": what, "step": step, "text": text, "attempt": attempt,
                "to": extra("to"), "against": extra("against"), "commit": extra("commit"), "id": e.id.to_string()});
            all.push((e.at.clone(), e.id.to_string(), object));
        }
        Ok(())
    };
    take(&id, None)?;
    for (bead, step) in &steps {
        take(&BeadId::new(bead)?, Some(step))?;
    }
    // Names are ordered by the writer's clock; causes are not asked for here.
    all.sort_by(|a, b| a.1.cmp(&b.1));
    let limit = if args.limit == 0 { all.len() } else { args.limit };
    let hidden = all.len().saturating_sub(limit);
    let shown: Vec<&Value> = all.iter().skip(hidden).map(|(_, _, o)| o).collect();
    if ctx.ui.is_json() {
        return ctx.ui.json(&shown);
    }
    ctx.ui.page();
    if hidden > 0 {
        ctx.ui.line(format!("… {hidden} earlier (--limit 0 shows all)"))?;
    }
    for o in shown {
        let text = |name: &str| o[name].as_str().unwrap_or_default().to_owned();
        let mut line = Text::new().plain(text("at").get(..16).unwrap_or_default().replace('T', " ")).plain("  ");
        line.push(Style::Strong, format!("{:<9}", text("what")));
        line.push(Style::Plain, format!(" {:<28} {}", text("step"), text("by")));
        if let Some(attempt) = o["attempt"].as_u64().filter(|n| *n > 1) {
            line.push(Style::Plain, format!(" (try {attempt})"));
        }
        let said = text("text");
        if !said.is_empty() {
            line.push(Style::Plain, format!(": {}", said.lines().next().unwrap_or_default()));
        }
        if o["to"].is_string() {
            line.push(Style::Plain, format!(" -> {}", text("to")));
        }
        ctx.ui.line(line)?;
    }
    Ok(())
}
