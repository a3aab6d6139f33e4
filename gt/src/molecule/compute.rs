//! From the beads of a molecule to what it is now. Pure but for the questions about other molecules.
//!
//! A step counts as done only while everything before it does (and, for a checkpoint, while it is approved and not
//! contested). So nothing that happens to a single bead (an undo, an old client) can make a molecule look further than it is.

use super::beads::Beads;
use super::clock::{self, Witness};
use super::model::{CheckpointState, Fix, MoleculeState, Run, StepState, Validation, field};
use super::view::{CheckpointView, StepView, View};
use crate::formula::{Step, StepKind};
use bd::error::Result;
use bd::fold::{Bead, Holding};
use bd::model::{BeadId, DepType, Status};
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use std::cell::LazyCell;
use std::collections::HashMap;

/// One molecule as it stands now.
///
/// # Errors
/// As [`Beads::read`].
pub fn load(snapshot: &Snapshot, id: &BeadId, now: Timestamp) -> Result<View> {
    load_bead(snapshot, snapshot.must(id)?, now)
}

/// The molecule of a bead that was read already, as it stands now.
///
/// # Errors
/// As [`load`].
pub fn load_bead(snapshot: &Snapshot, molecule: Bead, now: Timestamp) -> Result<View> {
    let beads = Beads::of_bead(snapshot, molecule)?;
    let waits = waits_for(&beads, |id| snapshot.bead(id))?;
    Ok(view(&beads, waits, now))
}

/// True if what is said on a molecule's own bead can only be so while the molecule is not over. `false` decides nothing: one that
/// says it is completed is not, where a step of it is open again.
pub fn is_surely_open(molecule: &Bead) -> bool {
    !matches!(molecule.text(field::RUN).as_deref(), Some("completed" | "cancelled"))
}

/// Every molecule, by name.
///
/// # Errors
/// As [`load`].
pub fn load_all(snapshot: &Snapshot, now: Timestamp) -> Result<Vec<View>> {
    super::beads::list(snapshot)?.into_iter().map(|bead| load_bead(snapshot, bead, now)).collect()
}

/// Every molecule that is not over, by name. What is over costs nothing.
///
/// # Errors
/// As [`load`].
pub fn load_open(snapshot: &Snapshot, now: Timestamp) -> Result<Vec<View>> {
    super::beads::list_open(snapshot)?.into_iter().map(|bead| load_bead(snapshot, bead, now)).collect()
}

/// The molecule that a text names, as it stands now.
///
/// # Errors
/// As [`super::beads::find`].
pub fn named(store: &Store, snapshot: &Snapshot, text: &str, now: Timestamp) -> Result<View> {
    load(snapshot, &super::beads::find(store, snapshot, text)?, now)
}

