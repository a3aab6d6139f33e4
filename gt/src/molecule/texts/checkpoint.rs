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

/// The letter that asks for an approval.
pub fn checkpoint(view: &View, beads: &Beads, step: &StepView, deadline: Option<Timestamp>, now: Timestamp) -> Letter {
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
    let mut body = format!("Checkpoint: {}/{}\n\n", view.name, step.def.id);
    match about {
        About::Analysis => analysis(&mut body, &hand_in),
        About::Plan => plan(&mut body, view, &hand_in),
        About::Tests => tests(&mut body, view, beads, &hand_in),
        About::Compliance => compliance(&mut body, view, beads, before, &hand_in),
        About::Other => other(&mut body, &hand_in),
    }
    list(
        &mut body,
        "Missing",
        &hand_in.missing.iter().map(|m| format!("{m} (named by the formula, not handed in)")).collect::<Vec<_>>(),
        false,
    );
    if let Some(confidence) = hand_in.confidence {
        body.push_str(&format!("Confidence: {confidence}%\n"));
    }
    body.push_str(&format!("Approval Required: {}\n", question(view, step)));
    list(&mut body, "\nApproval Criteria", &step.def.approval_criteria, false);
    if let Some(deadline) = deadline {
        body.push_str(&format!("⏰ Timeout: {} (until {})\n", span(now, deadline), bd::ops::claim::minute(deadline)));
    }
    body.push_str(&format!("📋 Review: {}\n", step.def.title));
    body.push_str(&format!("View: gt checkpoint show {} {}\n", view.name, step.def.id));
    Letter {
        to: vec![owner_address(view)],
        subject,
        body,
        kind: LetterKind::Checkpoint,
        key: format!("open {} {}", step.bead, bd::model::format_time(now)),
        about: step.bead.clone(),
        artifacts: hand_in.artifacts,
    }
}

fn question(view: &View, step: &StepView) -> String {
    let next = view.steps.iter().find(|s| s.def.needs.contains(&step.def.id));
    match next {
        Some(next) => format!("proceed to {}?", next.def.id),
        None => format!("complete {}?", view.name),
    }
}

fn analysis(out: &mut String, hand_in: &HandIn) {
    out.push_str(&format!("Analysis Summary:\n{}\n\n", text_or_none(&hand_in.body)));
    list(out, "Questions", &hand_in.questions, true);
    list(out, "Concerns", &hand_in.concerns, true);
    recommendation(out, hand_in);
    list(out, "Gaps", &hand_in.gaps, false);
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
    list(out, "Questions", &hand_in.questions, true);
    list(out, "Concerns", &hand_in.concerns, true);
    recommendation(out, hand_in);
    list(out, "Gaps", &hand_in.gaps, false);
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
    for scan in &v.scans {
        let let_through = waived.iter().filter(|f| f.rule == *scan).count();
        let more = if let_through > 0 { format!(" ({let_through} waived)") } else { String::new() };
        out.push_str(&format!("✅ {scan}: nothing found{more}\n"));
    }
    out.push_str(&format!("\nTest Output Summary:\n{}\n\n", text_or_none(&hand_in.body)));
}

fn compliance(out: &mut String, view: &View, beads: &Beads, before: Option<usize>, hand_in: &HandIn) {
    let facts: Option<crate::compliance::Facts> = before.and_then(|at| decoded(&beads.steps[at].0, field::COMPLIANCE));
    out.push_str("Compliance Report Summary:\n");
    // Where no report was asked for nothing was judged, and nothing is compliant.
    out.push_str(&format!("Overall Status: {}\n", facts.as_ref().map_or("no report was asked for", |f| f.status())));
    if let Some(facts) = &facts {
        out.push_str(&format!("Critical Issues: {}\nWarnings: {}\n", facts.critical, facts.warnings));
    }
    let rate = view.validation.as_ref().map_or_else(|| "not measured".to_owned(), |v| format!("{}%", percent(v.rate())));
    out.push_str(&format!("Test Pass Rate: {rate}\n"));
    if let Some(facts) = &facts {
        out.push_str(&format!("BR Coverage: {}/{}\n", facts.traced, facts.requirements));
    }
    out.push('\n');
    let facts = facts.unwrap_or_default();
    out.push_str(&format!("Key Findings:\n{}\n\n", text_or_none(&hand_in.body)));
    list(out, "Gaps", &hand_in.gaps, false);
    if let Some(recommendation) = facts.recommendation.as_ref().or(hand_in.recommendation.as_ref()) {
        let mark = if facts.critical == 0 { "✅" } else { "❌" };
        out.push_str(&format!("Recommendation: {mark} {recommendation}\n"));
    }
    if let Some(confidence) = facts.confidence.filter(|_| hand_in.confidence.is_none()) {
        out.push_str(&format!("Confidence: {confidence}%\n"));
    }
    if let Some(path) = &facts.report {
        out.push_str(&format!("Full Report: {path}\n"));
    }
}

fn other(out: &mut String, hand_in: &HandIn) {
    out.push_str(&format!("Summary:\n{}\n\n", text_or_none(&hand_in.body)));
    list(out, "Questions", &hand_in.questions, true);
    list(out, "Concerns", &hand_in.concerns, true);
    recommendation(out, hand_in);
    list(out, "Gaps", &hand_in.gaps, false);
}

fn recommendation(out: &mut String, hand_in: &HandIn) {
    if let Some(text) = &hand_in.recommendation {
        out.push_str(&format!("Recommendation: {text}\n\n"));
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
