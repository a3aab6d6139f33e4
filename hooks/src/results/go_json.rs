//! `go test -json`: one event a line.

use super::{Counts, Failure, ends_in, first_line, go_text, place};
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    #[serde(default)]
    package: String,
    #[serde(default)]
    import_path: String,
    #[serde(default)]
    test: String,
    #[serde(default)]
    output: String,
}

#[derive(Default)]
struct Test {
    said: String,
    ended: bool,
}

#[derive(Default)]
struct Package {
    tests: BTreeMap<String, Test>,
    said: String,
    failed: u64,
    ended: bool,
}

/// How much of what one test says is kept to look for a place in it.
const SAID: usize = 8 * 1024;

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut packages: BTreeMap<String, Package> = BTreeMap::new();
    let mut counts = Counts::default();
    for (n, line) in text.lines().enumerate() {
        if !line.starts_with('{') {
            // An older go prints what the compiler says as it is, and so the end of a package that was not built.
            if go_text::is_package(line) && line.starts_with("FAIL") {
                let name = line.split('\t').nth(1).unwrap_or_default().split(' ').next().unwrap_or_default();
                let package = packages.entry(name.to_owned()).or_default();
                if !package.ended {
                    package.ended = true;
                    counts.failed += 1;
                    counts.broken += 1;
                    counts.failures.push(Failure {
                        name: name.to_owned(),
                        message: "build failed".to_owned(),
                        ..Failure::default()
                    });
                }
            }
            continue;
        }
        let event: Event = serde_json::from_str(line).map_err(|e| format!("line {} is no event of `go test -json`: {e}", n + 1))?;
        take(&mut packages, &mut counts, event);
    }
    if packages.is_empty() {
        return Err("no event of `go test -json` is in it".to_owned());
    }
    for (name, package) in &packages {
        if !package.ended {
            return Err(format!("it has no end of the package {name}"));
        }
    }
    Ok(counts)
}

fn take(packages: &mut BTreeMap<String, Package>, counts: &mut Counts, event: Event) {
    if event.action.starts_with("build-") {
        // The package that needs it fails with an event of its own; what was said stands with the import path.
        return;
    }
    let name = if event.package.is_empty() { event.import_path } else { event.package };
    let package = packages.entry(name.clone()).or_default();
    let end = match event.action.as_str() {
        "pass" | "fail" | "skip" => event.action.as_str(),
        "output" => {
            let said = match event.test.as_str() {
                "" => &mut package.said,
                test => &mut package.tests.entry(test.to_owned()).or_default().said,
            };
            if said.len() < SAID {
                said.push_str(&event.output);
            }
            return;
        }
        _ => {
            if !event.test.is_empty() {
                package.tests.entry(event.test).or_default();
            }
            return;
        }
    };
    if !event.test.is_empty() {
        let test = package.tests.entry(event.test.clone()).or_default();
        test.ended = true;
        match end {
            "pass" => counts.passed += 1,
            "skip" => counts.skipped += 1,
            _ => {
                package.failed += 1;
                counts.failed += 1;
                counts.failures.push(failure(&name, &event.test, &test.said));
            }
        }
        return;
    }
    package.ended = true;
    let open: Vec<(String, String)> =
        package.tests.iter().filter(|(_, t)| !t.ended).map(|(n, t)| (n.clone(), t.said.clone())).collect();
    if end == "fail" {
        for (test, said) in &open {
            counts.failures.push(failure(&name, test, said));
        }
        counts.failed += open.len() as u64;
        if open.is_empty() && package.failed == 0 {
            counts.failed += 1;
            counts.broken += 1;
            counts.failures.push(failure(&name, "", &package.said));
        }
    } else if !open.is_empty() {
        // A package does not pass before its tests have ended: something is missing.
        package.ended = false;
    }
}

fn failure(package: &str, test: &str, said: &str) -> Failure {
    let found = place::find(said, None).filter(|(file, _)| ends_in(file, "go"));
    let says = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && !["=== ", "--- ", "FAIL", "PASS", "exit status"].iter().any(|mark| line.starts_with(mark))
    };
    let line = said.lines().find(says).unwrap_or_default();
    let message = match &found {
        Some((_, number)) => line.split_once(&format!(":{number}: ")).map_or(line, |(_, rest)| rest),
        None => line,
    };
    let name = if test.is_empty() { package.to_owned() } else { format!("{package}: {test}") };
    let (file, line) = found.map_or((None, 0), |(file, line)| (Some(file), line));
    Failure { name, file, line, message: first_line(message) }
}
