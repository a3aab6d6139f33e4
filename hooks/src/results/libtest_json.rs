//! libtest's `--format json`, one event a line; cargo-nextest writes the same.

use super::{Counts, libtest};

#[derive(serde::Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    event: Option<String>,
    name: Option<String>,
    test_count: Option<u64>,
    stdout: Option<String>,
    passed: Option<u64>,
    failed: Option<u64>,
    ignored: Option<u64>,
    measured: Option<u64>,
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut all = Counts::default();
    let (mut began, mut ended) = (0u64, 0u64);
    let (mut promised, mut seen) = (0u64, 0u64);
    for (n, line) in text.lines().enumerate() {
        if !line.starts_with('{') {
            continue;
        }
        let event: Event = serde_json::from_str(line).map_err(|e| format!("line {} is no event of libtest: {e}", n + 1))?;
        let word = event.event.as_deref().unwrap_or_default();
        match (event.kind.as_str(), word) {
            ("suite", "started") => {
                began += 1;
                promised += event.test_count.ok_or("a suite does not say how many tests it has")?;
            }
            ("suite", "ok" | "failed") => {
                ended += 1;
                let numbers = (event.passed, event.failed, event.ignored, event.measured);
                let (Some(passed), Some(failed), Some(ignored), measured) = numbers else {
                    return Err("a suite ends without its numbers".to_owned());
                };
                let measured = measured.unwrap_or(0);
                seen += passed + failed + ignored + measured;
                if (word == "ok") != (failed == 0) {
                    return Err("a suite contradicts itself".to_owned());
                }
                all.passed += passed + measured;
                all.failed += failed;
                all.skipped += ignored;
            }
            ("test", "failed" | "timeout") if word == "failed" => {
                let said = event.stdout.unwrap_or_default();
                all.failures.push(libtest::from_panic(event.name.unwrap_or_default(), &said));
            }
            _ => {}
        }
    }
    if began == 0 {
        return Err("no suite of libtest is in it".to_owned());
    }
    if ended != began {
        return Err(format!("{began} suites began, and {ended} have ended"));
    }
    if seen < promised {
        return Err(format!("{promised} tests were to run, and {seen} have ended"));
    }
    Ok(all)
}
