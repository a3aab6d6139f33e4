//! When the last step is done: the completion criteria are looked at, and the work is handed on.

use super::super::change::{Acted, Change, decoded, finished};
use super::super::handin::HandIn;
use super::super::model::field;
use super::super::predicate::unmet;
use super::super::texts::{self, HandOff};
use super::super::{MoleculeState, StepState};
use crate::compliance::Facts;
use crate::formula::StepKind;
use bd::error::Result;
use bd::model::Value;

/// Ends a transition; where it was the last one of the molecule and everything that must be true is, the molecule is completed.
///
/// # Errors
/// As [`Change::end`].
pub fn end(mut change: Change<'_, '_>) -> Result<Acted> {
    let view = change.settle()?;
    let over =
        matches!(view.state, MoleculeState::Completed | MoleculeState::Cancelled | MoleculeState::Paused | MoleculeState::Waiting);
    if over || !view.missing.is_empty() || view.steps.iter().any(|s| s.state != StepState::Done) {
        return change.finish(view);
    }
    let beads = change.beads()?;
    let of_kind = |kind: StepKind| beads.steps.iter().rev().find(|(_, def)| def.kind == kind);
    let facts: Option<Facts> = of_kind(StepKind::Compliance).and_then(|(bead, _)| decoded(bead, field::COMPLIANCE));
    let ticked = super::ticked(change.tx, &view.bead, 1)?;
    let unmet = unmet(&view, facts.as_ref(), &ticked);
    if !unmet.is_empty() {
        change.notes.push(format!("every step is done, and the molecule is not completed: {}", unmet.join("; ")));
        return change.finish(view);
    }
    let id = change.id.clone();
    let fields = finished().with(field::RUN, Value::text("completed")).with(field::FIX, Value::null());
    change.set(&id, "complete", fields, &[])?;
    let last: HandIn = beads.steps.last().and_then(|(bead, _)| decoded(bead, field::HAND_IN)).unwrap_or_default();
    let scope: serde_json::Map<String, serde_json::Value> = decoded(&beads.molecule, field::SCOPE).unwrap_or_default();
    let to = scope.get("team_coordination").and_then(|t| t.get("handoff_to")).and_then(|t| t.as_str()).map(str::to_owned);
    let mut artifacts = last.artifacts.clone();
    artifacts.extend(facts.as_ref().and_then(|f| f.report.clone()));
    let mut next = Vec::new();
    for (bead, kind) in bd::ops::graph::dependents(change.tx.snapshot(), &id)? {
        if kind == bd::model::DepType::BLOCKS {
            next.extend(bead.text(field::NAME));
        }
    }
    next.sort();
    next.dedup();
    let view = change.view()?;
    let hand_off = HandOff {
        summary: last.body.lines().next().unwrap_or_default().to_owned(),
        artifacts,
        next,
        to,
        compliance: facts.map(|f| f.status().to_owned()),
    };
    change.letters.push(texts::handoff(&view, &hand_off));
    if !view.workers().iter().any(|w| w == change.tx.actor().as_str()) {
        change.letters.push(texts::to_commit(&view));
        change.notes.push(format!("whoever worked on it commits its records: gt molecule record {} --commit", view.name));
    }
    change.finish(view)
}
