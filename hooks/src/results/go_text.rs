//! What `go test` prints. Without `-v` a package that passed is one line: it counts as one test.

use super::{Counts, Failure, ends_in, place};
use std::collections::BTreeMap;

/// True for the line that ends a package.
pub(super) fn is_package(line: &str) -> bool {
    package(line).is_some()
}

/// The word, the package and the rest of the line that ends a package.
fn package(line: &str) -> Option<(&str, &str, &str)> {
    let (word, rest) = line.split_once('\t')?;
    let word = word.trim_end();
    if !matches!(word, "ok" | "FAIL" | "?" | "") {
        return None;
    }
    let (name, rest) = rest.split_once(['\t', ' ']).unwrap_or((rest, ""));
    let ended = match word {
        "" => rest.contains("coverage:"),
        "?" => rest.contains("[no test files]"),
        "ok" => rest.starts_with("(cached)") || rest.starts_with(|c: char| c.is_ascii_digit()),
        _ => rest.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with('[') || rest.starts_with("(cached)"),
    };
    (ended && !name.is_empty()).then_some((word, name, rest))
}

/// The result that a line holds: the word and the test. A test may print without a line end before it.
fn result(line: &str) -> Option<(&str, &str)> {
    let at = ["--- PASS: ", "--- FAIL: ", "--- SKIP: "].iter().find_map(|mark| line.rfind(mark))?;
    let (word, name) = line[at + 4..].split_once(": ")?;
    let (name, time) = name.trim_end().rsplit_once(" (")?;
    time.ends_with("s)").then_some((word, name))
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut all = Counts::default();
    let mut packages = 0;
    let mut now = Package::default();
    for line in text.lines() {
        if let Some((word, name, rest)) = package(line) {
            packages += 1;
            std::mem::take(&mut now).end(word, name, rest, &mut all)?;
        } else {
            now.line(line);
        }
    }
    if packages == 0 {
        return Err("no package of `go test` has ended in it".to_owned());
    }
    if now.tests > 0 {
        return Err("it ends in the middle of a package".to_owned());
    }
    Ok(all)
}

#[derive(Default)]
struct Package {
    counts: Counts,
    tests: u64,
    /// Tests that began (`-v`), with the first place that each has named.
    open: BTreeMap<String, Option<(String, u32, String)>>,
    speaks: Option<String>,
}

impl Package {
    fn line(&mut self, line: &str) {
        for mark in ["=== RUN   ", "=== CONT  ", "=== NAME  "] {
            if let Some(name) = line.strip_prefix(mark) {
                let name = name.trim();
                if mark == "=== RUN   " {
                    self.tests += 1;
                    self.open.insert(name.to_owned(), None);
                }
                self.speaks = (!name.is_empty()).then(|| name.to_owned());
                return;
            }
        }
        if let Some((word, name)) = result(line) {
            let said = self.open.remove(name);
            if said.is_none() {
                self.tests += 1;
            }
            self.speaks = None;
            match word {
                "PASS" => self.counts.passed += 1,
                "SKIP" => self.counts.skipped += 1,
                _ => self.fail(name, said.flatten()),
            }
            return;
        }
        let Some((file, number)) = place::find(line, None).filter(|(file, _)| ends_in(file, "go")) else { return };
        let message = line.split_once(&format!(":{number}: ")).map_or(line, |(_, rest)| rest).trim().to_owned();
        if let Some(name) = &self.speaks {
            if let Some(slot) = self.open.get_mut(name) {
                slot.get_or_insert((file, number, message));
            }
        } else if let Some(last) = self.counts.failures.last_mut().filter(|f| f.file.is_none()) {
            (last.file, last.line, last.message) = (Some(file), number, message);
        }
    }

    fn fail(&mut self, name: &str, said: Option<(String, u32, String)>) {
        self.counts.failed += 1;
        let (file, line, message) = said.map_or_else(Default::default, |(f, l, m)| (Some(f), l, m));
        self.counts.failures.push(Failure { name: name.to_owned(), file, line, message });
    }

    fn end(mut self, word: &str, name: &str, rest: &str, all: &mut Counts) -> Result<(), String> {
        if word == "FAIL" {
            for (test, said) in std::mem::take(&mut self.open) {
                self.fail(&test, said);
            }
            if self.counts.failed == 0 {
                let message = rest.trim_matches(['[', ']']).to_owned();
                (self.counts.failed, self.counts.broken) = (1, 1);
                self.counts.failures.push(Failure { name: name.to_owned(), file: None, line: 0, message });
            }
        } else if !self.open.is_empty() || self.counts.failed > 0 {
            return Err(format!("the package {name} has passed, and yet a test of it has not"));
        } else if word == "ok" && self.tests == 0 && !rest.contains("[no tests to run]") {
            self.counts.passed = 1;
        }
        for failure in &mut self.counts.failures {
            if failure.name != name {
                failure.name = format!("{name}: {}", failure.name);
            }
        }
        all.add(self.counts);
        Ok(())
    }
}
