//! What a branch or a range says about the work (STATE 6), as data: rides that one side has and the other lacks, and for
//! the branch that one stands on also what does not ride yet.

use super::named::named_beads;
use super::ride::{Stand, default_tip, not_riding, redactions};
use super::rides::event_lines;
use crate::error::{Error, Result};
use crate::fold::{Bead, fold_bead};
use crate::git::{Head, Oid};
use crate::model::{Actor, BeadId, Claim, Edge, Event, Kind, Value};
use crate::store::{Snapshot, Store};
use std::collections::{BTreeMap, BTreeSet};

/// Which two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// This branch against the default branch.
    Branch,
    /// What `to` has and `from` lacks; with `fork`, what it has and the fork point lacks.
    Range {
        /// A revision.
        from: String,
        /// A revision.
        to: String,
        /// Three dots.
        fork: bool,
    },
}

impl Span {
    /// Reads `[]`, `[REV]` (`REV...HEAD`), `[A..B]`, `[A...B]`, `[A, B]`.
    ///
    /// # Errors
    /// More than two words (exit 2).
    pub fn parse(words: &[String]) -> Result<Self> {
        let side = |text: &str| if text.is_empty() { "HEAD".to_owned() } else { text.to_owned() };
        Ok(match words {
            [] => Self::Branch,
            [one] => match one.split_once("...").map(|s| (s, true)).or_else(|| one.split_once("..").map(|s| (s, false))) {
                Some(((from, to), fork)) => Self::Range { from: side(from), to: side(to), fork },
                None => Self::Range { from: one.clone(), to: "HEAD".to_owned(), fork: true },
            },
            [from, to] => Self::Range { from: from.clone(), to: to.clone(), fork: false },
            _ => return Err(Error::usage("at most two revisions, or one range").hint("For example `bd diff main...HEAD`")),
        })
    }
}

/// One field that was changed.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Change {
    /// Which.
    pub field: String,
    /// What stood before; `None` = nothing.
    pub old: Option<Value>,
    /// What the branch says; `None` = cleared.
    pub new: Option<Value>,
    /// True if somebody else wrote it without having seen this.
    pub conflict: bool,
}

/// A text that was added.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Said {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: String,
    /// What.
    pub text: String,
}

/// What is said about one bead.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct BeadDiff {
    /// The bead.
    pub id: BeadId,
    /// Its title now.
    pub title: String,
    /// Its status now.
    pub status: String,
    /// True if this made it.
    pub created: bool,
    /// True if this deleted it.
    pub deleted: bool,
    /// The outcome or `closed` if this closed it.
    pub closed: Option<String>,
    /// Why it was closed.
    pub reason: Option<String>,
    /// True if this opened it again.
    pub reopened: bool,
    /// Other fields.
    pub changes: Vec<Change>,
    /// Labels added.
    pub labels: Vec<String>,
    /// Labels removed.
    pub unlabels: Vec<String>,
    /// Edges added.
    pub links: Vec<Edge>,
    /// Edges removed.
    pub unlinks: Vec<Edge>,
    /// Comments and notes.
    pub comments: Vec<Said>,
    /// Who took it, the last one.
    pub claimed: Option<Actor>,
    /// Events whose text was taken away.
    pub redacted: usize,
    /// Who wrote all this.
    pub by: Vec<Actor>,
    /// How many events.
    pub events: usize,
    /// How many of them do not ride yet.
    pub pending: usize,
}

/// The whole.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct WorkDiff {
    /// The one side, as people write it.
    pub from: String,
    /// The other.
    pub to: String,
    /// Bead by bead, created ones first, then by id.
    pub beads: Vec<BeadDiff>,
    /// How many events.
    pub events: usize,
    /// How many of them are on no branch yet: `bd ride` would add them.
    pub pending: usize,
}

/// Makes the diff.
///
/// # Errors
/// A revision that does not exist (exit 2); a damaged ride (exit 9).
pub fn diff(store: &Store, span: &Span) -> Result<WorkDiff> {
    let git = store.git();
    let (redactions, _) = redactions(store)?;
    let snapshot = store.snapshot()?;
    let mut out = WorkDiff::default();
    let resolve = |rev: &str| -> Result<Oid> {
        git.resolve(rev)?.ok_or_else(|| Error::usage(format!("there is no revision `{}`", rev.escape_debug())))
    };
    let (from, to) = match span {
        Span::Range { from, to, fork } => {
            (out.from, out.to) = (from.clone(), to.clone());
            let (from, to) = (resolve(from)?, resolve(to)?);
            (if *fork { git.merge_base(from, to)? } else { Some(from) }, Some(to))
        }
        Span::Branch => {
            let default = store.sources().default_branch.as_deref().unwrap_or("(nothing)");
            out.from = default.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/").to_owned();
            let head = match git.head()? {
                Head::Branch(name, tip) => {
                    out.to = super::ride::short(&name).to_owned();
                    Some(tip)
                }
                Head::Detached(tip) => {
                    out.to = "HEAD".to_owned();
                    Some(tip)
                }
                Head::Unborn(name) => {
                    out.to = super::ride::short(&name).to_owned();
                    None
                }
            };
            (default_tip(store)?, head)
        }
    };
    let lines = |commit: Option<Oid>| commit.map_or(Ok(BTreeSet::new()), |c| event_lines(store, c, &redactions));
    let (before, after) = (lines(from)?, lines(to)?);
    let mut news: BTreeMap<BeadId, Vec<(Event, bool)>> = BTreeMap::new();
    for line in after.difference(&before) {
        if let Ok(event) = Event::parse(line) {
            news.entry(event.bead.clone()).or_default().push((event, false));
        }
    }
    if *span == Span::Branch {
        for event in pending(store, &snapshot)? {
            news.entry(event.bead.clone()).or_default().push((event, true));
        }
    }
    let mut base: BTreeMap<BeadId, Vec<Event>> = BTreeMap::new();
    for event in before.iter().filter_map(|l| Event::parse(l).ok()).filter(|e| news.contains_key(&e.bead)) {
        base.entry(event.bead.clone()).or_default().push(event);
    }
    for (id, mut events) in news {
        events.sort_by_key(|(e, _)| e.id);
        events.dedup_by(|a, b| a.0 == b.0);
        let mut known = base.remove(&id).unwrap_or_default();
        known.extend(snapshot.events(&id)?.into_iter().map(|s| s.event));
        known.retain(|e| !events.iter().any(|(new, _)| new.id == e.id));
        out.events += events.len();
        out.pending += events.iter().filter(|(_, pending)| *pending).count();
        out.beads.push(bead_diff(&id, &events, &known));
    }
    out.beads.sort_by_key(|b| (!b.created, b.id.clone()));
    Ok(out)
}

