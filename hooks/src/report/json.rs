//! One documented shape (docs/reference/schemas/gate-check.json; `bd gate schema check` prints it).

use super::Report;
use serde_json::{Value, json as j};

/// The report as JSON.
pub fn json(report: &Report) -> Value {
    let gates: Vec<Value> = report.verdicts.iter().map(|v| gate(report, v)).collect();
    let judged = &report.judged;
    j!({
        "when": report.when,
        "judged": {
            "what": judged.what,
            "from": judged.from.map(|id| id.to_string()),
            "to": judged.to.map(|id| id.to_string()),
            "files": judged.files,
        },
        "blocked": report.blocked(),
        "totals": report.totals(),
        "gates": gates,
        "notes": report.notes,
    })
}

/// A verdict, with a word on each finding: does it block.
fn gate(report: &Report, verdict: &crate::gate::Verdict) -> Value {
    let mut value = serde_json::to_value(verdict).unwrap_or_default();
    let mut findings = Vec::new();
    for finding in &verdict.findings {
        let mut one = serde_json::to_value(finding).unwrap_or_default();
        one["blocks"] = report.is_blocking(verdict, finding).into();
        findings.push(one);
    }
    value["findings"] = findings.into();
    value["blocks"] = verdict.blocks().into();
    value["waived"] = serde_json::to_value(&verdict.waived).unwrap_or_default();
    value
}

/// The JSON Schema of [`json`].
pub fn schema() -> Value {
    let text = || j!({"type": "string"});
    let count = || j!({"type": "integer", "minimum": 0});
    let words = |all: &[&str]| j!({"enum": all});
    let totals = ["gates", "passed", "failed", "errors", "skipped", "findings", "warnings", "waived", "flaky"];
    let object = |required: &[&str], properties: Value| j!({"type": "object", "required": required, "properties": properties});
    let place = |more: &[&str]| {
        let required = [&["path", "line", "column", "rule", "severity", "message", "advice", "excerpt"], more].concat();
        object(
            &required,
            j!({
                "path": text(), "line": count(), "column": count(), "rule": text(),
                "severity": words(&["low", "medium", "high", "critical"]),
                "message": text(), "advice": text(), "excerpt": text(), "blocks": {"type": "boolean"},
            }),
        )
    };
    let finding = place(&["blocks"]);
    let mut maybe_finding = place(&[]);
    maybe_finding["type"] = j!(["object", "null"]);
    let waived = object(
        &["finding", "reason", "by", "place"],
        j!({"finding": maybe_finding, "reason": {"type": "string", "minLength": 1}, "by": text(), "until": text(), "place": text()}),
    );
    let failure = object(
        &["name", "file", "line", "message"],
        j!({"name": text(), "file": {"type": ["string", "null"]}, "line": count(), "message": text()}),
    );
    let counts = object(
        &["passed", "failed", "skipped", "failures", "exit_code_only"],
        j!({
            "passed": count(), "failed": count(), "skipped": count(), "exit_code_only": {"type": "boolean"},
            "failures": {"type": "array", "items": failure},
        }),
    );
    let gate = object(
        &["gate", "kind", "status", "action", "why", "blocks", "findings", "waived", "seconds", "definition", "tool"],
        j!({
            "gate": text(), "kind": text(), "why": text(), "advice": text(), "tail": text(), "definition": text(),
            "code": text(), "inputs": text(), "tool": text(),
            "status": words(&["pass", "fail", "error", "skip"]), "action": words(&["off", "warn", "block"]),
            "blocks": {"type": "boolean"}, "flaky": {"type": "boolean"}, "over_budget": {"type": "boolean"},
            "reused": {"type": "boolean"}, "seconds": {"type": "number"}, "more": count(), "counts": counts,
            "findings": {"type": "array", "items": finding}, "waived": {"type": "array", "items": waived},
        }),
    );
    let id = || j!({"type": ["string", "null"], "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"});
    object(
        &["when", "judged", "blocked", "totals", "gates", "notes"],
        j!({
            "when": words(&["claim", "work", "commit", "push", "submit", "land"]),
            "judged": object(
                &["what", "from", "to", "files"],
                j!({"what": text(), "from": id(), "to": id(), "files": count()}),
            ),
            "blocked": {"type": "boolean"},
            "totals": object(&totals, totals.iter().map(|t| ((*t).to_owned(), count())).collect::<serde_json::Map<_, _>>().into()),
            "gates": {"type": "array", "items": gate},
            "notes": {"type": "array", "items": text()},
        }),
    )
}
