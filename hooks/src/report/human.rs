//! For people at a terminal and for agents: what blocks, what warns, what was waived, one line of sum.

use super::{Report, counted, place};
use crate::Finding;
use crate::gate::{Status, Verdict};
use bd::ui::{Style, Text};
use std::collections::BTreeSet;

/// Lines of a program's output that are shown.
const TAIL: usize = 12;

/// The report as lines; at most `most` findings (0 = all), and half as many waivers and failing tests.
pub fn human(report: &Report, most: usize) -> Vec<Text> {
    let most = if most == 0 { usize::MAX } else { most };
    let mut out = Vec::new();
    let mut advised = BTreeSet::new();
    let findings = report.findings();
    for (_, finding, blocks) in findings.iter().take(most) {
        one(finding, *blocks, &mut advised, &mut out);
    }
    let unlisted: usize = report.verdicts.iter().map(|v| v.more).sum();
    more(findings.len().saturating_sub(most) + unlisted, "finding", &mut out);
    for verdict in &report.verdicts {
        if !verdict.status.lets_through() && verdict.findings.is_empty() || verdict.flaky {
            without_places(verdict, most.div_ceil(2), &mut out);
        }
    }
    let waived: Vec<_> = report.verdicts.iter().flat_map(|v| v.waived.iter().map(move |w| (v, w))).collect();
    for (verdict, w) in waived.iter().take(most.div_ceil(2)) {
        let at = w.finding.as_ref().map_or_else(|| "the whole gate".to_owned(), place);
        let until = w.until_day().map_or_else(String::new, |day| format!(" until {day}"));
        let line = Text::new().plain(format!("{at}: ")).with(Style::Dim, "waived");
        out.push(line.plain(format!(" by {}{until}: {} [{}; {}]", w.by, w.reason, verdict.gate, w.place)));
    }
    more(waived.len().saturating_sub(most.div_ceil(2)), "waiver", &mut out);
    out.extend(report.notes.iter().map(|note| Text::new().with(Style::Warn, "note: ").plain(note)));
    if !out.is_empty() {
        out.push(Text::new());
    }
    out.push(Text::from(report.judged_line()));
    let style = if report.blocked() { Style::Bad } else { Style::Good };
    out.push(Text::new().with(style, report.result_line()));
    out
}

fn more(n: usize, word: &str, out: &mut Vec<Text>) {
    if n > 0 {
        out.push(Text::new().with(Style::Dim, format!("… {} more (--format json has all)", counted(n, word))));
    }
}

/// One place: where and what, the line itself, and what to do when that is said for the first time.
fn one(finding: &Finding, blocks: bool, advised: &mut BTreeSet<String>, out: &mut Vec<Text>) {
    let line = Text::new().with(Style::Strong, place(finding)).plain(": ");
    let word = finding.severity.as_str();
    let line = if blocks { line.with(Style::Bad, word) } else { line.with(Style::Warn, format!("warning ({word})")) };
    out.push(line.plain(format!(": {} [{}]", finding.message, finding.rule)));
    if !finding.excerpt.is_empty() {
        out.push(Text::new().plain("    ").with(Style::Dim, &finding.excerpt));
    }
    if !finding.advice.is_empty() && advised.insert(finding.advice.clone()) {
        out.push(Text::from(format!("    -> {}", finding.advice)));
    }
}

/// A gate that says no and names no line: why, its failing tests, the end of its output.
fn without_places(verdict: &Verdict, most: usize, out: &mut Vec<Text>) {
    let (word, style) = match (verdict.status, verdict.blocks()) {
        (Status::Fail, true) => ("failed", Style::Bad),
        (Status::Error, true) => ("could not be run", Style::Bad),
        (Status::Fail, false) => ("warning (failed)", Style::Warn),
        (Status::Error, false) => ("warning (could not be run)", Style::Warn),
        (Status::Pass | Status::Skip, _) => ("flaky", Style::Warn),
    };
    let line = Text::new().with(Style::Strong, &verdict.gate).plain(": ").with(style, word);
    out.push(line.plain(format!(": {}", verdict.why)));
    let failures = verdict.counts.iter().flat_map(|c| &c.failures);
    for failure in failures.clone().take(most) {
        let at = match (&failure.file, failure.line) {
            (Some(file), 0) => format!("{file}: "),
            (Some(file), line) => format!("{file}:{line}: "),
            (None, _) => String::new(),
        };
        let said = if failure.message.is_empty() { String::new() } else { format!(": {}", failure.message) };
        out.push(Text::from(format!("    {at}{}{said}", failure.name)));
    }
    more(failures.count().saturating_sub(most), "failing test", out);
    let lines: Vec<&str> = verdict.tail.lines().collect();
    out.extend(lines[lines.len().saturating_sub(TAIL)..].iter().map(|l| Text::new().plain("    | ").with(Style::Dim, l)));
    if !verdict.advice.is_empty() {
        out.push(Text::from(format!("    -> {}", verdict.advice)));
    }
}
