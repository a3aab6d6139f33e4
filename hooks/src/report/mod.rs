//! What a check found, for people, as JSON, as SARIF 2.1.0 and as Markdown.
//!
//! A [`Report`] is made once; what it holds is already fit to be shown: excerpts in which something looks like a secret are
//! left out, and texts hold no control characters.

mod human;
mod json;
mod markdown;
mod sarif;

pub use human::human;
pub use json::{json, schema};
pub use markdown::markdown;
pub use sarif::sarif;

use crate::gate::{Status, Verdict, When};
use crate::{Finding, Severity};
use bd::git::Oid;
use bd::ui::safe;
use std::collections::BTreeMap;

/// What was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// In words: a range as it was typed, `the index`, `the working tree`.
    pub what: String,
    /// The older side of a range.
    pub from: Option<Oid>,
    /// The newer side of a range.
    pub to: Option<Oid>,
    /// How many files.
    pub files: usize,
}

/// The verdicts of one check, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    when: When,
    judged: Judged,
    verdicts: Vec<Verdict>,
    /// From where on the findings of a gate block; high unless it says otherwise.
    block_at: BTreeMap<String, Severity>,
    notes: Vec<String>,
}

/// The numbers of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Gates that were asked.
    pub gates: usize,
    /// Those that passed.
    pub passed: usize,
    /// Those that failed.
    pub failed: usize,
    /// Those that could not be run.
    pub errors: usize,
    /// Those that had nothing to look at.
    pub skipped: usize,
    /// Findings that stand, warnings among them.
    pub findings: usize,
    /// Findings that only warn.
    pub warnings: usize,
    /// What waivers let through.
    pub waived: usize,
    /// Gates that passed when they were run again.
    pub flaky: usize,
}

impl Report {
    /// Takes what the evaluator said. `notes` are sentences beside the verdicts.
    pub fn new(when: When, judged: Judged, verdicts: &[Verdict], notes: Vec<String>) -> Self {
        let verdicts = verdicts.iter().map(shown_verdict).collect();
        let judged = Judged { what: shown(&judged.what), ..judged };
        let notes = notes.iter().map(|n| shown(n)).collect();
        Self { when, judged, verdicts, block_at: BTreeMap::new(), notes }
    }

    /// Says from which severity on the findings of a gate block.
    #[must_use]
    pub fn block_at(mut self, gate: &str, severity: Severity) -> Self {
        self.block_at.insert(gate.to_owned(), severity);
        self
    }

    /// The verdicts as they are shown.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// True if nothing may go on.
    pub fn blocked(&self) -> bool {
        self.verdicts.iter().any(Verdict::blocks)
    }

    /// True if the finding is one of those that stop the work: of a gate that blocks, and bad enough.
    fn is_blocking(&self, verdict: &Verdict, finding: &Finding) -> bool {
        let at = self.block_at.get(&verdict.gate).copied().unwrap_or(Severity::High);
        verdict.blocks() && finding.severity >= at
    }

    /// All findings that stand, each with its gate, those that block first.
    fn findings(&self) -> Vec<(&Verdict, &Finding, bool)> {
        let each = |v| {
            let v: &Verdict = v;
            v.findings.iter().map(move |f| (v, f, self.is_blocking(v, f)))
        };
        let mut all: Vec<_> = self.verdicts.iter().flat_map(each).collect();
        all.sort_by_key(|(_, f, blocks)| (!blocks, std::cmp::Reverse(f.severity)));
        all
    }

    /// The numbers.
    pub fn totals(&self) -> Totals {
        let with = |status| self.verdicts.iter().filter(|v| v.status == status).count();
        let findings = self.findings();
        let unlisted: usize = self.verdicts.iter().map(|v| v.more).sum();
        Totals {
            gates: self.verdicts.len(),
            passed: with(Status::Pass),
            failed: with(Status::Fail),
            errors: with(Status::Error),
            skipped: with(Status::Skip),
            findings: findings.len() + unlisted,
            warnings: findings.iter().filter(|(_, _, blocks)| !blocks).count(),
            waived: self.verdicts.iter().map(|v| v.waived.len()).sum(),
            flaky: self.verdicts.iter().filter(|v| v.flaky).count(),
        }
    }

    /// One line on what was judged.
    fn judged_line(&self) -> String {
        let Judged { what, files, .. } = &self.judged;
        match files {
            0 => format!("Nothing to judge: no file in {what}"),
            n => format!("{} of {what} judged at {}", counted(*n, "file"), self.when),
        }
    }

    /// One line on what came out.
    fn result_line(&self) -> String {
        let t = self.totals();
        let names = |status| {
            let of = self.verdicts.iter().filter(|v| v.blocks() && v.status == status);
            of.map(|v| v.gate.as_str()).collect::<Vec<_>>().join(", ")
        };
        let (failed, errors) = (names(Status::Fail), names(Status::Error));
        let mut parts = Vec::new();
        if !failed.is_empty() {
            parts.push(format!("failed: {failed}"));
        }
        if !errors.is_empty() {
            parts.push(format!("could not be run: {errors}"));
        }
        parts.push(format!("{} of {} passed", t.passed, counted(t.gates, "gate")));
        for (n, word) in [(t.skipped, "skipped"), (t.flaky, "flaky"), (t.waived, "waived")] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        if t.warnings > 0 {
            parts.push(counted(t.warnings, "warning"));
        }
        let verdict = if self.blocked() { "Blocked" } else { "Not blocked" };
        format!("{verdict}: {}", parts.join(", "))
    }
}

/// `1 file`, `2 files`.
fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// `path`, `path:line` or `path:line:column`.
fn place(finding: &Finding) -> String {
    match (finding.line, finding.column) {
        (0, _) => finding.path.clone(),
        (line, 0) => format!("{}:{line}", finding.path),
        (line, column) => format!("{}:{line}:{column}", finding.path),
    }
}

/// Text for a line: no control characters, no secret.
fn shown(text: &str) -> String {
    if bd::ops::secrets::find(text).is_some() { "(not shown: it looks like a secret)".to_owned() } else { safe(text).into_owned() }
}

/// Text of several lines, each as [`shown`] has it.
fn shown_lines(text: &str) -> String {
    text.lines().map(shown).collect::<Vec<_>>().join("\n")
}

fn shown_finding(finding: &Finding) -> Finding {
    let excerpt = if bd::ops::secrets::find(&finding.excerpt).is_some() { String::new() } else { shown(&finding.excerpt) };
    Finding {
        path: safe(&finding.path).into_owned(),
        message: shown(&finding.message),
        advice: shown(&finding.advice),
        rule: safe(&finding.rule).into_owned(),
        excerpt,
        ..finding.clone()
    }
}

fn shown_verdict(verdict: &Verdict) -> Verdict {
    let mut out = verdict.clone();
    out.gate = safe(&verdict.gate).into_owned();
    out.why = shown(&verdict.why);
    out.advice = shown(&verdict.advice);
    out.tail = shown_lines(&verdict.tail);
    out.findings.iter_mut().for_each(|f| *f = shown_finding(f));
    for waived in &mut out.waived {
        waived.finding = waived.finding.as_ref().map(shown_finding);
        waived.reason = shown(&waived.reason);
        waived.by = shown(&waived.by);
        waived.place = safe(&waived.place).into_owned();
    }
    for failure in out.counts.iter_mut().flat_map(|c| &mut c.failures) {
        failure.name = shown(&failure.name);
        failure.message = shown(&failure.message);
        failure.file = failure.file.as_deref().map(|f| safe(f).into_owned());
    }
    out
}

#[cfg(test)]
mod tests;
