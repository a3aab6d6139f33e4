//! `reports/validation-<date>[-<n>].md`: one report for each validation that failed.

use super::Record;
use crate::molecule::model::{Validation, field, percent};
use crate::molecule::{View, texts};
use bd::error::Result;
use bd::store::Snapshot;
use std::collections::BTreeMap;

/// The reports of all validations that failed.
///
/// # Errors
/// The store cannot be read.
pub fn all(snapshot: &Snapshot, view: &View, folder: &str) -> Result<Vec<Record>> {
    let mut out = Vec::new();
    let mut of_day: BTreeMap<String, usize> = BTreeMap::new();
    let steps: Vec<_> = view.steps.iter().filter(|s| s.def.kind == crate::formula::StepKind::Validation).collect();
    for stored in snapshot.events(&view.bead)? {
        let e = stored.event;
        let Some(v) = e.set.get(field::VALIDATION).and_then(bd::model::Value::decode::<Validation>) else { continue };
        let day = e.at.get(..10).unwrap_or("unknown").to_owned();
        if v.passed {
            continue;
        }
        let fix = e.set.get(field::FIX).map(bd::model::Value::to_tree);
        let named = fix.as_ref().and_then(|f| f["step"].as_str());
        let Some(step) = steps.iter().find(|s| Some(s.def.id.as_str()) == named).or(steps.first()) else { continue };
        let n = of_day.entry(day.clone()).or_default();
        *n += 1;
        let suffix = if *n == 1 { String::new() } else { format!("-{n}") };
        let mut text = format!("# Validation of {} failed\n\n", view.name);
        text.push_str(&format!("- Step: {} (try {})\n- At: {}\n- By: {}\n", step.def.id, v.attempt, e.at, e.by));
        if !v.code.is_empty() {
            text.push_str(&format!("- Code: {}\n", v.code));
        }
        if v.counted {
            let rate = percent(v.rate());
            text.push_str(&format!(
                "- Tests: {} of {} passed, {} failed, {} skipped ({rate}%)\n",
                v.ok, v.total, v.failed, v.skipped
            ));
        }
        if let Some(to) = fix.as_ref().and_then(|f| f["to"].as_str()) {
            text.push_str(&format!("- Back to: {to}\n"));
        }
        text.push_str(&format!("\n```text\n{}```\n", texts::alert_text(view, step, &v).replace("```", "'''")));
        if !v.failures.is_empty() {
            text.push_str("\n## Failed tests\n\n");
            for f in &v.failures {
                let place = f.file.as_deref().map(|file| format!(" ({file}:{})", f.line.unwrap_or(0))).unwrap_or_default();
                text.push_str(&format!("- `{}`{place}\n", f.name.replace('`', "'")));
            }
        }
        out.push((format!("{folder}/reports/validation-{day}{suffix}.md"), text));
    }
    Ok(out)
}
