//! `bd gate list --rules`: the gates. `bd gate list` shows people the waits and these.

use super::describe;
use super::place::Place;
use super::{Sub, parsed};
use crate::gate::{Action, When};
use bd::cli::Ctx;
use bd::error::{Error, Result};
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "list",
    aliases: &[],
    about: "The gates and what decides about each; without --rules bd shows the waits too",
    args: Args::augment_args,
    run,
    example: "bd gate list --rules --when push",
    codes: &[],
    shape: Some(|| json!({"type": "array", "items": describe::schema(json!({}))})),
};

#[derive(clap::Args)]
struct Args {
    /// Gates, not waits
    #[arg(long)]
    rules: bool,
    /// Only those of a moment: claim, work, commit, push, submit, land
    #[arg(long, value_name = "MOMENT")]
    when: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let when = args.when.as_deref().map(moment).transpose()?;
    let place = Place::find(ctx)?;
    let definitions = place.definitions()?;
    for warning in &definitions.warnings {
        ctx.ui.warn(&warning.to_string());
    }
    let fits = |g: &&crate::gate::Gate| when.is_none_or(|w| g.when.contains(&w) && g.action != Action::Off);
    let gates: Vec<_> = definitions.gates.iter().filter(fits).collect();
    if ctx.ui.is_json() {
        let objects = gates.iter().map(|g| describe::object(g, &place)).collect::<Result<Vec<_>>>()?;
        return ctx.ui.json(&objects);
    }
    let mut table = Table::new();
    for gate in &gates {
        let mut about = Text::new().plain(&gate.about);
        if place.trusted(gate)? == Some(false) {
            about.push(Style::Warn, " (not trusted here)");
        }
        table.row(vec![
            Text::new().with(Style::Id, &gate.id),
            Text::new().plain(gate.kind.as_str()),
            describe::action(gate),
            Text::new().with(Style::Dim, describe::moments(gate)),
            about,
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.page();
    ctx.ui.lines(table.lines(width))?;
    let from =
        definitions.origin.as_deref().map_or("none of its own".to_owned(), |o| format!("{} of {o}", bd::ops::verdicts::GATES_PATH));
    ctx.ui.talk(format!("{} gates; the project's: {from}", gates.len()));
    Ok(())
}

/// A moment by its word.
///
/// # Errors
/// There is none (exit 2).
pub(super) fn moment(text: &str) -> Result<When> {
    When::parse(text).ok_or_else(|| {
        let all: Vec<&str> = When::ALL.iter().map(|w| w.as_str()).collect();
        Error::usage(format!("there is no moment `{}`", text.escape_debug())).hint(format!("Moments: {}", all.join(", ")))
    })
}
