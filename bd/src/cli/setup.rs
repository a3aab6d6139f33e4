//! `bd setup`: telling agents about `bd`.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, ErrorKind, Result};
use crate::ops::setup::{self, Found, Recipe};
use crate::ui::Text;
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "setup",
    aliases: &[],
    group: Group::Store,
    about: "Tell an agent about bd: claude, codex or agents (AGENTS.md)",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// claude, codex or agents
    recipe: Option<String>,
    /// Only look: exit 1 if it is missing or old
    #[arg(long, conflicts_with = "remove")]
    check: bool,
    /// Take it out again
    #[arg(long)]
    remove: bool,
    /// List what can be set up
    #[arg(long)]
    list: bool,
    /// Accepted: the project's files are the default
    #[arg(long, hide = true)]
    project: bool,
    /// Accepted: the text is the same
    #[arg(long, hide = true)]
    stealth: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let Some(name) = args.recipe.filter(|_| !args.list) else { return list(ctx) };
    let names = || Recipe::ALL.map(|(name, _)| name).join(", ");
    let recipe = Recipe::parse(&name)
        .ok_or_else(|| Error::usage(format!("`{}` cannot be set up", name.escape_debug())).hint(format!("One of {}", names())))?;
    let git = crate::git::open(&ctx.env)?;
    let Some(top) = git.paths().work_dir.clone() else {
        return Err(Error::usage("a bare repository has no files to tell agents in"));
    };
    let file = recipe.file();
    if args.check {
        let found = setup::check(&top, recipe)?;
        let word = match found {
            Found::Missing => "missing",
            Found::Current => "current",
            Found::Stale => "stale",
        };
        if ctx.ui.is_json() {
            ctx.ui.json(&json!({"recipe": name, "file": file, "status": word}))?;
        } else {
            ctx.ui.line(Text::new().plain(format!("{name}: {word} ({file})")))?;
        }
        ctx.failed = (found != Found::Current).then_some(ErrorKind::No);
        return Ok(());
    }
    ctx.writable()?;
    let changed = if args.remove { setup::remove(&top, recipe)? } else { setup::add(&top, recipe)? };
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"recipe": name, "file": file, "changed": changed}));
    }
    ctx.ui.line(Text::new().plain(match (changed, args.remove) {
        (true, false) => format!("Wrote {file}"),
        (true, true) => format!("Removed it from {file}"),
        (false, false) => format!("{file} is as it should be"),
        (false, true) => format!("Nothing of ours is in {file}"),
    }))
}

fn list(ctx: &mut Ctx<'_, '_>) -> Result<()> {
    if ctx.ui.is_json() {
        let all: Vec<_> = Recipe::ALL.iter().map(|(name, recipe)| json!({"recipe": name, "file": recipe.file()})).collect();
        return ctx.ui.json(&all);
    }
    for (name, recipe) in Recipe::ALL {
        ctx.ui.line(Text::new().plain(format!("{name:8} {}", recipe.file())))?;
    }
    Ok(())
}
