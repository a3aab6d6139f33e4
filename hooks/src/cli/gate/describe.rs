//! A gate for people and for machines: what several verbs show alike.

use super::place::Place;
use crate::gate::{Action, Expect, Gate, Kind, Layer};
use bd::error::Result;
use bd::ui::{Style, Text};
use serde_json::{Value, json};

/// A gate as JSON ([`schema`]).
///
/// # Errors
/// As [`Place::trusted`].
pub fn object(gate: &Gate, place: &Place) -> Result<Value> {
    let mut out = json!({
        "id": gate.id, "about": gate.about, "kind": gate.kind.as_str(), "when": gate.when, "action": gate.action,
        "block_at": gate.block_at, "paths": gate.paths, "needs": gate.needs, "timeout_seconds": gate.timeout.as_secs_f64(),
        "expect": if gate.expect == Expect::Fail { "fail" } else { "pass" }, "retry": gate.retry, "definition": gate.digest,
    });
    match &gate.layer {
        Layer::BuiltIn => out["layer"] = "built-in".into(),
        Layer::Project { file, line, .. } => {
            out["layer"] = "project".into();
            out["file"] = file.as_str().into();
            out["line"] = (*line).into();
        }
    }
    match &gate.kind {
        Kind::Scan { rule } => out["rule"] = rule.as_str().into(),
        Kind::Scope { allow, deny, max_files, max_lines } => {
            out["scope"] = json!({"allow": allow, "deny": deny, "max_files": max_files, "max_lines": max_lines});
        }
        Kind::Budget { usage, limits } => out["budget"] = json!({"usage": usage, "limits": limits}),
        Kind::Human { who } => out["who"] = json!(who),
        Kind::Command { .. } | Kind::Judge { .. } | Kind::External { .. } => {}
    }
    if let Kind::Command { report: Some(report), .. } = &gate.kind {
        out["report"] = report.as_str().into();
    }
    if let Some(run) = gate.kind.program() {
        out["run"] = run.into();
    }
    if let Some(severity) = gate.severity {
        out["severity"] = severity.as_str().into();
    }
    if let Some(trusted) = place.trusted(gate)? {
        out["trusted"] = trusted.into();
    }
    Ok(out)
}

/// The schema of [`object`], with more keys that a verb adds.
pub fn schema(more: Value) -> Value {
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": text});
    let mut properties = json!({
        "id": text, "about": text, "kind": {"type": "string", "enum": crate::gate::KINDS}, "when": texts,
        "action": {"type": "string", "enum": ["off", "warn", "block"]}, "block_at": severity(), "severity": severity(), "paths": texts,
        "needs": texts, "timeout_seconds": {"type": "number"}, "expect": {"type": "string", "enum": ["pass", "fail"]},
        "retry": {"type": "boolean"}, "definition": text, "layer": {"type": "string", "enum": ["built-in", "project"]}, "file": text,
        "line": {"type": "integer"}, "rule": text, "run": text, "report": text, "who": texts, "scope": {"type": "object"},
        "budget": {"type": "object"}, "trusted": {"type": "boolean", "description": "if this clone's user lets its program run"},
    });
    let mut required = vec!["id", "about", "kind", "when", "action", "block_at", "paths", "needs", "layer", "definition"];
    if let (Some(all), Some(more)) = (properties.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    required.retain(|name| properties.get(name).is_some());
    json!({"type": "object", "required": required, "properties": properties})
}

/// The words for how bad a finding is.
pub fn severity() -> Value {
    let all: Vec<&str> = crate::Severity::ALL.iter().map(|s| s.as_str()).collect();
    json!({"type": "string", "enum": all})
}

/// The moments as people read them.
pub fn moments(gate: &Gate) -> String {
    gate.when.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(" ")
}

/// What the gate does, in colour.
pub fn action(gate: &Gate) -> Text {
    let style = match gate.action {
        Action::Off => Style::Dim,
        Action::Warn => Style::Warn,
        Action::Block => Style::Strong,
    };
    Text::new().with(style, gate.action.as_str())
}

/// Where it was defined.
pub fn origin(gate: &Gate) -> String {
    match &gate.layer {
        Layer::BuiltIn => "built in".to_owned(),
        Layer::Project { file, line, .. } => format!("{file}:{line}"),
    }
}
