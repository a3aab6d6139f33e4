//! `gt convoy launch`: a staged convoy gets under way.

use super::parsed;
use crate::convoy::find;
use crate::convoy::launch::{free, launch, look};
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "launch",
    aliases: &[],
    about: "Put a staged convoy under way and say what can be claimed now; no worker is started",
    args: Args::augment_args,
    run,
    example: "gt convoy launch search",
    codes: &[3, 7],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let scene = super::show::scene(ctx, &args.id)?;
    super::show::tell_warnings(ctx, &scene.convoy, scene.file.as_ref());
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let plan = look(&store, &snapshot, &scene)?;
    let id = scene.convoy.id.clone();
    let changed = ctx.write(|tx| launch(tx, &find(tx.store(), tx.snapshot(), &args.id)?, &plan))?;
    let free = free(&scene);
    if ctx.ui.is_json() {
        let claim: Vec<&str> = free.claim.iter().map(|(id, _)| id.as_str()).collect();
        let mut out = super::stage::object(&plan);
        for (key, value) in [
            ("id", json!(id)),
            ("changed", json!(changed)),
            ("ready", json!(claim)),
            ("to_pour", json!(free.pour)),
            ("workers_started", json!(0)),
        ] {
            out[key] = value;
        }
        return ctx.ui.json(&out);
    }
    let what = if changed { "Launched " } else { "Under way already: " };
    ctx.ui.line(Text::new().plain(what).with(Style::Id, &id))?;
    for finding in &plan.findings {
        ctx.ui.warn(&format!("{}: {}", finding.kind, finding.text));
    }
    if !free.claim.is_empty() {
        ctx.ui.line("Can be claimed now:")?;
        for (_, shown) in &free.claim {
            ctx.ui.line(format!("  {shown}"))?;
        }
    }
    if !free.pour.is_empty() {
        ctx.ui.line("Can be poured now:")?;
        for molecule in &free.pour {
            ctx.ui.line(format!("  {molecule}"))?;
        }
    }
    if free.claim.is_empty() && free.pour.is_empty() {
        ctx.ui.line("Nothing can be claimed now")?;
    }
    ctx.ui.talk("No worker was started: whoever works takes a bead with `bd claim`");
    Ok(())
}

fn schema() -> Value {
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    json!({
        "type": "object",
        "required": ["id", "changed", "launchable", "waves", "findings", "ready", "to_pour", "workers_started"],
        "properties": {
            "id": {"type": "string"}, "changed": {"type": "boolean"}, "launchable": {"type": "boolean"},
            "waves": {"type": "array", "items": texts()}, "findings": {"type": "array", "items": {"type": "object"}},
            "ready": texts(), "to_pour": texts(), "workers_started": {"type": "integer"},
        },
    })
}
