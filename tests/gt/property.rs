//! No sequence of commands reaches `completed` with a validation failed, a checkpoint unapproved or a step undone, and nobody
//! approves what they worked on. The commands are real (one commit each), among them those of `bd` that try to get around `gt`.

use crate::kit::{apdc, pour_recipe, repository};
use bd::env::Env;
use bd::model::BeadId;
use bd::store::{Store, Tx};
use bd_tests::{Rng, Sandbox, Work};
use gt::compliance::Facts;
use gt::molecule::act::{self, Approval, Evidence, Rejection};
use gt::molecule::handin::HandIn;
use gt::molecule::model::ScanFinding;
use gt::molecule::{CheckpointState, MoleculeState, StepState, Validation, View, load};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const M: &str = "day1-x";
/// The first two mostly work, the others mostly decide.
const ACTORS: [&str; 8] = ["wes", "ona", "lea", "kim", "pat", "sam", "eve", "joe"];

struct World {
    work: Work,
    id: BeadId,
    minute: u32,
    /// Who did work, as the test itself saw it.
    worked: BTreeSet<&'static str>,
    /// Who approved which checkpoint last.
    approved: BTreeMap<String, &'static str>,
}

impl World {
    fn store(&mut self, actor: &str) -> Store {
        self.minute += 1;
        let now = format!("2026-03-{:02}T{:02}:{:02}:00Z", 1 + self.minute / 1440, self.minute / 60 % 24, self.minute % 60);
        let mut vars = BTreeMap::from([("HOME".to_owned(), self.work.sandbox().path("home").display().to_string())]);
        vars.insert("BD_ACTOR".to_owned(), actor.to_owned());
        vars.insert("BD_NOW".to_owned(), now);
        Store::open(Arc::new(Env::new(self.work.dir().to_owned(), vars))).expect("a store")
    }

    fn view(&mut self) -> View {
        let store = self.store("reader");
        let snapshot = store.snapshot().expect("a snapshot");
        load(&snapshot, &self.id, store.now()).expect("a molecule")
    }

