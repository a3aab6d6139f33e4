//! One line of the board: a member as it stands.

use super::days;
use super::members::Plain;
use super::model::Planned;
use crate::molecule::model::percent;
use crate::molecule::{Brief, CheckpointState, MoleculeState, View};
use bd::query::Rule;
use jiff::Timestamp;

/// Where a member stands, planned ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Done.
    Done,
    /// Done by the word of the file: it was never poured.
    Recorded,
    /// In `convoy.toml`, nothing has to come before it.
    Planned,
    /// In `convoy.toml`, what has to come before it is done.
    Startable,
    /// Can be worked on.
    Ready,
    /// Somebody works on it.
    Active,
    /// A person has to decide.
    Awaiting,
    /// Something else comes first.
    Waiting,
    /// It went back, or two said different things about it.
    NeedsFix,
    /// Rests.
    Paused,
    /// Closed without being done.
    GivenUp,
    /// There is no such bead here.
    Missing,
}

impl Standing {
    /// The word, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Recorded => "recorded",
            Self::Planned => "planned",
            Self::Startable => "startable",
            Self::Ready => "ready",
            Self::Active => "in_progress",
            Self::Awaiting => "awaiting_checkpoint",
            Self::Waiting => "waiting",
            Self::NeedsFix => "needs_fix",
            Self::Paused => "paused",
            Self::GivenUp => "cancelled",
            Self::Missing => "missing",
        }
    }

    /// All words, for the schema.
    pub const WORDS: [&str; 12] = [
        "done",
        "recorded",
        "planned",
        "startable",
        "ready",
        "in_progress",
        "awaiting_checkpoint",
        "waiting",
        "needs_fix",
        "paused",
        "cancelled",
        "missing",
    ];

    /// That of a molecule that is only planned. `has_requires`: something has to come before it; `missing`: what of that is not done.
    pub(super) fn of_planned(planned: &Planned, has_requires: bool, missing: &[String]) -> Self {
        match (planned.is_completed(), missing.is_empty(), has_requires) {
            (true, ..) => Self::Recorded,
            (false, false, _) => Self::Waiting,
            (false, true, true) => Self::Startable,
            (false, true, false) => Self::Planned,
        }
    }

    /// True if it was done.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::Recorded)
    }

    /// True if nothing is left to do.
    pub fn is_closed(self) -> bool {
        self.is_done() || self == Self::GivenUp
    }

    /// True if somebody began with it.
    pub fn is_begun(self) -> bool {
        matches!(self, Self::Active | Self::Awaiting | Self::NeedsFix | Self::Paused)
    }

    /// The mark in front of the line.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Done | Self::Recorded => "✅",
            Self::Active => "🔄",
            Self::Awaiting | Self::Paused => "⏸",
            Self::NeedsFix | Self::Missing => "🚨",
            Self::GivenUp => "✖",
            Self::Planned | Self::Startable | Self::Ready | Self::Waiting => "⏳",
        }
    }
}

/// What the board looks at of a molecule that was poured.
#[derive(Clone, Debug)]
pub struct Poured<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its bead.
    pub bead: &'a str,
    /// The convoy it was poured for.
    pub convoy: Option<&'a str>,
    /// Where it stands.
    pub state: MoleculeState,
    /// Done steps.
    pub done: usize,
    /// All steps.
    pub all: usize,
    /// The step that people are told about.
    pub current: Option<&'a str>,
    /// Passed tests of all, in percent, where somebody counted them.
    pub rate: Option<f64>,
    /// Something was validated, and no test report was read.
    pub uncounted: bool,
    /// Two decided differently about a checkpoint.
    pub contested: bool,
    /// What comes first.
    pub waits_for: Vec<String>,
    /// The team.
    pub team: Option<&'a str>,
    /// Whose it is.
    pub owner: Option<&'a str>,
    /// The next checkpoint: its step, where it stands, until when it has to be decided.
    pub next: Option<(&'a str, CheckpointState, Option<Timestamp>)>,
    /// Minutes up to it.
    pub eta: u32,
}

