//! `bd daemon`: there is none. Scripts that start, stop or ask for one go on.

use super::super::Ctx;
use super::super::verb::{Group, Verb};
use crate::error::Result;
use clap::{Arg, ArgMatches};

pub(in super::super) const VERB: Verb = Verb {
    name: "daemon",
    aliases: &["daemons"],
    group: Group::More,
    about: "Accepted: bd has no daemon",
    args: |command| command.arg(Arg::new("words").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true).hide(true)),
    subs: &[],
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    // What follows is upstream's and is not looked at, but for the one flag that says how to answer.
    let json = ctx.ui.is_json() || m.get_many::<String>("words").is_some_and(|mut words| words.any(|w| w == "--json"));
    if json {
        return ctx.ui.json(&serde_json::json!({"running": false, "daemons": [], "status": "not needed"}));
    }
    ctx.ui.talk("bd has no daemon: every command commits by itself, and `bd sync` shares");
    Ok(())
}
