//! What the history says about approvals: who decided what, what spoke against it, what went back.

use crate::formula::StepKind;
use crate::molecule::View;
use crate::molecule::model::field;
use bd::error::Result;
use bd::model::Value;
use bd::store::Snapshot;
use serde::Serialize;

/// One decision or failure, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The step.
    pub step: String,
    /// `approve`, `reject` or `fail`.
    pub what: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// The reason or rationale.
    pub text: Option<String>,
    /// What spoke against an approval that was given all the same.
    pub against: Option<String>,
    /// Where the work went back to.
    pub to: Option<String>,
}

/// A checkpoint as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// The step.
    pub step: String,
    /// Its state.
    pub state: String,
    /// Who approved it.
    pub by: Option<String>,
    /// When.
    pub at: Option<String>,
    /// The number of the try.
    pub attempt: u32,
    /// True if it was approved against an objection.
    pub overridden: bool,
}

/// Reads the decisions about the steps of a molecule, oldest first.
///
/// # Errors
/// The events cannot be read.
pub fn decisions(snapshot: &Snapshot, view: &View) -> Result<Vec<Decision>> {
    let mut out = Vec::new();
    for step in &view.steps {
        for stored in snapshot.events(&step.bead)? {
            let e = stored.event;
            if !matches!(e.kind.as_str(), "approve" | "reject" | "fail") {
                continue;
            }
            let extra = |name: &str| e.extra.get(name).map(Value::to_plain);
            let said = || e.set.get(field::WHY).and_then(Value::as_str).map(|t| t.to_string());
            let decision = Decision {
                step: step.def.id.clone(),
                what: e.kind.as_str().to_owned(),
                by: e.by.as_str().to_owned(),
                at: e.at.clone(),
                text: extra("why").or_else(said),
                against: extra("against"),
                to: extra("to"),
            };
            out.push((e.id, decision));
        }
    }
    out.sort_by_key(|(id, _)| *id);
    Ok(out.into_iter().map(|(_, decision)| decision).collect())
}

/// The checkpoints, in the formula's order.
pub fn checkpoints(view: &View, decisions: &[Decision]) -> Vec<Checkpoint> {
    let of = |step: &crate::molecule::StepView| {
        let state = step.checkpoint.as_ref()?;
        let approved = state.state == crate::molecule::CheckpointState::Approved;
        let last = decisions.iter().rev().find(|d| d.step == step.def.id && d.what == "approve").filter(|_| approved);
        Some(Checkpoint {
            step: step.def.id.clone(),
            state: state.state.as_str().to_owned(),
            by: last.map(|d| d.by.clone()),
            at: last.map(|d| d.at.clone()),
            attempt: step.attempt,
            overridden: approved && state.overridden,
        })
    };
    view.steps.iter().filter(|s| s.def.kind == StepKind::Checkpoint).filter_map(of).collect()
}
