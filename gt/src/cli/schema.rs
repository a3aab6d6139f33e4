//! `gt schema`: the JSON Schema of what a command prints with `--json`.

use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "schema",
    aliases: &[],
    group: Group::Store,
    about: "The JSON Schema of a command's --json output",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The command, e.g. `molecule status`; without one the commands are listed
    command: Vec<String>,
}

/// Every command that has a schema, with it.
pub fn all() -> Vec<(String, serde_json::Value)> {
    let mut out = Vec::new();
    for verb in super::VERBS {
        for told in super::TOLD.iter().filter(|t| t.name == verb.name) {
            out.extend(told.shape.map(|shape| (told.name.to_owned(), shape())));
        }
        for sub in super::subs(verb.name) {
            out.extend(sub.shape.map(|shape| (format!("{} {}", verb.name, sub.name), shape())));
        }
    }
    out
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let all = all();
    if args.command.is_empty() {
        if ctx.ui.is_json() {
            return ctx.ui.json(&all.iter().map(|(name, _)| name).collect::<Vec<_>>());
        }
        return all.iter().try_for_each(|(name, _)| ctx.ui.line(name.as_str()));
    }
    let name = args.command.join(" ");
    match all.iter().find(|(n, _)| *n == name) {
        Some((_, shape)) => ctx.ui.json(shape),
        None => {
            Err(Error::usage(format!("no schema is known for `{}`", name.escape_debug())).hint("`gt schema` lists the commands"))
        }
    }
}