/// The events of this clone on the branch's beads that no branch carries.
fn pending(store: &Store, snapshot: &Snapshot) -> Result<Vec<Event>> {
    // Where no ride could be made nothing waits for one.
    let Ok(stand) = Stand::find(store, "a ride") else { return Ok(Vec::new()) };
    let (redactions, _) = redactions(store)?;
    let base = default_tip(store)?.map(|d| store.git().merge_base(d, stand.head)).transpose()?.flatten();
    let (beads, _) = named_beads(store, snapshot, stand.head, base)?;
    if beads.is_empty() {
        return Ok(Vec::new());
    }
    Ok(not_riding(store, &stand, Some(&beads), &redactions)?.into_iter().map(|o| o.event).collect())
}

/// Fields that are told in a sentence of their own.
const TOLD: &[&str] = &["claim", "deleted", "outcome", "close_reason", "closed_at", "updated_at", "created_at", "created_by"];

fn bead_diff(id: &BeadId, news: &[(Event, bool)], known: &[Event]) -> BeadDiff {
    let before = fold_bead(id, &known.iter().collect::<Vec<_>>());
    let everything: Vec<&Event> = known.iter().chain(news.iter().map(|(e, _)| e)).collect();
    let after = fold_bead(id, &everything);
    let events: Vec<&Event> = news.iter().map(|(e, _)| e).collect();
    let created = !before.exists() && after.exists();
    let said = |field: &str| said(&events, field);
    let status = said("status").and_then(|v| v.as_str().map(std::borrow::Cow::into_owned));
    let done = |bead: &Bead| bead.text("outcome").is_some() || bead.status() == crate::model::Status::CLOSED;
    let closes = status.as_deref() == Some("closed") || said("outcome").is_some_and(|v| !v.is_null());
    let mut fields: Vec<String> = Vec::new();
    for (field, _) in events.iter().flat_map(|e| e.set.iter()) {
        let told = TOLD.contains(&field) || (field == "status" && (closes || created)) || (field == "title" && created);
        if !told && !fields.iter().any(|f| f == field) {
            fields.push(field.to_owned());
        }
    }
    let conflicts: Vec<String> = after.conflicts().into_iter().map(|c| c.field).collect();
    let changes = fields.into_iter().filter_map(|field| {
        let (old, new) = (before.get(&field).cloned(), said(&field).filter(|v| !v.is_null()));
        (old != new).then(|| Change { conflict: conflicts.contains(&field), field, old, new })
    });
    let mut by: Vec<Actor> = events.iter().map(|e| e.by.clone()).collect();
    by.sort();
    by.dedup();
    let comment = |e: &&&Event| e.text.is_some() && e.kind != Kind::REDACT;
    BeadDiff {
        id: id.clone(),
        title: after.title(),
        status: after.status().as_str().to_owned(),
        created,
        deleted: after.is_deleted() && !before.is_deleted(),
        closed: closes.then(|| after.text("outcome").unwrap_or_else(|| "closed".to_owned())),
        reason: if closes { after.text("close_reason") } else { None },
        reopened: done(&before) && status.is_some() && !closes,
        changes: changes.collect(),
        labels: all(&events, |e| &e.labels),
        // A redacted removal knows only the digest of its label, and a stub adds none.
        unlabels: all(&events, |e| if e.is_stub() { &e.labels } else { &e.unlabels }),
        links: all(&events, |e| &e.links),
        unlinks: all(&events, |e| &e.unlinks),
        comments: events
            .iter()
            .filter(comment)
            .map(|e| Said { by: e.by.clone(), at: e.at.clone(), text: e.text.clone().unwrap_or_default() })
            .collect(),
        claimed: said("claim").and_then(|v| v.decode::<Claim>()).and_then(|c| c.holder),
        redacted: events.iter().filter(|e| e.is_stub()).count(),
        by,
        events: events.len(),
        pending: news.iter().filter(|(_, pending)| *pending).count(),
    }
}

fn all<T: Clone + PartialEq>(events: &[&Event], of: impl Fn(&Event) -> &Vec<T>) -> Vec<T> {
    let mut out: Vec<T> = Vec::new();
    for item in events.iter().flat_map(|e| of(e)) {
        if !out.contains(item) {
            out.push(item.clone());
        }
    }
    out
}

/// What these events say a field is: the write that none of them replaces, the one with the greatest id.
fn said(events: &[&Event], field: &str) -> Option<Value> {
    let writers: Vec<&&Event> = events.iter().filter(|e| e.set.get(field).is_some()).collect();
    let standing = |e: &&&&Event| !writers.iter().any(|w| w.id != e.id && w.on.contains(&e.id));
    writers.iter().filter(standing).max_by_key(|e| e.id).and_then(|e| e.set.get(field).cloned())
}
