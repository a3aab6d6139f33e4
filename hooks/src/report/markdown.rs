//! For a comment on a pull request. What people wrote cannot become markup, a link or a mention.

use super::{Report, counted, place};
use crate::gate::{Status, Verdict};
use bd::ui::markdown::{code, escape};
use std::fmt::Write as _;

/// Findings that are listed: forges cut long comments.
const MOST: usize = 50;
/// Lines of a program's output that are shown.
const TAIL: usize = 20;

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let title = if report.blocked() { "Gates: blocked" } else { "Gates: not blocked" };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "### {title}\n\n{}.\n{}.", escape(&report.judged_line()), escape(&report.result_line()));
    let _ = writeln!(out, "\n| gate | verdict | why |\n|---|---|---|");
    for verdict in report.verdicts.iter().filter(|v| v.blocks() || v.warns()) {
        let _ = writeln!(out, "| {} | {} | {} |", cell(&verdict.gate), word(verdict), escape(&verdict.why));
    }
    let quiet = report.verdicts.iter().filter(|v| !v.blocks() && !v.warns()).count();
    if quiet > 0 {
        let _ = writeln!(out, "| {} | pass or skip | |", counted(quiet, "other gate"));
    }
    let findings = report.findings();
    if !findings.is_empty() {
        let _ = writeln!(out, "\n**Findings**\n");
    }
    for (_, finding, blocks) in findings.iter().take(MOST) {
        let severity = if *blocks { finding.severity.to_string() } else { format!("warning, {}", finding.severity) };
        let _ = writeln!(out, "* {} {severity}: {} ({})", code(&place(finding)), escape(&finding.message), code(&finding.rule));
        if !finding.excerpt.is_empty() {
            let _ = writeln!(out, "  {}", code(&finding.excerpt));
        }
        if !finding.advice.is_empty() {
            let _ = writeln!(out, "  {}", escape(&finding.advice));
        }
    }
    let unlisted: usize = report.verdicts.iter().map(|v| v.more).sum();
    more(findings.len().saturating_sub(MOST) + unlisted, "finding", &mut out);
    for verdict in report.verdicts.iter().filter(|v| !v.status.lets_through()) {
        failing(verdict, &mut out);
    }
    let waived: Vec<_> = report.verdicts.iter().flat_map(|v| v.waived.iter().map(move |w| (v, w))).collect();
    if !waived.is_empty() {
        let _ = writeln!(out, "\n**Waived**\n");
    }
    for (verdict, w) in waived.iter().take(MOST) {
        let at = w.finding.as_ref().map_or_else(|| "the whole gate".to_owned(), |f| code(&place(f)));
        let until = w.until_day().map_or_else(String::new, |day| format!(" until {}", escape(day)));
        let _ = writeln!(out, "* {at} {}: {} (by {}{until})", code(&verdict.gate), escape(&w.reason), escape(&w.by));
    }
    more(waived.len().saturating_sub(MOST), "waiver", &mut out);
    for note in &report.notes {
        let _ = writeln!(out, "\n> {}", escape(note));
    }
    out
}

fn more(n: usize, word: &str, out: &mut String) {
    if n > 0 {
        let _ = writeln!(out, "* … {} more", counted(n, word));
    }
}

/// A code span in a table: a pipe would end the cell even there.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

fn word(verdict: &Verdict) -> &'static str {
    match (verdict.status, verdict.blocks()) {
        (Status::Fail, true) => "**failed**",
        (Status::Error, true) => "**could not be run**",
        (Status::Fail, false) => "failed (warns)",
        (Status::Error, false) => "could not be run (warns)",
        (Status::Pass | Status::Skip, _) if verdict.flaky => "flaky",
        (Status::Pass | Status::Skip, _) => "pass, with warnings",
    }
}

/// The failing tests and the output of a gate that says no.
fn failing(verdict: &Verdict, out: &mut String) {
    let failures = verdict.counts.as_ref().map_or(&[][..], |c| &c.failures);
    if failures.is_empty() && verdict.tail.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n<details><summary>{}</summary>\n", escape(&verdict.gate));
    for failure in failures.iter().take(MOST) {
        let file = failure.file.as_deref().unwrap_or_default();
        let at = if failure.line > 0 { format!("{file}:{}", failure.line) } else { file.to_owned() };
        let at = if at.is_empty() { String::new() } else { format!("{} ", code(&at)) };
        let _ = writeln!(out, "* {at}{} {}", escape(&failure.name), escape(&failure.message));
    }
    more(failures.len().saturating_sub(MOST), "failing test", out);
    let lines: Vec<&str> = verdict.tail.lines().collect();
    let lines = &lines[lines.len().saturating_sub(TAIL)..];
    if !lines.is_empty() {
        // A fence that no line of the output can end.
        let longest = lines.iter().flat_map(|l| l.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let _ = writeln!(out, "\n{fence}text\n{}\n{fence}", lines.join("\n"));
    }
    let _ = writeln!(out, "\n</details>");
}
