//! When the last step is done: the completion criteria are looked at, and the work is handed on.

use super::super::beads::Beads;
use super::super::change::{Acted, Change, decoded, finished};
use super::super::compute::waits_for;
use super::super::handin::HandIn;
use super::super::model::field;
use super::super::predicate::unmet;
use super::super::texts::{self, HandOff, Waiting};
use super::super::{MoleculeState, StepState, View, names};
use crate::compliance::Facts;
use crate::convoy;
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
    let next = next(&change, &view)?;
    let names: Vec<&str> = next.iter().map(|n| n.name.as_str()).collect();
    let fields =
        finished().with(field::RUN, Value::text("completed")).with(field::FIX, Value::null()).with(field::NEXT, Value::of(&names));
    change.set(&id, "complete", fields, &[])?;
    let last: HandIn = beads.steps.last().and_then(|(bead, _)| decoded(bead, field::HAND_IN)).unwrap_or_default();
    let scope: serde_json::Map<String, serde_json::Value> = decoded(&beads.molecule, field::SCOPE).unwrap_or_default();
    let to = scope.get("team_coordination").and_then(|t| t.get("handoff_to")).and_then(|t| t.as_str()).map(str::to_owned);
    let mut artifacts = last.artifacts.clone();
    artifacts.extend(facts.as_ref().and_then(|f| f.report.clone()));
    let view = change.view()?;
    let hand_off = HandOff {
        summary: last.body.lines().next().unwrap_or_default().to_owned(),
        artifacts,
        next,
        to,
        compliance: facts.map(|f| validated(&f)),
    };
    change.letters.push(texts::handoff(&view, &hand_off));
    if !view.workers().iter().any(|w| w == change.tx.actor().as_str()) {
        change.letters.push(texts::to_commit(&view));
        change.notes.push(format!("whoever worked on it commits its records: gt molecule record {} --commit", view.name));
    }
    change.finish(view)
}

/// The verdict of the report in the words of a hand-off.
fn validated(facts: &Facts) -> String {
    match (facts.critical, facts.warnings) {
        (0, 0) => "Validated".to_owned(),
        (0, n) => format!("Validated ({n} warnings)"),
        (n, _) => format!("NOT VALIDATED ({n} critical, approved against them)"),
    }
}

/// What waits for a molecule: what was poured, by name; then what its convoy's file plans, in the order of the file.
fn next(change: &Change<'_, '_>, view: &View) -> Result<Vec<Waiting>> {
    let snapshot = change.tx.snapshot();
    let mut out: Vec<Waiting> = Vec::new();
    for (bead, kind) in bd::ops::graph::dependents(snapshot, &view.bead)? {
        let Some(name) = bead.text(field::NAME).filter(|_| kind == bd::model::DepType::BLOCKS) else { continue };
        if out.iter().any(|w| w.name == name) {
            continue;
        }
        let beads = Beads { molecule: bead, steps: Vec::new(), missing: Vec::new() };
        let others = waits_for(&beads, |id| snapshot.bead(id))?.into_iter().filter(|o| *o != view.name).collect();
        out.push(Waiting { name, others, planned: false });
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    // What is only planned has no bead that could wait. A file that cannot be read keeps nobody from completing.
    let file = view.convoy.as_deref().and_then(|c| convoy::file_in(change.tx.store(), snapshot, c).ok().flatten());
    let Some(file) = file else { return Ok(out) };
    for name in convoy::waiting_for(&file, &view.name) {
        if out.iter().any(|w| w.name == name) {
            continue;
        }
        let mut others = convoy::requires_of(&file, &name);
        others.retain(|id| *id != view.name && !is_done(change, &file, id));
        out.push(Waiting { name, others, planned: true });
    }
    Ok(out)
}

/// Completed here, or by the word of the file where it was never poured.
fn is_done(change: &Change<'_, '_>, file: &convoy::ConvoyFile, id: &str) -> bool {
    let bead = names::molecule(change.tx.store().config().prefix(), id).and_then(|bead| change.tx.snapshot().bead(&bead));
    match bead {
        Ok(Some(bead)) => bead.text(field::RUN).as_deref() == Some("completed"),
        _ => file.molecule(id).is_some_and(convoy::Planned::is_completed),
    }
}
