//! `gt formula check`.

use super::{place, print};
use crate::formula::Diagnostic;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const SUB: Sub = Sub {
    name: "check",
    aliases: &["validate"],
    about: "Say what is wrong with formulas, and where",
    args: Args::augment_args,
    run,
    example: "gt formula check",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Names or files; all formulas when there is none
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "array", "items": {
        "type": "object",
        "required": ["name", "ok", "errors", "more_errors", "warnings"],
        "properties": {
            "name": text, "path": text, "ok": {"type": "boolean"}, "steps": {"type": "integer"},
            "errors": {"type": "array", "items": print::problem_schema()},
            "more_errors": {"type": "integer"},
            "warnings": {"type": "array", "items": print::problem_schema()}
        }
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let names = if args.names.is_empty() {
        let library = place::library(ctx)?;
        place::tell_strange(ctx, &library);
        library.names().into_iter().collect()
    } else {
        args.names
    };
    let mut out = Vec::new();
    let mut good = 0;
    let all = |d: &[Diagnostic]| d.iter().map(Diagnostic::object).collect::<Vec<_>>();
    for word in &names {
        let (library, name) = match place::named(ctx, word) {
            Ok(found) => found,
            Err(e) if ctx.ui.is_json() => {
                ctx.failed.get_or_insert(e.kind);
                out.push(json!({"name": word, "ok": false, "errors": [{"message": e.message}], "more_errors": 0, "warnings": []}));
                continue;
            }
            Err(e) => {
                ctx.failed.get_or_insert(e.kind);
                ctx.ui.error(&e, None);
                continue;
            }
        };
        let (object, error, warnings) = match library.examine(&name, &BTreeMap::new()) {
            Ok(r) => {
                good += 1;
                let steps = r.recipe.steps.len();
                let object = json!({
                    "name": word, "path": r.path, "ok": true, "steps": steps, "errors": [], "more_errors": 0, "warnings": all(&r.warnings)
                });
                if !ctx.ui.is_json() {
                    let steps = if steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") };
                    let line = Text::new().with(Style::Good, "ok").plain(" ").plain(word);
                    ctx.ui.line(line.with(Style::Dim, format!("  {steps}, {}", r.path)))?;
                }
                (object, None, r.warnings)
            }
            Err(problems) => {
                ctx.failed.get_or_insert(ErrorKind::Usage);
                let object = json!({
                    "name": word, "ok": false, "errors": all(&problems.errors), "more_errors": problems.more, "warnings": all(&problems.warnings)
                });
                let warnings = problems.warnings.clone();
                (object, Some(Error::from(problems)), warnings)
            }
        };
        out.push(object);
        if !ctx.ui.is_json() {
            if let Some(error) = error {
                ctx.ui.error(&error, None);
            }
            warnings.iter().for_each(|w| print::warn(ctx.ui, w));
        }
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&out);
    }
    ctx.ui.talk(format!("{good} of {} can be used", names.len()));
    Ok(())
}