    fn write<T>(&mut self, actor: &str, make: impl FnOnce(&mut Tx<'_>) -> bd::error::Result<T>) -> bool {
        self.store(actor).write(make).is_ok()
    }
}

fn evidence(rng: &mut Rng) -> Evidence {
    let failed = u32::from(rng.below(6) == 0);
    let skipped = u32::from(rng.below(10) == 0);
    let found = rng.below(10) == 0;
    let finding = ScanFinding { rule: "no-sleep".into(), severity: "critical".into(), ..ScanFinding::default() };
    let v = Validation {
        counted: true,
        total: 4,
        ok: 4 - failed - skipped,
        failed,
        skipped,
        findings: if found { vec![finding] } else { Vec::new() },
        passed: failed + skipped == 0 && !found,
        ..Validation::default()
    };
    Evidence { validation: Some(v), facts: Some(Facts { critical: u32::from(rng.below(4) == 0), ..Facts::default() }) }
}

fn one(world: &mut World, rng: &mut Rng) {
    let view = world.view();
    let id = world.id.clone();
    let choice = rng.below(40);
    let actor = match (rng.below(10), (16..=28).contains(&choice)) {
        (0, _) => ACTORS[rng.below(8)],
        (_, true) => ACTORS[2 + rng.below(6)],
        (_, false) => ACTORS[rng.below(2)],
    };
    let any = |rng: &mut Rng| view.steps[rng.below(view.steps.len())].clone();
    // Mostly what could work, so that the end is reached; else anything.
    let open = view.open.first().map(|i| view.steps[*i].clone());
    let step = match open {
        Some(open) if rng.below(10) < 9 => open,
        _ => any(rng),
    };
    let name = step.def.id.clone();
    match choice {
        0..=3 if !step.to_attest().is_empty() => {
            if world.write(actor, |tx| act::attest(tx, &id, Some(&name), &[], "yes")) {
                world.worked.insert(actor);
            }
        }
        0..=15 => {
            let (hand_in, evidence) = (HandIn { body: "x".into(), ..HandIn::default() }, evidence(rng));
            // A red step wants failing tests.
            let evidence = if name == "do-red" {
                Evidence {
                    validation: Some(Validation { counted: true, total: 2, ok: 1, failed: 1, ..Validation::default() }),
                    ..evidence
                }
            } else {
                evidence
            };
            if world.write(actor, |tx| act::advance(tx, &id, &name, &hand_in, &evidence)) {
                world.worked.insert(actor);
            }
        }
        16..=27 => {
            let over = (rng.below(3) == 0).then(|| "because".to_owned());
            if world.write(actor, |tx| act::approve(tx, &id, &name, &Approval { over, ..Approval::default() })) {
                assert!(!world.worked.contains(actor), "{actor} worked and approved {name}");
                world.approved.insert(name, actor);
            }
        }
        28 => {
            let to = (rng.below(2) == 0).then(|| any(rng).def.id);
            world.write(actor, |tx| act::reject(tx, &id, &name, &Rejection { reason: "no".into(), to, review: None }));
        }
        29 => {
            if world.write(actor, |tx| act::attest(tx, &id, Some(&name), &[], "yes")) {
                world.worked.insert(actor);
            }
        }
        30 => {
            world.write(actor, |tx| act::reopen(tx, &id, &name, "again"));
        }
        31 => {
            world.write(actor, |tx| if rng.below(3) == 0 { act::pause(tx, &id, None) } else { act::resume(tx, &id, None) });
        }
        32 => {
            // Around `gt`: close by force, set the status, delete, cut the edges, undo.
            let bead = step.bead.as_str().to_owned();
            let force = bd::ops::close::CloseRequest { force: true, ..Default::default() };
            assert!(!world.write(actor, |tx| bd::ops::close::close(tx, &bead, &force)), "a step was closed by force");
            let status = bd::ops::update::UpdateRequest { status: Some("closed".into()), ..Default::default() };
            world.write(actor, |tx| bd::ops::update::update(tx, &bead, &status));
            assert!(!world.write(actor, |tx| bd::ops::delete::delete(tx, &bead, None)), "a step was deleted");
        }
        33 => {
            let bead = step.bead.as_str().to_owned();
            let out = world.work.acting_as(actor).bd(&["undo", &bead]);
            assert!(out.code() <= 6, "{}", out.stderr());
        }
        34 => {
            let molecule = id.as_str().to_owned();
            let status = bd::ops::update::UpdateRequest { status: Some("closed".into()), ..Default::default() };
            world.write(actor, |tx| bd::ops::update::update(tx, &molecule, &status));
            let bead = step.bead.as_str().to_owned();
            world.write(actor, |tx| bd::ops::dep::remove(tx, &bead, &molecule, None));
        }
        35 => {
            let hand_in = HandIn { body: "better".into(), ..HandIn::default() };
            if world.write(actor, |tx| act::revise(tx, &id, &name, &hand_in)) {
                world.worked.insert(actor);
            }
        }
        36 => {
            let bead = step.bead.as_str().to_owned();
            let request = bd::ops::claim::ClaimRequest { take_over: true, reason: Some("mine".into()), ..Default::default() };
            if world.write(actor, |tx| bd::ops::claim::claim(tx, &bead, &request)) {
                world.worked.insert(actor);
            }
        }
        _ => {
            world.write(actor, |tx| act::resume(tx, &id, None));
        }
    }
}

fn judge(world: &World, view: &View, seed: u64) {
    if view.state != MoleculeState::Completed {
        return;
    }
    let v = view.validation.as_ref().unwrap_or_else(|| panic!("seed {seed}: completed without a validation"));
    assert!(v.passed && v.failed == 0 && v.skipped == 0, "seed {seed}: completed with {v:?}");
    for step in &view.steps {
        assert_eq!(step.state, StepState::Done, "seed {seed}: {} is not done", step.def.id);
        if let Some(c) = &step.checkpoint {
            assert_eq!(c.state, CheckpointState::Approved, "seed {seed}: {}", step.def.id);
            let by = c.by.as_deref().unwrap_or_default();
            assert_eq!(world.approved.get(&step.def.id).copied(), Some(by), "seed {seed}: {} was approved by nobody", step.def.id);
        }
    }
    assert!(view.missing.is_empty() && view.fix.is_none(), "seed {seed}: {view:?}");
}

// goal: W7 W8 W15 tier1
#[test]
fn no_sequence_of_commands_completes_what_is_not_done() {
    let mut completed = 0;
    for seed in 0..6 {
        let sandbox = Sandbox::new();
        let work = repository(&sandbox, "lone");
        pour_recipe(&work, apdc(), M, &[]);
        let id = gt::molecule::names::molecule("app", M).expect("an id");
        let mut world = World { work, id, minute: 0, worked: BTreeSet::new(), approved: BTreeMap::new() };
        let mut rng = Rng::new(seed);
        for _ in 0..220 {
            one(&mut world, &mut rng);
            let view = world.view();
            judge(&world, &view, seed);
            if view.state == MoleculeState::Completed {
                completed += 1;
                break;
            }
        }
    }
    assert!(completed > 0, "a test that never reaches the end proves nothing");
}
