//! Lines like "5 passed, 1 failed", where a tool has no better report: jest, vitest, RSpec, minitest, unittest, Maven.

use super::Counts;
use regex::Regex;
use std::sync::LazyLock;

static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words =
        "passed|passes|pass|failed|failures?|errors?|skipped|skips|pending|ignored|todo|total|runs|tests|examples?|assertions";
    Regex::new(&format!(r"(?i)\b([0-9]+) ({words})\b|\b(tests run|failures?|errors?|skipped|expected failures)\s*[:=]\s*([0-9]+)"))
        .ok()
});

/// The numbers of one line.
#[derive(Default, Clone, Copy)]
struct Numbers {
    passed: Option<u64>,
    failed: Option<u64>,
    skipped: u64,
    total: Option<u64>,
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut last: Option<Numbers> = None;
    let mut failed_before = false;
    for (n, line) in lines.iter().enumerate() {
        let Some(numbers) = of_line(line).or_else(|| unittest(&lines, n)) else { continue };
        failed_before |= last.is_some_and(|l| l.failed.unwrap_or(0) > 0);
        last = Some(numbers);
    }
    let numbers = last.ok_or("no line of it has the numbers of passed and failed tests")?;
    let failed = numbers.failed.unwrap_or(0);
    if failed == 0 && failed_before {
        return Err(
            "an earlier line of it has failed tests and the last one has none: name a format or files in `report`".to_owned()
        );
    }
    let passed = match (numbers.passed, numbers.total) {
        (Some(passed), _) => passed,
        (None, Some(total)) => total
            .checked_sub(failed + numbers.skipped)
            .ok_or_else(|| format!("of {total} tests {failed} failed and {} were skipped", numbers.skipped))?,
        (None, None) => 0,
    };
    Ok(Counts { passed, failed, skipped: numbers.skipped, ..Counts::default() })
}

/// `Ran 5 tests in 0.001s`, an empty line, and `OK` or `FAILED (failures=1, skipped=1)`.
fn unittest(lines: &[&str], n: usize) -> Option<Numbers> {
    let word = *lines.get(n)?;
    if !(word == "OK" || word.starts_with("OK (") || word.starts_with("FAILED (")) {
        return None;
    }
    let ran = lines[..n].iter().rev().find(|l| !l.trim().is_empty())?.strip_prefix("Ran ")?;
    let total = ran.split(' ').next()?.parse().ok()?;
    let mut numbers = collect(word);
    numbers.total = Some(total);
    numbers.failed = Some(numbers.failed.unwrap_or(0));
    (word.starts_with("OK") == (numbers.failed == Some(0))).then_some(numbers)
}

/// A line counts if it says how many passed or how many there were, and, unless it is about passed ones, how many failed.
fn of_line(line: &str) -> Option<Numbers> {
    let trimmed = line.trim_start();
    // jest and vitest count files as well.
    if ["Test Suites", "Test Files", "Snapshots", "Start at", "Ran "].iter().any(|w| trimmed.starts_with(w)) {
        return None;
    }
    // Lines about one file or one test.
    if trimmed.starts_with(['✓', '❯', '×', '✗', '✖', '✔', '↓', '•']) {
        return None;
    }
    let numbers = collect(line);
    let says = numbers.passed.is_some() || (numbers.total.is_some() && numbers.failed.is_some());
    let alone = numbers.failed.is_some() && trimmed.starts_with("Tests");
    (says || alone).then_some(numbers)
}

fn collect(line: &str) -> Numbers {
    let mut numbers = Numbers::default();
    let Some(pattern) = PAIR.as_ref() else { return numbers };
    for found in pattern.captures_iter(line) {
        let number = found.get(1).or(found.get(4)).and_then(|m| m.as_str().parse::<u64>().ok());
        let word = found.get(2).or(found.get(3)).map(|m| m.as_str().to_ascii_lowercase());
        let (Some(number), Some(word)) = (number, word) else { continue };
        match word.as_str() {
            "passed" | "passes" | "pass" => numbers.passed = Some(number),
            "failed" | "failure" | "failures" | "error" | "errors" => numbers.failed = Some(numbers.failed.unwrap_or(0) + number),
            "skipped" | "skips" | "pending" | "ignored" | "todo" | "expected failures" => numbers.skipped += number,
            "assertions" => {}
            _ => numbers.total = Some(number),
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_with_numbers_counts() {
        for (text, numbers) in [
            ("5 passed, 1 failed", (5, 1, 0)),
            ("5 passed, 0 failed, 2 skipped", (5, 0, 2)),
            ("Tests:       1 failed, 1 skipped, 3 passed, 5 total", (3, 1, 1)),
            ("Test Suites: 1 failed, 1 total\nTests:       3 passed, 3 total\nSnapshots:   0 total", (3, 0, 0)),
            ("5 examples, 1 failure, 1 pending", (3, 1, 1)),
            ("5 runs, 6 assertions, 1 failures, 1 errors, 1 skips", (2, 2, 1)),
            ("Tests run: 5, Failures: 1, Errors: 0, Skipped: 1", (3, 1, 1)),
            ("Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)", (2, 2, 1)),
            ("Ran 5 tests in 0.001s\n\nOK (skipped=1)", (4, 0, 1)),
            ("      Tests  1 failed (1)", (0, 1, 0)),
        ] {
            let counts = read(text).unwrap();
            assert_eq!((counts.passed, counts.failed, counts.skipped), numbers, "{text}");
        }
    }

    #[test]
    fn no_numbers_and_numbers_that_disagree_are_errors() {
        for text in [
            "Ran 5 tests in 0.001s\n",
            "Ran 5 tests in 0.001s\n\nOK (failures=1)",
            "all good",
            "3 files changed",
            "1 passed, 2 failed\n3 passed, 0 failed",
            "2 tests, 3 failures",
            " ❯ bad.test.js (3 tests | 2 failed) 73ms",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
