//! libtest's `--format json`, one event a line; cargo-nextest writes nearly the same.
//!
//! Results are counted by the events of the tests. cargo-nextest ends a suite before its slow tests have ended and opens it
//! again for them, so what a suite says of itself is only held against that.

use super::{Counts, libtest};
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    event: Option<String>,
    name: Option<String>,
    stdout: Option<String>,
    passed: Option<u64>,
    failed: Option<u64>,
}

#[derive(Default)]
struct Run {
    counts: Counts,
    /// Tests that began and have not ended.
    open: BTreeMap<String, u64>,
    suites: u64,
    ended: u64,
    passed: u64,
    failed: u64,
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut run = Run::default();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with('{')) {
        let event: Event = serde_json::from_str(line).map_err(|e| format!("line {} is no event of libtest: {e}", n + 1))?;
        run.take(event)?;
    }
    if run.suites == 0 {
        return Err("no suite of libtest is in it".to_owned());
    }
    if run.ended != run.suites {
        return Err(format!("{} suites began, and {} have ended", run.suites, run.ended));
    }
    if let Some(name) = run.open.keys().next() {
        return Err(format!("the test `{name}` has not ended"));
    }
    if (run.passed, run.failed) != (run.counts.passed, run.counts.failed) {
        return Err("its suites and its tests do not say the same".to_owned());
    }
    Ok(run.counts)
}

impl Run {
    fn take(&mut self, event: Event) -> Result<(), String> {
        let name = event.name.unwrap_or_default();
        match (event.kind.as_str(), event.event.as_deref().unwrap_or_default()) {
            ("suite", "started") => self.suites += 1,
            ("suite", word @ ("ok" | "failed")) => {
                self.ended += 1;
                let (Some(passed), Some(failed)) = (event.passed, event.failed) else {
                    return Err("a suite ends without its numbers".to_owned());
                };
                if (word == "ok") != (failed == 0) {
                    return Err("a suite contradicts itself".to_owned());
                }
                self.passed += passed;
                self.failed += failed;
            }
            ("test", "started") => *self.open.entry(name).or_default() += 1,
            ("test", word @ ("ok" | "failed" | "ignored")) => {
                self.close(&name);
                match word {
                    "ok" => self.counts.passed += 1,
                    "ignored" => self.counts.skipped += 1,
                    _ => {
                        self.counts.failed += 1;
                        self.counts.failures.push(libtest::from_panic(name, &event.stdout.unwrap_or_default()));
                    }
                }
            }
            ("bench", _) => self.close(&name),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        if let Some(left) = self.open.get_mut(name) {
            *left -= 1;
            if *left == 0 {
                self.open.remove(name);
            }
        }
    }
}
