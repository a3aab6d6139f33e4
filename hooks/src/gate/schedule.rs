//! The order in which gates are asked: what a gate needs comes before it, and what does not wait runs side by side.

use super::{Gate, Kind, Status, Verdict};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, PoisonError};

/// How many gates run at a time. Most of the work is in what they start.
const THREADS: usize = 2;

/// Where the work stands.
struct State {
    verdicts: Vec<Option<Verdict>>,
    /// Groups of gates that are asked together, not begun yet.
    waiting: Vec<Vec<usize>>,
    running: usize,
}

/// Asks all gates: `ask` gets a group and the verdicts that there are, and returns one verdict for each gate of the group.
/// The result is in the order of `gates`.
pub(super) fn run(gates: &[&Gate], ask: impl Fn(&[&Gate], &[Verdict]) -> Vec<Verdict> + Sync) -> Vec<Verdict> {
    let waiting = groups(gates);
    let threads = THREADS.min(waiting.len());
    let state = Mutex::new(State { verdicts: vec![None; gates.len()], waiting, running: 0 });
    let changed = Condvar::new();
    let work = || {
        while let Some((group, before)) = next(gates, &state, &changed) {
            let asked: Vec<&Gate> = group.iter().map(|i| gates[*i]).collect();
            // A panic here would leave the other thread waiting for ever: these gates then have no verdict, which is an error.
            let verdicts = catch_unwind(AssertUnwindSafe(|| ask(&asked, &before))).unwrap_or_default();
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            for (i, verdict) in group.into_iter().zip(verdicts) {
                state.verdicts[i] = Some(verdict);
            }
            state.running -= 1;
            changed.notify_all();
        }
    };
    crate::threads::run(threads, work);
    let verdicts = state.into_inner().unwrap_or_else(PoisonError::into_inner).verdicts;
    verdicts.into_iter().zip(gates).map(|(verdict, gate)| verdict.unwrap_or_else(|| never_asked(gate))).collect()
}

/// The scans that wait for nothing are one group, which goes over the files once; every other gate is its own.
fn groups(gates: &[&Gate]) -> Vec<Vec<usize>> {
    let (scans, rest): (Vec<usize>, Vec<usize>) =
        (0..gates.len()).partition(|i| matches!(gates[*i].kind, Kind::Scan { .. }) && gates[*i].needs.is_empty());
    let mut out: Vec<Vec<usize>> = Vec::new();
    if !scans.is_empty() {
        out.push(scans);
    }
    out.extend(rest.into_iter().map(|i| vec![i]));
    out
}

/// The next group whose needs have verdicts; waits for one while others run. `None` = there is nothing left to begin.
fn next(gates: &[&Gate], state: &Mutex<State>, changed: &Condvar) -> Option<(Vec<usize>, Vec<Verdict>)> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let has = |id: &str| gates.iter().position(|g| g.id == id).is_none_or(|i| state.verdicts[i].is_some());
        let ready = state.waiting.iter().position(|group| group.iter().all(|i| gates[*i].needs.iter().all(|id| has(id))));
        if let Some(at) = ready {
            let group = state.waiting.remove(at);
            state.running += 1;
            let needed = |i: &usize| gates[*i].needs.iter().filter_map(|id| gates.iter().position(|g| g.id == *id));
            let before = group.iter().flat_map(needed).filter_map(|i| state.verdicts[i].clone()).collect();
            return Some((group, before));
        }
        // Nothing runs and nothing is ready: gates that need each other. Definitions refuse that; here it must not hang.
        if state.waiting.is_empty() || state.running == 0 {
            return None;
        }
        state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn never_asked(gate: &Gate) -> Verdict {
    Verdict {
        gate: gate.id.clone(),
        kind: gate.kind.as_str().to_owned(),
        status: Status::Error,
        action: gate.action,
        why: "it came to no end: it broke down, or what it needs did".to_owned(),
        advice: String::new(),
        findings: Vec::new(),
        more: 0,
        waived: Vec::new(),
        counts: None,
        tail: String::new(),
        flaky: false,
        over_budget: false,
        seconds: 0.0,
        definition: gate.digest.clone(),
        code: None,
        inputs: String::new(),
        tool: bd::ops::verdicts::TOOL.to_owned(),
        reused: false,
    }
}
