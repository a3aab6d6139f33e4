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
    /// Which verb, `hooks` before one of `bd hooks` (without: their names)
    #[arg(value_name = "VERB")]
    verb: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let all = || {
        let hooks = crate::cli::hooks::SUBS.iter().map(|s| (format!("hooks {}", s.name), s));
        SUBS.iter().map(|s| (s.name.to_owned(), s)).chain(hooks).filter_map(|(name, s)| Some((name, s.shape?)))
    };
    let name = args.verb.join(" ");
    if name.is_empty() {
        let names: Vec<String> = all().map(|(name, _)| name).collect();
        return if ctx.ui.is_json() { ctx.ui.json(&names) } else { names.iter().try_for_each(|n| ctx.ui.raw(n)) };
    }
    let (name, shape) = all().find(|(n, _)| *n == name).ok_or_else(|| {
        let names: Vec<String> = all().map(|(name, _)| name).collect();
        Error::usage(format!("`{}` has no schema", name.escape_debug())).hint(format!("There are {}", names.join(", ")))
    })?;
    let mut schema = shape();
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    let name = if name.starts_with("hooks ") { name } else { format!("gate {name}") };
    schema["title"] = format!("bd {name}").into();
    ctx.ui.raw(&serde_json::to_string_pretty(&schema).map_err(|e| Error::internal(e.to_string()))?)
}
