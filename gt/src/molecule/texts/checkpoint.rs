//! What the owner of a checkpoint is asked.

use super::{label, list, owner_address, span};
use crate::formula::StepKind;
use crate::molecule::beads::Beads;
use crate::molecule::change::decoded;
use crate::molecule::handin::HandIn;
use crate::molecule::letter::{Letter, LetterKind};
use crate::molecule::model::{field, percent};
use crate::molecule::{StepView, View};
use jiff::Timestamp;

/// What a checkpoint is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Analysis,
    Plan,
    Tests,
    Compliance,
    Other,
}

fn about(view: &View, step: &StepView) -> (About, Option<usize>) {
    let before = step.def.needs.iter().filter_map(|n| view.steps.iter().position(|s| s.def.id == *n)).next_back();
    let kind = match before.map(|at| &view.steps[at]) {
        Some(s) if s.def.kind == StepKind::Validation => About::Tests,
        Some(s) if s.def.kind == StepKind::Compliance => About::Compliance,
        Some(s) if s.def.phase.as_deref() == Some("analysis") => About::Analysis,
        Some(s) if s.def.phase.as_deref() == Some("plan") => About::Plan,
        _ => About::Other,
    };
    (kind, before)
}

/// What a checkpoint asks, without the way to answer it: subject, body, artifacts.
pub struct Asks {
    /// A line.
    pub subject: String,
    /// What was handed in, what is asked and what has to hold.
    pub body: String,
    /// What belongs to it.
    pub artifacts: Vec<String>,
}

/// The letter that asks for an approval: what is asked, and what the reader needs to answer it.
pub fn checkpoint(view: &View, beads: &Beads, step: &StepView, deadline: Option<Timestamp>, now: Timestamp) -> Letter {
    let Asks { subject, mut body, artifacts } = asks(view, beads, step);
    if let Some(deadline) = deadline {
        body.push_str(&format!("⏰ Timeout: {} (until {})\n", span(now, deadline), bd::ops::claim::minute(deadline)));
    }
    body.push_str(&format!("View: gt checkpoint show {} {}\n", view.name, step.def.id));
    Letter {
        to: vec![owner_address(view)],
        subject,
        body,
        kind: LetterKind::Checkpoint,
        key: format!("open {} {}", step.bead, bd::model::format_time(now)),
        about: step.bead.clone(),
        artifacts,
    }
}

/// What a checkpoint asks. Up to the criteria it is the reference's letter.
pub fn asks(view: &View, beads: &Beads, step: &StepView) -> Asks {
    let (about, before) = about(view, step);
    let hand_in: HandIn = before.and_then(|at| decoded(&beads.steps[at].0, field::HAND_IN)).unwrap_or_default();
    let day = label(&view.name);
    let subject = match about {
        About::Analysis => format!("{day} Analysis Complete - Questions & Concerns"),
        About::Plan => format!("{day} Plan Ready - Approval Required"),
        About::Tests if view.steps.iter().any(|s| s.def.kind == StepKind::Compliance) => {
            format!("{day} Tests Pass at 100% - Ready for Compliance Triage")
        }
        About::Tests => format!("{day} Tests Pass at 100% - Approval Required"),
        About::Compliance => format!("{day} Compliance Triage Complete - Approval Required"),
        About::Other => format!("{day}: {} - Approval Required", crate::molecule::handin::one_line(&step.def.title)),
    };
    let mut body = String::new();
    match about {
        About::Analysis => summary(&mut body, "Analysis Summary", &hand_in),
        About::Plan => plan(&mut body, view, &hand_in),
        About::Tests => tests(&mut body, view, beads, &hand_in),
        About::Compliance => compliance(&mut body, view, beads, before, &hand_in),
        About::Other => summary(&mut body, "Summary", &hand_in),
    }
    list(
        &mut body,
        "Missing",
        &hand_in.missing.iter().map(|m| format!("{m} (named by the formula, not handed in)")).collect::<Vec<_>>(),
        false,
    );
    if let Some(confidence) = hand_in.confidence {
        body.push_str(&format!("Confidence: {confidence}%\n\n"));
    }
    if let Some(path) = report_of(beads, before) {
        body.push_str(&format!("Full Report: {path}\n\n"));
    }
    body.push_str(&format!("Approval Required: {}\n\n", question(view, about, step)));
    list(&mut body, "Approval Criteria", &step.def.approval_criteria, false);
    Asks { subject, body, artifacts: hand_in.artifacts }
}

