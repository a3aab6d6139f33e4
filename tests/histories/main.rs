//! The fuzzer of histories: random commands, merges, rewrites, losses, crashes and hostile people in two to five clones of one
//! remote, and at the end everybody must agree on the fold of everything that was ever promised (docs/design/histories.md).
//!
//! `HISTORIES_SEEDS=500` runs so many seeds, `HISTORIES_FIRST=1000` begins there, `HISTORIES_STEPS=40` sets the length,
//! `HISTORIES_SEED=17` runs one and prints its log.

mod check;
mod lines;
mod ops;
mod ops_bd;
mod ops_fault;
mod ops_git;
mod world;

use bd_tests::setting;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use world::World;

/// What one history ended with.
struct Ended {
    done: BTreeMap<&'static str, usize>,
    promised: usize,
    failure: Option<String>,
}

fn play(seed: u64, steps: usize) -> Ended {
    let mut world = None;
    let result = catch_unwind(AssertUnwindSafe(|| {
        let world = world.insert(World::new(seed)?);
        for _ in 0..steps {
            ops::step(world)?;
        }
        world.check_end()
    }));
    let failure = match result {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        // What a panic of the harness says was printed already.
        Err(_) => Some("a panic in the harness".to_owned()),
    };
    let log = world.as_ref().map_or_else(String::new, |w| w.log.join("\n"));
    let failure = failure.map(|f| format!("{log}\n\nseed {seed}: {f}\n(HISTORIES_SEED={seed} HISTORIES_STEPS={steps} repeats it)"));
    let promised = world.as_ref().map_or(0, |w| w.peers.iter().map(|p| p.acked.len()).sum());
    Ended { done: world.map(|w| w.done).unwrap_or_default(), promised, failure }
}

fn number(name: &str, default: u64) -> u64 {
    setting(name).map_or(default, |v| v.parse().unwrap_or_else(|_| panic!("{name}={v} is no number")))
}

// goal: P1 L6 T05 T06 T11 tier1
#[test]
fn histories_lose_nothing_and_never_conflict() {
    let steps = number("HISTORIES_STEPS", 30) as usize;
    let one = setting("HISTORIES_SEED").map(|_| number("HISTORIES_SEED", 0));
    let first = one.unwrap_or_else(|| number("HISTORIES_FIRST", 0));
    let seeds = if one.is_some() { 1 } else { number("HISTORIES_SEEDS", 8) };
    let next = AtomicU64::new(first);
    let total = Mutex::new((BTreeMap::<&str, usize>::new(), 0usize, Vec::<String>::new(), 0usize));
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + seeds {
                        return;
                    }
                    let ended = play(seed, steps);
                    let mut total = total.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    for (name, count) in ended.done {
                        *total.0.entry(name).or_default() += count;
                    }
                    total.1 += ended.promised;
                    total.2.extend(ended.failure);
                    total.3 += 1;
                    // Three reports say enough.
                    if total.2.len() >= 3 {
                        return;
                    }
                }
            });
        }
    });
    let (done, promised, failures, played) = total.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let report: Vec<String> = ops::OPS.iter().map(|o| format!("{} {}", o.name, done.get(o.name).unwrap_or(&0))).collect();
    let summary = format!(
        "{played} histories from seed {first} on, {promised} promised events, {} broken; {}",
        failures.len(),
        report.join(", ")
    );
    if let Some(file) = setting("HISTORIES_REPORT") {
        std::fs::write(&file, format!("{summary}\n")).unwrap_or_else(|e| panic!("{file}: {e}"));
    }
    assert!(failures.is_empty(), "{}\n\n{summary}", failures.join("\n\n"));
    // A fuzzer whose operations are all refused proves nothing.
    if seeds >= 400 {
        let idle: Vec<&str> = ops::OPS.iter().map(|o| o.name).filter(|n| !done.contains_key(n)).collect();
        assert!(idle.is_empty(), "these operations never had an effect: {idle:?}\n{summary}");
    }
}
