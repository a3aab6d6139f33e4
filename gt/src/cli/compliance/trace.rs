//! `gt compliance trace`: which requirements stand in documents and in tests.

use crate::compliance::{Requirement, trace_of};
use crate::molecule::named;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "trace",
    aliases: &[],
    about: "Requirement ids (BR-…, DD-…, SOC2-…): in documents and tests, or in one of the two",
    args: Args::augment_args,
    run,
    example: "gt compliance trace --open",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// With the documents and the requirements of this molecule
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Only those that are not in both
    #[arg(long)]
    open: bool,
    /// At most this many rows; 0 = all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

fn shape() -> Value {
    let places = json!({"type": "array", "items": {"type": "string"}});
    let list = json!({"type": "array", "items": {"type": "object", "required": ["id", "documents", "tests"], "properties": {
        "id": {"type": "string"}, "documents": places, "tests": places,
    }}});
    json!({"type": "object", "required": ["found", "traced", "only_documents", "only_tests", "missing", "skipped"], "properties": {
        "found": {"type": "integer"}, "traced": list, "only_documents": list, "only_tests": list,
        "missing": places, "skipped": places,
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let store = ctx.store()?;
    let view = match &args.name {
        Some(name) => Some(named(&store, &ctx.snapshot()?, name, ctx.env.now())?),
        None => None,
    };
    let mut trace = trace_of(&store, view.as_ref())?;
    let found = trace.found();
    let traced = trace.traced.len();
    if args.open {
        trace.traced.clear();
    }
    if ctx.ui.is_json() {
        let mut out = json!(trace);
        out["found"] = json!(found);
        return ctx.ui.json(&out);
    }
    let (documents, tests) = (trace.only_documents.len(), trace.only_tests.len());
    ctx.ui.line(format!("{found} requirements: {traced} traced, {documents} only in documents, {tests} only in tests"))?;
    let first = |list: &[String]| list.first().cloned().unwrap_or_else(|| "-".to_owned());
    let row = |mark: &str, r: &Requirement| {
        vec![
            Text::new().plain(mark),
            Text::new().with(Style::Id, &r.id),
            Text::new().plain(first(&r.documents)),
            Text::new().plain(first(&r.tests)),
        ]
    };
    let mut rows: Vec<Vec<Text>> = trace.only_documents.iter().map(|r| row("no test", r)).collect();
    rows.extend(trace.only_tests.iter().map(|r| row("no document", r)));
    rows.extend(trace.traced.iter().map(|r| row("traced", r)));
    let limit = if args.limit == 0 { rows.len() } else { args.limit };
    let hidden = rows.len().saturating_sub(limit);
    let mut table = Table::new();
    for row in rows.into_iter().take(limit) {
        table.row(row);
    }
    let width = ctx.ui.width();
    ctx.ui.page();
    ctx.ui.lines(table.lines(width))?;
    if hidden > 0 {
        ctx.ui.line(format!("… {hidden} more (--limit 0 shows all)"))?;
    }
    for id in &trace.missing {
        ctx.ui.line(format!("{id}: required by the molecule, in no document and no test"))?;
    }
    for why in &trace.skipped {
        ctx.ui.talk(format!("not searched: {why}"));
    }
    Ok(())
}
