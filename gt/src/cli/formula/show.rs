//! `gt formula show`.

use super::{place, print};
use crate::formula::{Resolved, Step};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "show",
    aliases: &["view"],
    about: "What a formula comes to: steps, needs, checkpoints, ways back",
    args: Args::augment_args,
    run,
    example: "gt formula show tdd-feature --var feature=search",
    codes: &[],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Its name, or a file
    #[arg(value_name = "NAME")]
    name: String,
    /// A value for one of its variables
    #[arg(long = "var", value_name = "NAME=VALUE")]
    vars: Vec<String>,
}

fn schema() -> Value {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    let texts = json!({"type": "array", "items": text});
    let variable = json!({
        "type": "object",
        "required": ["name", "description", "required", "choices"],
        "properties": {"name": text, "description": text, "required": {"type": "boolean"}, "value": text, "choices": texts}
    });
    let step = json!({
        "type": "object",
        "required": ["id", "title", "kind"],
        "properties": {
            "id": text, "title": text, "description": text, "needs": texts, "phase": text, "tdd_phase": text, "timeout": text,
            "kind": {"type": "string", "enum": ["work", "checkpoint", "validation", "compliance", "document"]},
            "estimate": {"type": "object", "properties": {"min": number, "max": number}},
            "on_fail": {"type": "object", "required": ["goto"], "properties": {"goto": text, "derived": {"type": "boolean"}}}
        }
    });
    let source = json!({
        "type": "object",
        "required": ["tier", "path", "digest"],
        "properties": {"tier": text, "path": text, "digest": text}
    });
    json!({
        "type": "object",
        "required": ["name", "version", "kind", "tier", "path", "digest", "minutes", "checkpoints", "variables", "steps", "sources", "warnings"],
        "properties": {
            "name": text, "version": text, "description": text, "tier": text, "path": text, "digest": text,
            "kind": {"type": "string", "enum": ["workflow", "expansion", "aspect", "convoy"]},
            "minutes": {"type": "object", "required": ["min", "max"], "properties": {"min": number, "max": number}},
            "checkpoints": number,
            "variables": {"type": "array", "items": variable},
            "steps": {"type": "array", "items": step},
            "sources": {"type": "array", "items": source},
            "commands_digest": text,
            "commands_need_trust": {"type": "boolean"},
            "warnings": {"type": "array", "items": print::problem_schema()}
        }
    })
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (library, name) = place::named(ctx, &args.name)?;
    let resolved = library.examine(&name, &place::values(&args.vars)?)?;
    if ctx.ui.is_json() {
        let object = object(&resolved)?;
        return ctx.ui.json(&object);
    }
    ctx.ui.page();
    head(ctx, &resolved)?;
    let width = ctx.ui.width();
    ctx.ui.lines(table(&resolved).lines(width))?;
    let recipe = &resolved.recipe;
    let sum = print::minutes(recipe.estimate());
    ctx.ui.line("")?;
    let count = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let (steps, checkpoints) = (count(recipe.steps.len(), "step"), count(recipe.checkpoints().count(), "checkpoint"));
    ctx.ui.line(format!("{steps}, {sum}, {checkpoints}"))?;
    for warning in &resolved.warnings {
        print::warn(ctx.ui, warning);
    }
    if resolved.foreign_commands {
        ctx.ui.talk("it has commands: they run only where they are trusted (`bd trust`)");
    }
    Ok(())
}

fn object(resolved: &Resolved) -> Result<Value> {
    let recipe = &resolved.recipe;
    let sum = recipe.estimate();
    let sources = resolved.sources.iter().map(|s| json!({"tier": s.tier.as_str(), "path": s.path, "digest": s.digest}));
    let mut object = json!({
        "name": recipe.name,
        "version": recipe.version,
        "description": recipe.description,
        "kind": resolved.kind.as_str(),
        "tier": resolved.tier.as_str(),
        "path": resolved.path,
        "digest": recipe.digest,
        "minutes": {"min": sum.min, "max": sum.max},
        "checkpoints": recipe.checkpoints().count(),
        "variables": resolved.variables.iter().map(print::variable).collect::<Vec<_>>(),
        "steps": print::steps(resolved)?,
        "sources": sources.collect::<Vec<_>>(),
        "commands_need_trust": resolved.foreign_commands,
        "warnings": resolved.warnings.iter().map(crate::formula::Diagnostic::object).collect::<Vec<_>>(),
    });
    if let Some(digest) = &resolved.trusted_commands_digest {
        object["commands_digest"] = json!(digest);
    }
    Ok(object)
}

fn head(ctx: &mut Ctx<'_, '_>, resolved: &Resolved) -> Result<()> {
    let recipe = &resolved.recipe;
    let about = format!(" v{}  {}, {}: {}", recipe.version, resolved.kind.as_str(), resolved.tier.as_str(), resolved.path);
    ctx.ui.line(Text::new().with(Style::Strong, &recipe.name).with(Style::Dim, about))?;
    let first = recipe.description.lines().next().unwrap_or_default();
    if !first.is_empty() {
        ctx.ui.line(first)?;
    }
    if !resolved.kind.is_whole() {
        ctx.ui.line(Text::new().with(Style::Warn, "a part of other formulas; below, as it is applied to a step"))?;
    }
    ctx.ui.line("")?;
    if resolved.variables.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    for var in &resolved.variables {
        let value = match &var.value {
            Some(value) => Text::new().plain("= ").plain(if value.is_empty() { "\"\"" } else { value }),
            None if var.required => Text::new().with(Style::Warn, "needed"),
            None => Text::new().with(Style::Dim, "optional"),
        };
        let name = Text::new().plain("  --var ").with(Style::Id, &var.name);
        table.row(vec![name, value, Text::new().plain(var.description.lines().next().unwrap_or_default())]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))?;
    ctx.ui.line("")
}

fn table(resolved: &Resolved) -> Table {
    let mut table = Table::new();
    table.row(print::heading(&["", "step", "kind", "phase", "time", "after", "back to"]));
    for (number, step) in resolved.recipe.steps.iter().enumerate() {
        let phase: Vec<&str> = step.phase.iter().chain(&step.tdd_phase).map(String::as_str).collect();
        table.row(vec![
            Text::new().with(Style::Dim, format!("{:>3}", number + 1)),
            Text::new().with(Style::Id, &step.id),
            Text::new().plain(print::kind(step.kind)),
            Text::new().plain(phase.join("/")),
            Text::new().plain(
                step.estimate.map(print::minutes).or_else(|| step.timeout.as_ref().map(|t| format!("≤ {t}"))).unwrap_or_default(),
            ),
            Text::new().plain(step.needs.join(", ")),
            Text::new().plain(back(step)),
        ]);
    }
    table
}

fn back(step: &Step) -> String {
    match &step.on_fail {
        Some(back) if back.derived => format!("{} (derived)", back.goto),
        Some(back) => back.goto.clone(),
        None => String::new(),
    }
}
