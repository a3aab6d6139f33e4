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

type Shape = fn() -> serde_json::Value;

/// Every command that has a schema, with what makes it.
fn known() -> impl Iterator<Item = (String, Shape)> {
    super::VERBS.iter().flat_map(|verb| {
        let told = super::TOLD.iter().filter(|t| t.name == verb.name);
        let own = told.filter_map(|told| Some((told.name.to_owned(), told.shape?)));
        let subs = super::subs(verb.name).iter();
        own.chain(subs.filter_map(|sub| Some((format!("{} {}", verb.name, sub.name), sub.shape?))))
    })
}

/// Every command that has a schema, with it.
pub fn all() -> Vec<(String, serde_json::Value)> {
    known().map(|(name, shape)| (name, shape())).collect()
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if args.command.is_empty() {
        let mut names = known().map(|(name, _)| name);
        if ctx.ui.is_json() {
            return ctx.ui.json(&names.collect::<Vec<_>>());
        }
        return names.try_for_each(|name| ctx.ui.line(name.as_str()));
    }
    let name = args.command.join(" ");
    match known().find(|(n, _)| *n == name) {
        Some((_, shape)) => ctx.ui.json(&shape()),
        None => {
            Err(Error::usage(format!("no schema is known for `{}`", name.escape_debug())).hint("`gt schema` lists the commands"))
        }
    }
}
