//! `gt molecule upgrade`.

use super::print;
use crate::formula::Library;
use crate::molecule::{act, beads, load};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "upgrade",
    aliases: &[],
    about: "Move a molecule to the formula as it is now, where what is done allows it",
    args: Args::augment_args,
    run,
    example: "gt molecule upgrade day3-workflow-refs",
    codes: &[3, 7],
    shape: Some(print::acted_schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// A value for a variable of the formula; more than once
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let id = beads::find(&store, &snapshot, &args.name)?;
    let view = load(&snapshot, &id, now)?;
    let mut vars = view.recipe.vars.clone();
    for text in &args.vars {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("`{}` gives no value", text.escape_debug())).hint("--var NAME=VALUE"))?;
        vars.insert(key.trim().to_owned(), value.to_owned());
    }
    let library = Library::of(store.env(), store.git().paths().work_dir.as_deref());
    let resolved = library.resolve(&view.recipe.name, &vars)?;
    resolved.must_be_whole()?;
    let mut recipe = resolved.recipe.clone();
    // The convoy's own conditions come with every formula.
    if let Some(file) = view.convoy.as_deref().map(|c| crate::convoy::file_of(&store, c)).transpose()?.flatten() {
        crate::convoy::ask_of(&file, &mut recipe.progression);
    }
    let mut acted = ctx.write(|tx| act::upgrade(tx, &id, &recipe))?;
    crate::records::after(ctx, &mut acted)?;
    print::acted(ctx, &acted, "⬆ Upgraded")
}
