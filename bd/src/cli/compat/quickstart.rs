//! `bd quickstart`

use super::super::Ctx;
use super::super::verb::{Group, Verb};
use crate::error::Result;
use clap::ArgMatches;

pub(in super::super) const VERB: Verb = Verb {
    name: "quickstart",
    aliases: &[],
    group: Group::More,
    about: "The first commands",
    args: |command| command,
    subs: &[],
    run,
};

/// What is printed: the work in order, one line a command.
const TEXT: &str = "\
bd keeps work items (beads) in this git repository: no database, no daemon.

Begin
  bd init                                  once in a repository
  bd create \"Fix the login\" -t bug -p 1    a bead; prints its id
  bd create \"Write the test\" --deps ID     it waits for ID
  bd dep add ID OTHER                      ID waits for OTHER

Work
  bd ready                                 what can be worked on now
  bd show ID                               everything about a bead
  bd update ID --claim                     take it
  bd create \"Found this\" --deps discovered-from:ID
  bd comment ID \"What I found\"
  bd close ID --reason \"What was done\"

Share
  bd sync                                  with everybody who has the repository
  bd status                                what is shared and what is not yet

Every command takes --json. `bd help COMMAND` explains one, `bd prime` is what an agent needs.";

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    if ctx.ui.is_json() {
        return ctx.ui.json(&serde_json::json!({"text": TEXT}));
    }
    TEXT.lines().try_for_each(|line| ctx.ui.line(line))
}
