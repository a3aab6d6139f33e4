//! `bd dep list`, `tree`, `cycles`

use super::super::Ctx;
use crate::error::Result;
use crate::interchange::json;
use crate::model::{BeadId, DepType, Fields, Value};
use crate::ops::dep::{self, direction};
use crate::ops::{graph, words};
use crate::query::{Direction, TreeAsk, TreeNode};
use crate::ui::{Style, Text, status_symbol, tree_prefix};

#[derive(clap::Args)]
pub(super) struct ListArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    /// down = what it depends on, up = what depends on it, both
    #[arg(long, value_name = "WAY", default_value = "down")]
    direction: String,
    /// Only this type
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    kind: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct TreeArgs {
    /// Which bead
    #[arg(value_name = "ID")]
    id: String,
    /// down, up or both
    #[arg(long, value_name = "WAY", default_value = "down")]
    direction: String,
    /// The same as --direction up
    #[arg(long, hide = true)]
    reverse: bool,
    /// How deep
    #[arg(short = 'd', long = "max-depth", visible_alias = "depth", value_name = "N", default_value_t = 50)]
    depth: usize,
    /// Only these types
    #[arg(short = 't', long = "type", value_name = "TYPE", value_delimiter = ',')]
    kinds: Vec<String>,
    /// A bead on several ways each time
    #[arg(long)]
    show_all_paths: bool,
    /// Only these statuses
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// mermaid: a diagram for Markdown
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
}

pub(super) fn list(ctx: &mut Ctx<'_, '_>, args: ListArgs) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let id = snapshot.resolve(&args.id)?;
    let way = direction(&args.direction)?;
    let kind = args.kind.as_deref().and_then(DepType::new);
    let mut all = Vec::new();
    if way != Direction::Up {
        all.extend(dep::list(&snapshot, &id, true, kind.as_ref())?);
    }
    if way != Direction::Down {
        all.extend(dep::list(&snapshot, &id, false, kind.as_ref())?);
    }
    if ctx.ui.is_json() {
        let object = |l: &dep::Listed| match &l.bead {
            Some(bead) => json::linked_object(bead, &l.kind),
            None => Fields::new().with("id", Value::text(&l.id)).with("dependency_type", Value::of(&l.kind)),
        };
        return ctx.ui.json(&all.iter().map(object).collect::<Vec<_>>());
    }
    if all.is_empty() {
        ctx.ui.talk("no dependencies");
    }
    let store = ctx.store()?;
    for item in &all {
        let (sign, style, title) = match &item.bead {
            Some(bead) => {
                let row = graph::row(bead, store.config());
                let (sign, style) = status_symbol(row.class);
                (sign, style, row.title)
            }
            None => ("?", Style::Dim, "(not here)".to_owned()),
        };
        let line =
            Text::new().with(style, sign).plain(" ").with(Style::Id, graph::short(&snapshot, &item.id)).plain(" ").plain(title);
        ctx.ui.line(line.with(Style::Dim, format!(" ({})", item.kind.as_str())))?;
    }
    Ok(())
}

