//! `bd config`: what decides, and where it was read.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, ErrorKind, Result};
use crate::ops::config;
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "config",
    aliases: &[],
    group: Group::Store,
    about: "Get, set, unset and list the project's settings in .beads/config.toml",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// Print one setting
    Get {
        /// Its key, e.g. claim.lease
        key: String,
    },
    /// Write one setting into the working tree; commit the file to put it in force for everybody
    Set {
        /// Its key
        key: String,
        /// Its value
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Take one setting out of the file
    Unset {
        /// Its key
        key: String,
    },
    /// List the settings that there are
    #[command(visible_alias = "show")]
    List,
    /// Check the file in the working tree
    Validate,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    match args.what.unwrap_or(What::List) {
        What::List => list(ctx),
        What::Get { key } => {
            let store = ctx.store()?;
            let value = config::get(&store, &key)?;
            if ctx.ui.is_json() {
                if value.is_none() {
                    ctx.failed = Some(ErrorKind::No);
                }
                return ctx.ui.json(&json!({"key": key, "value": value}));
            }
            match value {
                Some(value) => ctx.ui.line(Text::new().plain(value)),
                None => Err(super::no(format!("`{key}` is not set"))),
            }
        }
        What::Set { key, value } => change(ctx, &key, Some(&value)),
        What::Unset { key } => change(ctx, &key, None),
        What::Validate => {
            let store = ctx.store()?;
            let unknown = config::validate(&store)?;
            if ctx.ui.is_json() {
                if !unknown.is_empty() {
                    ctx.failed = Some(ErrorKind::Usage);
                }
                return ctx.ui.json(&json!({"valid": unknown.is_empty(), "unknown": unknown}));
            }
            if unknown.is_empty() {
                return ctx.ui.line(Text::new().plain("The configuration is valid"));
            }
            Err(Error::usage(format!("keys that mean nothing: {}", unknown.join(", ")))
                .hint("`bd config list` shows the keys that there are"))
        }
    }
}

fn change(ctx: &mut Ctx<'_, '_>, key: &str, value: Option<&str>) -> Result<()> {
    ctx.writable()?;
    let store = ctx.store()?;
    let in_force = config::set(&store, key, value)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"key": key, "value": value, "in_force": in_force}));
    }
    ctx.ui.line(Text::new().plain(match value {
        Some(value) => format!("{key} = {value}"),
        None => format!("{key} is unset"),
    }))?;
    if !in_force {
        ctx.ui.talk("Commit .beads/config.toml: what decides is read from the default branch");
    }
    Ok(())
}

fn list(ctx: &mut Ctx<'_, '_>) -> Result<()> {
    let store = ctx.store()?;
    let mut rows = Vec::new();
    for (key, about) in crate::config::KEYS {
        rows.push((*key, config::get(&store, key).ok().flatten(), *about));
    }
    if ctx.ui.is_json() {
        let objects: Vec<_> = rows.iter().map(|(key, value, about)| json!({"key": key, "value": value, "about": about})).collect();
        return ctx.ui.json(&objects);
    }
    for (key, value, about) in rows {
        let value = value.unwrap_or_else(|| "-".to_owned());
        ctx.ui.line(Text::new().with(Style::Id, format!("{key:22}")).plain(format!(" {value:24} ")).with(Style::Dim, about))?;
    }
    if let Some(origin) = &store.config().origin {
        ctx.ui.talk(format!("read from {origin}"));
    }
    Ok(())
}
