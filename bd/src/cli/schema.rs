//! `bd schema`: the JSON Schema of what each command prints with `--json`.

use super::Ctx;
use super::shapes::{SHAPES, document};
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, Result};
use crate::query::nearest;
use crate::ui::{Style, Text};
use clap::ArgMatches;

pub(super) const VERB: Verb = Verb {
    name: "schema",
    aliases: &[],
    group: Group::Share,
    about: "The JSON Schema of a command's --json output",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The command, e.g. `list` or `dep add`; without one the commands are listed
    command: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    if args.command.is_empty() {
        if ctx.ui.is_json() {
            return ctx.ui.json(&SHAPES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        }
        for (name, shape) in SHAPES {
            ctx.ui.line(Text::new().with(Style::Id, format!("{name:20}")).plain(format!(" {}", shape.about())))?;
        }
        return Ok(());
    }
    let name = args.command.join(" ");
    let Some((name, shape)) = SHAPES.iter().find(|(n, _)| *n == name) else {
        let error = Error::usage(format!("no schema is known for `{}`", name.escape_debug()));
        return Err(match nearest(&name, SHAPES.iter().map(|(n, _)| *n), 1).first() {
            Some(near) => error.hint(format!("Did you mean `{near}`?")),
            None => error.hint("`bd schema` lists the commands"),
        });
    };
    ctx.ui.json(&document(name, *shape))
}