impl Poured<'_> {
    /// Where it stands as a member.
    pub fn standing(&self) -> Standing {
        match self.state {
            MoleculeState::Completed => Standing::Done,
            MoleculeState::Cancelled => Standing::GivenUp,
            MoleculeState::Waiting => Standing::Waiting,
            MoleculeState::Paused => Standing::Paused,
            MoleculeState::NeedsFix => Standing::NeedsFix,
            MoleculeState::AwaitingCheckpoint => Standing::Awaiting,
            MoleculeState::InProgress | MoleculeState::Planned => Standing::Active,
        }
    }

    /// True if somebody has to mend or settle something.
    pub fn is_trouble(&self) -> bool {
        self.contested || matches!(self.standing(), Standing::NeedsFix | Standing::Paused)
    }
}

impl<'a> From<&'a View> for Poured<'a> {
    fn from(view: &'a View) -> Self {
        let (done, all) = view.progress();
        let contested =
            |s: &crate::molecule::StepView| s.checkpoint.as_ref().is_some_and(|c| c.state == CheckpointState::Contested);
        let next = view.next_checkpoint();
        Self {
            name: &view.name,
            bead: view.bead.as_str(),
            convoy: view.convoy.as_deref(),
            state: view.state,
            done,
            all,
            current: view.current().map(|s| s.def.id.as_str()),
            rate: view.validation.as_ref().and_then(crate::molecule::Validation::counted_rate),
            uncounted: view.validation.as_ref().is_some_and(|v| !v.counted),
            contested: view.steps.iter().any(contested),
            waits_for: view.waits_for.clone(),
            team: view.team.as_deref(),
            owner: view.owner.as_deref(),
            next: next.and_then(|s| s.checkpoint.as_ref().map(|c| (s.def.id.as_str(), c.state, c.deadline))),
            eta: view.eta_minutes(),
        }
    }
}

impl<'a> From<&Brief<'a>> for Poured<'a> {
    fn from(brief: &Brief<'a>) -> Self {
        let (done, all) = brief.progress();
        let facts = &brief.facts;
        Self {
            name: facts.name,
            bead: facts.bead,
            convoy: facts.convoy,
            state: brief.state,
            done,
            all,
            current: brief.current().map(|s| s.facts.id),
            rate: facts.rate,
            uncounted: facts.uncounted,
            contested: brief.stands.iter().any(|s| s.checkpoint == Some(CheckpointState::Contested)),
            waits_for: facts.waits_for.iter().map(|w| (*w).to_owned()).collect(),
            team: facts.team,
            owner: facts.owner,
            next: brief.next_checkpoint().and_then(|s| s.stand.checkpoint.map(|c| (s.facts.id, c, s.facts.deadline))),
            eta: brief.eta_minutes(),
        }
    }
}

/// One member.
#[derive(Clone, Debug)]
pub struct Line {
    /// The molecule's name, or the bead's whole name.
    pub id: String,
    /// What stands on the board: the molecule's name, or the bead's short one with its title.
    pub shown: String,
    /// The bead, where there is one.
    pub bead: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// In words: what is in parentheses on the board.
    pub words: String,
    /// The step that is worked on or decided.
    pub step: Option<String>,
    /// Done steps of all, in percent; molecules that were poured only.
    pub percent: Option<f64>,
    /// Passed tests of all, in percent, where that is known.
    pub pass_rate: Option<f64>,
    /// The names of what comes first.
    pub blocked_by: Vec<String>,
    /// The team.
    pub team: Option<String>,
    /// Who holds it, or whose it is.
    pub owner: Option<String>,
    /// True if somebody has to mend or settle something.
    pub trouble: bool,
}

impl Line {
    /// As the board shows it.
    pub fn text(&self) -> String {
        format!("{} {} ({})", self.standing.mark(), self.shown, self.words)
    }

    /// A molecule that is only planned. `has_requires`: something has to come before it; `missing`: what of that is not done.
    pub(super) fn of_planned(planned: &Planned, has_requires: bool, missing: Vec<String>) -> Self {
        let standing = Standing::of_planned(planned, has_requires, &missing);
        let words = match standing {
            Standing::Recorded => complete(planned.pass_rate),
            Standing::Waiting => blocked_by(&missing),
            Standing::Startable => "ready to start".to_owned(),
            _ => "planned, not started".to_owned(),
        };
        Self {
            id: planned.id.clone(),
            shown: planned.id.clone(),
            bead: None,
            standing,
            words,
            step: None,
            percent: None,
            pass_rate: planned.pass_rate.filter(|_| planned.is_completed()),
            blocked_by: if planned.is_completed() { Vec::new() } else { missing },
            team: planned.team.clone(),
            owner: planned.owner.clone(),
            trouble: false,
        }
    }

