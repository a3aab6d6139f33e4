//! `gt molecule record`: render the records of a molecule again.

use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "record",
    aliases: &[],
    about: "Render the records of a molecule into the working tree; --commit commits them with its events",
    args: Args::augment_args,
    run,
    example: "gt molecule record day3-workflow-refs --commit",
    codes: &[6, 7],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Commit them on this branch, `.beads/` only
    #[arg(long)]
    commit: bool,
}

fn shape() -> Value {
    json!({"type": "object", "required": ["written", "commit"], "properties": {
        "written": {"type": "array", "items": {"type": "string"}}, "commit": {"type": ["string", "null"]},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let view = crate::records::named(ctx, &args.name)?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let written = crate::records::write(&store, &snapshot, &view)?;
    let committed = if args.commit { crate::records::commit(&store, &snapshot, &view)? } else { None };
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"written": written, "commit": committed.map(|c| c.commit)}));
    }
    if written.is_empty() {
        ctx.ui.talk("the records are what they should be");
    }
    written.iter().try_for_each(|path| ctx.ui.line(format!("Wrote {path}")))?;
    if let Some(done) = committed {
        ctx.ui.line(format!("Committed {} ({})", done.commit.get(..10).unwrap_or(&done.commit), done.subject))?;
    } else if args.commit {
        ctx.ui.talk(format!("the branch has all of `{}`: nothing to commit", view.name));
    }
    Ok(())
}
