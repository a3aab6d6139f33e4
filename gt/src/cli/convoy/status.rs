//! `gt convoy status`: how far each team is.

use super::{parsed, shape};
use crate::convoy::teams::{TeamProgress, teams};
use crate::convoy::{Board, Outlook};
use crate::molecule::model::percent;
use crate::views::{Convoys, Molecules};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, Result};
use bd::query::nearest;
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "status",
    aliases: &[],
    about: "How far each team of a convoy is, and what it works on",
    args: Args::augment_args,
    run,
    example: "gt convoy status ledger-trail",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
    /// Only this team
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let convoy = Convoys::load(&snapshot)?.find(&store, &snapshot, &args.id)?;
    let file = super::show::file_of(&store, &convoy)?;
    let scene = Outlook::from(Molecules::load(&snapshot, now)?.look(convoy, file)?);
    let board = &scene.board;
    let mut all = teams(board);
    if let Some(team) = &args.team {
        let name = team.trim_start_matches('@');
        if !all.iter().any(|t| t.name == name) {
            return Err(unknown(name, &all));
        }
        all.retain(|t| t.name == name);
    }
    if ctx.ui.is_json() {
        let mut out = shape::head(&scene.convoy, &scene.board);
        out["teams"] = all.iter().map(object).collect();
        out["tracked"] = board.lines().map(tracked).collect();
        out["completed"] = json!(board.lines().filter(|l| l.standing.is_closed()).count());
        out["total"] = json!(board.lines().count());
        return ctx.ui.json(&out);
    }
    ctx.ui.line(format!("Convoy: {}", board.facts.id))?;
    ctx.ui.line(format!("Status: {}", board.status))?;
    ctx.ui.line(format!("Progress: {}", board.progress_text()))?;
    let mut table = Table::new();
    for team in &all {
        let style = if team.done == team.total && team.total > 0 { Style::Good } else { Style::Plain };
        table.row(vec![
            Text::new().with(Style::Actor, &team.name),
            Text::new().with(style, format!("{}/{} ({}%)", team.done, team.total, percent(team.percent()))),
            Text::new().plain(team.now(board)),
        ]);
    }
    if !all.is_empty() {
        ctx.ui.line("")?;
        ctx.ui.line("Teams:")?;
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))
}

fn unknown(name: &str, all: &[TeamProgress]) -> Error {
    let shown: String = name.chars().take(60).collect();
    let error = Error::usage(format!("no team `{}` takes part", shown.escape_debug()));
    match nearest(name, all.iter().map(|t| t.name.as_str()), 1).first() {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error.hint("Without --team all are shown"),
    }
}

fn object(team: &TeamProgress) -> Value {
    json!({
        "team": team.name, "done": team.done, "total": team.total, "percent": shape::rounded(team.percent()),
        "blocked": team.trouble, "members": team.members,
    })
}

/// A member in the words of Gas Town's own `convoy status`.
fn tracked(line: &crate::convoy::Line) -> Value {
    json!({"id": line.id, "title": line.shown, "status": if line.standing.is_closed() { "closed" } else { "open" }, "state": line.standing.as_str()})
}

fn schema() -> Value {
    let (text, number) = (|| json!({"type": "string"}), || json!({"type": "integer"}));
    shape::head_schema(json!({
        "completed": number(), "total": number(),
        "teams": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["team", "done", "total", "percent", "blocked", "members"],
                "properties": {
                    "team": text(), "done": number(), "total": number(), "percent": {"type": "number"}, "blocked": number(),
                    "members": {"type": "array", "items": text()},
                },
            },
        },
        "tracked": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "title", "status", "state"],
                "properties": {
                    "id": text(), "title": text(), "state": text(), "status": {"type": "string", "enum": ["open", "closed"]},
                },
            },
        },
    }))
}

impl TeamProgress {
    /// What the team works on or waits for, the first three.
    fn now(&self, board: &Board) -> String {
        let open = board.lines().filter(|l| self.members.contains(&l.id) && !l.standing.is_closed());
        let mut all: Vec<String> = open.map(|l| format!("{} {} ({})", l.standing.mark(), l.id, l.words)).collect();
        let more = all.len().saturating_sub(3);
        all.truncate(3);
        if more > 0 {
            all.push(format!("{more} more"));
        }
        all.join(", ")
    }
}
