//! `DAYn_COMPLETE.md`: what was done, by whom, with which results.

use crate::formula::StepKind;
use crate::molecule::beads::Beads;
use crate::molecule::change::decoded;
use crate::molecule::handin::{HandIn, one_line};
use crate::molecule::model::{field, percent};
use crate::molecule::{View, texts};
use bd::model::format_time;

/// The file's name: `DAY3_COMPLETE.md` of `day3-workflow-refs`, else the name in capitals.
pub fn file_name(name: &str) -> String {
    let label = texts::label(name);
    let stem: String = match label.strip_prefix("Day ") {
        Some(number) => format!("DAY{number}"),
        None => label.to_uppercase(),
    };
    format!("{}_COMPLETE.md", stem.replace(|c: char| !c.is_alphanumeric(), "_"))
}

/// The text.
pub fn text(view: &View, beads: &Beads) -> String {
    let mut out = format!("# {} complete: {}\n\n", texts::label(&view.name), view.name);
    out.push_str(&format!("- Formula: {} v{}\n", view.recipe.name, one_line(&view.recipe.version)));
    if let Some(convoy) = &view.convoy {
        out.push_str(&format!("- Convoy: {convoy}\n"));
    }
    for (name, at) in [("Begun", view.poured), ("Completed", view.completed)] {
        if let Some(at) = at {
            out.push_str(&format!("- {name}: {}\n", format_time(at)));
        }
    }
    if let Some(v) = view.validation.as_ref().filter(|v| v.counted) {
        out.push_str(&format!("- Tests: {}/{} passing ({}%)\n", v.ok, v.total, percent(v.rate())));
    }
    let facts: Option<crate::compliance::Facts> =
        beads.steps.iter().find(|(_, d)| d.kind == StepKind::Compliance).and_then(|(b, _)| decoded(b, field::COMPLIANCE));
    if let Some(facts) = &facts {
        out.push_str(&format!("- Compliance: {}, {} critical, {} warnings\n", facts.status(), facts.critical, facts.warnings));
        if let Some(report) = &facts.report {
            out.push_str(&format!("- Report: {report}\n"));
        }
    }
    out.push_str("\n## Checkpoints\n\n");
    for step in view.steps.iter().filter(|s| s.checkpoint.is_some()) {
        let c = step.checkpoint.clone().unwrap_or_default();
        let over = if c.overridden { ", against an objection" } else { "" };
        let by = c.by.unwrap_or_default();
        let reason = c.reason.map(|r| format!(": {r}")).unwrap_or_default();
        out.push_str(&format!("- {}: {} by {by}{over}{reason}\n", step.def.id, c.state));
    }
    out.push_str("\n## Steps\n\n");
    for (step, (bead, _)) in view.steps.iter().zip(&beads.steps).filter(|(s, _)| s.checkpoint.is_none()) {
        let hand_in: HandIn = decoded(bead, field::HAND_IN).unwrap_or_default();
        // A heading says what follows, not what was done.
        let said = hand_in.body.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with('#'));
        let said = said.map_or("(nothing was handed in)", |l| l.strip_prefix("- ").unwrap_or(l));
        let tries = if step.attempt > 1 { format!(" (try {})", step.attempt) } else { String::new() };
        out.push_str(&format!("- {}{tries}: {said}\n", step.def.id));
        for gap in &hand_in.gaps {
            out.push_str(&format!("  - gap: {gap}\n"));
        }
    }
    out.push_str("\n## Next\n\n");
    let next: Vec<String> = decoded(&beads.molecule, field::NEXT).unwrap_or_default();
    for name in &next {
        match texts::first_label(name) {
            label if label == *name => out.push_str(&format!("- {name}\n")),
            label => out.push_str(&format!("- {label}: {name}\n")),
        }
    }
    if next.is_empty() {
        out.push_str("- Nothing waits for it\n");
    }
    out
}
