//! `gt formula eject`.

use super::{new, place};
use crate::formula::eject;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "eject",
    aliases: &[],
    about: "Copy a built-in formula into the project, to change it there",
    args: Args::augment_args,
    run,
    example: "gt formula eject tdd-feature",
    codes: &[],
    shape: Some(new::schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which one
    #[arg(value_name = "NAME")]
    name: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let top = place::top_to_write(ctx)?;
    let path = eject(&top, &args.name)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"name": args.name, "path": path}));
    }
    ctx.ui.line(Text::new().plain("Wrote ").with(Style::Id, &path))?;
    ctx.ui.talk("It is the project's now: it is used instead of the built-in one, and its commands run where `bd trust` trusts it");
    Ok(())
}