/// What is ready for a person's review, in a line of a notification.
pub fn review(view: &View, step: &StepView) -> String {
    let what = match about(view, step).0 {
        About::Analysis => "Analysis summary",
        About::Plan => "Test plan",
        About::Tests => "Test results",
        About::Compliance => "Compliance report",
        About::Other => return format!("{}: ready for your review", crate::molecule::handin::one_line(&step.def.title)),
    };
    format!("{what} ready for your review")
}

/// What exactly is approved: what begins with it.
fn question(view: &View, about: About, step: &StepView) -> String {
    let Some(next) = view.steps.iter().find(|s| s.def.needs.contains(&step.def.id)) else {
        return format!("Approve and complete {}?", view.name);
    };
    let phase = next.def.phase.as_deref().map(str::to_uppercase).filter(|p| !p.is_empty());
    match (about, phase) {
        (About::Analysis, Some(phase)) => format!("Do you approve proceeding to {phase} phase?"),
        (About::Plan, Some(phase)) => format!("Do you approve proceeding to implementation ({phase} phase)?"),
        (About::Compliance, _) if next.def.kind == StepKind::Document => {
            format!("Approve {} completion and proceed to documentation?", label(&view.name))
        }
        _ => format!("Proceed to {}?", next.def.id.replace('-', " ")),
    }
}

/// What was handed in, below the letter's own title; then questions, concerns, what is recommended and what is missing.
fn summary(out: &mut String, title: &str, hand_in: &HandIn) {
    let own = hand_in.section(title).filter(|t| !t.is_empty());
    out.push_str(&format!("{title}:\n{}\n\n", own.as_deref().unwrap_or_else(|| text_or_none(&hand_in.body))));
    asked(out, hand_in);
}

fn asked(out: &mut String, hand_in: &HandIn) {
    list(out, "Questions", &hand_in.questions, true);
    list(out, "Concerns", &hand_in.concerns, false);
    let lines: Vec<String> = hand_in.recommendation.iter().flat_map(|t| t.lines()).map(str::to_owned).collect();
    list(out, "Recommendation", &lines, false);
    list(out, "Gaps Identified", &hand_in.gaps, false);
}

const PLAN: [&str; 4] = ["TDD Sequence", "Success Criteria", "Integration Points", "Risk Mitigation"];

fn plan(out: &mut String, view: &View, hand_in: &HandIn) {
    out.push_str(&format!("Test Plan Summary:\n{}\n\n", text_or_none(&hand_in.opening(&PLAN))));
    for title in PLAN {
        let computed = || match title {
            "TDD Sequence" => {
                let tdd = view.steps.iter().filter_map(|s| Some((s.def.tdd_phase.clone()?, &s.def.title)));
                tdd.enumerate()
                    .map(|(n, (phase, title))| format!("{}. {}: {title}", n + 1, phase.to_uppercase()))
                    .collect::<Vec<_>>()
                    .join("\n")
            }
            "Success Criteria" => {
                let all = view.steps.iter().flat_map(|s| s.def.success_criteria.iter());
                all.map(|c| format!("- {c}")).collect::<Vec<_>>().join("\n")
            }
            _ => String::new(),
        };
        let text = hand_in.section(title).filter(|t| !t.is_empty()).unwrap_or_else(computed);
        if !text.is_empty() {
            out.push_str(&format!("{title}:\n{text}\n\n"));
        }
    }
    asked(out, hand_in);
}

/// What a scan that found nothing has shown, in the reference's words where it has some.
fn clean(rule: &str) -> String {
    match rule {
        "no-sleep" => "No time.Sleep() detected".to_owned(),
        "no-skip" => "No Skip() calls".to_owned(),
        "eventually-misuse" => "Eventually() used correctly".to_owned(),
        "direct-audit" => "No direct audit infrastructure testing".to_owned(),
        _ => format!("{rule}: nothing found"),
    }
}

/// The order of the reference: what it names first, then the rest by name.
fn place(rule: &str) -> usize {
    ["no-sleep", "no-skip", "eventually-misuse", "direct-audit"].iter().position(|r| *r == rule).unwrap_or(usize::MAX)
}

