//! `gt config set` and `gt config unset`.

use super::{home, masked, schema};
use crate::settings::{self, Home};
use crate::{cli::mail::stdin, notify};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const SET: Sub = Sub {
    name: "set",
    aliases: &[],
    about: "Write one setting: the project's into .beads/config.toml, this clone's where no commit can hold it",
    args: SetArgs::augment_args,
    run: set,
    example: "gt config set notifications.email.address ann@example.org",
    codes: &[4, 7],
    shape: Some(schema),
};

pub(super) const UNSET: Sub = Sub {
    name: "unset",
    aliases: &[],
    about: "Take one setting away",
    args: UnsetArgs::augment_args,
    run: unset,
    example: "gt config unset notifications.command",
    codes: &[7],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct SetArgs {
    /// Its key
    #[arg(value_name = "KEY")]
    key: String,
    /// Its value; - reads it from standard input, so that no history of a shell has it
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
}

#[derive(clap::Args)]
struct UnsetArgs {
    /// Its key
    #[arg(value_name = "KEY")]
    key: String,
}

fn set(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: SetArgs = parsed(m)?;
    settings::find(&args.key)?;
    let value = if args.value == "-" { stdin()?.trim().to_owned() } else { args.value };
    change(ctx, &args.key, Some(&value))
}

fn unset(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: UnsetArgs = parsed(m)?;
    change(ctx, &args.key, None)
}

fn change(ctx: &mut Ctx<'_, '_>, name: &str, value: Option<&str>) -> Result<()> {
    ctx.writable()?;
    let key = settings::find(name)?;
    let store = ctx.store()?;
    let in_force = settings::set(&store, name, value)?;
    if key.home == Home::Clone {
        // What is there already is old news: only what comes from here on is delivered.
        notify::begin(&store, &ctx.snapshot()?)?;
    }
    let shown = match key.home {
        Home::Clone => masked(key, settings::get(&store, name)?),
        Home::Project => value.map(str::to_owned),
    };
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"key": name, "value": shown, "home": home(key.home), "in_force": in_force}));
    }
    ctx.ui.line(match shown {
        Some(value) => format!("{name} = {value}"),
        None => format!("{name} is unset"),
    })?;
    if !in_force {
        ctx.ui.talk("Commit .beads/config.toml: what decides is read from the default branch");
    }
    for missing in notify::missing(&store)? {
        ctx.ui.warn(&missing);
    }
    Ok(())
}
