//! `gt formula new`.

use super::place;
use crate::formula::{Library, start};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "new",
    aliases: &[],
    about: "Begin a formula of your own: a file with comments",
    args: Args::augment_args,
    run,
    example: "gt formula new onboarding",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
}

/// The schema of a file that was written.
pub(super) fn schema() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "object", "required": ["name", "path"], "properties": {"name": text, "path": text}})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let top = place::top_to_write(ctx)?;
    let path = start(&top, &args.name)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"name": args.name, "path": path}));
    }
    ctx.ui.line(Text::new().plain("Wrote ").with(Style::Id, &path))?;
    if Library::built_in(&args.name).is_some() {
        ctx.ui.warn("in this project it stands in front of the built-in one of this name");
    }
    ctx.ui.talk(format!("Change it, then `gt formula check {}`", args.name));
    Ok(())
}