fn tests(out: &mut String, view: &View, beads: &Beads, hand_in: &HandIn) {
    let v = view.validation.clone().unwrap_or_default();
    let before: Option<u32> = decoded(&beads.molecule, field::TESTS_BEFORE);
    let parts = match before {
        Some(old) if old <= v.total => format!(" ({old} existing + {} new)", v.total - old),
        Some(old) => format!(" ({old} existing, {} fewer now)", old - v.total),
        None => String::new(),
    };
    out.push_str("Test Validation Results:\n");
    if v.counted {
        out.push_str(&format!("✅ Total Tests: {}{parts}\n✅ Passed: {}\n", v.total, v.ok));
        out.push_str(&format!("✅ Failed: {}\n✅ Skipped: {}\n✅ Pass Rate: {}%\n\n", v.failed, v.skipped, percent(v.rate())));
    } else {
        out.push_str("✅ Every command exited with 0. None wrote a report that could be read: tests were not counted\n\n");
    }
    out.push_str("Anti-Pattern Detection:\n");
    let waived: Vec<_> = v.findings.iter().filter(|f| f.waived.is_some()).collect();
    if v.scans.is_empty() {
        out.push_str("(no scan was asked for)\n");
    }
    let mut scans: Vec<&String> = v.scans.iter().collect();
    scans.sort_by_key(|s| (place(s), s.as_str()));
    for scan in scans {
        let let_through = waived.iter().filter(|f| f.rule == *scan).count();
        let more = if let_through > 0 { format!(" ({let_through} waived)") } else { String::new() };
        out.push_str(&format!("✅ {}{more}\n", clean(scan)));
    }
    out.push_str(&format!("\nTest Output Summary:\n{}\n\n", text_or_none(&hand_in.body)));
}

fn facts_of(beads: &Beads, before: Option<usize>) -> Option<crate::compliance::Facts> {
    before.and_then(|at| decoded(&beads.steps.get(at)?.0, field::COMPLIANCE))
}

fn report_of(beads: &Beads, before: Option<usize>) -> Option<String> {
    facts_of(beads, before)?.report
}

fn mark(good: bool) -> &'static str {
    if good { "✅" } else { "❌" }
}

/// What the report counts; what its author is concerned about is one too, whether its number was raised or not.
fn warnings(facts: &crate::compliance::Facts, hand_in: &HandIn) -> usize {
    let counted = usize::try_from(facts.warnings).unwrap_or(usize::MAX);
    counted.max(facts.warnings_said.len().saturating_add(hand_in.concerns.len()))
}

fn compliance(out: &mut String, view: &View, beads: &Beads, before: Option<usize>, hand_in: &HandIn) {
    out.push_str("Compliance Report Summary:\n");
    let v = view.validation.as_ref();
    let rate = match v {
        Some(v) => match v.counted_rate() {
            Some(rate) => format!("{} Test Pass Rate: {}%\n", mark(v.passed), percent(rate)),
            None => format!("{} Test Pass Rate: no report was read\n", mark(v.passed)),
        },
        None => "⚠️  Test Pass Rate: not measured\n".to_owned(),
    };
    let facts = facts_of(beads, before);
    match &facts {
        // Where no report was asked for nothing was judged, and nothing is compliant.
        None => out.push_str(&format!("⚠️  Overall Status: no report was asked for\n{rate}")),
        Some(f) => {
            let good = f.critical == 0;
            out.push_str(&format!("{} Overall Status: {}\n", mark(good), if good { "PASS" } else { "FAIL" }));
            out.push_str(&format!("{} Critical Issues: {}\n", mark(good), f.critical));
            let warnings = warnings(f, hand_in);
            let sign = if warnings == 0 { "✅" } else { "⚠️ " };
            out.push_str(&format!("{sign} Warnings: {warnings} (non-blocking)\n{rate}"));
            let whole = f.traced == f.requirements;
            let covered = if whole {
                format!("Complete ({}/{})", f.traced, f.requirements)
            } else {
                format!("{}/{}", f.traced, f.requirements)
            };
            out.push_str(&format!("{} BR Coverage: {covered}\n", if whole { "✅" } else { "⚠️ " }));
            if f.soc2_judged {
                out.push_str(&format!("{} SOC2 Compliance: judged in the report\n", mark(good)));
            }
        }
    }
    out.push_str("\nKey Findings:\n");
    if let Some(v) = v {
        let open = v.findings.iter().filter(|f| f.waived.is_none()).count();
        if v.counted && v.passed {
            out.push_str("✅ All tests pass at 100%\n");
        }
        if open == 0 && !v.scans.is_empty() {
            out.push_str("✅ No anti-patterns detected\n");
        }
    }
    out.push_str(&format!("{}{}\n", hand_in.body, if hand_in.body.is_empty() { "" } else { "\n" }));
    let facts = facts.unwrap_or_default();
    let said = || facts.warnings_said.iter().chain(&hand_in.concerns);
    if warnings(&facts, hand_in) > 0 {
        out.push_str("Warnings (Non-Blocking):\n");
        for (n, text) in said().enumerate() {
            out.push_str(&format!("⚠️  Warning {}: {text}\n", n + 1));
        }
        let more = warnings(&facts, hand_in).saturating_sub(said().count());
        if more > 0 {
            out.push_str(&format!("⚠️  {more} more in the report\n"));
        }
        out.push('\n');
    }
    let gaps: Vec<String> = facts.gaps_said.iter().chain(&hand_in.gaps).cloned().collect();
    list(out, "Gaps Identified", &gaps, false);
    if let Some(recommendation) = facts.recommendation.as_ref().or(hand_in.recommendation.as_ref()) {
        out.push_str(&format!("Recommendation: {} {recommendation}\n\n", mark(facts.critical == 0)));
    }
    if let Some(confidence) = facts.confidence.filter(|_| hand_in.confidence.is_none()) {
        out.push_str(&format!("Confidence: {confidence}%\n\n"));
    }
}

