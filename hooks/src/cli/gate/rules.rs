//! `bd gate rules`: what the scanner knows.

use super::place::Place;
use super::{Sub, parsed};
use crate::gate::{Definitions, Gate, Kind};
use crate::scan::Rule;
use bd::cli::Ctx;
use bd::error::{Error, Result};
use bd::ui::{Style, Table, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "rules",
    aliases: &[],
    about: "The rules of the scanner: what they object to and what to do instead",
    args: Args::augment_args,
    run,
    example: "bd gate rules no-sleep",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Only this one, in full
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

fn shape() -> Value {
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": text});
    json!({"type": "array", "items": {"type": "object", "required": ["id", "message", "advice", "severity", "languages", "gates", "layer"],
        "properties": {"id": text, "message": text, "advice": text, "severity": super::describe::severity(), "languages": texts,
            "only_tests": {"type": "boolean"}, "include": texts, "exclude": texts,
            "gates": {"type": "array", "items": text, "description": "the gates that ask for it"},
            "layer": {"type": "string", "enum": ["built-in", "project"]}, "file": text}}})
}

/// The gates that ask for a rule.
pub(super) fn gates_of<'a>(definitions: &'a Definitions, rule: &str) -> Vec<&'a Gate> {
    definitions.gates.iter().filter(|g| matches!(&g.kind, Kind::Scan { rule: own } if own == rule)).collect()
}

fn object(rule: &Rule, definitions: &Definitions) -> Value {
    let gates: Vec<&str> = gates_of(definitions, &rule.id).iter().map(|g| g.id.as_str()).collect();
    let mut out = json!({"id": rule.id, "message": rule.message, "advice": rule.advice, "severity": rule.severity,
        "languages": rule.languages.names(), "only_tests": rule.only_tests, "include": rule.include.texts(), "exclude": rule.exclude.texts(),
        "gates": gates, "layer": if rule.file.is_some() { "project" } else { "built-in" }});
    if let Some(file) = &rule.file {
        out["file"] = file.as_str().into();
    }
    out
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let definitions = Place::find(ctx)?.definitions()?;
    let set = &definitions.rules;
    let mut rules: Vec<&Rule> = set.rules().iter().collect();
    if let Some(id) = &args.rule {
        rules.retain(|r| r.id == *id);
        if rules.is_empty() {
            let error = Error::usage(format!("there is no rule `{}`", id.escape_debug()));
            return Err(match bd::query::nearest(id, set.rules().iter().map(|r| r.id.as_str()), 1).first() {
                Some(near) => error.hint(format!("Did you mean `{near}`?")),
                None => error.hint("`bd gate rules` shows them"),
            });
        }
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&rules.iter().map(|r| object(r, &definitions)).collect::<Vec<_>>());
    }
    if let (Some(_), [rule]) = (&args.rule, rules.as_slice()) {
        ctx.ui.line(Text::new().with(Style::Id, &rule.id).plain(format!(" ({}): {}", rule.severity, rule.message)))?;
        ctx.ui.line(format!("  instead: {}", rule.advice))?;
        let languages = rule.languages.names();
        ctx.ui
            .line(format!("  languages: {}", if languages.is_empty() { "all files".to_owned() } else { languages.join(", ") }))?;
        for pattern in &rule.patterns {
            ctx.ui.line(Text::new().with(Style::Dim, format!("  looks for {}", pattern.regex.as_str())))?;
        }
        return Ok(());
    }
    let mut table = Table::new();
    for rule in rules {
        let severity = Text::new().plain(rule.severity.as_str());
        table.row(vec![Text::new().with(Style::Id, &rule.id), severity, Text::new().plain(&rule.message)]);
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))
}
