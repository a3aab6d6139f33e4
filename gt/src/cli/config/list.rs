//! `gt config list`.

use super::{home, masked, schema};
use crate::settings;
use bd::cli::{Ctx, Sub};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "list",
    aliases: &["show"],
    about: "The settings that there are; what is secret is only said to be set",
    args: |c| c,
    run,
    example: "gt config list",
    codes: &[],
    shape: Some(shape),
};

fn shape() -> Value {
    json!({"type": "array", "items": schema()})
}

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let store = ctx.store()?;
    let mut rows = Vec::new();
    for key in settings::KEYS {
        let mut names = settings::names(&store, key)?;
        if names.is_empty() {
            names.push(key.name.to_owned());
        }
        for name in names {
            let value = if name.ends_with("<name>") { None } else { settings::get(&store, &name).ok().flatten() };
            rows.push((name, masked(key, value), key));
        }
    }
    if ctx.ui.is_json() {
        let object = |(name, value, key): &(String, Option<String>, &settings::Key)| json!({"key": name, "value": value, "home": home(key.home), "about": key.about});
        return ctx.ui.json(&rows.iter().map(object).collect::<Vec<_>>());
    }
    ctx.ui.page();
    for (name, value, key) in rows {
        let value = value.unwrap_or_else(|| "-".to_owned());
        let line = Text::new().with(Style::Id, format!("{name:34}")).plain(format!(" {value:24} ")).with(Style::Dim, key.about);
        ctx.ui.line(line)?;
    }
    ctx.ui
        .talk("The notifications' are this clone's own; the others are the project's, in .beads/config.toml of the default branch");
    Ok(())
}
