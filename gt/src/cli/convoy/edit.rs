//! `gt convoy edit`: the one command that changes a `convoy.toml`.

use super::parsed;
use crate::convoy::edit::{self, Edited};
use crate::convoy::{find, path_of, place};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, Result};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "edit",
    aliases: &[],
    about: "Set or take out one value of the convoy.toml; every other byte of the file stays",
    args: Args::augment_args,
    run,
    example: "gt convoy edit ledger-trail set molecules.day3-settlement-refs.status in_progress",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
    /// What to do: set or unset
    #[arg(value_name = "set|unset")]
    what: String,
    /// Which key: names with dots; below `molecules` and `risks` an id stands for its table
    #[arg(value_name = "KEY")]
    key: String,
    /// The value, a text where the old one is a text
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let convoy = find(&store, &snapshot, &args.id)?;
    let path = place::inside(&path_of(&convoy))?;
    // The file of the default branch is not ours to write: only what the working tree has can be edited.
    let full = place::top(&store)?.join(&path);
    let there = full.symlink_metadata().is_ok_and(|m| m.is_file()) && full.canonicalize().is_ok_and(|real| real == full);
    let text = if there { place::read(&store, &path)? } else { None };
    let text = text.ok_or_else(|| {
        Error::usage(format!("there is no file {path} in this working tree")).hint("A convoy without a file has nothing to edit")
    })?;
    let edited = match (args.what.as_str(), &args.value) {
        ("set", Some(value)) => edit::set(&path, &text, &args.key, value)?,
        ("set", None) => return Err(Error::usage("`set` needs a value").hint("gt convoy edit ID set KEY VALUE")),
        ("unset", None) => edit::unset(&path, &text, &args.key)?,
        ("unset", Some(_)) => return Err(Error::usage("`unset` takes no value")),
        (other, _) => {
            let shown: String = other.chars().take(60).collect();
            return Err(Error::usage(format!("`{}` is neither `set` nor `unset`", shown.escape_debug())));
        }
    };
    if edited.text != text {
        bd::ops::files::write(&full, edited.text.as_bytes())?;
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&object(&path, &args.key, &edited, edited.text != text));
    }
    let old = edited.old.as_deref().unwrap_or("(not there)");
    let new = edited.new.as_deref().unwrap_or("(taken out)");
    ctx.ui.line(Text::new().with(Style::Id, &args.key).plain(format!(": {old} -> {new}")))?;
    ctx.ui.talk(format!("Written to {path}; commit it as you commit your own work"));
    Ok(())
}

fn object(path: &str, key: &str, edited: &Edited, changed: bool) -> Value {
    let mut out = json!({"file": path, "key": key, "changed": changed});
    for (name, value) in [("old", &edited.old), ("new", &edited.new)] {
        if let Some(value) = value {
            out[name] = json!(value);
        }
    }
    out
}

fn schema() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["file", "key", "changed"],
        "properties": {"file": text(), "key": text(), "changed": {"type": "boolean"}, "old": text(), "new": text()},
    })
}
