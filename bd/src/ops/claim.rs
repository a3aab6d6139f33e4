//! `bd claim` and `bd release`: leases with a fencing number (STATE 4).

use super::change::{Done, done, standing};
use crate::error::{Error, ErrorKind, Result};
use crate::fold::{Bead, Holding};
use crate::model::{Actor, Claim, Fields, Kind, Status, Value, format_time};
use crate::store::{CLONE_KEY, Tx};
use std::time::Duration;

/// How to claim.
#[derive(Clone, Debug, Default)]
pub struct ClaimRequest {
    /// How long, where it is not the configured time; zero = for ever.
    pub lease: Option<Duration>,
    /// Extend a lease that is one's own; anything else is refused.
    pub renew: bool,
    /// Take over a claim that another actor holds.
    pub take_over: bool,
    /// Why, for taking over what is held.
    pub reason: Option<String>,
    /// Only if one's claim still has this epoch (see [`fence`]).
    pub epoch: Option<u64>,
}

/// The claim that stands, whoever holds it, and the highest epoch that was ever used.
fn standing_claim(bead: &Bead) -> (Holding, u64) {
    let heads = bead.fields.get("claim").map(crate::fold::Register::heads).unwrap_or_default();
    let epoch = heads.iter().filter_map(|h| h.value.decode::<Claim>()).map(|c| c.epoch).max().unwrap_or(0);
    (bead.holding(), epoch)
}

/// True if the claim that stands was made in another clone, though under the same name. What does not say where it was made
/// counts as made here.
fn from_elsewhere(tx: &Tx<'_>, bead: &Bead, held: &Claim, clone: &str) -> Result<bool> {
    let heads = bead.fields.get("claim").map(crate::fold::Register::heads).unwrap_or_default();
    let stands = heads.iter().rev().find(|h| h.value.decode::<Claim>().as_ref() == Some(held));
    let Some(head) = stands.map(|h| h.id) else { return Ok(false) };
    let event = tx.snapshot().events(&bead.id)?.into_iter().find(|s| s.event.id == head);
    let made = event.and_then(|s| s.event.extra.get(CLONE_KEY)?.as_str().map(std::borrow::Cow::into_owned));
    Ok(made.is_some_and(|made| made != clone))
}