    /// A molecule that was poured.
    pub(super) fn of_molecule(one: &Poured<'_>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let share = if one.all == 0 { 0.0 } else { one.done as f64 * 100.0 / one.all as f64 };
        let step = one.current.map(str::to_owned);
        let rate = one.rate;
        let named = || one.current.unwrap_or("no step");
        let standing = one.standing();
        let words = match one.state {
            MoleculeState::Completed if one.uncounted => "complete, no test report".to_owned(),
            MoleculeState::Completed => complete(rate),
            MoleculeState::Cancelled => "cancelled".to_owned(),
            MoleculeState::Waiting => blocked_by(&one.waits_for),
            MoleculeState::Paused => format!("paused at {}", named()),
            MoleculeState::NeedsFix => {
                let rate = rate.map(|r| format!(", {}% pass", percent(r))).unwrap_or_default();
                format!("blocked: needs_fix{rate}")
            }
            MoleculeState::AwaitingCheckpoint if one.contested => format!("awaiting {}, contested", named()),
            MoleculeState::AwaitingCheckpoint => format!("awaiting {}", named()),
            MoleculeState::InProgress | MoleculeState::Planned => format!("{}, {}%", named(), percent(share)),
        };
        Self {
            id: one.name.to_owned(),
            shown: one.name.to_owned(),
            bead: Some(one.bead.to_owned()),
            standing,
            words,
            step: step.filter(|_| !standing.is_closed()),
            percent: Some(share),
            pass_rate: rate,
            blocked_by: one.waits_for.clone(),
            team: one.team.map(str::to_owned),
            owner: one.owner.map(str::to_owned),
            trouble: one.is_trouble(),
        }
    }

    /// A plain bead.
    pub(super) fn of_bead(bead: &Plain) -> Self {
        let holder = bead.holder.as_deref().map(|h| format!(", {h}")).unwrap_or_default();
        let (standing, words) = match bead.rule {
            Rule::Closed if bead.is_done() => (Standing::Done, "closed".to_owned()),
            Rule::Closed => (Standing::GivenUp, format!("closed: {}", bead.outcome.map_or("done", |o| o.as_str()))),
            Rule::Unknown => (Standing::Missing, "there is no such bead here".to_owned()),
            Rule::Deleted => (Standing::Missing, "deleted".to_owned()),
            Rule::Contested => (Standing::NeedsFix, "several hold it".to_owned()),
            Rule::LeaseExpired => (Standing::Ready, "ready, a claim on it has ended".to_owned()),
            Rule::Claimed | Rule::InProgress | Rule::StatusWip => (Standing::Active, format!("in progress{holder}")),
            rule if rule.is_ready() => (Standing::Ready, "ready".to_owned()),
            Rule::Deferred | Rule::DeferredUntil | Rule::AncestorDeferred => (Standing::Waiting, "put off".to_owned()),
            Rule::StatusBlocked => (Standing::Waiting, "blocked".to_owned()),
            Rule::External if bead.blocked_by.is_empty() => (Standing::Waiting, "another project's".to_owned()),
            _ if !bead.blocked_by.is_empty() => (Standing::Waiting, blocked_by(&bead.blocked_by)),
            rule => (Standing::Waiting, rule.name().replace('-', " ")),
        };
        Self {
            id: bead.id.clone(),
            shown: if bead.title.is_empty() { bead.short.clone() } else { format!("{} {}", bead.short, bead.title) },
            bead: Some(bead.id.clone()).filter(|_| bead.rule != Rule::Unknown && !bd::query::is_external(&bead.id)),
            standing,
            words,
            step: None,
            percent: None,
            pass_rate: None,
            blocked_by: bead.blocked_by.clone(),
            team: None,
            owner: bead.holder.clone(),
            trouble: bead.conflict || matches!(standing, Standing::NeedsFix | Standing::Missing),
        }
    }
}

fn complete(rate: Option<f64>) -> String {
    rate.map_or_else(|| "complete".to_owned(), |r| format!("complete, {}% pass", percent(r)))
}

fn blocked_by(names: &[String]) -> String {
    let short: Vec<String> = names.iter().take(3).map(|n| days::short(n)).collect();
    let more = names.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("blocked by {}{more}", short.join(", "))
}
