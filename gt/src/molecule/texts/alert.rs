//! What is said when a validation fails.

use super::{label, next_label, owner_address};
use crate::molecule::letter::{Letter, LetterKind};
use crate::molecule::model::{ScanFinding, Validation, percent};
use crate::molecule::{StepView, View};

/// What to do where the formula says nothing.
fn remedies(view: &View, step: &StepView) -> Vec<String> {
    let id = &step.def.id;
    let to = step.def.on_fail.as_ref().map_or(id, |f| &f.goto);
    let checkpoint = view.steps.iter().find(|s| s.checkpoint.is_some() && s.def.needs.contains(id));
    vec![
        "Review test failures in molecule report".to_owned(),
        format!("Fix failing tests in {to} phase"),
        format!("Re-run {id}"),
        match checkpoint {
            Some(checkpoint) => format!("Approve {} when 100% pass", checkpoint.def.id),
            None => "Go on only when every test passes".to_owned(),
        },
    ]
}

/// The alert as it is printed and mailed.
pub fn alert_text(view: &View, step: &StepView, v: &Validation) -> String {
    let mut out = format!("🚨 Gas Town Alert: {} BLOCKED\n\nReason: {}\n", view.name, reason(v));
    if v.failed > 0 {
        out.push_str(&format!("Failed Tests: {}/{}\n", v.failed, v.total));
        for test in &v.failures {
            let place = match (&test.file, test.line) {
                (Some(file), Some(line)) => format!("{file}:{line}"),
                (Some(file), None) => file.clone(),
                (None, _) => test.name.clone(),
            };
            out.push_str(&format!("- {place} (FAIL)\n"));
        }
        let unnamed = v.failed.saturating_sub(u32::try_from(v.failures.len()).unwrap_or(u32::MAX));
        if unnamed > 0 {
            out.push_str(&format!("- and {unnamed} more\n"));
        }
    }
    if v.skipped > 0 {
        out.push_str(&format!("Skipped Tests: {}/{}\n", v.skipped, v.total));
    }
    for error in &v.errors {
        out.push_str(&format!("- {error}\n"));
    }
    let found: Vec<&ScanFinding> = v.findings.iter().filter(|f| f.waived.is_none()).collect();
    if !found.is_empty() {
        out.push_str("\nAnti-Patterns Detected:\n");
        for f in found {
            let what = if f.excerpt.is_empty() { f.rule.as_str() } else { f.excerpt.as_str() };
            out.push_str(&format!("- {what} at line {} ({})\n  {}:{}\n", f.line, f.advice, f.file, f.line));
        }
    }
    out.push_str("\nAction Required:\n");
    let own = step.def.remediation_steps.clone();
    let remedies = if own.is_empty() { remedies(view, step) } else { own };
    for (n, remedy) in remedies.iter().enumerate() {
        out.push_str(&format!("{}. {remedy}\n", n + 1));
    }
    let next = next_label(&view.name).unwrap_or_else(|| "What depends on it".to_owned());
    out.push_str(&format!("\nStatus: {next} start BLOCKED until {} achieves 100% pass rate\n", label(&view.name)));
    out
}

/// Why, in a few words: the first that applies.
pub fn reason(v: &Validation) -> String {
    let open = v.findings.iter().filter(|f| f.waived.is_none()).count();
    if v.failed > 0 || v.skipped > 0 {
        format!("Test pass rate below 100% ({}%)", percent(v.rate()))
    } else if open > 0 {
        format!("{open} anti-pattern{} detected", if open == 1 { "" } else { "s" })
    } else if let Some(error) = v.errors.first() {
        error.clone()
    } else if v.counted && v.total == 0 {
        "no test was run: the report names none".to_owned()
    } else {
        "the validation did not pass".to_owned()
    }
}

/// The alert as a letter.
pub fn blocked(view: &View, step: &StepView, v: &Validation, key: &str) -> Letter {
    let mut to = vec![owner_address(view)];
    to.extend(view.team.iter().map(|team| super::team_address(team)));
    Letter {
        to,
        subject: format!("🚨 {} BLOCKED: {}", view.name, reason(v)),
        body: alert_text(view, step, v),
        kind: LetterKind::Alert,
        key: key.to_owned(),
        about: view.bead.clone(),
        artifacts: Vec::new(),
    }
}
