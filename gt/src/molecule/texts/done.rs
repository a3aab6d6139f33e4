//! The letter that hands on what is done.

use super::{label, next_label, owner_address, team_address};
use crate::molecule::View;
use crate::molecule::letter::{Letter, LetterKind};
use crate::molecule::model::percent;

/// What a hand-off says besides what is computed.
#[derive(Clone, Debug, Default)]
pub struct HandOff {
    /// What was done: the body of the last hand-in.
    pub summary: String,
    /// Files that belong to it.
    pub artifacts: Vec<String>,
    /// The molecules that wait for this one.
    pub next: Vec<String>,
    /// The team or person that goes on, where the molecule's file names one.
    pub to: Option<String>,
    /// The verdict of the compliance report.
    pub compliance: Option<String>,
}

/// The hand-off letter.
pub fn handoff(view: &View, facts: &HandOff) -> Letter {
    let day = label(&view.name);
    let next = facts.next.first().map(|n| label(n)).or_else(|| next_label(&view.name));
    let subject = match &next {
        Some(next) => format!("{day} Complete - Handoff to {next}"),
        None => format!("{day} Complete - Handoff"),
    };
    let mut body = format!("From: {} (Polecat)\n\n", view.name);
    let summary = if facts.summary.is_empty() { "(nothing was handed in)" } else { facts.summary.as_str() };
    body.push_str(&format!("Implemented: {summary}\n"));
    match &view.validation {
        Some(v) if v.counted => {
            body.push_str(&format!("Tests: {}/{} passing ({}%)\n", v.ok, v.total, percent(v.rate())));
        }
        Some(_) => body.push_str("Tests: every command exited with 0 (no report was read)\n"),
        None => {}
    }
    if let Some(compliance) = &facts.compliance {
        body.push_str(&format!("Compliance: {compliance}\n"));
    }
    let next = if facts.next.is_empty() { "nothing waits for it".to_owned() } else { facts.next.join(", ") };
    body.push_str(&format!("Next: {next}\n"));
    super::list(&mut body, "\nArtifacts", &facts.artifacts, false);
    super::list(&mut body, "Dependencies", &facts.next.iter().map(|n| format!("{n} may begin")).collect::<Vec<_>>(), false);
    body.push_str("Handoff Status: ✅ READY\n");
    let to = match (&facts.to, &view.team) {
        (Some(to), _) if to.starts_with('@') || to.contains('/') => to.clone(),
        (Some(to), _) => team_address(to),
        (None, Some(team)) => team_address(team),
        (None, None) => owner_address(view),
    };
    // Who decided over it knows when it is done, whoever goes on.
    let mut to = vec![to];
    let owner = owner_address(view);
    if !to.contains(&owner) {
        to.push(owner);
    }
    Letter {
        to,
        subject,
        body,
        kind: LetterKind::HandOff,
        key: format!("handoff {}", view.bead),
        about: view.bead.clone(),
        artifacts: facts.artifacts.clone(),
    }
}
