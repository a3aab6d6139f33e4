//! `gt formula graph`.

use super::{place, print};
use crate::formula::graph::{Format, draw, levels};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "graph",
    aliases: &[],
    about: "Draw a formula: as text, for Mermaid or for Graphviz",
    args: Args::augment_args,
    run,
    example: "gt formula graph release --format mermaid",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Its name, or a file
    #[arg(value_name = "NAME")]
    name: String,
    /// text, mermaid or dot
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: String,
    /// A value for one of its variables
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["name", "nodes", "edges"],
        "properties": {
            "name": text,
            "nodes": {"type": "array", "items": {
                "type": "object",
                "required": ["id", "title", "kind", "level"],
                "properties": {"id": text, "title": text, "kind": text, "level": {"type": "integer"}}
            }},
            "edges": {"type": "array", "items": {
                "type": "object",
                "required": ["from", "to", "kind"],
                "properties": {"from": text, "to": text, "kind": {"type": "string", "enum": ["then", "back"]}}
            }}
        }
    })
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let format = Format::parse(&args.format)
        .ok_or_else(|| Error::usage(format!("there is no format `{}`", args.format.escape_debug())).hint("text, mermaid or dot"))?;
    let (library, name) = place::named(ctx, &args.name)?;
    let recipe = library.examine(&name, &place::values(&args.vars)?)?.recipe;
    if !ctx.ui.is_json() {
        ctx.ui.page();
        // Labels were made harmless; line by line, so that nothing else gets to the terminal.
        return draw(&recipe, format).lines().try_for_each(|line| ctx.ui.line(line));
    }
    let nodes: Vec<Value> = recipe
        .steps
        .iter()
        .zip(levels(&recipe))
        .map(|(s, level)| json!({"id": s.id, "title": s.title, "kind": print::kind(s.kind), "level": level}))
        .collect();
    let mut edges = Vec::new();
    for step in &recipe.steps {
        edges.extend(step.needs.iter().map(|n| json!({"from": n, "to": step.id, "kind": "then"})));
        edges.extend(step.on_fail.iter().map(|b| json!({"from": step.id, "to": b.goto, "kind": "back"})));
    }
    ctx.ui.json(&json!({"name": recipe.name, "nodes": nodes, "edges": edges}))
}
