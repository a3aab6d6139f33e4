//! `bd migrate`: the format has one version, so there is nothing to migrate.

use super::super::Ctx;
use super::super::verb::{Group, Verb, parsed};
use super::info;
use crate::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(in super::super) const VERB: Verb = Verb {
    name: "migrate",
    aliases: &[],
    group: Group::More,
    about: "Accepted: there is nothing to migrate",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// What upstream's tools would migrate
    #[arg(value_name = "WHAT")]
    what: Option<String>,
    /// Say what there is
    #[arg(long)]
    inspect: bool,
    #[arg(long, hide = true)]
    dry_run: bool,
    #[arg(long, hide = true)]
    yes: bool,
    #[arg(long, hide = true)]
    cleanup: bool,
    #[arg(long, hide = true)]
    update_repo_id: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if let Some(what) = &args.what {
        return Err(Error::usage(format!(
            "there is no `bd migrate {}`: the state is text in your own repository, not a database",
            what.escape_debug()
        ))
        .hint("`bd import FILE` takes over the records of an upstream store"));
    }
    if ctx.ui.is_json() {
        let schema = info::schema(ctx)?;
        return ctx.ui.json(&serde_json::json!({
            "status": "current",
            "registered_migrations": [],
            "current_state": schema,
            "warnings": [],
            "missing_config": [],
            "invariants_to_check": [],
        }));
    }
    ctx.store()?;
    ctx.ui.talk(format!("nothing to migrate: the format has version {}", crate::model::VERSION));
    Ok(())
}
