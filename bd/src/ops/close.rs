//! `bd close` and `bd reopen`.

use super::change::{Done, check_text, done, not_driven, standing};
use super::claim::{fence, give_back};
use super::graph;
use crate::error::{Error, ErrorKind, Result};
use crate::fold::Bead;
use crate::model::{BeadId, Category, DepType, Fields, Kind, Outcome, Status, Value};
use crate::store::Tx;

/// How to close.
#[derive(Clone, Debug, Default)]
pub struct CloseRequest {
    /// How it ended; `done` unless said.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reason: Option<String>,
    /// The fencing number of the writer's claim.
    pub epoch: Option<u64>,
    /// Close although something speaks against it; the event records that.
    pub force: bool,
    /// The agent's session.
    pub session: Option<String>,
    /// It is a wait, and this is how a wait ends ([`super::wait::resolve`]).
    pub ends_wait: bool,
    /// A custom status of category done instead of `closed`.
    pub status: Option<Status>,
}

/// Closes a bead and releases its claim. Closing what is closed changes nothing and succeeds.
///
/// # Errors
/// A template, a pinned bead, a wait, open blockers or open children (exit 3, naming them); a stale fencing number (exit 6);
/// a gate that the bead asks for and that has not passed for what HEAD is (exit 4; `force` is no answer to that).
pub fn close(tx: &mut Tx<'_>, id: &str, request: &CloseRequest) -> Result<Done> {
    let bead = standing(tx, id)?;
    not_driven(tx, &bead, "closing it")?;
    let outcome = request.outcome.unwrap_or(Outcome::Done);
    if let Some(reason) = &request.reason {
        check_text("close_reason", reason)?;
    }
    fence(tx, &bead, request.epoch)?;
    let status = request.status.clone().unwrap_or(Status::CLOSED);
    let same = request.status.is_none() || bead.status() == status;
    if tx.store().config().category(&bead.status()) == Category::Done
        && same
        && request.outcome.is_none_or(|o| bead.outcome() == Some(o))
    {
        let mut out = done(tx, &bead.id, "Already closed", "")?;
        out.changed = false;
        return Ok(out);
    }
    let against = match (bead.issue_type() == super::wait::TYPE, request.ends_wait) {
        (true, false) => Some(Against {
            message: format!("`{}` is a wait, and others go on when it ends", tx.snapshot().short(&bead.id)),
            hint: "`bd gate resolve` ends a wait, `bd gate check` looks whether it is over",
        }),
        _ => speaks_against(tx, &bead, outcome)?,
    };
    if let (Some(against), false) = (&against, request.force) {
        return Err(against.clone_error());
    }
    // What is given up or done elsewhere claims no result that a gate could judge.
    if outcome == Outcome::Done {
        super::verdicts::must_have_passed(tx, &bead)?;
    }
    let mut fields = Fields::new().with("status", Value::text(status.as_str())).with("outcome", Value::text(outcome.as_str()));
    fields.set("close_reason", request.reason.as_deref().filter(|r| !r.is_empty()).map_or_else(Value::null, Value::text));
    if let Some(session) = &request.session {
        fields.set("closed_by_session", Value::text(session));
    }
    give_back(&bead, &mut fields);
    let mut event = tx.event(&bead.id, Kind::CLOSE)?;
    event.on = bead.heads(fields.iter().map(|(name, _)| name));
    event.set = fields;
    if let Some(against) = &against {
        event.extra.set("forced", Value::text(&against.message));
    }
    tx.push(event);
    let mut out = done(tx, &bead.id, "Closed", outcome.as_str())?;
    if let Some(against) = against {
        out.notes.push(format!("closed although {}", against.message));
    }
    if let crate::fold::Holding::Held(claim) = bead.holding()
        && let Some(holder) = claim.holder.filter(|h| h != tx.actor())
    {
        out.notes.push(format!("{holder} held it"));
    }
    Ok(out)
}

