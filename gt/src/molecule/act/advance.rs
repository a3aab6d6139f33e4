//! `gt molecule advance`: a step is handed in.

use super::super::change::{Acted, Change, finished, step_of};
use super::super::handin::HandIn;
use super::super::machine::{self, MoleculeAction, StepAction};
use super::super::model::{Fix, Run, StepState, field};
use super::super::predicate::{Predicate, manual_criteria};
use super::super::{StepView, Validation, View, texts};
use crate::compliance::Facts;
use crate::formula::StepKind;
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Fields, Value};
use bd::store::Tx;

/// What was found out about the work before the step is handed in.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What the step's commands and scans said.
    pub validation: Option<Validation>,
    /// What the compliance report says.
    pub facts: Option<Facts>,
}

/// Hands in a step. A validation that did not pass sends the work back instead ([`failed`]), which is what the caller is told by
/// the view that comes back.
///
/// # Errors
/// The molecule or the step does not allow it now (exit 3); somebody else holds it (exit 6); what the step asks for is not so
/// (exit 4); a criterion that nobody attested (exit 3).
pub fn advance(tx: &mut Tx<'_>, id: &BeadId, step: &str, hand_in: &HandIn, evidence: &Evidence) -> Result<Acted> {
    let mut change = Change::new(tx, id.clone());
    let view = change.must(MoleculeAction::Advance)?;
    let step = step_of(&view, step)?.clone();
    may_hand_in(&change, &view, &step)?;
    if let Some(v) = evidence.validation.as_ref().filter(|v| !v.passed && step.def.kind == StepKind::Validation) {
        return failed(change, &view, &step, v);
    }
    criteria(&change, &view, &step, evidence)?;
    let attempt = step.attempt;
    let mut hand_in = hand_in.clone();
    hand_in.attempt = attempt;
    hand_in.missing = missing(&step, &hand_in);
    if evidence.facts.as_ref().is_some_and(|f| f.report.is_some()) {
        // The report has them: it is one, and what it found and recommends are sections of it.
        hand_in.missing.retain(|name| !OF_THE_REPORT.contains(&name.as_str()));
    }
    if step.def.kind == StepKind::Document {
        hand_in.missing.retain(|name| !OF_COMPLETION.contains(&name.as_str()));
    }
    if !hand_in.missing.is_empty() {
        change
            .notes
            .push(format!("the formula asks for {}, and the hand-in has no such heading or artifact", hand_in.missing.join(", ")));
    }
    let mut fields = finished().with(field::STEP_RUN, Value::of(&Run { state: StepState::Done, attempt }));
    fields.set(field::HAND_IN, Value::of(&hand_in));
    if let Some(facts) = &evidence.facts {
        fields.set(field::COMPLIANCE, Value::of(facts));
    }
    change.set(&step.bead, "advance", fields, &[])?;
    hold(&mut change)?;
    if let Some(v) = evidence.validation.as_ref().filter(|_| step.def.kind == StepKind::Validation) {
        let v = Validation { attempt, ..v.clone() };
        let fields = Fields::new().with(field::VALIDATION, Value::of(&v)).with(field::FIX, Value::null());
        change.set(id, "validate", fields, &[])?;
    }
    super::complete::end(change)
}

/// A validation did not pass: its result is kept, the work goes back, the owner is told.
///
/// # Errors
/// As [`Change::set`]; a step that knows no way back.
pub fn failed(mut change: Change<'_, '_>, view: &View, step: &StepView, v: &Validation) -> Result<Acted> {
    let to = step.def.on_fail.as_ref().map_or(step.def.id.as_str(), |f| f.goto.as_str());
    let to = step_of(view, to)?.clone();
    let v = Validation { attempt: step.attempt, passed: false, ..v.clone() };
    let why = super::super::texts::reason_of(&v);
    let run = Run { state: StepState::Failed, attempt: step.attempt };
    let mut fields = super::super::change::opened();
    fields.set(field::STEP_RUN, Value::of(&run));
    change.set(&step.bead, "fail", fields, &[("why", Value::text(&why))])?;
    if to.def.id != step.def.id {
        change.go_back(view, step, &to, &why)?;
    }
    let fix = Fix { step: step.def.id.clone(), to: to.def.id.clone(), cause: "validation".into(), reason: why };
    let fields = Fields::new().with(field::FIX, Value::of(&fix)).with(field::VALIDATION, Value::of(&v));
    change.set(&view.bead.clone(), "validate", fields, &[])?;
    let key = format!("blocked {} {} {}", step.bead, run.attempt, bd::model::format_time(change.tx.now()));
    let letter = texts::blocked(view, step, &v, &key);
    change.notes.push(letter.subject.clone());
    change.letters.push(letter);
    change.end()
}

/// Whoever hands in the first step holds the molecule, and renders its records.
fn hold(change: &mut Change<'_, '_>) -> Result<()> {
    let id = change.id.clone();
    let free = change.tx.bead(&id)?.is_some_and(|b| b.holding() == bd::fold::Holding::Free && b.text("assignee").is_none());
    if free {
        bd::ops::claim::claim(change.tx, id.as_str(), &bd::ops::claim::ClaimRequest::default())?;
    }
    Ok(())
}

