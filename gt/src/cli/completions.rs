//! `gt completions`: for a shell.

use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _, ValueEnum};
use clap_complete::Shell;

pub(super) const VERB: Verb = Verb {
    name: "completions",
    aliases: &["completion"],
    group: Group::Store,
    about: "Print completions for a shell: bash, zsh, fish, elvish, powershell",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The shell
    shell: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let shell = Shell::from_str(&args.shell, true).map_err(|_| {
        Error::usage(format!("there are no completions for `{}`", args.shell.escape_debug()))
            .hint("One of bash, zsh, fish, elvish, powershell")
    })?;
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut super::PROGRAM.whole_command(), "gt", &mut bytes);
    ctx.ui.bytes(&bytes)
}