/// The names of the molecules that this one requires and that are not completed.
///
/// # Errors
/// What `bead` returns.
pub fn waits_for(beads: &Beads, bead: impl Fn(&BeadId) -> Result<Option<Bead>>) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let named = |e: &bd::fold::LiveEdge| {
        e.edge.meta.as_ref().and_then(|m| m.to_tree()["molecule"].as_str().map(str::to_owned)).unwrap_or_else(|| e.edge.to.clone())
    };
    // What it was poured with, whoever has cut an edge since; and what people have added by edges.
    let mut required: Vec<(String, String)> = super::own::decoded(&beads.molecule, field::REQUIRES).unwrap_or_default();
    let edges = beads.molecule.edges.iter().filter(|e| e.edge.kind == DepType::BLOCKS);
    required.extend(edges.map(|e| (named(e), e.edge.to.clone())));
    for (name, id) in required {
        let Ok(id) = BeadId::new(&id) else { continue };
        let target = bead(&id)?.filter(|b| !b.is_deleted());
        let done = target.as_ref().is_some_and(|b| match b.get(field::RECIPE) {
            Some(_) => super::own::is_completed(b),
            None => b.status() == Status::CLOSED,
        });
        if !done {
            out.push(target.and_then(|b| b.text(field::NAME)).unwrap_or(name));
        }
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// Computes the view.
pub fn view(beads: &Beads, waits_for: Vec<String>, now: Timestamp) -> View {
    let mol = &beads.molecule;
    let mut done: HashMap<&str, bool> = HashMap::new();
    let mut steps: Vec<StepView> = Vec::with_capacity(beads.steps.len());
    let time = Time { now, seen: LazyCell::new(|| clock::seen(beads)) };
    for (bead, def) in &beads.steps {
        let clear = def.needs.iter().all(|n| done.get(n.as_str()).copied().unwrap_or(false));
        let step = step_view(bead, def, clear, &time);
        done.insert(&def.id, step.state == StepState::Done);
        steps.push(step);
    }
    block_after_failures(&mut steps);
    let open: Vec<usize> = steps.iter().enumerate().filter(|(_, s)| is_open(s)).map(|(i, _)| i).collect();
    let fix = decode::<Fix>(mol, field::FIX);
    let mut view = View {
        bead: mol.id.clone(),
        name: mol.text(field::NAME).unwrap_or_else(|| mol.title()),
        convoy: mol.text(field::CONVOY),
        recipe: beads.recipe(),
        owner: mol.text("owner"),
        team: mol.text(field::TEAM),
        state: MoleculeState::InProgress,
        steps,
        open,
        missing: beads.missing.clone(),
        fix,
        validation: decode::<Validation>(mol, field::VALIDATION),
        infrastructure: infrastructure(mol),
        note: mol.text(field::NOTE),
        waits_for,
        why: None,
        poured: mol.created_at().as_deref().and_then(bd::model::parse_time),
        completed: None,
    };
    let run = match mol.text(field::RUN).unwrap_or_default() {
        // What an import or an undo says about completion counts for nothing.
        run if run == "completed" && !super::own::is_completed(mol) => "active".to_owned(),
        run => run,
    };
    if matches!(run.as_str(), "paused" | "cancelled") {
        view.why = mol.text(field::WHY);
    }
    view.state = state(&view, &run);
    if view.state == MoleculeState::Completed {
        view.completed = mol.fields.get(field::RUN).and_then(|r| bd::model::parse_time(&r.shown().at));
    }
    if matches!(view.state, MoleculeState::Waiting | MoleculeState::Cancelled | MoleculeState::Completed) {
        view.open.clear();
    }
    view
}

/// `scope.infrastructure_deps` of the molecule's file.
fn infrastructure(mol: &Bead) -> Vec<String> {
    let scope: serde_json::Value = decode(mol, field::SCOPE).unwrap_or_default();
    let deps = scope["scope"]["infrastructure_deps"].as_array().cloned().unwrap_or_default();
    deps.iter().filter_map(|d| d.as_str().map(str::to_owned)).collect()
}

fn decode<T: serde::de::DeserializeOwned>(bead: &Bead, name: &str) -> Option<T> {
    super::own::decoded(bead, name)
}

fn is_open(step: &StepView) -> bool {
    match &step.checkpoint {
        Some(c) => matches!(c.state, CheckpointState::Open | CheckpointState::Contested | CheckpointState::Expired),
        None => matches!(step.state, StepState::Ready | StepState::InProgress),
    }
}

/// What the heads of a step's run say together: done only if all of them do, and the latest try.
fn run_of(bead: &Bead) -> Run {
    let heads = bead.fields.get(field::STEP_RUN).map(bd::fold::Register::heads).unwrap_or_default();
    // What an undo, or a program that does not know our rules, has put there does not count as done.
    let ours = |h: &bd::fold::Head| ["advance", "approve", "reopen"].contains(&h.kind.as_str());
    let run = |h: &bd::fold::Head| {
        let run: Run = h.value.decode()?;
        Some(if run.state == StepState::Done && !ours(h) { Run { state: StepState::Pending, ..run } } else { run })
    };
    let runs: Vec<Run> = heads.iter().filter_map(run).collect();
    let attempt = runs.iter().map(|r| r.attempt).max().unwrap_or(1);
    let latest: Vec<&Run> = runs.iter().filter(|r| r.attempt == attempt).collect();
    let state = match latest.split_first() {
        Some((first, rest)) if rest.iter().all(|r| r.state == first.state) => first.state,
        // Done in one clone, failed or sent back in the other: not done.
        Some(_) if latest.iter().any(|r| r.state == StepState::Failed) => StepState::Failed,
        _ => StepState::Pending,
    };
    Run { state, attempt }
}

/// The own clock, and what was read of others: looked at only where a deadline is still to come.
struct Time<F: FnOnce() -> Vec<Witness>> {
    now: Timestamp,
    seen: LazyCell<Vec<Witness>, F>,
}

fn step_view<F: FnOnce() -> Vec<Witness>>(bead: &Bead, def: &Step, clear: bool, time: &Time<F>) -> StepView {
    let now = time.now;
    let run = run_of(bead);
    let holder = match bead.holding() {
        Holding::Held(claim) if !claim.expired(now) => claim.holder.map(|h| h.as_str().to_owned()),
        _ => None,
    };
    let mut workers: Vec<String> = holder.iter().cloned().collect();
    workers.extend(bead.fields.get(field::HAND_IN).map(|r| r.shown().by.as_str().to_owned()));
    workers.dedup();
    let checkpoint = (def.kind == StepKind::Checkpoint).then(|| checkpoint(bead, clear, time));
    let done = checkpoint.as_ref().map_or(run.state == StepState::Done, |c| c.state == CheckpointState::Approved);
    let state = match (clear, done) {
        (false, _) => StepState::Pending,
        (true, true) => StepState::Done,
        (true, false) if holder.is_some() && checkpoint.is_none() => StepState::InProgress,
        (true, false) => StepState::Ready,
    };
    let state = if state == StepState::Pending && run.state == StepState::Failed { StepState::Failed } else { state };
    // What failed and can be asked again is asked in its next try.
    let attempt = run.attempt + u32::from(run.state == StepState::Failed && state != StepState::Failed);
    let ticked = super::act::ticked_on(bead, attempt);
    let (bead, def) = (bead.id.clone(), def.clone());
    StepView { bead, def, state, attempt, holder, checkpoint, ticked, workers }
}

fn checkpoint<F: FnOnce() -> Vec<Witness>>(bead: &Bead, clear: bool, time: &Time<F>) -> CheckpointView {
    let register = bead.fields.get(field::DECISION);
    let heads = register.map(bd::fold::Register::heads).unwrap_or_default();
    // An approval that no approval wrote (an undo of its reopening, an import) is none: the checkpoint is asked anew.
    let foreign = |h: &bd::fold::Head| {
        h.value.as_str().as_deref() == Some(CheckpointState::Approved.as_str()) && !["approve", "reopen"].contains(&h.kind.as_str())
    };
    let own = heads.iter().filter(|h| !foreign(h));
    let mut states: Vec<CheckpointState> = own.filter_map(|h| CheckpointState::parse(&h.value.as_str()?)).collect();
    states.sort_unstable();
    states.dedup();
    let deadline = bead.time(field::DEADLINE);
    let decided = register
        .map(bd::fold::Register::shown)
        .filter(|h| !foreign(h) && h.value.as_str().is_some_and(|t| matches!(&*t, "approved" | "rejected")));
    let stored = match states.as_slice() {
        [] => CheckpointState::Pending,
        [one] => *one,
        _ => CheckpointState::Contested,
    };
    let opened = bead.time(field::OPENED);
    let mut late = deadline.is_some_and(|d| d <= time.now);
    let mut late_by = None;
    if let (Some(deadline), false, true, CheckpointState::Open) = (deadline, late, clear, stored) {
        let opener = bead.fields.get(field::OPENED).map(|r| r.shown().by.as_str());
        late_by = clock::passed(&time.seen, time.now, opened, opener, deadline).cloned();
        late = late_by.is_some();
    }
    let state = match stored {
        // What it was about is no longer done: the answer stays in the history, and counts for nothing.
        CheckpointState::Approved | CheckpointState::Open | CheckpointState::Expired if !clear => CheckpointState::Pending,
        CheckpointState::Open if late => CheckpointState::Expired,
        other => other,
    };
    CheckpointView {
        state,
        opened,
        deadline,
        by: decided.map(|h| h.by.as_str().to_owned()),
        reason: bead.text(field::WHY),
        late_by,
        overridden: bead.flag(field::OVERRIDDEN),
    }
}

/// A checkpoint that waits for a validation which failed is blocked.
fn block_after_failures(steps: &mut [StepView]) {
    let failed: Vec<String> = steps.iter().filter(|s| s.state == StepState::Failed).map(|s| s.def.id.clone()).collect();
    for step in steps.iter_mut() {
        let waits = step.def.needs.iter().any(|n| failed.contains(n));
        if let Some(checkpoint) = step.checkpoint.as_mut().filter(|_| waits) {
            checkpoint.state = CheckpointState::Blocked;
        }
    }
}

fn state(view: &View, run: &str) -> MoleculeState {
    let all_done = view.missing.is_empty() && view.steps.iter().all(|s| s.state == StepState::Done);
    let open =
        |state: CheckpointState| view.open.iter().any(|i| view.steps[*i].checkpoint.as_ref().is_some_and(|c| c.state == state));
    let back = |fix: &Fix| view.step(&fix.to).is_some_and(|s| s.state != StepState::Done);
    match run {
        "cancelled" => MoleculeState::Cancelled,
        "completed" if all_done => MoleculeState::Completed,
        "paused" => MoleculeState::Paused,
        _ if !view.waits_for.is_empty() => MoleculeState::Waiting,
        _ if open(CheckpointState::Expired) => MoleculeState::Paused,
        _ if view.fix.as_ref().is_some_and(back) => MoleculeState::NeedsFix,
        _ if open(CheckpointState::Open) || open(CheckpointState::Contested) => MoleculeState::AwaitingCheckpoint,
        _ => MoleculeState::InProgress,
    }
}