/// Opens a closed bead again.
///
/// # Errors
/// No such bead, or it is not closed (exit 2).
pub fn reopen(tx: &mut Tx<'_>, id: &str, reason: Option<&str>) -> Result<Done> {
    let bead = standing(tx, id)?;
    not_driven(tx, &bead, "opening it again")?;
    if tx.store().config().category(&bead.status()) != Category::Done {
        let mut out = done(tx, &bead.id, "Already open", "")?;
        out.changed = false;
        return Ok(out);
    }
    let mut fields = Fields::new().with("status", Value::text(Status::OPEN.as_str()));
    fields.set("outcome", Value::null());
    fields.set("close_reason", Value::null());
    if bead.fields.contains_key("closed_at") {
        fields.set("closed_at", Value::null());
    }
    give_back(&bead, &mut fields);
    let mut event = tx.event(&bead.id, Kind::REOPEN)?;
    event.on = bead.heads(fields.iter().map(|(name, _)| name));
    event.set = fields;
    if let Some(reason) = reason {
        check_text("reason", reason)?;
        event.extra.set("why", Value::text(reason));
    }
    tx.push(event);
    done(tx, &bead.id, "Reopened", "")
}

/// Something that speaks against closing.
struct Against {
    message: String,
    hint: &'static str,
}

impl Against {
    fn clone_error(&self) -> Error {
        Error::new(ErrorKind::Blocked, format!("not closed: {}", self.message)).hint(self.hint)
    }
}

fn speaks_against(tx: &Tx<'_>, bead: &Bead, outcome: Outcome) -> Result<Option<Against>> {
    let short = |id: &BeadId| tx.snapshot().short(id);
    if bead.flag("is_template") {
        return Ok(Some(Against {
            message: format!("`{}` is a template", short(&bead.id)),
            hint: "Templates are poured, not done",
        }));
    }
    if bead.flag("pinned") || bead.status() == Status::PINNED {
        return Ok(Some(Against { message: format!("`{}` is pinned", short(&bead.id)), hint: "Unpin it first" }));
    }
    // What is not wanted any more need not wait for what would have made it possible.
    if matches!(outcome, Outcome::Done | Outcome::Failed) {
        let blockers: Vec<String> = open_blockers(tx, bead)?.iter().map(|b| format!("{} ({})", short(&b.id), b.title())).collect();
        if !blockers.is_empty() {
            return Ok(Some(Against {
                message: format!("`{}` is blocked by {}", short(&bead.id), blockers.join(", ")),
                hint: "Close what blocks it first, remove the dependency if it is wrong, or say --outcome cancelled if it is not wanted",
            }));
        }
    }
    let mut open = Vec::new();
    for child in graph::children(tx.snapshot(), &bead.id)? {
        // As this command leaves it: `bd close CHILD PARENT` is one step.
        if let Some(child) = tx.bead(&child.id)?.filter(|c| tx.store().config().category(&c.status()) != Category::Done) {
            open.push(short(&child.id));
        }
    }
    if open.is_empty() {
        return Ok(None);
    }
    let more = open.len().saturating_sub(5);
    open.truncate(5);
    let names = if more == 0 { open.join(", ") } else { format!("{} and {more} more", open.join(", ")) };
    Ok(Some(Against {
        message: format!("`{}` has open children: {names}", short(&bead.id)),
        hint: "Close the children first, or give them another parent",
    }))
}

/// The open beads on which this one has a blocking edge of its own. `waits-for` and what is inherited from a parent are
/// `bd ready`'s business: who works on a child decides about the child.
fn open_blockers(tx: &Tx<'_>, bead: &Bead) -> Result<Vec<Bead>> {
    let mut out = Vec::new();
    for edge in bead.edges.iter().filter(|e| [DepType::BLOCKS, DepType::CONDITIONAL_BLOCKS].contains(&e.edge.kind)) {
        let Ok(target) = BeadId::new(&edge.edge.to) else { continue };
        if target == bead.id {
            continue;
        }
        if let Some(target) = tx.bead(&target)?.filter(|t| !t.is_deleted()) {
            let pinned = target.status() == Status::PINNED;
            if !pinned && tx.store().config().category(&target.status()) != Category::Done {
                out.push(target);
            }
        }
    }
    Ok(out)
}
