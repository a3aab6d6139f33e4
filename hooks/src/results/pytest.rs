//! What pytest prints; the last line has the numbers.

use super::{Counts, Failure, ends_in, first_line};
use std::collections::BTreeMap;

/// `=== 3 passed, 1 failed in 0.12s ===`, without the frame under `-q`.
pub(super) fn is_summary(line: &str) -> bool {
    summary(line).is_some()
}

fn summary(line: &str) -> Option<Vec<(u64, &str)>> {
    let line = line.trim_matches(['=', ' ']);
    let (words, time) = line.rsplit_once(" in ")?;
    let time = time.split(' ').next()?;
    if !time.strip_suffix('s').is_some_and(|t| t.parse::<f64>().is_ok()) {
        return None;
    }
    if words == "no tests ran" {
        return Some(Vec::new());
    }
    let part = |part: &'_ str| -> Option<(u64, String)> {
        let (number, what) = part.trim().split_once(' ')?;
        Some((number.parse().ok()?, what.to_owned()))
    };
    let known =
        ["passed", "failed", "skipped", "error", "errors", "xfailed", "xpassed", "deselected", "warning", "warnings", "rerun"];
    let mut out = Vec::new();
    for piece in words.split(", ") {
        let (number, what) = part(piece)?;
        out.push((number, *known.iter().find(|k| **k == what)?));
    }
    Some(out)
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let numbers = text.lines().filter_map(summary).next_back().ok_or("it has no last line with numbers: the run has not ended")?;
    let mut counts = Counts::default();
    for (number, what) in numbers {
        match what {
            "passed" | "xpassed" => counts.passed += number,
            "failed" => counts.failed += number,
            "error" | "errors" => {
                counts.failed += number;
                counts.broken += number;
            }
            "skipped" | "xfailed" => counts.skipped += number,
            _ => {}
        }
    }
    let given_up = text.lines().find(|l| l.starts_with("!!!") && l.ends_with("!!!"));
    if let Some(line) = given_up.filter(|_| counts.failed == 0) {
        return Err(format!("the run was given up: {}", line.trim_matches(['!', ' '])));
    }
    counts.failures = failures(text);
    Ok(counts)
}

/// The tests of the short summary, with their places from the tracebacks; without a summary, those of the tracebacks.
fn failures(text: &str) -> Vec<Failure> {
    let places = places(text);
    let mut out = Vec::new();
    for line in text.lines() {
        let Some(rest) = line.strip_prefix("FAILED ").or(line.strip_prefix("ERROR ")) else { continue };
        let (id, message) = rest.split_once(" - ").unwrap_or((rest, ""));
        let Some((file, name)) = id.split_once("::").or_else(|| ends_in(id, "py").then_some((id, ""))) else { continue };
        // The head of a traceback has the classes and the test with points in between.
        let key = name.replace("::", ".");
        let found = places.get(&key).filter(|(at, _)| at.ends_with(file) || file.ends_with(at.as_str()));
        let line = found.map_or(0, |(_, line)| *line);
        out.push(Failure { name: id.to_owned(), file: Some(file.to_owned()), line, message: first_line(message) });
    }
    out
}

/// Where each traceback ends, by the name in its head.
fn places(text: &str) -> BTreeMap<String, (String, u32)> {
    let mut out = BTreeMap::new();
    let mut head: Option<String> = None;
    for line in text.lines() {
        if line.starts_with("___") && line.ends_with("___") {
            let name = line.trim_matches(['_', ' ']);
            let name = name.strip_prefix("ERROR at setup of ").or(name.strip_prefix("ERROR at teardown of ")).unwrap_or(name);
            head = Some(name.to_owned());
        } else if let Some(name) = &head {
            let mut parts = line.splitn(3, ':');
            let (Some(file), Some(number), Some(_)) = (parts.next(), parts.next(), parts.next()) else { continue };
            if let (true, Ok(number)) = (ends_in(file, "py") && !file.starts_with(' '), number.parse()) {
                // The last one of the test's own file, else the last one.
                out.insert(name.clone(), (file.to_owned(), number));
            }
        }
    }
    out
}
