//! The letter that hands on what is done.

use super::{first_label, label, next_label, owner_address, team_address};
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
    pub next: Vec<Waiting>,
    /// The team or person that goes on, where the molecule's file names one.
    pub to: Option<String>,
    /// The verdict of the compliance report.
    pub compliance: Option<String>,
}

/// A molecule that waits for another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Its name.
    pub name: String,
    /// What it waits for besides.
    pub others: Vec<String>,
    /// True if its convoy's file plans it and nobody has poured it.
    pub planned: bool,
}

impl Waiting {
    fn text(&self) -> String {
        match (self.others.is_empty(), self.planned) {
            (true, false) => format!("{} may begin", self.name),
            (true, true) => format!("{} may be created", self.name),
            (false, _) => format!("{} needs {} too", self.name, self.others.join(", ")),
        }
    }
}

/// The hand-off letter.
pub fn handoff(view: &View, facts: &HandOff) -> Letter {
    let day = label(&view.name);
    let next = facts
        .next
        .iter()
        .find(|w| w.others.is_empty())
        .or(facts.next.first())
        .map(|w| first_label(&w.name))
        .or_else(|| next_label(&view.name));
    let subject = match &next {
        Some(next) => format!("{day} Complete - Handoff to {next}"),
        None => format!("{day} Complete - Handoff"),
    };
    // The first line is printed in the head of the letter: it is the molecule that hands on, whoever typed the command.
    let mut body = format!("From: {} (Polecat)\n\n{day} Summary:\n", view.name);
    let summary = if facts.summary.is_empty() { "(nothing was handed in)" } else { facts.summary.as_str() };
    body.push_str(&format!("- Implemented: {summary}\n"));
    match &view.validation {
        Some(v) if v.counted => {
            body.push_str(&format!("- Tests: {}/{} passing ({}%)\n", v.ok, v.total, percent(v.rate())));
        }
        Some(_) => body.push_str("- Tests: every command exited with 0 (no report was read)\n"),
        None => {}
    }
    if let Some(compliance) = &facts.compliance {
        body.push_str(&format!("- Compliance: {compliance}\n"));
    }
    let free: Vec<&str> = facts.next.iter().filter(|w| w.others.is_empty()).map(|w| w.name.as_str()).collect();
    let waiting = match (facts.next.is_empty(), free.is_empty()) {
        (true, _) => "nothing waits for it".to_owned(),
        (false, true) => "what waits for it needs more first".to_owned(),
        (false, false) => free.join(", "),
    };
    body.push_str(&format!("- Next: {waiting}\n\n"));
    let artifacts = next.as_ref().map_or_else(|| "Artifacts".to_owned(), |n| format!("Artifacts for {n} Team"));
    super::list(&mut body, &artifacts, &facts.artifacts, false);
    let dependencies = next.as_ref().map_or_else(|| "Dependencies".to_owned(), |n| format!("Dependencies for {n}"));
    super::list(&mut body, &dependencies, &facts.next.iter().map(Waiting::text).collect::<Vec<_>>(), false);
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