fn text_or_none(text: &str) -> &str {
    if text.is_empty() { "(nothing was handed in)" } else { text }
}

/// To whom a molecule's workers are told: the team, else those who worked on it.
fn workers(view: &View) -> Vec<String> {
    match &view.team {
        Some(team) => vec![super::team_address(team)],
        None => view.workers().into_iter().map(|w| if w.contains('/') { w } else { format!("@{w}") }).collect(),
    }
}

/// The letter that tells of a decision.
pub fn decided(view: &View, step: &StepView, what: &str, by: &str, reason: Option<&str>, key: &str) -> Letter {
    let mark = match what {
        "approved" => "✅",
        "rejected" => "❌",
        _ => "⚠️",
    };
    let mut body = format!("{mark} {}/{} was {what} by {by}.\n", view.name, step.def.id);
    if let Some(reason) = reason {
        body.push_str(&format!("\n{}: {reason}\n", if what == "rejected" { "Reason" } else { "Note" }));
    }
    if what == "rejected" {
        list(&mut body, "\nWhat the formula asks for now", &step.def.rejection_actions, true);
    }
    body.push_str(&format!("\nView: gt molecule status {}\n", view.name));
    Letter {
        to: workers(view),
        subject: format!("{}: {} {what}", label(&view.name), step.def.id),
        body,
        kind: LetterKind::Notice,
        key: key.to_owned(),
        about: step.bead.clone(),
        artifacts: Vec::new(),
    }
}

/// The letter that asks the workers to commit the records of what an approval has completed: the approver has another tree.
pub fn to_commit(view: &View) -> Letter {
    Letter {
        to: workers(view),
        subject: format!("{}: completed, and to be committed", label(&view.name)),
        body: format!(
            "The last approval has completed {}. On the branch of the work:\n\n  gt molecule record {} --commit\n",
            view.name, view.name
        ),
        kind: LetterKind::Notice,
        key: format!("commit {}", view.bead),
        about: view.bead.clone(),
        artifacts: Vec::new(),
    }
}

/// The letter that tells of a comment.
pub fn commented(view: &View, step: &StepView, by: &str, text: &str, key: &str) -> Letter {
    let body = format!(
        "💬 {by} on {}/{}:\n\n{text}\n\nAnswer with a revised summary: gt checkpoint revise {} {} --summary FILE\n",
        view.name, step.def.id, view.name, step.def.id
    );
    Letter {
        to: workers(view),
        subject: format!("{}: comment on {}", label(&view.name), step.def.id),
        body,
        kind: LetterKind::Notice,
        key: key.to_owned(),
        about: step.bead.clone(),
        artifacts: Vec::new(),
    }
}

/// The letter that tells that nobody decided in time.
pub fn expired(view: &View, step: &StepView, key: &str) -> Letter {
    let body = format!(
        "⏰ Nobody decided about {}/{} in time. The molecule rests; no step went back.\n\nTo go on: gt molecule resume {}\n",
        view.name, step.def.id, view.name
    );
    Letter {
        to: vec![owner_address(view)],
        subject: format!("{}: {} expired", label(&view.name), step.def.id),
        body,
        kind: LetterKind::Alert,
        key: key.to_owned(),
        about: step.bead.clone(),
        artifacts: Vec::new(),
    }
}
