//! A test binary of the copy, run without cargo: one test or some, with a mutant on.

use crate::list::Mutant;
use crate::tree::Place;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Suite {
    pub name: &'static str,
    binary: PathBuf,
    dir: PathBuf,
    pub tests: Vec<String>,
}

/// How a run ended.
pub enum End {
    Passed,
    Failed(String),
    /// It came to no end in its time, or took more memory than there is for it.
    Limit,
}

impl Suite {
    /// Builds it.
    pub fn of(place: &Place, name: &'static str) -> Result<Self, String> {
        let (args, dir): (&[&str], _) = match name {
            "lib" => (&["-p", "bd-gate", "--lib"], "hooks"),
            _ => (&["-p", "bd-tests", "--test", "gates", "--bins"], "tests"),
        };
        let mut command = Command::new("nice");
        command.args(["-n", "5", "cargo", "test", "--no-run", "-q", "--message-format=json"]).args(args).current_dir(&place.tree);
        let output = command.stderr(Stdio::inherit()).output().map_err(|e| e.to_string())?;
        let messages = output.stdout.split(|b| *b == b'\n').filter_map(|l| serde_json::from_slice::<Value>(l).ok());
        let is_it = |m: &Value| m["profile"]["test"] == true && (name == "lib" || m["target"]["name"] == name);
        let found: Vec<PathBuf> = messages.filter(is_it).filter_map(|m| Some(m["executable"].as_str()?.into())).collect();
        let binary = found.into_iter().next().ok_or_else(|| format!("the tests `{name}` were not built"))?;
        let listed = Command::new(&binary).args(["--list", "--format", "terse"]).output().map_err(|e| e.to_string())?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let tests = listed.lines().filter_map(|l| l.strip_suffix(": test")).map(str::to_owned).collect();
        Ok(Self { name, binary, dir: place.tree.join(dir), tests })
    }

    /// Runs these tests, until one fails or `seconds` of processor time are used up.
    pub fn run(&self, tests: &[&str], vars: &BTreeMap<&str, String>, seconds: u64) -> Result<End, String> {
        let limits = format!("ulimit -t {seconds}; ulimit -v 6000000; exec \"$@\"");
        let mut command = Command::new("nice");
        command.args(["-n", "10", "timeout", "-k", "5", &(seconds * 3 + 20).to_string(), "sh", "-c", &limits, "sh"]);
        command.arg(&self.binary).args(["--exact", "--test-threads", "2"]).args(tests).current_dir(&self.dir);
        command.env("CARGO_MANIFEST_DIR", &self.dir).env_remove("MUTANT").env_remove("MUTANT_LOG").envs(vars);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|e| e.to_string())?;
        let mut failed = None;
        for line in BufReader::new(child.stdout.take().ok_or("no output")?).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Some(test) = line.strip_prefix("test ").and_then(|l| l.strip_suffix(" ... FAILED")) {
                failed = Some(test.to_owned());
                // `timeout` hands it on to all that it started.
                let _ = Command::new("kill").arg(child.id().to_string()).status();
                break;
            }
        }
        let status = child.wait().map_err(|e| e.to_string())?;
        Ok(match (failed, status.code()) {
            (Some(test), _) => End::Failed(test),
            (None, Some(0)) => End::Passed,
            // 124 and 137 are `timeout`'s own; 152 is SIGXCPU, 134 is what an allocation that failed ends with.
            (None, Some(124 | 134 | 137 | 152) | None) => End::Limit,
            (None, Some(code)) => End::Failed(format!("exit {code}")),
        })
    }
}

/// Test -> its seconds and the mutants (by key) whose places it comes by.
pub type Reach = BTreeMap<String, (f64, Vec<String>)>;

/// Runs each test by itself, with no mutant on. One that fails then is of no use here. What is in the file from an earlier run is
/// taken as it is: remove it where tests have changed what they do.
pub fn reach(suite: &Suite, mutants: &[Mutant], file: &Path, workers: usize) -> Result<Reach, String> {
    let mut known: Reach = std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    known.retain(|test, _| suite.tests.contains(test));
    let fresh: Vec<&String> = suite.tests.iter().filter(|t| !known.contains_key(*t)).collect();
    let next = std::sync::Mutex::new(fresh.into_iter());
    let all = std::sync::Mutex::new(known);
    std::thread::scope(|scope| {
        let work = |worker: usize| -> Result<(), String> {
            let log = file.with_extension(format!("log{worker}"));
            loop {
                let Some(test) = next.lock().map_err(|e| e.to_string())?.next() else { return Ok(()) };
                let _ = std::fs::remove_file(&log);
                let began = std::time::Instant::now();
                let end = suite.run(&[test], &BTreeMap::from([("MUTANT_LOG", log.display().to_string())]), 120)?;
                let seconds = began.elapsed().as_secs_f64();
                if let End::Passed = end {
                    let text = std::fs::read_to_string(&log).unwrap_or_default();
                    let numbers = text.lines().filter_map(|l| mutants.get(l.parse::<usize>().ok()?));
                    let mut keys: Vec<String> = numbers.map(|m| m.key.clone()).collect();
                    keys.sort_unstable();
                    keys.dedup();
                    all.lock().map_err(|e| e.to_string())?.insert(test.clone(), (seconds, keys));
                } else {
                    eprintln!("{test} fails with no mutant on; it is not asked");
                }
            }
        };
        let handles: Vec<_> = (0..workers).map(|w| scope.spawn(move || work(w))).collect();
        handles.into_iter().try_for_each(|h| h.join().map_err(|_| "a worker broke down".to_owned())?)
    })?;
    let reach = all.into_inner().map_err(|e| e.to_string())?;
    std::fs::write(file, serde_json::to_vec(&reach).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    Ok(reach)
}