fn may_hand_in(change: &Change<'_, '_>, view: &View, step: &StepView) -> Result<()> {
    let named = format!("{}/{}", view.name, step.def.id);
    if step.checkpoint.is_some() {
        return Err(Error::new(ErrorKind::Blocked, format!("`{named}` is a checkpoint: a person decides"))
            .hint(format!("`gt checkpoint show {} {}` shows what was asked", view.name, step.def.id)));
    }
    if !machine::step(step.state, StepAction::HandIn) {
        let why = match step.state {
            StepState::Done => "it is done already".to_owned(),
            _ => {
                let open = |n: &&String| view.step(n).is_none_or(|s| s.state != StepState::Done);
                let before: Vec<&str> = step.def.needs.iter().filter(open).map(String::as_str).collect();
                format!("it needs {}", before.join(", "))
            }
        };
        return Err(Error::new(ErrorKind::Blocked, format!("`{named}` is {}: {why}", step.state))
            .hint(format!("`gt molecule next {}` says what comes next", view.name)));
    }
    let me = change.tx.actor().as_str();
    if super::upgrade::loosened(change, view)? {
        return Err(Error::new(ErrorKind::Blocked, format!("{me} moved `{}` to a formula that asks for less", view.name))
            .hint("Somebody else does its work, so that nobody asks less of himself"));
    }
    if let Some(holder) = step.holder.as_deref().filter(|h| *h != me) {
        return Err(Error::new(ErrorKind::Conflict, format!("`{named}` is held by {holder}"))
            .hint(format!("`bd claim {}` says how a claim is taken over", change.tx.snapshot().short(&step.bead))));
    }
    Ok(())
}

/// Every success criterion is true, by a validation or by somebody's word.
fn criteria(change: &Change<'_, '_>, view: &View, step: &StepView, evidence: &Evidence) -> Result<()> {
    let empty = Validation::default();
    let named = step.def.validation_commands.iter().any(|c| !c.trim().is_empty());
    if (named || step.def.kind == StepKind::Validation) && evidence.validation.is_none() {
        return Err(Error::internal(format!("`{}` was not validated", step.def.id)));
    }
    if let Some(v) = evidence.validation.as_ref() {
        let mut wrong: Vec<String> = Vec::new();
        let mut judged = false;
        for text in &step.def.success_criteria {
            let answer = Predicate::of_criterion(text).judge(v);
            judged |= answer.is_some();
            if answer == Some(false) {
                wrong.push(text.clone());
            }
        }
        // Without criteria, or with none that a machine can judge, the run itself is the answer.
        if !v.passed && (!judged || step.def.kind == StepKind::Validation) {
            wrong.push(texts::reason_of(v));
        }
        if !wrong.is_empty() {
            let mut error =
                Error::new(ErrorKind::Gate, format!("`{}` is not handed in: not true: {}", step.def.id, wrong.join("; ")));
            for line in v.errors.iter().take(5) {
                error = error.hint(line.clone());
            }
            let found = v.findings.iter().filter(|f| f.waived.is_none()).take(5);
            return Err(found.fold(error, |e, f| e.hint(format!("{}:{}: {} ({})", f.file, f.line, f.excerpt, f.advice))));
        }
    } else {
        let machine = step.def.success_criteria.iter().find(|c| Predicate::of_criterion(c).judge(&empty).is_some());
        if let Some(text) = machine {
            return Err(Error::internal(format!("`{}` was not looked at: {text}", step.def.id)));
        }
    }
    if step.def.kind == StepKind::Compliance && step.def.report_template.is_some() && evidence.facts.is_none() {
        return Err(Error::internal(format!("`{}` has no report", step.def.id)));
    }
    let ticked = super::ticked(change.tx, &step.bead, step.attempt)?;
    let open: Vec<String> = manual_criteria(step).into_iter().filter(|c| !ticked.contains(c)).collect();
    if open.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Blocked, format!("`{}` asks for what no machine can judge: {}", step.def.id, open.join("; ")))
        .hint(format!("Where it is true: gt molecule attest {} {} --all --note TEXT", view.name, step.def.id)))
}

/// Outputs that a compliance report is, or has a section of.
const OF_THE_REPORT: [&str; 4] = ["compliance_report", "gap_analysis", "anti_pattern_findings", "recommendations"];
/// Outputs that completing a molecule makes: the commit of the report, and the summary of the day.
const OF_COMPLETION: [&str; 2] = ["committed_compliance_report", "day_summary"];

fn missing(step: &StepView, hand_in: &HandIn) -> Vec<String> {
    let has = |name: &str| {
        let spoken = name.replace('_', " ");
        let artifact = hand_in.artifacts.iter().any(|a| a.split('=').next().is_some_and(|n| n.trim() == name));
        artifact
            || hand_in.body.lines().any(|l| l.starts_with('#') && l.trim_start_matches('#').trim().eq_ignore_ascii_case(&spoken))
    };
    step.def.outputs.iter().filter(|name| !has(name)).cloned().collect()
}
