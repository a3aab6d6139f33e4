//! The `spec` reporter of `node --test`: eight lines of numbers, then the failing tests.

use super::{Counts, Failure, first_line, place};

const WORDS: [&str; 6] = ["tests", "pass", "fail", "cancelled", "skipped", "todo"];

/// `ℹ tests 5`.
pub(super) fn is_summary(line: &str) -> bool {
    number(line, "tests").is_some()
}

fn number(line: &str, word: &str) -> Option<u64> {
    line.strip_prefix("ℹ ")?.strip_prefix(word)?.strip_prefix(' ')?.trim().parse().ok()
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let lines: Vec<&str> = text.lines().collect();
    let begin = lines.iter().rposition(|l| is_summary(l)).ok_or("it has no line `ℹ tests`: the run has not ended")?;
    let tail = &lines[begin..];
    let mut found = [0u64; 6];
    for (slot, word) in found.iter_mut().zip(WORDS) {
        *slot = tail.iter().find_map(|l| number(l, word)).ok_or_else(|| format!("it has no line `ℹ {word}` at its end"))?;
    }
    if !tail.iter().any(|l| l.starts_with("ℹ duration_ms ")) {
        return Err("it is cut off before the last of its numbers".to_owned());
    }
    let [tests, pass, fail, cancelled, skipped, todo] = found;
    if tests != pass + fail + cancelled + skipped + todo {
        return Err(format!("it has {tests} tests, and its numbers do not add up to them"));
    }
    let failures = failures(tail);
    Ok(Counts { passed: pass, failed: fail + cancelled, skipped: skipped + todo, failures, ..Counts::default() })
}

/// `test at FILE:LINE:COLUMN`, then the test, then what it said.
fn failures(lines: &[&str]) -> Vec<Failure> {
    let mut out: Vec<Failure> = Vec::new();
    for line in lines {
        if let Some((file, number)) = line.strip_prefix("test at ").and_then(|at| place::find(at, None)) {
            out.push(Failure { file: Some(file), line: number, ..Failure::default() });
        } else if let Some(last) = out.last_mut() {
            if last.name.is_empty() {
                let name = line.trim_start().trim_start_matches('✖').trim();
                last.name = name.rsplit_once(" (").map_or(name, |(name, _)| name).to_owned();
            } else if last.message.is_empty() {
                last.message = first_line(line);
            }
        }
    }
    out
}
