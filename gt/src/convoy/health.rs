//! What is wrong with a convoy: what is overdue, failing, contested, missing, or written down and leading nowhere.

use super::board::Board;
use super::look::Look;
use super::stage::Plan;
use super::teams::teams;
use super::{Standing, days};
use crate::molecule::{Brief, CheckpointState, MoleculeState};
use bd::error::Error;
use bd::query::nearest;
use jiff::Timestamp;
use jiff::civil::Date;

/// The kinds of what is found.
pub const KINDS: [&str; 12] =
    ["file", "overdue", "failing", "paused", "contested", "lapsed", "missing", "cycle", "landed-open", "late", "dangling", "team"];

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// True if the convoy is not healthy with it; else only somebody should look.
    pub problem: bool,
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// The member, or the convoy.
    pub about: String,
    /// In a sentence.
    pub text: String,
}

/// Looks for everything that is wrong; problems first. `broken` is why the file could not be read, where it could not; `molecules` is
/// what [`of_molecule`] found.
pub fn health(look: &Look<'_>, plan: &Plan, broken: Option<&Error>, molecules: Vec<Issue>, now: Timestamp) -> Vec<Issue> {
    let mut out = Vec::new();
    let mut say = |problem, kind, about: &str, text: String| out.push(Issue { problem, kind, about: about.to_owned(), text });
    let convoy = &look.convoy;
    if let Some(error) = broken {
        say(true, "file", &convoy.id, error.message.clone());
    }
    if convoy.is_contested() {
        say(
            true,
            "contested",
            &convoy.id,
            "two clones said different things about the convoy; `bd conflicts` shows them".to_owned(),
        );
    }
    out.extend(molecules);
    let mut say = |problem, kind, about: &str, text: String| out.push(Issue { problem, kind, about: about.to_owned(), text });
    for bead in &look.plain {
        if bead.is_missing() {
            say(true, "missing", &bead.id, "it is tracked, and there is no such bead here".to_owned());
        } else if bead.rule == bd::query::Rule::Contested {
            say(true, "contested", &bead.id, "several hold it".to_owned());
        } else if bead.conflict {
            say(true, "contested", &bead.id, "two clones said different things about it; `bd conflicts` shows them".to_owned());
        }
        if let Some(since) = bead.lapsed {
            let who = bead.holder.as_deref().unwrap_or("somebody");
            say(true, "lapsed", &bead.id, format!("the claim of {who} ended at {}, and it is not done", super::time(since)));
        }
    }
    for finding in plan.findings.iter().filter(|f| f.kind == "cycle") {
        say(true, "cycle", finding.members.first().map_or("", String::as_str), finding.text.clone());
    }
    if convoy.state.is_closed() {
        for line in look.board.lines().filter(|l| !l.standing.is_closed()) {
            say(true, "landed-open", &line.id, format!("the convoy has landed, and this is {}", line.words));
        }
    }
    warnings(look, now, &mut say);
    out.sort_by_key(|i| !i.problem);
    out
}

/// What is wrong with a molecule; all of it is a problem.
pub fn of_molecule(brief: &Brief<'_>, now: Timestamp) -> Vec<Issue> {
    let name = brief.facts.name;
    let mut out = Vec::new();
    let mut say = |kind, text: String| out.push(Issue { problem: true, kind, about: name.to_owned(), text });
    match brief.state {
        MoleculeState::NeedsFix => {
            say("failing", brief.facts.fix.as_ref().map_or_else(|| "it went back".to_owned(), |f| f.reason.clone()));
        }
        MoleculeState::Paused => say("paused", brief.why().unwrap_or("it rests").to_owned()),
        _ => {}
    }
    for step in brief.steps().filter(|_| !brief.is_over()) {
        let (Some(state), id, deadline) = (step.stand.checkpoint, step.facts.id, step.facts.deadline) else { continue };
        let late = deadline.is_some_and(|d| d <= now);
        match state {
            CheckpointState::Contested => say("contested", format!("two decided differently over {id}")),
            CheckpointState::Open | CheckpointState::Expired if late || state == CheckpointState::Expired => {
                let since = deadline.map(|d| format!(" since {}", super::time(d))).unwrap_or_default();
                say("overdue", format!("{id} waits for a decision and is overdue{since}"));
            }
            _ => {}
        }
    }
    out
}

fn warnings(look: &Look<'_>, now: Timestamp, say: &mut impl FnMut(bool, &'static str, &str, String)) {
    let Some(file) = &look.file else { return };
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |text: &Option<String>| text.as_deref().and_then(|t| t.get(..10)?.parse::<Date>().ok());
    if !look.convoy.state.is_closed() {
        if let Some(end) = day(&file.timeline.estimated_end_date).filter(|d| *d < today) {
            if !look.board.is_complete() {
                say(false, "late", &look.convoy.id, format!("it was to end on {end}, and {} is done", look.board.progress_text()));
            }
        }
        for line in look.board.molecules.iter().filter(|l| !l.standing.is_closed()) {
            if let Some(end) = file.molecule(&line.id).and_then(|m| day(&m.end_date)).filter(|d| *d < today) {
                say(false, "late", &line.id, format!("{} was to end on {end}", days::label(&line.id)));
            }
        }
    }
    for warning in &file.warnings {
        let hint = if warning.hint.is_empty() { String::new() } else { format!(". {}", warning.hint) };
        say(false, "dangling", &look.convoy.id, format!("{}{hint}", warning.brief()));
    }
    let known: Vec<&str> = file.teams.involved.iter().map(|t| t.trim_start_matches('@')).collect();
    for team in teams(&look.board).iter().filter(|t| !known.is_empty() && !known.contains(&t.name.as_str())) {
        // Names for several teams are usual; a name that is nearly another one is a slip.
        if let Some(near) = nearest(&team.name, known.iter().copied(), 1).first() {
            say(
                false,
                "team",
                &team.name,
                format!("`{}` is not among the teams that take part. Did you mean `{near}`?", team.name),
            );
        }
    }
}

/// True if nothing is a problem.
pub fn is_healthy(issues: &[Issue]) -> bool {
    issues.iter().all(|i| !i.problem)
}

/// The members that are under way, by where they stand: for one line about the whole.
pub fn counts(board: &Board) -> Vec<(Standing, usize)> {
    let mut out: std::collections::BTreeMap<Standing, usize> = std::collections::BTreeMap::new();
    for line in board.lines() {
        *out.entry(line.standing).or_default() += 1;
    }
    out.into_iter().collect()
}
