//! What cargo-nextest prints; it writes to the standard error.

use super::{Counts, Failure, libtest};

/// `     Summary [   0.012s] 5 tests run: 3 passed, 2 failed, 1 skipped`.
pub(super) fn is_summary(line: &str) -> bool {
    summary(line).is_some()
}

/// How many were to run, how many ran, and the words after the colon.
fn summary(line: &str) -> Option<(u64, u64, &str)> {
    let (_, rest) = line.trim_start().strip_prefix("Summary [")?.split_once("] ")?;
    let (ran, words) = rest.split_once(" run: ")?;
    let ran = ran.strip_suffix(" tests").or(ran.strip_suffix(" test"))?;
    let (ran, of) = ran.split_once('/').unwrap_or((ran, ran));
    Some((of.parse().ok()?, ran.parse().ok()?, words))
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut found = text.lines().filter_map(summary);
    let (of, ran, words) = found.next().ok_or("it has no line `Summary [`: the run has not ended")?;
    if found.next().is_some() {
        return Err("two runs are in it".to_owned());
    }
    let mut counts = Counts::default();
    // Inside of brackets stand those of the passed that were slow or flaky.
    let mut depth = 0;
    let plain: String = words
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0 && *c != ')'
        })
        .collect();
    for part in plain.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (number, what) = part.split_once(' ').ok_or("its summary cannot be read")?;
        let number: u64 = number.parse().map_err(|_| "its summary cannot be read")?;
        match what.trim() {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            "failed" | "timed out" | "exec failed" => counts.failed += number,
            other => return Err(format!("its summary has an unknown word: {other}")),
        }
    }
    if counts.passed + counts.failed != ran {
        return Err(format!("{ran} tests ran, and {} have a result", counts.passed + counts.failed));
    }
    if ran < of && counts.failed == 0 {
        return Err(format!("{ran} of {of} tests ran: the run was given up"));
    }
    counts.skipped += of.saturating_sub(ran);
    counts.failures = failures(text);
    Ok(counts)
}

/// The tests whose last try failed, with what they printed.
fn failures(text: &str) -> Vec<Failure> {
    let words = ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV [", "ABORT [", "XFAIL [", "LEAK-FAIL ["];
    let mut out: Vec<Failure> = Vec::new();
    let mut said = String::new();
    let mut speaks: Option<usize> = None;
    for line in text.lines() {
        let begin = line.trim_start();
        let named = (begin.starts_with("TRY ") || words.iter().any(|w| begin.starts_with(w))).then(|| name(begin)).flatten();
        if let Some(name) = named.filter(|_| words.iter().any(|w| begin.contains(w))) {
            finish(&mut out, &mut said, speaks.take());
            speaks = out.iter().position(|f| f.name == name).or_else(|| {
                out.push(Failure { name, ..Failure::default() });
                Some(out.len() - 1)
            });
        } else if is_status(begin) {
            finish(&mut out, &mut said, speaks.take());
        } else if speaks.is_some() && said.len() < 8 * 1024 {
            said.push_str(begin);
            said.push('\n');
        }
    }
    finish(&mut out, &mut said, speaks.take());
    out
}

fn finish(out: &mut [Failure], said: &mut String, at: Option<usize>) {
    let said = std::mem::take(said);
    let Some(failure) = at.and_then(|at| out.get_mut(at)).filter(|f| f.file.is_none()) else { return };
    if said.contains("panicked at ") {
        *failure = libtest::from_panic(failure.name.clone(), &said);
    }
}

fn is_status(line: &str) -> bool {
    ["PASS [", "SKIP [", "Summary [", "SLOW ["].iter().any(|w| line.starts_with(w))
}

/// The crate and the test behind the time.
fn name(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(']')?;
    let rest = rest.trim();
    // `(1/5) crate test`, as newer ones write it.
    let rest = if rest.starts_with('(') { rest.split_once(')').map_or(rest, |(_, r)| r.trim()) } else { rest };
    (!rest.is_empty()).then(|| rest.to_owned())
}
