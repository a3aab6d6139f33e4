//! `gt checkpoint approve`.

use super::super::change::{Acted, Change, finished};
use super::super::machine::{CheckpointAction, MoleculeAction};
use super::super::model::{CheckpointState, Run, StepState, field};
use super::super::{StepView, View, texts};
use crate::compliance::Facts;
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Value};
use bd::store::{Store, Tx};
use serde::Deserialize;

/// The key of an event that names the review on a forge which it stands for.
pub const REVIEW: &str = "review";

/// An approval.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    /// Why, for the record.
    pub note: Option<String>,
    /// Approve although something speaks against it, with a reason that is mailed and kept in the report.
    pub over: Option<String>,
    /// The review on a forge that it stands for (its address), where it was given there.
    pub review: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    approval: Approving,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Approving {
    #[serde(rename = "self")]
    own: bool,
}

/// Whether the project lets somebody approve what they worked on (`approval.self`; no, unless it says so).
///
/// # Errors
/// A configuration that does not parse.
pub fn own_work_allowed(store: &Store) -> Result<bool> {
    let Some(text) = store.config().text() else { return Ok(false) };
    let file: File =
        toml_edit::de::from_str(text).map_err(|e| Error::usage(format!(".beads/config.toml: {}", e.to_string().trim())))?;
    Ok(file.approval.own)
}

/// Approves a checkpoint.
///
/// # Errors
/// It is not open (exit 3), its validation failed (exit 4), the actor worked on the molecule (exit 3), or its report names
/// critical issues and nobody said why it may go on all the same (exit 4).
pub fn approve(tx: &mut Tx<'_>, id: &BeadId, step: &str, approval: &Approval) -> Result<Acted> {
    let mut change = Change::new(tx, id.clone());
    // What has been reached since (the molecule that it waited for is completed, an approval was undone) is asked now.
    change.settle()?;
    let view = change.view()?;
    let (step, checkpoint) = super::checkpoint_for(&view, step, CheckpointAction::Approve)?;
    super::super::change::allowed(&view, MoleculeAction::Decide)?;
    separate(&change, &view, step)?;
    let against = against(&change, &view, step)?;
    if let (Some(against), None) = (&against, &approval.over) {
        return Err(Error::new(ErrorKind::Gate, format!("`{}/{}` is not approved: {against}", view.name, step.def.id))
            .hint("A person may decide otherwise on record; docs/concepts/checkpoints.md says how"));
    }
    let contested = checkpoint.state == CheckpointState::Contested;
    let reason = approval.over.as_ref().or(approval.note.as_ref());
    if let Some(reason) = reason {
        bd::ops::change::check_text("reason", reason)?;
    }
    let overridden = against.is_some() && approval.over.is_some();
    let mut fields = finished().with(field::DECISION, Value::text(CheckpointState::Approved.as_str()));
    fields.set(field::STEP_RUN, Value::of(&Run { state: StepState::Done, attempt: step.attempt }));
    fields.set(field::WHY, reason.map_or_else(Value::null, |r| Value::text(r)));
    fields.set(field::OVERRIDDEN, if overridden { Value::of(&true) } else { Value::null() });
    let mut extra: Vec<(&str, Value)> = Vec::new();
    if let Some(against) = against.as_ref().filter(|_| overridden) {
        extra.push(("against", Value::text(against)));
    }
    if let Ok(head) = change.tx.store().git().head() {
        if let bd::git::Head::Branch(_, commit) | bd::git::Head::Detached(commit) = head {
            extra.push(("commit", Value::text(&commit.to_string())));
        }
    }
    extra.extend(approval.review.as_deref().map(|r| (REVIEW, Value::text(r))));
    change.set(&step.bead, "approve", fields, &extra)?;
    let by = change.tx.actor().as_str().to_owned();
    let key = format!("approved {} {}", step.bead, bd::model::format_time(change.tx.now()));
    let what = if overridden { "approved against an objection" } else { "approved" };
    let mut letter = texts::decided(&view, step, what, &by, reason.map(String::as_str), &key);
    if let Some(against) = against.filter(|_| overridden) {
        letter.body.push_str(&format!("\nWhat spoke against it: {against}\n"));
        letter.to.push(texts::owner_address(&view));
        letter.kind = super::super::letter::LetterKind::Alert;
    }
    change.letters.push(letter);
    if contested {
        change.notes.push("this decides between the two".to_owned());
    }
    super::complete::end(change)
}

/// Who worked on a molecule does not approve it.
pub(super) fn separate(change: &Change<'_, '_>, view: &View, step: &StepView) -> Result<()> {
    let me = change.tx.actor().as_str();
    if own_work_allowed(change.tx.store())? || !super::workers(change.tx, view)?.iter().any(|w| w == me) {
        return Ok(());
    }
    let owner = texts::owner_address(view);
    Err(Error::new(ErrorKind::Blocked, format!("{me} worked on `{}` and does not decide about `{}`", view.name, step.def.id))
        .hint(format!("{owner} was asked by mail; anybody who did not work on it may decide")))
}

/// What speaks against an approval although the checkpoint is open.
fn against(change: &Change<'_, '_>, view: &View, step: &StepView) -> Result<Option<String>> {
    let beads = change.beads()?;
    for need in &step.def.needs {
        let Some((bead, _)) = beads.step(need) else { continue };
        let facts: Option<Facts> = super::super::change::decoded(bead, field::COMPLIANCE);
        if let Some(facts) = facts.filter(|f| f.critical > 0) {
            let report = facts.report.map(|r| format!(" ({r})")).unwrap_or_default();
            return Ok(Some(format!("the report of {}/{need} names {} critical issue(s){report}", view.name, facts.critical)));
        }
    }
    Ok(None)
}
