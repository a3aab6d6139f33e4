//! `gt formula list`.

use super::place;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "list",
    aliases: &["ls"],
    about: "The formulas there are: the project's, yours, the built-in ones",
    args: Args::augment_args,
    run,
    example: "gt formula list",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// At most this many; 0 = all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "array", "items": {
        "type": "object",
        "required": ["name", "tier", "path", "description", "ok"],
        "properties": {
            "name": text,
            "tier": {"type": "string", "enum": ["project", "user", "built-in"]},
            "path": text,
            "kind": {"type": "string", "enum": ["workflow", "expansion", "aspect", "convoy"]},
            "description": text,
            "steps": {"type": "integer"},
            "ok": {"type": "boolean"},
            "problem": text
        }
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (library, cache) = place::library_and_cache(ctx)?;
    place::tell_strange(ctx, &library);
    let mut all = crate::views::formulas(&library, cache.as_deref());
    if ctx.ui.is_json() {
        let object = |e: &crate::formula::Entry| {
            let mut object = json!({
                "name": e.name, "tier": e.tier.as_str(), "path": e.path, "description": e.description, "ok": e.problem.is_none()
            });
            if let Some(kind) = e.kind {
                object["kind"] = json!(kind.as_str());
            }
            if let Some(steps) = e.steps {
                object["steps"] = json!(steps);
            }
            if let Some(problem) = &e.problem {
                object["problem"] = json!(problem);
            }
            object
        };
        return ctx.ui.json(&all.iter().map(object).collect::<Vec<_>>());
    }
    let limit = if args.limit == 0 { all.len() } else { args.limit };
    let more = all.len().saturating_sub(limit);
    all.truncate(limit);
    let mut table = Table::new();
    for entry in &all {
        let about = match &entry.problem {
            Some(problem) => Text::new().with(Style::Bad, "wrong: ").plain(problem),
            None => Text::new().plain(&entry.description),
        };
        table.row(vec![
            Text::new().with(Style::Strong, &entry.name),
            Text::new().plain(entry.kind.map_or("?", crate::formula::Kind::as_str)),
            Text::new().plain(entry.steps.map_or("?".to_owned(), |s| s.to_string())),
            Text::new().with(Style::Dim, entry.tier.as_str()),
            about,
        ]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))?;
    if more > 0 {
        ctx.ui.line(format!("… {more} more (--limit 0 shows all)"))?;
    }
    if all.iter().any(|e| e.problem.is_some()) {
        ctx.ui.talk("`gt formula check` says what is wrong and where");
    }
    Ok(())
}
