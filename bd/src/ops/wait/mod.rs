//! Waits: beads of type `gate` that stand for a time, a person or an outside result (PRODUCT, Words). What they hold up
//! depends on them like on any other bead; closing one is what lets the rest go on.

mod check;
mod gh;

pub use check::{Checked, Verdict, check};

use super::change::{Done, done, standing};
use super::close::{CloseRequest, close};
use super::create::{NewBead, create};
use super::dep::{self, DepSpec};
use super::words;
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::model::{BeadId, Category, DepType, Fields, Value};
use crate::query::Row;
use crate::store::{Snapshot, Tx};
use jiff::Timestamp;
use std::time::Duration;

/// The type of a wait in records and filters.
pub const TYPE: &str = "gate";

/// What a wait waits for (upstream's words).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwaitType {
    /// A person says so.
    Human,
    /// A time has passed.
    Timer,
    /// Another bead is closed.
    Bead,
    /// A message.
    Mail,
    /// A workflow run on GitHub.
    GhRun,
    /// A pull request on GitHub.
    GhPr,
}

impl AwaitType {
    /// All, with their words.
    pub const ALL: [(&'static str, Self); 6] = [
        ("human", Self::Human),
        ("timer", Self::Timer),
        ("bead", Self::Bead),
        ("mail", Self::Mail),
        ("gh:run", Self::GhRun),
        ("gh:pr", Self::GhPr),
    ];

    /// Reads a word.
    ///
    /// # Errors
    /// It is none (exit 2).
    pub fn parse(text: &str) -> Result<Self> {
        let names: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
        Self::of(text).ok_or_else(|| {
            Error::usage(format!("there is no kind of wait `{}`", text.escape_debug())).hint(format!("Known: {}", names.join(", ")))
        })
    }

    /// The one of a record, if this version knows it.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind)
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// A wait that is to be made.
#[derive(Clone, Debug)]
pub struct NewWait {
    /// For what.
    pub kind: AwaitType,
    /// Which run, pull request or bead.
    pub await_id: Option<String>,
    /// How long: for a timer the wait itself, for the others after which it is overdue.
    pub timeout: Option<Duration>,
    /// The title; made from the rest without one.
    pub title: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The beads that it holds up.
    pub blocks: Vec<String>,
}

/// Makes a wait and lets the beads that it holds up depend on it: one mutation.
///
/// # Errors
/// A timer without a time, a bead or run without a name, no such bead (exit 2).
pub fn make(tx: &mut Tx<'_>, new: &NewWait) -> Result<Done> {
    let name = new.kind.as_str();
    match new.kind {
        AwaitType::Timer if new.timeout.is_none() => return Err(Error::usage("a timer needs a time").hint("--timeout 2h")),
        AwaitType::Bead | AwaitType::GhPr if new.await_id.is_none() => {
            return Err(Error::usage(format!("a wait of kind {name} needs the name of what it waits for")).hint("--await-id NAME"));
        }
        _ => {}
    }
    let mut fields = Fields::new().with("await_type", Value::text(name));
    let mut await_id = new.await_id.clone();
    if let (AwaitType::Bead, Some(id)) = (new.kind, &await_id) {
        await_id = Some(tx.resolve(id)?.as_str().to_owned());
    }
    if let Some(id) = &await_id {
        fields.set("await_id", Value::text(id));
    }
    if let Some(timeout) = new.timeout {
        // Records count it in nanoseconds (reference/beads.md 1.2).
        let nanos = i64::try_from(timeout.as_nanos()).map_err(|_| Error::usage("the timeout is longer than 292 years"))?;
        fields.set("timeout", Value::of(&nanos));
    }
    let title = new.title.clone().unwrap_or_else(|| match (&await_id, new.timeout) {
        (Some(id), _) => format!("Wait for {name} {id}"),
        (None, Some(timeout)) if new.kind == AwaitType::Timer => format!("Wait for {}", spoken(timeout)),
        _ => format!("Wait for {name}"),
    });
    let bead = NewBead { title, issue_type: Some(TYPE.into()), description: new.reason.clone(), fields, ..NewBead::default() };
    let made = create(tx, &bead)?;
    for held in &new.blocks {
        dep::add(tx, held, &DepSpec::new(DepType::BLOCKS, made.bead.id.as_str()))?;
    }
    done(tx, &made.bead.id, "Created", format!("holds up {}", new.blocks.len()))
}

/// Ends a wait.
///
/// # Errors
/// No such bead, or it is no wait (exit 2).
pub fn resolve(tx: &mut Tx<'_>, id: &str, reason: Option<&str>) -> Result<Done> {
    let bead = standing(tx, id)?;
    must_wait(&bead)?;
    let mut out = close(
        tx,
        bead.id.as_str(),
        &CloseRequest { reason: reason.map(str::to_owned), ends_wait: true, ..CloseRequest::default() },
    )?;
    if out.changed {
        out.what = "Resolved".into();
    }
    Ok(out)
}

/// Names somebody who wants to know when a wait ends.
///
/// # Errors
/// No such bead, or it is no wait (exit 2).
pub fn add_waiter(tx: &mut Tx<'_>, id: &str, who: &str) -> Result<Done> {
    let bead = standing(tx, id)?;
    must_wait(&bead)?;
    let mut waiters: Vec<String> = bead.get("waiters").and_then(Value::decode).unwrap_or_default();
    if waiters.iter().any(|w| w == who) {
        return done(tx, &bead.id, "Unchanged", "");
    }
    waiters.push(who.to_owned());
    let fields = Fields::new().with("waiters", Value::of(&waiters));
    if let Some(event) = super::change::set_event(tx, &bead, crate::model::Kind::SET, &fields)? {
        tx.push(event);
    }
    done(tx, &bead.id, "Waits", who)
}

/// Refuses a bead that is no wait.
///
/// # Errors
/// It is none (exit 2).
pub fn must_wait(bead: &Bead) -> Result<()> {
    if bead.issue_type() == TYPE {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` is no wait but a {}", bead.id, bead.issue_type())).hint("`bd gate list` shows the waits"))
}

/// The waits, by id; those that ended too if `all`.
pub fn list(snapshot: &Snapshot, config: &crate::config::Config, all: bool) -> Result<Vec<Bead>> {
    let open = |row: &Row| all || words::categories(config).of(&row.status) != Category::Done;
    let rows = snapshot.rows()?.into_iter().filter(|r| r.issue_type == TYPE && !r.deleted && open(r));
    rows.map(|row| snapshot.must(&BeadId::new(&row.id)?)).collect()
}

/// How long a wait's timeout is; `None` without one.
pub fn timeout(bead: &Bead) -> Option<Duration> {
    let nanos = bead.get("timeout").or_else(|| bead.get("timeout_ns")).and_then(Value::as_i64)?;
    u64::try_from(nanos).ok().filter(|n| *n > 0).map(Duration::from_nanos)
}

/// When a wait's timeout is over; `None` without one.
pub fn due(bead: &Bead) -> Option<Timestamp> {
    let begun = bead.created_at().as_deref().and_then(crate::model::parse_time)?;
    begun.checked_add(jiff::SignedDuration::try_from(timeout(bead)?).ok()?).ok()
}

/// A time span for people: `2h`, `90m`, `45s`.
pub fn spoken(span: Duration) -> String {
    match span.as_secs() {
        s if s > 0 && s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s > 0 && s % 3600 == 0 => format!("{}h", s / 3600),
        s if s > 0 && s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}
