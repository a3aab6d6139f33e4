//! `gt convoy graph`: what waits for what.

use super::parsed;
use crate::convoy::graph::{Graph, graph};
use crate::views::{Convoys, Molecules};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "graph",
    aliases: &[],
    about: "What waits for what: as text, for Mermaid or Graphviz, or as an SVG picture",
    args: Args::augment_args,
    run,
    example: "gt convoy graph ledger-trail --format mermaid",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
    /// The form: text, mermaid, dot, svg
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let form: fn(&Graph) -> String = match args.format.as_str() {
        "text" => Graph::text,
        "mermaid" => Graph::mermaid,
        "dot" => Graph::dot,
        "svg" => Graph::svg,
        other => {
            let shown: String = other.chars().take(60).collect();
            return Err(Error::usage(format!("there is no form `{}`", shown.escape_debug())).hint("text, mermaid, dot or svg"));
        }
    };
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let convoy = Convoys::load(&snapshot)?.find(&store, &snapshot, &args.id)?;
    let file = super::show::file_of(&store, &convoy)?;
    let molecules = Molecules::load(&snapshot, now)?;
    let look = molecules.look(convoy, file)?;
    super::show::tell_warnings(ctx, &look.convoy, look.file.as_ref());
    let graph = graph(&look.board, &look.nodes(&store, &snapshot)?);
    if ctx.ui.is_json() {
        return ctx.ui.json(&object(&graph));
    }
    for line in form(&graph).lines() {
        ctx.ui.line(line)?;
    }
    Ok(())
}

fn object(graph: &Graph) -> Value {
    let name = |at: &(usize, usize)| graph.columns.get(at.0).and_then(|c| c.get(at.1)).map_or("", |d| d.shown.as_str());
    let members = graph.columns.iter().enumerate().flat_map(|(wave, column)| {
        column.iter().map(move |d| json!({"name": d.shown, "state": d.standing.as_str(), "text": d.words, "column": wave + 1}))
    });
    let edges = graph.edges.iter().map(|(from, to)| json!({"first": name(from), "then": name(to)}));
    json!({"id": graph.title, "members": members.collect::<Vec<_>>(), "edges": edges.collect::<Vec<_>>()})
}

fn schema() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["id", "members", "edges"],
        "properties": {
            "id": text(),
            "members": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "state", "text", "column"],
                    "properties": {"name": text(), "state": text(), "text": text(), "column": {"type": "integer"}},
                },
            },
            "edges": {
                "type": "array",
                "items": {"type": "object", "required": ["first", "then"], "properties": {"first": text(), "then": text()}},
            },
        },
    })
}
