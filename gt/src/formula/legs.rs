//! Formulas of the kind convoy: legs beside each other and a synthesis that needs them all.

use super::job::Job;
use super::model::{Draft, Formula, Ref};
use serde_json::Value;

/// The steps of a convoy: one a leg, then the synthesis, then what else it has.
pub(super) fn steps(job: &mut Job<'_>, formula: &Formula) -> Vec<Draft> {
    let mut out = formula.legs.clone();
    let prompt = |key: &str, of: &str| formula.extra.get(key)?.get(of)?.as_str().map(str::to_owned);
    let folder = prompt("output", "directory");
    let output = |pattern: &str| {
        prompt("output", pattern).map(|file| match &folder {
            Some(folder) => format!("{}/{file}", folder.trim_end_matches('/')),
            None => file,
        })
    };
    for leg in &mut out {
        leg.step.parallel = true;
        for key in ["agent", "review_only"] {
            if let Some(value) = formula.extra.get(key) {
                leg.step.extra.entry(key).or_insert_with(|| value.clone());
            }
        }
        let focus = leg.step.extra.get("focus").and_then(Value::as_str).map(str::to_owned);
        if leg.step.description.is_empty() {
            leg.step.description = focus.clone().unwrap_or_default();
        }
        if leg.step.outputs.is_empty() {
            leg.step.outputs.extend(output("leg_pattern"));
        }
        let (id, title) = (leg.step.id.clone(), leg.step.title.clone());
        job.fill(leg, &mut |name, double| match name {
            ".leg.id" if double => Some(id.clone()),
            ".leg.title" if double => Some(title.clone()),
            ".leg.focus" if double => focus.clone(),
            ".formula_name" if double => Some(formula.name.clone()),
            _ => None,
        });
    }
    let legs: Vec<(String, super::source::Place)> = out.iter().map(|l| (l.step.id.clone(), l.at)).collect();
    if let Some(mut synthesis) = formula.synthesis.clone() {
        if synthesis.needs.is_empty() {
            synthesis.needs = legs.into_iter().map(|(id, at)| Ref::new(id, at)).collect();
        }
        if synthesis.step.outputs.is_empty() {
            synthesis.step.outputs.extend(output("synthesis"));
        }
        out.push(synthesis);
    }
    out.extend(formula.steps.iter().cloned());
    out
}
