//! What is kept of a judgement holds for as long as it says: judged again at any moment before, it says the same.

use super::*;
use jiff::SignedDuration;

/// Numbers that are the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Few distinct times, so that edges meet; some are days away.
    fn time(&mut self) -> Timestamp {
        let days = *[1, -1, 31, 40, 30].get(self.below(12) as usize).unwrap_or(&0);
        let seconds = days * 24 * 3600 + self.below(7) as i64 * 3600 + self.below(3) as i64 - 1;
        "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
    }

    fn asked(&mut self, at: usize) -> Asked {
        let claimed = match self.below(4) {
            0 => Claimed::No,
            1 => Claimed::Held,
            _ => Claimed::Until(self.time()),
        };
        let any = CheckpointState::ALL[self.below(CheckpointState::ALL.len() as u64) as usize];
        let state = if self.one_in(2) { CheckpointState::Open } else { any };
        let need = |draw: &mut Self| (!draw.one_in(8)).then(|| draw.below(at as u64 + 1) as usize).filter(|b| *b < at);
        Asked {
            before: (0..self.below(3)).map(|_| need(self)).collect(),
            run: Run {
                state: [StepState::Done, StepState::Pending, StepState::Failed, StepState::Done][self.below(4) as usize],
                attempt: 1 + self.below(2) as u32,
            },
            claimed,
            decision: self.one_in(2).then_some(state),
            opened: (!self.one_in(5)).then(|| self.time()),
            opener: (!self.one_in(4)).then(|| ["wes", "kim"][self.below(2) as usize].to_owned()),
            deadline: (!self.one_in(5)).then(|| self.time()),
        }
    }

    fn seen(&mut self) -> Vec<Witness> {
        let who = ["wes", "kim", "odd"];
        let mut all: Vec<Witness> =
            (0..self.below(4)).map(|_| Witness { by: who[self.below(3) as usize].to_owned(), at: self.time() }).collect();
        all.sort_by(|a, b| (a.at, &a.by).cmp(&(b.at, &b.by)));
        all
    }
}

#[test]
fn a_judgement_stands_until_it_says_and_a_completed_molecule_always() {
    let mut draw = Draw(0x9e37_79b9_7f4a_7c15);
    let (mut held, mut changed, mut completed, mut unknown) = (0, 0, 0, 0);
    for _ in 0..8_000 {
        let asked: Vec<Asked> = (0..=draw.below(5) as usize).map(|at| draw.asked(at)).collect();
        let seen = draw.seen();
        let names: Vec<String> = (0..asked.len()).map(|at| format!("s{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mol = Mol {
            run: ["active", "paused", "cancelled", "completed", ""][draw.below(5) as usize],
            waits: draw.one_in(5),
            missing: draw.one_in(6),
            back_to: draw.one_in(3).then_some(names[0]),
            seen: &seen,
        };
        let needs = |at: usize, name: &str| asked[at].before.iter().flatten().any(|b| names[*b] == name);
        let judged = |at: Timestamp| judge(&mol, &names, &asked, needs, at);
        let now = draw.time();
        let first = judged(now);
        if first.state == MoleculeState::Completed {
            let later = judged(draw.time());
            assert!(later.state == MoleculeState::Completed && later.open.is_empty());
            completed += 1;
        }
        let Some(until) = stands_until(&asked, &seen, now) else {
            unknown += 1;
            continue;
        };
        let first = format!("{first:?}");
        for turn in 0..12 {
            let at = match turn {
                0 if until < Timestamp::MAX => until - SignedDuration::from_nanos(1),
                1..=4 => now + SignedDuration::from_secs(draw.below(8_000) as i64),
                _ => draw.time(),
            };
            let is_other = format!("{:?}", judged(at)) != first;
            if now <= at && at < until {
                assert!(!is_other, "{now}, {at}, {until}: {asked:?} {seen:?}");
                held += 1;
            } else if at >= until {
                changed += u32::from(is_other);
            }
        }
    }
    assert!(held > 10_000 && changed > 1_000 && completed > 20 && unknown > 100, "{held} {changed} {completed} {unknown}");
}
