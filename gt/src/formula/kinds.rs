//! What each step asks for, and where the work goes back to from it.

use super::job::Job;
use super::model::Draft;
use super::problem::meant_in;
use super::recipe::{OnFail, StepKind};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Decides what is not written: approval = checkpoint; commands that block = validation; a report = compliance; a last
/// step that documents = document.
pub(super) fn decide(steps: &mut [Draft]) {
    for draft in steps.iter_mut() {
        let step = &mut draft.step;
        step.kind = match draft.kind {
            Some(kind) => kind,
            None if draft.approval => StepKind::Checkpoint,
            None if step.report_template.is_some() || !step.validation_categories.is_empty() => StepKind::Compliance,
            None if (step.blocking || step.mandatory) && !step.validation_commands.is_empty() => StepKind::Validation,
            None => StepKind::Work,
        };
    }
    // Only a molecule with checkpoints ends with a record of completion by itself.
    let has_checkpoint = steps.iter().any(|d| d.step.kind == StepKind::Checkpoint);
    if let Some(last) = steps.last_mut().filter(|d| has_checkpoint && d.kind.is_none()) {
        if last.step.kind == StepKind::Work && documents(&last.step.id) {
            last.step.kind = StepKind::Document;
        }
    }
}

fn documents(id: &str) -> bool {
    id.split(['-', '_', '.']).any(|word| matches!(word, "document" | "documentation" | "docs" | "doc"))
}

/// Checks the ways back that are written, and derives those of checkpoints and validations. `needs` are places in `steps`,
/// each before who needs it.
pub(super) fn ways_back(job: &mut Job<'_>, steps: &mut [Draft], needs: &[Vec<usize>]) {
    let before = comes_before(steps, needs);
    let mut refactor: Vec<Option<usize>> = Vec::with_capacity(steps.len());
    let mut work: Vec<Option<usize>> = Vec::with_capacity(steps.len());
    for at in 0..steps.len() {
        let nearest = |of: &[Option<usize>], is: &dyn Fn(&Draft) -> bool| {
            needs[at].iter().filter_map(|n| if is(&steps[*n]) { Some(*n) } else { of[*n] }).max()
        };
        let last_refactor = nearest(&refactor, &|d| d.step.tdd_phase.as_deref() == Some("refactor"));
        let last_work = nearest(&work, &|d| d.step.kind == StepKind::Work);
        refactor.push(last_refactor);
        work.push(last_work);
        let step = &steps[at].step;
        let early = matches!(step.phase.as_deref(), Some("analysis" | "plan"));
        let derived = match step.kind {
            StepKind::Checkpoint if early => needs[at].iter().max().copied(),
            StepKind::Checkpoint | StepKind::Validation => last_refactor.or(last_work),
            _ => None,
        };
        let on_fail = match steps[at].goto.take() {
            Some(goto) => {
                if !before.contains(&at) {
                    let near = meant_in(&job.log, &goto.name, steps[..at].iter().map(Draft::id));
                    let message =
                        format!("`goto` names `{}`, which is no earlier step of `{}`", goto.name.escape_debug(), steps[at].id());
                    job.log.error(goto.at, message).help = near;
                }
                Some(OnFail { goto: goto.name, derived: false })
            }
            None => derived.map(|to| OnFail { goto: steps[to].step.id.clone(), derived: true }),
        };
        steps[at].step.on_fail = on_fail;
    }
}

/// For each step with a `goto` whether the step that it names comes before it, along what it needs. 64 targets in one pass.
fn comes_before(steps: &[Draft], needs: &[Vec<usize>]) -> HashSet<usize> {
    let places: HashMap<&str, usize> = steps.iter().enumerate().map(|(at, d)| (d.id(), at)).collect();
    let mut wanted: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, draft) in steps.iter().enumerate() {
        if let Some(target) = draft.goto.as_ref().and_then(|g| places.get(g.name.as_str())) {
            wanted.entry(*target).or_default().push(at);
        }
    }
    let wanted: Vec<(usize, Vec<usize>)> = wanted.into_iter().collect();
    let mut found = HashSet::new();
    for some in wanted.chunks(64) {
        // Bit n of a step: target n comes before it, or it is that target.
        let mut before = vec![0_u64; steps.len()];
        for (bit, (target, _)) in some.iter().enumerate() {
            before[*target] = 1 << bit;
        }
        for at in 0..steps.len() {
            before[at] = needs[at].iter().fold(before[at], |mask, need| mask | before[*need]);
        }
        for (bit, (target, asking)) in some.iter().enumerate() {
            found.extend(asking.iter().filter(|at| *at != target && before[**at] >> bit & 1 == 1));
        }
    }
    found
}
