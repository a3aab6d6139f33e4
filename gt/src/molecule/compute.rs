//! From the beads of a molecule to what it is now. Pure but for the questions about other molecules.
//!
//! A step counts as done only while everything before it does (and, for a checkpoint, while it is approved and not
//! contested). So nothing that happens to a single bead (an undo, an old client) can make a molecule look further than it is.

use super::beads::Beads;
use super::clock;
use super::facts::places;
use super::judge::{Asked, Claimed, Mol, Stand, judge};
use super::model::{CheckpointState, Fix, MoleculeState, Run, StepState, Validation, field};
use super::view::{CheckpointView, StepView, View};
use crate::formula::{Step, StepKind};
use bd::error::Result;
use bd::fold::{Bead, Holding};
use bd::model::{BeadId, DepType, Status};
use bd::store::{Snapshot, Store};
use jiff::Timestamp;

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
    let before = places(beads.steps.iter().map(|(_, def)| (def.id.as_str(), def.needs.as_slice())));
    let all: Vec<Asked> = beads.steps.iter().zip(before).map(|((bead, def), before)| asked(bead, def, before)).collect();
    let names: Vec<&str> = beads.steps.iter().map(|(_, def)| def.id.as_str()).collect();
    let seen = clock::needed(beads, &all);
    let fix = decode::<Fix>(mol, field::FIX);
    let run = run(mol);
    let judged = judge(
        &Mol {
            run: &run,
            waits: !waits_for.is_empty(),
            missing: !beads.missing.is_empty(),
            back_to: fix.as_ref().map(|f| f.to.as_str()),
            seen: &seen,
        },
        &names,
        &all,
        |at, name| beads.steps.get(at).is_some_and(|(_, def)| def.needs.iter().any(|n| n == name)),
        now,
    );
    let steps = beads
        .steps
        .iter()
        .zip(&all)
        .zip(&judged.steps)
        .map(|(((bead, def), asked), stand)| step_view(bead, def, asked, stand, &seen));
    View {
        bead: mol.id.clone(),
        name: mol.text(field::NAME).unwrap_or_else(|| mol.title()),
        convoy: mol.text(field::CONVOY),
        recipe: beads.recipe(),
        owner: mol.text("owner"),
        team: mol.text(field::TEAM),
        state: judged.state,
        steps: steps.collect(),
        open: judged.open,
        missing: beads.missing.clone(),
        fix,
        validation: decode::<Validation>(mol, field::VALIDATION),
        infrastructure: infrastructure(mol),
        note: mol.text(field::NOTE),
        waits_for,
        why: if matches!(run.as_str(), "paused" | "cancelled") { mol.text(field::WHY) } else { None },
        poured: mol.created_at().as_deref().and_then(bd::model::parse_time),
        completed: ran(mol).filter(|_| judged.state == MoleculeState::Completed),
    }
}

/// When something was last said about a molecule's run.
pub(super) fn ran(mol: &Bead) -> Option<Timestamp> {
    mol.fields.get(field::RUN).and_then(|r| bd::model::parse_time(&r.shown().at))
}

/// A molecule's run: what an import or an undo says about completion counts for nothing.
pub(super) fn run(mol: &Bead) -> String {
    match mol.text(field::RUN).unwrap_or_default() {
        run if run == "completed" && !super::own::is_completed(mol) => "active".to_owned(),
        run => run,
    }
}

/// `scope.infrastructure_deps` of the molecule's file.
pub fn infrastructure(mol: &Bead) -> Vec<String> {
    let scope: serde_json::Value = decode(mol, field::SCOPE).unwrap_or_default();
    let deps = scope["scope"]["infrastructure_deps"].as_array().cloned().unwrap_or_default();
    deps.iter().filter_map(|d| d.as_str().map(str::to_owned)).collect()
}

fn decode<T: serde::de::DeserializeOwned>(bead: &Bead, name: &str) -> Option<T> {
    super::own::decoded(bead, name)
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

/// Who holds a step and until when; whether the lease still runs is the clock's.
pub(super) fn holder(bead: &Bead) -> Option<(Option<String>, Option<Timestamp>)> {
    match bead.holding() {
        Holding::Held(claim) => Some((claim.holder.map(|h| h.as_str().to_owned()), claim.until)),
        _ => None,
    }
}

/// What a step's bead says, but for what the clock says about it.
pub(super) fn asked(bead: &Bead, def: &Step, before: Vec<Option<usize>>) -> Asked {
    let (held, until) = holder(bead).map_or((false, None), |(who, until)| (who.is_some(), until));
    Asked {
        before,
        run: run_of(bead),
        claimed: Claimed::of(held, until),
        decision: (def.kind == StepKind::Checkpoint).then(|| decision(bead)),
        opened: bead.time(field::OPENED),
        opener: bead.fields.get(field::OPENED).map(|r| r.shown().by.as_str().to_owned()),
        deadline: bead.time(field::DEADLINE),
    }
}

fn step_view(bead: &Bead, def: &Step, asked: &Asked, stand: &Stand, seen: &[clock::Witness]) -> StepView {
    let holder = holder(bead).and_then(|(who, _)| who).filter(|_| stand.held);
    let mut workers: Vec<String> = holder.iter().cloned().collect();
    workers.extend(bead.fields.get(field::HAND_IN).map(|r| r.shown().by.as_str().to_owned()));
    workers.dedup();
    let checkpoint = stand.checkpoint.map(|state| CheckpointView {
        state,
        opened: asked.opened,
        deadline: asked.deadline,
        by: decided_by(bead),
        reason: bead.text(field::WHY),
        late_by: stand.late_by.and_then(|at| seen.get(at)).cloned(),
        overridden: bead.flag(field::OVERRIDDEN),
    });
    let ticked = super::act::ticked_on(bead, stand.attempt);
    let (bead, def) = (bead.id.clone(), def.clone());
    StepView { bead, def, state: stand.state, attempt: stand.attempt, holder, checkpoint, ticked, workers }
}

/// An approval that no approval wrote (an undo of its reopening, an import) is none: the checkpoint is asked anew.
fn is_foreign(head: &bd::fold::Head) -> bool {
    head.value.as_str().as_deref() == Some(CheckpointState::Approved.as_str())
        && !["approve", "reopen"].contains(&head.kind.as_str())
}

/// What the heads of a checkpoint's state say together.
fn decision(bead: &Bead) -> CheckpointState {
    let heads = bead.fields.get(field::DECISION).map(bd::fold::Register::heads).unwrap_or_default();
    let own = heads.iter().filter(|h| !is_foreign(h));
    let mut states: Vec<CheckpointState> = own.filter_map(|h| CheckpointState::parse(&h.value.as_str()?)).collect();
    states.sort_unstable();
    states.dedup();
    match states.as_slice() {
        [] => CheckpointState::Pending,
        [one] => *one,
        _ => CheckpointState::Contested,
    }
}

/// Who decided about a checkpoint.
pub(super) fn decided_by(bead: &Bead) -> Option<String> {
    let shown = bead.fields.get(field::DECISION).map(bd::fold::Register::shown)?;
    let decided = !is_foreign(shown) && shown.value.as_str().is_some_and(|t| matches!(&*t, "approved" | "rejected"));
    decided.then(|| shown.by.as_str().to_owned())
}