pub(super) fn tree(ctx: &mut Ctx<'_, '_>, args: TreeArgs) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let id = snapshot.resolve(&args.id)?;
    let direction = if args.reverse { Direction::Up } else { direction(&args.direction)? };
    let types = args.kinds.iter().filter_map(|k| DepType::new(k)).collect();
    let ask = TreeAsk { direction, depth: args.depth, types, all_paths: args.show_all_paths };
    let mut tree = dep::tree(&snapshot, store.config(), &id, &ask)?;
    if let Some(status) = &args.status {
        let wanted = words::status(store.config(), status)?;
        let graph = &tree.graph;
        let keep = |n: &TreeNode| n.depth == 0 || n.bead.is_some_and(|b| graph.row(b).status == wanted);
        // A flat selection has no branches to hang on.
        tree.nodes.retain(keep);
        for node in tree.nodes.iter_mut().skip(1) {
            node.parent = Some(0);
        }
    }
    if ctx.ui.is_json() {
        let mut objects = Vec::new();
        for node in &tree.nodes {
            let parent = node.parent.map_or("", |p| tree.nodes[p].id.as_str());
            let bead = node.bead.map(|_| BeadId::new(&node.id)).transpose()?.map(|id| snapshot.must(&id)).transpose()?;
            objects.push(match bead {
                Some(bead) => json::tree_object(&bead, node.depth, parent, node.edge.as_ref(), node.truncated),
                None => Fields::new()
                    .with("id", Value::text(&node.id))
                    .with("depth", Value::of(&node.depth))
                    .with("parent_id", Value::text(parent))
                    .with("truncated", Value::of(&node.truncated)),
            });
        }
        return ctx.ui.json(&objects);
    }
    match args.format.as_deref() {
        Some("mermaid") => return mermaid(ctx, &tree),
        Some(other) => {
            return Err(crate::error::Error::usage(format!("there is no format `{}`", other.escape_debug())).hint("mermaid"));
        }
        None => {}
    }
    ctx.ui.page();
    for (place, node) in tree.nodes.iter().enumerate() {
        let mut line = Text::new().with(Style::Dim, tree_prefix(&lasts(&tree.nodes, place)));
        match node.bead {
            Some(bead) => {
                let row = tree.graph.row(bead);
                let (sign, style) = status_symbol(row.class);
                line = line
                    .with(style, sign)
                    .plain(" ")
                    .with(Style::Id, graph::short(&snapshot, &node.id))
                    .plain(" ")
                    .plain(&row.title);
            }
            None => line = line.plain("? ").with(Style::Id, &node.id).with(Style::Dim, " (not here)"),
        }
        if let Some(kind) = node.edge.as_ref().filter(|k| **k != DepType::BLOCKS) {
            line.push(Style::Dim, format!(" ({})", kind.as_str()));
        }
        if node.up {
            line.push(Style::Dim, " (needs it)");
        }
        if node.repeated {
            line.push(Style::Dim, " (drawn above)");
        }
        if node.truncated {
            line.push(Style::Dim, " …");
        }
        ctx.ui.line(line)?;
    }
    Ok(())
}

/// For every node on the way down, whether it is the last of its siblings.
fn lasts(nodes: &[TreeNode], place: usize) -> Vec<bool> {
    let mut out = Vec::new();
    let mut at = Some(place);
    while let Some(here) = at.filter(|h| nodes[*h].depth > 0) {
        let node = &nodes[here];
        out.push(!nodes[here + 1..].iter().any(|n| n.parent == node.parent));
        at = node.parent;
    }
    out.reverse();
    out
}

fn mermaid(ctx: &mut Ctx<'_, '_>, tree: &dep::Tree) -> Result<()> {
    ctx.ui.line("flowchart TD")?;
    // Titles are data: everything that means something to mermaid goes.
    let label =
        |text: &str| text.chars().map(|c| if c.is_alphanumeric() || " .,_-".contains(c) { c } else { ' ' }).collect::<String>();
    for (place, node) in tree.nodes.iter().enumerate() {
        let title = node.bead.map_or_else(|| node.id.clone(), |b| tree.graph.row(b).title.clone());
        ctx.ui.line(format!("  n{place}[\"{}: {}\"]", label(&node.id), label(&title)))?;
        if let Some(parent) = node.parent {
            ctx.ui.line(format!("  n{parent} --> n{place}"))?;
        }
    }
    Ok(())
}

pub(super) fn cycles(ctx: &mut Ctx<'_, '_>) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let all = dep::cycles(&snapshot, store.config())?;
    if ctx.ui.is_json() {
        let mut circles = Vec::new();
        for circle in &all {
            let beads = circle.iter().map(|id| Ok(json::issue_object(&snapshot.must(&BeadId::new(id)?)?)));
            circles.push(beads.collect::<Result<Vec<_>>>()?);
        }
        return ctx.ui.json(&circles);
    }
    if all.is_empty() {
        ctx.ui.talk("no circles");
    }
    for circle in &all {
        let names: Vec<String> = circle.iter().chain(circle.first()).map(|id| graph::short(&snapshot, id)).collect();
        ctx.ui.line(names.join(" -> "))?;
    }
    Ok(())
}
