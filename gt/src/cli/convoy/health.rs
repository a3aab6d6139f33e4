//! `gt convoy health`: is a convoy well?

use super::parsed;
use crate::convoy::find;
use crate::convoy::health::{Issue, KINDS, counts, health, is_healthy};
use crate::convoy::launch::{look, scene_or_bare};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, ErrorKind, Result};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "health",
    aliases: &[],
    about: "Is a convoy well? Overdue approvals, failing molecules, lapsed claims, members that are missing; exit 1 if not",
    args: Args::augment_args,
    run,
    example: "gt convoy health ledger-trail",
    codes: &[1],
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
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let convoy = find(&store, &snapshot, &args.id)?;
    let (scene, broken) = scene_or_bare(&store, &snapshot, convoy, now)?;
    let plan = look(&store, &snapshot, &scene)?;
    let issues = health(&scene, &plan, broken.as_ref(), now);
    let (problems, warnings) = (issues.iter().filter(|i| i.problem).count(), issues.iter().filter(|i| !i.problem).count());
    let healthy = is_healthy(&issues);
    if ctx.ui.is_json() {
        let members: serde_json::Map<String, Value> =
            counts(&scene).into_iter().map(|(standing, n)| (standing.as_str().to_owned(), json!(n))).collect();
        ctx.ui.json(&json!({
            "id": scene.convoy.id, "healthy": healthy, "problems": problems, "warnings": warnings, "members": members,
            "issues": issues.iter().map(object).collect::<Vec<_>>(),
        }))?;
    } else {
        ctx.ui.line(format!("Convoy: {}", scene.convoy.id))?;
        let word = if healthy { Text::new().with(Style::Good, "healthy") } else { Text::new().with(Style::Bad, "needs attention") };
        let mut line = Text::new().plain("Health: ");
        line.append(word);
        line.push(Style::Plain, format!(" ({problems} problems, {warnings} warnings)"));
        ctx.ui.line(line)?;
        ctx.ui.line(format!("Progress: {}", scene.board.progress_text()))?;
        for issue in &issues {
            let (mark, style) = if issue.problem { ("🚨", Style::Bad) } else { ("⚠", Style::Warn) };
            let line =
                Text::new().plain(format!("{mark} ")).with(style, issue.kind).plain(format!(" {}: {}", issue.about, issue.text));
            ctx.ui.line(line)?;
        }
    }
    if healthy {
        return Ok(());
    }
    Err(Error::new(ErrorKind::No, format!("the convoy `{}` is not well", scene.convoy.id)))
}

fn object(issue: &Issue) -> Value {
    json!({"weight": if issue.problem { "problem" } else { "warning" }, "kind": issue.kind, "about": issue.about, "text": issue.text})
}

fn schema() -> Value {
    let (text, number) = (|| json!({"type": "string"}), || json!({"type": "integer"}));
    json!({
        "type": "object",
        "required": ["id", "healthy", "problems", "warnings", "members", "issues"],
        "properties": {
            "id": text(), "healthy": {"type": "boolean"}, "problems": number(), "warnings": number(), "members": {"type": "object"},
            "issues": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["weight", "kind", "about", "text"],
                    "properties": {
                        "weight": {"type": "string", "enum": ["problem", "warning"]}, "kind": {"type": "string", "enum": KINDS},
                        "about": text(), "text": text(),
                    },
                },
            },
        },
    })
}
