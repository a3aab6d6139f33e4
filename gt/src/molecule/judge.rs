//! Where a molecule and its steps stand: the one place where the rules are (docs/design/workflow.md, Derived). Pure, and quick.

use super::clock::{self, Witness};
use super::model::{CheckpointState, MoleculeState, Run, StepState};
use jiff::Timestamp;

/// Whether somebody holds a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Nobody does.
    No,
    /// Somebody does, without an end.
    Held,
    /// Somebody does, until then.
    Until(Timestamp),
}

/// What the bead of a step says.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which steps come before it, by their places; `None` = none of that name stands before it, so it is never reached.
    pub before: Vec<Option<usize>>,
    /// What the heads of its run say together.
    pub run: Run,
    /// Who holds it.
    pub claimed: Claimed,
    /// What the heads of a checkpoint's state say together; `None` where it is none.
    pub decision: Option<CheckpointState>,
    /// When it was opened for a decision.
    pub opened: Option<Timestamp>,
    /// Who opened it, and with that set the deadline.
    pub opener: Option<String>,
    /// Until when somebody has to decide.
    pub deadline: Option<Timestamp>,
}

/// What the bead of the molecule says.
#[derive(Clone, Copy, Debug)]
pub struct Mol<'a> {
    /// `active`, `paused`, `cancelled`, `completed`.
    pub run: &'a str,
    /// A required molecule is not completed.
    pub waits: bool,
    /// The bead of a step is gone.
    pub missing: bool,
    /// The step to which it went back.
    pub back_to: Option<&'a str>,
    /// What others' clocks said ([`clock::needed`]), oldest first.
    pub seen: &'a [Witness],
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Where.
    pub state: StepState,
    /// The number of the try.
    pub attempt: u32,
    /// Somebody holds it now.
    pub held: bool,
    /// Where the approval stands.
    pub checkpoint: Option<CheckpointState>,
    /// Who says that its deadline has passed, where this machine's clock does not: the place in [`Mol::seen`].
    pub late_by: Option<usize>,
}

/// Where everything stands.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The molecule.
    pub state: MoleculeState,
    /// Its steps.
    pub steps: Vec<Stand>,
    /// The places of those that can be worked on or decided.
    pub open: Vec<usize>,
}

impl Claimed {
    /// `held`: somebody does; `until`: how long.
    pub fn of(held: bool, until: Option<Timestamp>) -> Self {
        match (held, until) {
            (false, _) => Self::No,
            (true, None) => Self::Held,
            (true, Some(until)) => Self::Until(until),
        }
    }

    fn at(self, now: Timestamp) -> bool {
        match self {
            Self::No => false,
            Self::Held => true,
            Self::Until(until) => until > now,
        }
    }
}

/// Judges. `names` are those of the steps, in the same order; `needs` says whether a step needs one of a name.
pub fn judge(mol: &Mol<'_>, names: &[&str], asked: &[Asked], needs: impl Fn(usize, &str) -> bool, now: Timestamp) -> Judged {
    let mut steps: Vec<Stand> = Vec::with_capacity(asked.len());
    for one in asked {
        let done = |at: &Option<usize>| at.and_then(|at| steps.get(at)).is_some_and(|s: &Stand| s.state == StepState::Done);
        let clear = one.before.iter().all(done);
        steps.push(stand(one, clear, mol.seen, now));
    }
    block_after_failures(&mut steps, names, needs);
    let mut open: Vec<usize> = steps.iter().enumerate().filter(|(_, s)| is_open(s)).map(|(at, _)| at).collect();
    let state = state(mol, names, &steps, &open);
    if matches!(state, MoleculeState::Waiting | MoleculeState::Cancelled | MoleculeState::Completed) {
        open.clear();
    }
    Judged { state, steps, open }
}

/// Until when [`judge`] says what it says at `now`, if nothing is written and the clock goes on: the next end of a claim or of a
/// deadline, or never. `None` where somebody's clock says that a deadline to come has passed: whether that is believed depends on
/// how far away it is.
pub fn stands_until(asked: &[Asked], seen: &[Witness], now: Timestamp) -> Option<Timestamp> {
    let mut until = Timestamp::MAX;
    for one in asked {
        if let Some(deadline) = one.awaited().filter(|deadline| *deadline > now) {
            if seen.iter().any(|w| w.at >= deadline) {
                return None;
            }
            until = until.min(deadline);
        }
        if let Claimed::Until(end) = one.claimed {
            until = if end > now { until.min(end) } else { until };
        }
    }
    Some(until)
}

