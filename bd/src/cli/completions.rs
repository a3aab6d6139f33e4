//! `bd completions`: for a shell.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, Result};
use clap::{ArgMatches, ValueEnum};
use clap_complete::Shell;

pub(super) const VERB: Verb = Verb {
    name: "completions",
    aliases: &["completion"],
    group: Group::Store,
    about: "Print completions for a shell: bash, zsh, fish, elvish, powershell",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The shell
    shell: String,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let shell = Shell::from_str(&args.shell, true).map_err(|_| {
        Error::usage(format!("there are no completions for `{}`", args.shell.escape_debug()))
            .hint("One of bash, zsh, fish, elvish, powershell")
    })?;
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut super::help::whole_command(), "bd", &mut bytes);
    ctx.ui.bytes(&bytes)
}
