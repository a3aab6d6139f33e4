//! Two clones work two molecules of one convoy on two branches: rejections, an override, a takeover, members that both change.
//! The branches are squash-merged by the forge model. No conflict, nothing lost, the same board in both.
//!
//! `GT_SEEDS=50` plays so many, `GT_TRANSITIONS=300` sets how many transitions each molecule has (docs/design/workflow.md has what
//! was run).

use crate::kit::{RUN, apdc};
use bd::env::Env;
use bd::model::BeadId;
use bd::store::{Store, Tx};
use bd_tests::{Rng, Sandbox, Work, setting};
use gt::compliance::Facts;
use gt::molecule::act::{self, Approval, Evidence, Rejection};
use gt::molecule::handin::HandIn;
use gt::molecule::pour::{Pour, pour};
use gt::molecule::{CheckpointState, MoleculeState, Validation, View, load};
use std::collections::BTreeMap;
use std::sync::Arc;

const CONVOY: &str = "trail";

/// One clone with its molecule.
struct Side {
    work: Work,
    molecule: &'static str,
    id: BeadId,
    transitions: usize,
}

struct Clock(u32);

impl Clock {
    fn store(&mut self, work: &Work, actor: &str) -> Store {
        self.0 += 1;
        let (day, minute) = (1 + self.0 / 1440, self.0 % 1440);
        let now = format!("2026-03-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60);
        let mut vars = BTreeMap::from([("HOME".to_owned(), work.sandbox().path("home").display().to_string())]);
        vars.insert("BD_ACTOR".to_owned(), actor.to_owned());
        vars.insert("BD_NOW".to_owned(), now);
        Store::open(Arc::new(Env::new(work.dir().to_owned(), vars))).expect("a store")
    }
}

impl Side {
    fn write<T>(&mut self, clock: &mut Clock, actor: &str, make: impl FnOnce(&mut Tx<'_>) -> bd::error::Result<T>) -> bool {
        let done = clock.store(&self.work, actor).write(make);
        self.transitions += usize::from(done.is_ok());
        done.is_ok()
    }

    fn view(&self, clock: &mut Clock) -> View {
        let store = clock.store(&self.work, "reader");
        let snapshot = store.snapshot().expect("a snapshot");
        load(&snapshot, &self.id, store.now()).expect("a molecule")
    }
}

fn good() -> Evidence {
    let v = Validation { counted: true, total: 3, ok: 3, passed: true, ..Validation::default() };
    Evidence { validation: Some(v), facts: Some(Facts::default()) }
}

fn red() -> Evidence {
    let v = Validation { counted: true, total: 3, ok: 2, failed: 1, ..Validation::default() };
    Evidence { validation: Some(v), facts: Some(Facts { critical: 1, ..Facts::default() }) }
}

/// One transition of the side's molecule: forward, and back as long as there is to be more of it.
fn step(side: &mut Side, clock: &mut Clock, rng: &mut Rng, more: bool) {
    let view = side.view(clock);
    let (id, worker, lead) = (side.id.clone(), side.work.actor().to_owned(), format!("lead-of-{}", side.molecule));
    let Some(open) = view.open.first().map(|i| view.steps[*i].clone()) else {
        side.write(clock, &lead, |tx| act::resume(tx, &id, None));
        return;
    };
    let name = open.def.id.clone();
    let Some(checkpoint) = &open.checkpoint else {
        if !open.to_attest().is_empty() {
            side.write(clock, &worker, |tx| act::attest(tx, &id, Some(&name), &[], "seen"));
        }
        let bad = more && open.def.kind == gt::formula::StepKind::Validation && rng.one_in(2);
        let critical = open.def.kind == gt::formula::StepKind::Compliance && rng.one_in(2);
        let mut evidence = if bad || name == "do-red" { red() } else { good() };
        evidence.facts = Some(Facts { critical: u32::from(critical), ..Facts::default() });
        let hand_in = HandIn { body: format!("try {}", open.attempt), gaps: vec!["a gap".into()], ..HandIn::default() };
        assert!(side.write(clock, &worker, |tx| act::advance(tx, &id, &name, &hand_in, &evidence)), "{name} of {}", side.molecule);
        return;
    };
    assert_eq!(checkpoint.state, CheckpointState::Open, "{name}");
    if rng.one_in(3) {
        side.write(clock, &lead, |tx| act::comment(tx, &id, &name, "why?"));
        let hand_in = HandIn { body: "since".into(), ..HandIn::default() };
        side.write(clock, &worker, |tx| act::revise(tx, &id, &name, &hand_in));
    }
    if more {
        side.write(clock, &lead, |tx| act::reject(tx, &id, &name, &Rejection { reason: "not yet".into(), ..Rejection::default() }));
        return;
    }
    let plain = Approval { note: Some("read".into()), ..Approval::default() };
    if !side.write(clock, &lead, |tx| act::approve(tx, &id, &name, &plain)) {
        // The report names a critical issue.
        let over = Approval { over: Some("accepted until Friday".into()), ..Approval::default() };
        assert!(side.write(clock, &lead, |tx| act::approve(tx, &id, &name, &over)), "{name}");
    }
}

fn project(sandbox: &Sandbox) -> (bd_tests::Remote, Work, Work) {
    let remote = sandbox.remote("origin");
    let wes = remote.clone_as("wes");
    wes.write("run-tests.sh", RUN);
    wes.write("tests/one.t", "test 1 = 1\n");
    wes.write("src/a.sh", "true\n");
    wes.bd(&["init", "--prefix", "app", "--publish"]).ok();
    wes.commit_all("A project");
    wes.git(&["push", "-q", "-u", "origin", "HEAD:main"]).ok();
    wes.gt(&["convoy", "create", "--id", CONVOY, "--name", "Trail", "--owner", "@lea", "--teams", "a,b"]).ok();
    wes.commit_all("The convoy");
    wes.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    wes.bd(&["sync"]).ok();
    let ona = remote.clone_as("ona");
    ona.bd(&["sync"]).ok();
    (remote, wes, ona)
}

fn side(work: Work, molecule: &'static str, clock: &mut Clock) -> Side {
    let store = clock.store(&work, work.actor());
    let asked = Pour {
        recipe: apdc(),
        name: molecule.to_owned(),
        convoy: Some(CONVOY.to_owned()),
        owner: Some(format!("@lead-of-{molecule}")),
        ..Pour::default()
    };
    let id = store
        .write(|tx| {
            let id = pour(tx, &asked)?;
            gt::convoy::track(tx, CONVOY, &id)?;
            Ok(id)
        })
        .expect("a molecule");
    let branch = format!("work-{molecule}");
    work.git(&["switch", "-q", "-c", &branch]).ok();
    Side { work, molecule, id, transitions: 0 }
}

fn play(seed: u64, wanted: usize) {
    let sandbox = Sandbox::new();
    let (remote, wes, ona) = project(&sandbox);
    let mut clock = Clock(0);
    let mut rng = Rng::new(seed);
    let mut sides = [side(wes, "day1-a", &mut clock), side(ona, "day2-b", &mut clock)];
    for round in 0..5 {
        for side in &mut sides {
            let end = wanted * (round + 1) / 5;
            while side.transitions < end {
                step(side, &mut clock, &mut rng, true);
            }
            // Both change who belongs to the convoy, at once.
            let bead = side.work.create(&format!("found in round {round} of {}", side.molecule), &[]);
            side.work.gt(&["convoy", "add", CONVOY, &bead]).ok();
            if round % 2 == 1 {
                side.work.gt(&["convoy", "remove", CONVOY, &bead]).ok();
            }
            side.work.write(&format!("src/{}-{round}.sh", side.molecule), "true\n");
            side.work.commit_all("Code");
            side.work.gt(&["molecule", "record", side.molecule, "--commit"]).ok();
        }
        if round == 2 {
            // Somebody takes a molecule over, in the other clone, while its holder goes on.
            for side in &sides {
                side.work.bd(&["sync"]).ok();
            }
            let taken = sides[0].id.as_str().to_owned();
            let why = "the holder is ill";
            sides[1].work.bd(&["claim", &taken, "--take-over", "--reason", why]).ok();
        }
        if rng.one_in(2) {
            for side in &sides {
                side.work.bd(&["sync"]).ok();
            }
        }
    }
    for side in &mut sides {
        for _ in 0..80 {
            if side.view(&mut clock).state == MoleculeState::Completed {
                break;
            }
            step(side, &mut clock, &mut rng, false);
        }
        assert_eq!(side.view(&mut clock).state, MoleculeState::Completed, "seed {seed}: {}", side.molecule);
        assert!(side.transitions >= wanted, "seed {seed}: {} transitions", side.transitions);
        side.work.gt(&["molecule", "record", side.molecule, "--commit"]).ok();
        side.work.bd(&["ride", "--all"]).ok();
        let branch = format!("work-{}", side.molecule);
        side.work.git(&["push", "-q", "origin", &branch]).ok();
    }
    for side in &sides {
        let branch = format!("work-{}", side.molecule);
        let landed = remote.forge().squash("main", &branch);
        assert!(landed.is_ok(), "seed {seed}: {branch} does not merge: {:?}", landed.err());
    }
    for _ in 0..2 {
        for side in &sides {
            side.work.git(&["fetch", "-q", "origin"]).ok();
            side.work.bd(&["sync"]).ok();
        }
    }
    let now = "2026-04-30T00:00:00Z";
    let board = |side: &Side| side.work.gt_cmd(&["convoy", "show", CONVOY]).now(now).run().ok().to_owned();
    let (one, other) = (board(&sides[0]), board(&sides[1]));
    assert_eq!(one, other, "seed {seed}");
    assert!(one.contains("day1-a (complete") && one.contains("day2-b (complete"), "seed {seed}: {one}");
    for m in ["day1-a", "day2-b"] {
        let history = |side: &Side| side.work.gt_cmd(&["molecule", "history", m, "--limit", "0", "--json"]).now(now).run().json();
        assert_eq!(history(&sides[0]), history(&sides[1]), "seed {seed}: {m}");
    }
    // Everything that was written is in a clone that has only what was pushed.
    let fresh = remote.clone_as("fresh");
    fresh.bd(&["sync"]).ok();
    assert_eq!(fresh.gt_cmd(&["convoy", "show", CONVOY]).now(now).run().ok(), one, "seed {seed}");
    assert_eq!(fresh.git(&["fsck", "--no-dangling"]).code(), 0, "seed {seed}");
}

// goal: W8 W15 tier1
#[test]
fn two_molecules_on_two_branches_merge_without_a_conflict_and_lose_nothing() {
    let number = |name: &str, usual: usize| setting(name).and_then(|v| v.parse().ok()).unwrap_or(usual);
    let (seeds, wanted) = (number("GT_SEEDS", 1), number("GT_TRANSITIONS", 60));
    let first = number("GT_FIRST", 0);
    for seed in first..first + seeds {
        play(seed as u64, wanted);
    }
}