impl Asked {
    /// Its deadline, where a decision is still asked for.
    pub fn awaited(&self) -> Option<Timestamp> {
        self.deadline.filter(|_| self.decision == Some(CheckpointState::Open))
    }
}

fn stand(asked: &Asked, clear: bool, seen: &[Witness], now: Timestamp) -> Stand {
    let run = &asked.run;
    let held = asked.claimed.at(now);
    let ahead = asked.awaited().filter(|deadline| clear && *deadline > now);
    let late_by = ahead.and_then(|deadline| clock::passed(seen, now, asked.opened, asked.opener.as_deref(), deadline));
    let late = late_by.is_some() || asked.deadline.is_some_and(|d| d <= now);
    let checkpoint = asked.decision.map(|stored| match stored {
        // What it was about is no longer done: the answer stays in the history, and counts for nothing.
        CheckpointState::Approved | CheckpointState::Open | CheckpointState::Expired if !clear => CheckpointState::Pending,
        CheckpointState::Open if late => CheckpointState::Expired,
        other => other,
    });
    let done = checkpoint.map_or(run.state == StepState::Done, |c| c == CheckpointState::Approved);
    let state = match (clear, done) {
        (false, _) => StepState::Pending,
        (true, true) => StepState::Done,
        (true, false) if held && checkpoint.is_none() => StepState::InProgress,
        (true, false) => StepState::Ready,
    };
    let state = if state == StepState::Pending && run.state == StepState::Failed { StepState::Failed } else { state };
    // What failed and can be asked again is asked in its next try.
    let attempt = run.attempt + u32::from(run.state == StepState::Failed && state != StepState::Failed);
    Stand { state, attempt, held, checkpoint, late_by }
}

/// A checkpoint that waits for a validation which failed is blocked.
fn block_after_failures(steps: &mut [Stand], names: &[&str], needs: impl Fn(usize, &str) -> bool) {
    let failed: Vec<&str> = steps.iter().zip(names).filter(|(s, _)| s.state == StepState::Failed).map(|(_, name)| *name).collect();
    if failed.is_empty() {
        return;
    }
    for (at, step) in steps.iter_mut().enumerate().filter(|(_, s)| s.checkpoint.is_some()) {
        if failed.iter().any(|name| needs(at, name)) {
            step.checkpoint = Some(CheckpointState::Blocked);
        }
    }
}

fn is_open(step: &Stand) -> bool {
    // Contested it is for as long as nobody has named both answers; decided it can be once the work before it is done again.
    let reached = !matches!(step.state, StepState::Pending | StepState::Failed);
    match step.checkpoint {
        Some(c) => reached && matches!(c, CheckpointState::Open | CheckpointState::Contested | CheckpointState::Expired),
        None => matches!(step.state, StepState::Ready | StepState::InProgress),
    }
}

fn state(mol: &Mol<'_>, names: &[&str], steps: &[Stand], open: &[usize]) -> MoleculeState {
    let all_done = || !mol.missing && steps.iter().all(|s| s.state == StepState::Done);
    let asks = |state: CheckpointState| open.iter().any(|at| steps.get(*at).is_some_and(|s| s.checkpoint == Some(state)));
    let is_back = |to: &str| {
        let at = names.iter().position(|name| *name == to);
        at.and_then(|at| steps.get(at)).is_some_and(|s| s.state != StepState::Done)
    };
    match mol.run {
        "cancelled" => MoleculeState::Cancelled,
        "completed" if all_done() => MoleculeState::Completed,
        "paused" => MoleculeState::Paused,
        _ if mol.waits => MoleculeState::Waiting,
        _ if asks(CheckpointState::Expired) => MoleculeState::Paused,
        _ if mol.back_to.is_some_and(is_back) => MoleculeState::NeedsFix,
        _ if asks(CheckpointState::Open) || asks(CheckpointState::Contested) => MoleculeState::AwaitingCheckpoint,
        _ => MoleculeState::InProgress,
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
