//! `bd gate schema VERB`: the JSON Schema of a verb's `--json`.

use super::{SUBS, Sub, parsed};
use bd::cli::Ctx;
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "schema",
    aliases: &[],
    about: "The JSON Schema of what a verb prints with --json",
    args: Args::augment_args,
    run,
    example: "bd gate schema waivers",
    codes: &[],
    shape: None,
};

#[derive(clap::Args)]
struct Args {
    /// Which verb (without: their names)
    #[arg(value_name = "VERB")]
    verb: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let shaped = || SUBS.iter().filter_map(|s| s.shape.map(|shape| (s.name, shape)));
    let Some(name) = args.verb else {
        let names: Vec<&str> = shaped().map(|(name, _)| name).collect();
        return if ctx.ui.is_json() { ctx.ui.json(&names) } else { names.iter().try_for_each(|n| ctx.ui.raw(n)) };
    };
    let found = SUBS.iter().find(|s| s.name == name || s.aliases.contains(&name.as_str()));
    let schema = found.and_then(|s| s.shape).ok_or_else(|| {
        let names: Vec<&str> = shaped().map(|(name, _)| name).collect();
        Error::usage(format!("`{}` has no schema", name.escape_debug())).hint(format!("There are {}", names.join(", ")))
    })?;
    let mut schema = schema();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = format!("bd gate {}", found.map_or("", |s| s.name)).into();
    ctx.ui.raw(&serde_json::to_string_pretty(&schema).map_err(|e| Error::internal(e.to_string()))?)
}
