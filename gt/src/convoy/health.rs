//! What is wrong with a convoy: what is overdue, failing, contested, missing, or written down and leading nowhere.

use super::scene::Scene;
use super::stage::Plan;
use super::teams::teams;
use super::{Standing, days};
use crate::molecule::{CheckpointState, MoleculeState};
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

/// Looks for everything that is wrong; problems first. `broken` is why the file could not be read, where it could not.
pub fn health(scene: &Scene, plan: &Plan, broken: Option<&Error>, now: Timestamp) -> Vec<Issue> {
    let mut out = Vec::new();
    let mut say = |problem, kind, about: &str, text: String| out.push(Issue { problem, kind, about: about.to_owned(), text });
    let convoy = &scene.convoy;
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
    for view in &scene.members.molecules {
        let over = matches!(view.state, MoleculeState::Completed | MoleculeState::Cancelled);
        match view.state {
            MoleculeState::NeedsFix => {
                let why = view.fix.as_ref().map_or_else(|| "it went back".to_owned(), |f| f.reason.clone());
                say(true, "failing", &view.name, why);
            }
            MoleculeState::Paused => say(true, "paused", &view.name, view.why.clone().unwrap_or_else(|| "it rests".to_owned())),
            _ => {}
        }
        for step in view.steps.iter().filter(|_| !over) {
            let Some(checkpoint) = &step.checkpoint else { continue };
            let late = checkpoint.deadline.is_some_and(|d| d <= now);
            match checkpoint.state {
                CheckpointState::Contested => {
                    say(true, "contested", &view.name, format!("two decided differently over {}", step.def.id));
                }
                CheckpointState::Open | CheckpointState::Expired if late || checkpoint.state == CheckpointState::Expired => {
                    let since = checkpoint.deadline.map(|d| format!(" since {}", super::time(d))).unwrap_or_default();
                    say(true, "overdue", &view.name, format!("{} waits for a decision and is overdue{since}", step.def.id));
                }
                _ => {}
            }
        }
    }
    for bead in &scene.members.plain {
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
        for line in scene.board.lines().filter(|l| !l.standing.is_closed()) {
            say(true, "landed-open", &line.id, format!("the convoy has landed, and this is {}", line.words));
        }
    }
    warnings(scene, now, &mut say);
    out.sort_by_key(|i| !i.problem);
    out
}

fn warnings(scene: &Scene, now: Timestamp, say: &mut impl FnMut(bool, &'static str, &str, String)) {
    let Some(file) = &scene.file else { return };
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |text: &Option<String>| text.as_deref().and_then(|t| t.get(..10)?.parse::<Date>().ok());
    if !scene.convoy.state.is_closed() {
        if let Some(end) = day(&file.timeline.estimated_end_date).filter(|d| *d < today) {
            if !scene.board.is_complete() {
                say(
                    false,
                    "late",
                    &scene.convoy.id,
                    format!("it was to end on {end}, and {} is done", scene.board.progress_text()),
                );
            }
        }
        for line in scene.board.molecules.iter().filter(|l| !l.standing.is_closed()) {
            if let Some(end) = file.molecule(&line.id).and_then(|m| day(&m.end_date)).filter(|d| *d < today) {
                say(false, "late", &line.id, format!("{} was to end on {end}", days::label(&line.id)));
            }
        }
    }
    for warning in &file.warnings {
        let hint = if warning.hint.is_empty() { String::new() } else { format!(". {}", warning.hint) };
        say(false, "dangling", &scene.convoy.id, format!("{}{hint}", warning.brief()));
    }
    let known: Vec<&str> = file.teams.involved.iter().map(|t| t.trim_start_matches('@')).collect();
    for team in teams(&scene.board).iter().filter(|t| !known.is_empty() && !known.contains(&t.name.as_str())) {
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
pub fn counts(scene: &Scene) -> Vec<(Standing, usize)> {
    let mut out: std::collections::BTreeMap<Standing, usize> = std::collections::BTreeMap::new();
    for line in scene.board.lines() {
        *out.entry(line.standing).or_default() += 1;
    }
    out.into_iter().collect()
}