/// Claims a bead for the acting actor: status `in_progress` and the lease in one event.
///
/// # Errors
/// Somebody else holds it or it is closed (exit 6); no such bead; `renew` of what one does not hold.
pub fn claim(tx: &mut Tx<'_>, id: &str, request: &ClaimRequest) -> Result<Done> {
    let bead = standing(tx, id)?;
    let (now, me) = (tx.now(), tx.actor().clone());
    let short = tx.snapshot().short(&bead.id);
    let config = tx.store().config();
    if config.category(&bead.status()) == crate::model::Category::Done {
        return Err(Error::new(ErrorKind::Conflict, format!("`{short}` is closed")).hint("`bd reopen` opens a closed bead again"));
    }
    fence(tx, &bead, request.epoch)?;
    let (holding, epoch) = standing_claim(&bead);
    let clone = tx.store().clone_id()?;
    let mut notes = Vec::new();
    let mut what = "Claimed";
    let next = match &holding {
        Holding::Held(held) if held.holder.as_ref() == Some(&me) && from_elsewhere(tx, &bead, held, &clone)? => {
            if held.expired(now) {
                notes.push(format!("the lease of {me} in another clone ended at {}; this takes it over", until(held)));
            } else if !(request.take_over && request.reason.is_some()) {
                let why = format!("{me} holds it in another clone until {} (epoch {})", until(held), held.epoch);
                return Err(refused(&short, &why, request));
            } else {
                notes.push(format!("this takes it from another clone of {me}"));
            }
            epoch + 1
        }
        Holding::Held(held) if held.holder.as_ref() == Some(&me) => {
            what = if held.expired(now) || !request.renew { "Claimed" } else { "Renewed" };
            // One's own lease, even one that ended: nobody came in between, or the epoch would be higher.
            epoch
        }
        _ if request.renew => {
            return Err(Error::new(ErrorKind::Conflict, format!("`{short}` is not held by {me}{}", held_by(&holding)))
                .hint("Only one's own lease can be renewed"));
        }
        Holding::Held(held) => {
            let holder = held.holder.as_ref().map_or("somebody", Actor::as_str);
            if held.expired(now) {
                notes.push(format!("the lease of {holder} ended at {}; this takes it over", until(held)));
            } else if !(request.take_over && request.reason.is_some()) {
                return Err(refused(&short, &format!("{holder} holds it until {} (epoch {})", until(held), held.epoch), request));
            } else {
                notes.push(format!("this takes it from {holder}, who is told at the next sync"));
            }
            epoch + 1
        }
        Holding::Contested(claims) => {
            let names: Vec<&str> = claims.iter().filter_map(|(_, c)| c.holder.as_ref().map(Actor::as_str)).collect();
            if !(request.take_over && request.reason.is_some()) {
                return Err(refused(
                    &short,
                    &format!("{} both claimed it without having seen each other", names.join(" and ")),
                    request,
                ));
            }
            notes.push(format!("this ends the contest between {}", names.join(" and ")));
            epoch + 1
        }
        Holding::Free => {
            if let Some(other) = bead.text("assignee").filter(|a| *a != me.as_str()) {
                if !(request.take_over && request.reason.is_some()) {
                    return Err(refused(&short, &format!("it is assigned to {other}"), request));
                }
                notes.push(format!("it was assigned to {other}"));
            }
            epoch + 1
        }
    };
    let lease = request.lease.or(config.lease()).filter(|l| !l.is_zero());
    let until = lease.map(|length| end_of(now, length)).transpose()?;
    let claim = Claim { holder: Some(me.clone()), epoch: next, until };
    let mut fields = Fields::new().with("claim", Value::of(&claim));
    if bead.status() != Status::IN_PROGRESS {
        fields.set("status", Value::text(Status::IN_PROGRESS.as_str()));
    }
    let kind = if what == "Renewed" { Kind::RENEW } else { Kind::CLAIM };
    let mut event = tx.event(&bead.id, kind)?;
    event.on = bead.heads(fields.iter().map(|(name, _)| name));
    event.set = fields;
    if let Some(reason) = &request.reason {
        super::change::check_text("reason", reason)?;
        event.extra.set("why", Value::text(reason));
    }
    event.extra.set(CLONE_KEY, Value::text(&clone));
    tx.push(event);
    let detail = until.map_or_else(|| format!("epoch {next}"), |u| format!("until {}, epoch {next}", minute(u)));
    let mut out = done(tx, &bead.id, what, format!("{me}, {detail}"))?;
    out.notes = notes;
    Ok(out)
}

/// Gives a bead back: status `open`, no holder, the epoch stays.
///
/// # Errors
/// Somebody else holds it (exit 6), or the fencing number does not fit.
pub fn release(tx: &mut Tx<'_>, id: &str, epoch: Option<u64>, reason: Option<&str>) -> Result<Done> {
    let bead = standing(tx, id)?;
    fence(tx, &bead, epoch)?;
    let me = tx.actor().clone();
    let short = tx.snapshot().short(&bead.id);
    match bead.holding() {
        Holding::Free if bead.status() != Status::IN_PROGRESS => {
            let mut out = done(tx, &bead.id, "Not held", "")?;
            out.changed = false;
            return Ok(out);
        }
        Holding::Held(claim) if claim.holder.as_ref() != Some(&me) && !claim.expired(tx.now()) => {
            let holder = claim.holder.map_or_else(|| "somebody else".to_owned(), |h| h.to_string());
            return Err(Error::new(ErrorKind::Conflict, format!("`{short}` is held by {holder}, and only the holder releases it")));
        }
        _ => {}
    }
    let mut fields = Fields::new();
    give_back(&bead, &mut fields);
    if tx.store().config().category(&bead.status()) != crate::model::Category::Done {
        fields.set("status", Value::text(Status::OPEN.as_str()));
    }
    if bead.text("assignee").as_deref() == Some(me.as_str()) {
        fields.set("assignee", Value::null());
    }
    let mut event = tx.event(&bead.id, Kind::RELEASE)?;
    event.on = bead.heads(fields.iter().map(|(name, _)| name));
    event.set = fields;
    if let Some(reason) = reason {
        super::change::check_text("reason", reason)?;
        event.extra.set("why", Value::text(reason));
    }
    tx.push(event);
    done(tx, &bead.id, "Released", "")
}

