//! SARIF 2.1.0 for code scanning: places as results, waived ones suppressed, what has no place as a notification.

use super::Report;
use crate::gate::{Status, Verdict, Waived};
use crate::{Finding, Severity, diff};
use serde_json::{Value, json as j};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;

/// The report as a SARIF log with one run.
pub fn sarif(report: &Report) -> Value {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    let all = || report.verdicts.iter().flat_map(|v| v.findings.iter().chain(v.waived.iter().filter_map(|w| w.finding.as_ref())));
    for finding in all() {
        rules.entry(&finding.rule).or_insert(finding);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(n, rule)| (*rule, n)).collect();
    let mut seen = BTreeMap::new();
    let mut results = Vec::new();
    for verdict in &report.verdicts {
        for finding in &verdict.findings {
            results.push(result(verdict, finding, report.is_blocking(verdict, finding), None, &index, &mut seen));
        }
        for waived in &verdict.waived {
            if let Some(finding) = &waived.finding {
                results.push(result(verdict, finding, false, Some(waived), &index, &mut seen));
            }
        }
    }
    let notifications: Vec<Value> = report.verdicts.iter().filter_map(notification).collect();
    let ran = report.verdicts.iter().all(|v| v.status != Status::Error);
    j!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "bd-gate",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.values().map(|f| rule(f)).collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": format!("bd-gate/{}/", report.when)},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The top of the repository"}}},
            "invocations": [{"executionSuccessful": ran, "toolExecutionNotifications": notifications}],
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn rule(finding: &Finding) -> Value {
    let mut out = j!({
        "id": finding.rule,
        "shortDescription": {"text": finding.message},
        "defaultConfiguration": {"level": level(finding.severity)},
    });
    if !finding.advice.is_empty() {
        out["help"] = j!({"text": finding.advice});
    }
    out
}

fn result<'a>(
    verdict: &Verdict,
    finding: &'a Finding,
    blocks: bool,
    waived: Option<&Waived>,
    rules: &BTreeMap<&str, usize>,
    seen: &mut BTreeMap<(&'a str, &'a str, &'a str), usize>,
) -> Value {
    // A place keeps its print when lines above it come and go: the line's text counts, not its number.
    let nth = seen.entry((&finding.rule, &finding.path, &finding.excerpt)).or_default();
    let print = format!("{}\0{}\0{}\0{nth}", finding.rule, finding.path, finding.excerpt);
    *nth += 1;
    let print: String = Sha256::digest(print).iter().take(16).map(|b| format!("{b:02x}")).collect();
    let text = if finding.advice.is_empty() { finding.message.clone() } else { format!("{}. {}", finding.message, finding.advice) };
    let suppressions: Vec<Value> = waived
        .map(|w| {
            let kind = if w.until.is_none() { "inSource" } else { "external" };
            let until = w.until_day().map_or_else(String::new, |day| format!(", until {day}"));
            j!({"kind": kind, "status": "accepted", "justification": format!("{} (waived by {}{until})", w.reason, w.by)})
        })
        .into_iter()
        .collect();
    j!({
        "ruleId": finding.rule,
        "ruleIndex": rules.get(finding.rule.as_str()),
        "level": if blocks || waived.is_some() { level(finding.severity) } else { level(finding.severity.min(Severity::Medium)) },
        "message": {"text": text},
        "locations": [{"physicalLocation": location(finding)}],
        "partialFingerprints": {"place/v1": print},
        "suppressions": suppressions,
        "properties": {"gate": verdict.gate, "severity": finding.severity, "blocks": blocks},
    })
}

fn location(finding: &Finding) -> Value {
    let mut out = j!({"artifactLocation": {"uri": uri(&finding.path), "uriBaseId": "SRCROOT"}});
    if finding.line > 0 {
        out["region"] = j!({"startLine": finding.line});
        // We count bytes and SARIF characters: the same where the line is ASCII.
        if finding.column > 0 && finding.excerpt.is_ascii() && !finding.excerpt.is_empty() {
            out["region"]["startColumn"] = finding.column.into();
        }
        if !finding.excerpt.is_empty() {
            out["region"]["snippet"] = j!({"text": finding.excerpt});
        }
    }
    out
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    let raw = diff::raw(path);
    let mut out = String::new();
    for byte in raw.as_os_str().as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(*byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A gate that says no and has no place for it.
fn notification(verdict: &Verdict) -> Option<Value> {
    if verdict.status.lets_through() && !verdict.flaky || !verdict.findings.is_empty() {
        return None;
    }
    let level = if verdict.blocks() { "error" } else { "warning" };
    let word = match verdict.status {
        Status::Fail => "failed",
        Status::Error => "could not be run",
        Status::Pass | Status::Skip => "passed only on its second run",
    };
    let mut text = format!("{} {word}: {}", verdict.gate, verdict.why);
    if !verdict.advice.is_empty() {
        text.push_str(&format!(". {}", verdict.advice));
    }
    Some(j!({"level": level, "message": {"text": text}, "descriptor": {"id": verdict.gate}}))
}
