//! Runs the mutants and keeps what came out, a line each; what was caught once is not run again.

use crate::list::Mutant;
use crate::suite::{End, Reach, Suite, reach};
use crate::tree::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Mutex;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Verdict {
    /// [`Mutant::key`].
    pub key: String,
    /// With its place, as it was then.
    pub name: String,
    /// `caught`, `timeout` or `missed`.
    pub verdict: String,
    /// The test that caught it.
    pub by: String,
    /// The tests that were asked: `lib`, `gates`.
    pub suite: String,
    /// How many tests come by its place.
    pub reached: usize,
}

/// The last verdict of each mutant, by its key.
pub fn read(place: &Place) -> BTreeMap<String, Verdict> {
    let text = std::fs::read_to_string(place.file("verdicts.jsonl")).unwrap_or_default();
    let mut all: BTreeMap<String, Verdict> = BTreeMap::new();
    for verdict in text.lines().filter_map(|l| serde_json::from_str::<Verdict>(l).ok()) {
        // A test that was taken away is none of our business: what was caught stays caught until the log is removed.
        if all.get(&verdict.key).is_none_or(|old| old.verdict == "missed") {
            all.insert(verdict.key.clone(), verdict);
        }
    }
    all
}

/// `most`: tests that take longer (seconds) are left out, for a first look.
pub fn run(place: &Place, name: &'static str, only: &str, most: f64, workers: usize) -> Result<(), String> {
    let suite = Suite::of(place, name)?;
    let (mutants, out, known) = (place.mutants()?, place.out(), read(place));
    let mut reach = reach(&suite, &mutants, &place.file(&format!("reach-{name}.json")), workers)?;
    reach.retain(|_, (seconds, _)| *seconds <= most);
    reach.values_mut().for_each(|(_, keys)| keys.sort_unstable());
    let killers = Mutex::new(Killers::default());
    let is_open = |(n, m): &(usize, &Mutant)| {
        !out.contains_key(n) && m.name.contains(only) && known.get(&m.key).is_none_or(|v| v.verdict == "missed")
    };
    let open: Vec<(usize, &Mutant)> = mutants.iter().enumerate().filter(is_open).collect();
    eprintln!("{} mutants to run, {} tests", open.len(), reach.len());
    let file = std::fs::File::options().create(true).append(true).open(place.file("verdicts.jsonl")).map_err(|e| e.to_string())?;
    let (next, file) = (Mutex::new(open.iter()), Mutex::new(file));
    std::thread::scope(|scope| {
        let work = || -> Result<(), String> {
            loop {
                let Some((n, mutant)) = next.lock().map_err(|e| e.to_string())?.next() else { return Ok(()) };
                let verdict = one(&suite, &reach, &killers, *n, mutant)?;
                let line = serde_json::to_string(&verdict).map_err(|e| e.to_string())?;
                writeln!(file.lock().map_err(|e| e.to_string())?, "{line}").map_err(|e| e.to_string())?;
            }
        };
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles.into_iter().try_for_each(|h| h.join().map_err(|_| "a worker broke down".to_owned())?)
    })
}

/// What is known of the tests of this run.
#[derive(Default)]
struct Killers {
    /// By file, the tests that caught its mutants last.
    of_file: BTreeMap<String, Vec<String>>,
    /// How often a test failed twice; `None` = it once failed and then passed.
    firm: BTreeMap<String, Option<u32>>,
}

/// A test that failed for so many mutants, each time twice, is not run a second time for the next ones.
const TRUSTED: u32 = 3;

impl Killers {
    fn is_firm(&self, test: &str) -> bool {
        self.firm.get(test).copied().flatten().is_some_and(|n| n >= TRUSTED)
    }

    fn caught(&mut self, file: &str, test: &str) {
        let own = self.of_file.entry(file.to_owned()).or_default();
        own.retain(|t| t != test);
        own.insert(0, test.to_owned());
        own.truncate(3);
        if let Some(n) = self.firm.entry(test.to_owned()).or_insert(Some(0)) {
            *n += 1;
        }
    }
}

/// The tests of the same room first; a failure counts when it comes twice.
fn one(suite: &Suite, reach: &Reach, killers: &Mutex<Killers>, n: usize, mutant: &Mutant) -> Result<Verdict, String> {
    let mut tests: Vec<&str> = reach.iter().filter(|(_, (_, of))| of.binary_search(&mutant.key).is_ok()).map(|(t, _)| t.as_str()).collect();
    let reached = tests.len();
    // First those that caught something in this file, then the cheap ones of its own room: most are caught there.
    let room = format!("{}::", mutant.room());
    let before = killers.lock().map_err(|e| e.to_string())?.of_file.get(&mutant.file).cloned().unwrap_or_default();
    let cost = |t: &str| [0.3, 1.0, 4.0].iter().filter(|most| reach[t].0 > **most).count();
    let stem = mutant.file.trim_end_matches("/mod.rs").trim_end_matches(".rs").rsplit('/').next().unwrap_or_default();
    let is_near = |t: &str| (cost(t) < 2 && before.iter().any(|b| b == t)) || t.contains(stem);
    let turn = |t: &&str| (!is_near(t), !t.starts_with(&room), cost(t));
    tests.sort_by_key(turn);
    let vars = BTreeMap::from([("MUTANT", n.to_string())]);
    let verdict = |verdict: &str, by: String| Verdict {
        key: mutant.key.clone(),
        name: mutant.name.clone(),
        verdict: verdict.to_owned(),
        by,
        suite: suite.name.to_owned(),
        reached,
    };
    for part in tests.chunk_by(|a, b| turn(a) == turn(b)) {
        let mut part = part.to_vec();
        while !part.is_empty() {
            let normal: f64 = part.iter().map(|t| reach[*t].0).sum();
            // Of processor time; what was measured is longer, on a clock and beside others.
            let seconds = (normal as u64 + 5).min(60);
            match suite.run(&part, &vars, seconds)? {
                End::Passed => break,
                End::Limit => return Ok(verdict("timeout", String::new())),
                End::Failed(test) => {
                    let firm = killers.lock().map_err(|e| e.to_string())?.is_firm(&test);
                    let again = if firm { None } else { Some(suite.run(&[&test], &vars, seconds)?) };
                    let mut killers = killers.lock().map_err(|e| e.to_string())?;
                    match again {
                        Some(End::Passed) if part.contains(&test.as_str()) => {
                            killers.firm.insert(test.clone(), None);
                            part.retain(|t| *t != test);
                        }
                        Some(End::Limit) => return Ok(verdict("timeout", test)),
                        None | Some(End::Passed | End::Failed(_)) => {
                            killers.caught(&mutant.file, &test);
                            return Ok(verdict("caught", test));
                        }
                    }
                }
            }
        }
    }
    Ok(verdict("missed", String::new()))
}
