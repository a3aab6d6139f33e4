//! Which open waits have what they wait for.

use super::{AwaitType, due, gh};
use crate::config::Config;
use crate::env::Env;
use crate::error::Result;
use crate::fold::Bead;
use crate::model::{BeadId, Category};
use crate::store::Snapshot;
use jiff::Timestamp;

/// What was found out about a wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has what it waits for; the reason to close it with.
    Over(String),
    /// Not yet.
    Pending(String),
    /// It will not come by itself, or its time is up: a person must look.
    Stuck(String),
    /// It could not be found out. That is never an answer.
    Unknown(String),
}

/// A wait and its verdict.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The wait.
    pub bead: Bead,
    /// What was found out.
    pub verdict: Verdict,
}

/// Judges waits. Outside results are asked for through the user's own `gh`.
///
/// # Errors
/// The store cannot be read.
pub fn check(env: &Env, snapshot: &Snapshot, config: &Config, waits: Vec<Bead>, now: Timestamp) -> Result<Vec<Checked>> {
    waits.into_iter().map(|bead| Ok(Checked { verdict: judge(env, snapshot, config, &bead, now)?, bead })).collect()
}

fn judge(env: &Env, snapshot: &Snapshot, config: &Config, bead: &Bead, now: Timestamp) -> Result<Verdict> {
    let word = bead.text("await_type").unwrap_or_else(|| "human".to_owned());
    let id = bead.text("await_id").unwrap_or_default();
    let late = due(bead).filter(|due| *due <= now);
    let verdict = match AwaitType::of(&word) {
        Some(AwaitType::Timer) => match (late, due(bead)) {
            (Some(_), _) => Verdict::Over("the time is up".into()),
            (None, Some(due)) => Verdict::Pending(format!("until {}", crate::ops::claim::minute(due))),
            (None, None) => Verdict::Unknown("a timer without a time".into()),
        },
        Some(AwaitType::Bead) => of_bead(snapshot, config, &id)?,
        Some(AwaitType::GhRun) => gh::run(env, &id),
        Some(AwaitType::GhPr) => gh::pull_request(env, &id),
        Some(AwaitType::Human) => Verdict::Pending("a person decides".into()),
        Some(AwaitType::Mail) => Verdict::Pending("a message decides".into()),
        None => Verdict::Unknown(format!("`{}` is a kind of wait that this version does not know", word.escape_debug())),
    };
    Ok(match verdict {
        Verdict::Pending(_) if late.is_some() => Verdict::Stuck("its time is up".into()),
        other => other,
    })
}

fn of_bead(snapshot: &Snapshot, config: &Config, name: &str) -> Result<Verdict> {
    // `<rig>:<id>` names a bead of another repository.
    if let Some((rig, _)) = name.split_once(':') {
        return Ok(Verdict::Unknown(format!("{name} is a bead of `{}`; go there to see", rig.escape_debug())));
    }
    let Some(bead) = BeadId::new(name).ok().map(|id| snapshot.bead(&id)).transpose()?.flatten() else {
        return Ok(Verdict::Unknown(format!("there is no bead `{}` here", name.escape_debug())));
    };
    if bead.is_deleted() {
        return Ok(Verdict::Stuck(format!("{name} was deleted")));
    }
    Ok(match config.category(&bead.status()) {
        Category::Done => Verdict::Over(format!("{name} is closed")),
        _ => Verdict::Pending(format!("{name} is {}", bead.status().as_str())),
    })
}