/// Adds what ends the claims on a bead to the fields of an event, if there are any.
pub fn give_back(bead: &Bead, fields: &mut Fields) {
    let (holding, epoch) = standing_claim(bead);
    if holding != Holding::Free {
        fields.set("claim", Value::of(&Claim { holder: None, epoch, until: None }));
    }
}

/// When a lease ends. One that no calendar holds is a mistake, and must not become one without an end.
fn end_of(now: jiff::Timestamp, length: std::time::Duration) -> Result<jiff::Timestamp> {
    let end = jiff::SignedDuration::try_from(length).ok().and_then(|length| now.checked_add(length).ok());
    end.ok_or_else(|| {
        Error::usage(format!("a lease of {} days ends after the year 9999", length.as_secs() / 86_400))
            .hint("90m, 24h, 7d; 0 = for ever")
    })
}

/// Checks the fencing number of a writer who may have lost the lease in the meantime.
///
/// # Errors
/// The claim that stands is another one (exit 6).
pub fn fence(tx: &Tx<'_>, bead: &Bead, epoch: Option<u64>) -> Result<()> {
    let Some(wanted) = epoch else { return Ok(()) };
    let (holding, known) = standing_claim(bead);
    match &holding {
        Holding::Held(claim) if claim.epoch == wanted && claim.holder.as_ref() == Some(tx.actor()) => Ok(()),
        _ => {
            let short = tx.snapshot().short(&bead.id);
            let current = if known == 0 { "nobody ever claimed it".to_owned() } else { format!("the current epoch is {known}") };
            let mine = matches!(&holding, Holding::Held(claim) if claim.holder.as_ref() == Some(tx.actor()));
            let (why, hint) = match wanted.cmp(&known) {
                std::cmp::Ordering::Greater => ("was never given out", "`bd show` names the holder and the epoch"),
                std::cmp::Ordering::Less if mine => ("is over", "You claimed the bead again since; `bd history` says when"),
                std::cmp::Ordering::Less => ("is over", "Somebody took the bead over; `bd history` says who and when"),
                std::cmp::Ordering::Equal => ("is not yours", "`bd history` says who claimed and released it, and when"),
            };
            let said = format!("epoch {wanted} on `{short}` {why}: {current}{}", held_by(&holding));
            Err(Error::new(ErrorKind::Conflict, said).hint(hint))
        }
    }
}

fn refused(short: &str, why: &str, request: &ClaimRequest) -> Error {
    let error = Error::new(ErrorKind::Conflict, format!("`{short}` was not claimed: {why}"));
    error.hint(if request.take_over {
        "To take it from its holder, say why with --reason"
    } else {
        "`bd ready` shows what is free; or ask the holder to release it"
    })
}

fn held_by(holding: &Holding) -> String {
    match holding {
        Holding::Held(claim) => claim.holder.as_ref().map(|h| format!(", {h} holds it")).unwrap_or_default(),
        Holding::Contested(_) => ", several actors hold it".to_owned(),
        Holding::Free => ", nobody holds it".to_owned(),
    }
}

fn until(claim: &Claim) -> String {
    claim.until.map_or_else(|| "it is released".to_owned(), minute)
}

/// An instant for people, to the minute, UTC.
pub fn minute(at: jiff::Timestamp) -> String {
    let text = format_time(at);
    text.get(..16).map_or(text.clone(), |t| format!("{}Z", t.replace('T', " ")))
}
