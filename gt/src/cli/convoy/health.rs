//! `gt convoy health`: is a convoy well?

use super::parsed;
use crate::convoy::health::{Issue, KINDS, counts, health, is_healthy, of_molecule};
use crate::views::{Convoys, Molecules};
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
    let convoy = Convoys::load(&snapshot)?.find(&store, &snapshot, &args.id)?;
    // A problem in its file stands in the way of nothing else.
    let (file, broken) = match super::show::file_of(&store, &convoy) {
        Ok(file) => (file, None),
        Err(error) => (None, Some(error)),
    };
    let kept = Molecules::load(&snapshot, now)?;
    let look = kept.look(convoy, file)?;
    let plan = look.plan(&store, &snapshot)?;
    let mut molecules = Vec::new();
    for one in look.poured.iter().filter(|one| !one.standing().is_closed()) {
        molecules.extend(kept.whole(one.bead, |brief| of_molecule(brief, now))?);
    }
    let issues = health(&look, &plan, broken.as_ref(), molecules, now);
    let (problems, warnings) = (issues.iter().filter(|i| i.problem).count(), issues.iter().filter(|i| !i.problem).count());
    let healthy = is_healthy(&issues);
    if ctx.ui.is_json() {
        let members: serde_json::Map<String, Value> =
            counts(&look.board).into_iter().map(|(standing, n)| (standing.as_str().to_owned(), json!(n))).collect();
        ctx.ui.json(&json!({
            "id": look.convoy.id, "healthy": healthy, "problems": problems, "warnings": warnings, "members": members,
            "issues": issues.iter().map(object).collect::<Vec<_>>(),
        }))?;
    } else {
        ctx.ui.line(format!("Convoy: {}", look.convoy.id))?;
        let word = if healthy { Text::new().with(Style::Good, "healthy") } else { Text::new().with(Style::Bad, "needs attention") };
        let mut line = Text::new().plain("Health: ");
        line.append(word);
        line.push(Style::Plain, format!(" ({problems} problems, {warnings} warnings)"));
        ctx.ui.line(line)?;
        ctx.ui.line(format!("Progress: {}", look.board.progress_text()))?;
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
    Err(Error::new(ErrorKind::No, format!("the convoy `{}` is not well", look.convoy.id)))
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
