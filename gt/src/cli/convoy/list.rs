//! `gt convoy list`.

use super::{parsed, shape};
use crate::convoy::{Convoy, Outlook, path_of};
use crate::views::{Convoys, Files, Molecules};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, Result};
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "list",
    aliases: &["ls"],
    about: "The convoys that are open, with their progress; --all shows those that have landed too",
    args: Args::augment_args,
    run,
    example: "gt convoy list --all",
    codes: &[],
    shape: Some(|| json!({"type": "array", "items": shape::head_schema(json!({}))})),
};

#[derive(clap::Args)]
struct Args {
    /// Those that have landed too
    #[arg(short, long)]
    all: bool,
    /// Only those of a status: open, closed, staged
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let wanted: fn(&Convoy) -> bool = match args.status.as_deref() {
        None if args.all => |_| true,
        None | Some("open") => |c| !c.state.is_closed(),
        Some("closed" | "landed") => |c| c.state.is_closed(),
        Some("staged") => |c| c.state.is_staged(),
        Some(other) => {
            let shown: String = other.chars().take(60).collect();
            return Err(Error::usage(format!("there is no status `{}`", shown.escape_debug())).hint("open, closed or staged"));
        }
    };
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let convoys = Convoys::load(&snapshot)?.all(&store);
    let more = convoys.iter().filter(|c| !wanted(c)).count();
    let molecules = Molecules::load(&snapshot, now)?;
    let molecules = molecules.poured();
    let mut files = Files::open(&store);
    let mut scenes = Vec::new();
    for convoy in convoys.into_iter().filter(wanted) {
        // One file that cannot be read hides neither its convoy nor the others.
        let file = files.convoy(&store, &path_of(&convoy)).unwrap_or_else(|e| {
            // One line each: `gt convoy health` shows the place.
            ctx.ui.warn(e.to_string().lines().next().unwrap_or_default());
            None
        });
        scenes.push(Outlook::with(&snapshot, convoy, file, &molecules, now)?);
    }
    files.save();
    if ctx.ui.is_json() {
        return ctx.ui.json(&scenes.iter().map(|s| shape::head(&s.convoy, &s.board)).collect::<Value>());
    }
    let mut table = Table::new();
    for scene in &scenes {
        table.row(vec![
            Text::new().with(Style::Id, &scene.convoy.id),
            Text::new().plain(scene.board.progress_text()),
            Text::new().plain(&scene.board.status),
            Text::new().plain(&scene.board.facts.name),
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.page();
    ctx.ui.lines(table.lines(width))?;
    if scenes.is_empty() {
        let hint = if more > 0 { "; `--all` shows the others" } else { "; `gt convoy create` makes one" };
        ctx.ui.talk(format!("No convoy{hint}"));
    }
    Ok(())
}
