//! `gt config get`.

use super::{home, schema};
use crate::settings;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "get",
    aliases: &[],
    about: "Print one setting",
    args: Args::augment_args,
    run,
    example: "gt config get notifications.email.enabled",
    codes: &[1],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Its key
    #[arg(value_name = "KEY")]
    key: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let store = ctx.store()?;
    let value = settings::get(&store, &args.key)?;
    if ctx.ui.is_json() {
        if value.is_none() {
            ctx.failed = Some(ErrorKind::No);
        }
        return ctx.ui.json(&json!({"key": args.key, "value": value, "home": home(settings::find(&args.key)?.home)}));
    }
    match value {
        Some(value) => ctx.ui.line(value),
        None => Err(Error::new(ErrorKind::No, format!("`{}` is not set", args.key))),
    }
}
