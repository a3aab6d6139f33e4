//! `command`: a program whose exit code, or the report that it writes, is the answer.

mod files;

use super::Run;
use super::program::{Ended, start};
use crate::gate::{Answer, Ask, Gate, Kind, Status, grep_trap};
use crate::results::{Counts, Failure, Report, read};
use crate::{Finding, Severity};
use files::Files;
use std::path::Path;

/// How much of an output is kept where it is the report.
const REPORT: usize = 32 << 20;
/// Else its beginning is kept too.
const HEAD: usize = 64 << 10;
/// More failing places than anybody reads.
const MOST_FINDINGS: usize = 200;

pub(super) fn answer(gate: &Gate, ask: &Ask<'_>, with: Run<'_>) -> Answer {
    let Kind::Command { run, report } = &gate.kind else { return Answer::new(Status::Error, "it is no command") };
    let report = match report.as_deref().map(Report::parse).transpose() {
        Ok(report) => report,
        Err(why) => return Answer::new(Status::Error, why).advise("Mend `report` of the gate"),
    };
    let files = match report.as_ref().and_then(|r| r.files.as_deref()).map(|glob| Files::new(ask.top, glob)).transpose() {
        Ok(files) => files,
        Err(why) => return Answer::new(Status::Error, why).advise("Mend `report` of the gate"),
    };
    let keep = if report.is_some() && files.is_none() { REPORT } else { HEAD };
    let mut ended = start(run, gate, ask, with, None, keep);
    let code = match ended.code(gate) {
        Ok(code) => code,
        Err(answer) => return *answer,
    };
    let answer = match &report {
        None => by_code(run, code, &mut ended),
        Some(report) => match counts(report, files, &ended) {
            Ok(counts) => by_counts(gate, ask, code, counts, &mut ended),
            Err(why) => Answer::new(Status::Error, format!("its report says nothing: {why} (it exited with {code})"))
                .advise("The gate passes by its report: see that the program writes it whole"),
        },
    };
    ended.with_tail(answer)
}

/// Without a report: the exit code alone, which is said.
fn by_code(run: &str, code: i32, ended: &mut Ended) -> Answer {
    let output = ended.all.lines().join("\n");
    if let Some(trap) = grep_trap::explain(run, Some(code), &output) {
        return Answer::new(Status::Error, trap.why).advise(trap.advice);
    }
    let mut answer = if code == 0 {
        Answer::new(Status::Pass, "it exited with 0; no report was read")
    } else {
        Answer::new(Status::Fail, format!("it exited with {code}; no report was read"))
    };
    answer.counts = Some(Counts { exit_code_only: true, ..Counts::default() });
    answer
}

fn counts(report: &Report, files: Option<Files>, ended: &Ended) -> Result<Counts, String> {
    if let Some(files) = files {
        let mut all = Counts::default();
        for (name, bytes) in files.written()? {
            all.add(read(report.format, &bytes).map_err(|e| format!("{name}: {e}"))?);
        }
        return Ok(all);
    }
    let whole = |kept: &crate::exec::Kept| kept.whole().ok_or_else(|| "what it printed is longer than 32 MiB".to_owned());
    let printed = read(report.format, &whole(&ended.stdout)?);
    match printed {
        Err(_) if report.format.is_talk() => read(report.format, &whole(&ended.all)?),
        other => other,
    }
}

/// A report and an exit code: both must say yes.
fn by_counts(gate: &Gate, ask: &Ask<'_>, code: i32, counts: Counts, ended: &mut Ended) -> Answer {
    let ran = counts.passed + counts.failed;
    let skipped = if counts.skipped > 0 { format!(", {} skipped", counts.skipped) } else { String::new() };
    let mut answer = if ran == 0 {
        Answer::new(Status::Error, format!("no test ran{skipped} (it exited with {code})"))
            .advise("A run without a test proves nothing: see what the program selects")
    } else if counts.failed > 0 {
        let but = if code == 0 { ", although it exited with 0" } else { "" };
        Answer::new(Status::Fail, format!("{} of {} tests failed{skipped}{but}", counts.failed, counts.total()))
    } else if code != 0 {
        Answer::new(Status::Fail, format!("it exited with {code}, although none of {} tests failed{skipped}", counts.total()))
            .advise("Something besides the tests went wrong: see the end of its output")
    } else {
        Answer::new(Status::Pass, format!("{} of {} tests passed{skipped}", counts.passed, counts.total()))
    };
    answer.findings = counts.failures.iter().take(MOST_FINDINGS).filter_map(|f| finding(gate, ask, f, ended)).collect();
    answer.counts = Some(clean(counts, ended));
    answer
}

/// What a report quotes is output too.
fn clean(mut counts: Counts, ended: &mut Ended) -> Counts {
    for failure in &mut counts.failures {
        failure.name = ended.shown(&failure.name);
        failure.message = ended.shown(&failure.message);
    }
    counts
}

/// The place of a failing test, if it is one of a file of the tree.
fn finding(gate: &Gate, ask: &Ask<'_>, failure: &Failure, ended: &mut Ended) -> Option<Finding> {
    let path = in_tree(ask, failure)?;
    let name = ended.shown(&failure.name);
    let said = ended.shown(&failure.message);
    let message = if said.is_empty() { format!("`{name}` failed") } else { format!("`{name}` failed: {said}") };
    Some(Finding {
        path,
        line: failure.line.max(1),
        column: 1,
        rule: gate.id.clone(),
        severity: gate.severity.unwrap_or(Severity::High),
        message,
        advice: String::new(),
        excerpt: String::new(),
    })
}

/// The path from the top. Reports name files from the root, from the top, or (Go, Java) by their last part alone: then the
/// one tracked file of that name, or the one whose folder ends as the test's package does.
fn in_tree(ask: &Ask<'_>, failure: &Failure) -> Option<String> {
    let named = failure.file.as_deref()?;
    let top = ask.top.canonicalize().ok()?;
    let full = top.join(named);
    let inside =
        |path: &Path| path.canonicalize().ok().and_then(|p| p.strip_prefix(&top).ok().map(|p| p.to_str().map(str::to_owned)))?;
    if full.is_file() {
        return inside(&full);
    }
    let mut fits: Vec<String> = ask.git.tracked_below("").ok()?;
    fits.retain(|path| path == named || path.strip_suffix(named).is_some_and(|rest| rest.ends_with('/')));
    if fits.len() > 1 {
        let package = failure.name.split(": ").next().unwrap_or_default();
        fits.retain(|path| path.rsplit_once('/').is_some_and(|(folder, _)| package.ends_with(folder)));
    }
    (fits.len() == 1).then(|| fits.remove(0))
}
