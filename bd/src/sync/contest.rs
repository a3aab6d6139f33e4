//! Claims that met each other: a published one wins over one that was not published yet (STATE 7).

use super::report::LostClaim;
use crate::error::Result;
use crate::model::{BeadId, Claim, Event, EventId, Kind, Value};
use crate::store::{CLONE_KEY, Place, Snapshot, Store, StoredEvent, Tx};
use std::collections::BTreeMap;

/// One head of the field `claim`.
struct Head {
    id: EventId,
    claim: Claim,
    shared: bool,
    /// The clone that made it, where it says so.
    clone: Option<String>,
}

impl Head {
    /// True unless one claimant made both: one name, and not in two clones.
    fn rivals(&self, other: &Self) -> bool {
        let parted = self.clone.is_some() && other.clone.is_some() && self.clone != other.clone;
        parted || self.claim.holder != other.claim.holder
    }
}

/// What to do about the claims on one bead.
enum Verdict {
    /// Ours go; the winner's holds.
    Release(Vec<Head>, Claim),
    /// The published ones have ended: ours becomes a takeover of them.
    TakeOver(Head, Vec<EventId>, u64),
}

/// Releases this clone's unpublished claims where a published claim of somebody else stands, and turns those into
/// takeovers where the published one has expired. Returns what was released.
///
/// # Errors
/// As [`Store::write`].
pub fn settle_claims(store: &Store, snapshot: &Snapshot) -> Result<Vec<LostClaim>> {
    let mut disputed = Vec::new();
    for id in snapshot.ids()?.into_iter().filter(|id| !id.is_pseudo()) {
        let Some(bead) = snapshot.bead(&id)? else { continue };
        if bead.fields.get("claim").is_some_and(|r| r.heads().len() > 1) {
            disputed.push(id);
        }
    }
    if disputed.is_empty() {
        return Ok(Vec::new());
    }
    store.write(|tx| {
        let mut lost = Vec::new();
        for id in &disputed {
            lost.extend(settle(tx, id)?);
        }
        Ok(lost)
    })
}

fn settle(tx: &mut Tx<'_>, id: &BeadId) -> Result<Option<LostClaim>> {
    let heads = heads(tx, id)?;
    match judge(heads, tx.now()) {
        None => Ok(None),
        Some(Verdict::Release(ours, winner)) => {
            let epoch = ours.iter().map(|h| h.claim.epoch).max().unwrap_or_default();
            let held = ours.iter().find_map(|h| h.claim.holder.clone());
            let mut event = tx.event(id, Kind::RELEASE)?;
            event.on = ours.iter().map(|h| h.id).collect();
            event.set.set("claim", Value::of(&Claim { holder: None, epoch, until: None }));
            tx.push(event);
            let lost = held.zip(winner.holder).map(|(ours, winner)| LostClaim { bead: id.clone(), ours, winner });
            Ok(lost)
        }
        Some(Verdict::TakeOver(ours, on, epoch)) => {
            let mut event: Event = tx.event(id, Kind::CLAIM)?;
            event.on = on;
            if let Some(clone) = &ours.clone {
                event.extra.set(CLONE_KEY, Value::text(clone));
            }
            event.set.set("claim", Value::of(&Claim { epoch, ..ours.claim }));
            tx.push(event);
            Ok(None)
        }
    }
}

/// The heads of the field with the places of their events.
fn heads(tx: &Tx<'_>, id: &BeadId) -> Result<Vec<Head>> {
    let clone = |event: &Event| event.extra.get(CLONE_KEY)?.as_str().map(std::borrow::Cow::into_owned);
    let known: BTreeMap<EventId, (Place, Option<String>)> =
        tx.snapshot().events(id)?.into_iter().map(|StoredEvent { event, place, .. }| (event.id, (place, clone(&event)))).collect();
    let Some(bead) = tx.bead(id)? else { return Ok(Vec::new()) };
    let Some(register) = bead.fields.get("claim") else { return Ok(Vec::new()) };
    let head = |h: &crate::fold::Head| {
        let (place, clone) = known.get(&h.id).cloned().unzip();
        let shared = place.is_some_and(|p| matches!(p, Place::Published | Place::Ride));
        Some(Head { id: h.id, claim: h.value.decode::<Claim>()?, shared, clone: clone.flatten() })
    };
    Ok(register.heads().iter().filter_map(head).collect())
}

fn judge(heads: Vec<Head>, now: jiff::Timestamp) -> Option<Verdict> {
    let on: Vec<EventId> = heads.iter().map(|h| h.id).collect();
    let top = heads.iter().map(|h| h.claim.epoch).max()?;
    let (shared, ours): (Vec<Head>, Vec<Head>) = heads.into_iter().partition(|h| h.shared);
    let mut ours: Vec<Head> = ours.into_iter().filter(|h| h.claim.holder.is_some()).collect();
    // The highest epoch decides, here as in the fold; what is below a claim of ours does not contest it.
    let mine = ours.iter().map(|h| h.claim.epoch).max()?;
    let rivals = || shared.iter().filter(|s| s.claim.epoch >= mine && s.claim.holder.is_some());
    let strange = |s: &&Head| ours.iter().any(|h| h.rivals(s));
    if let Some(winner) = rivals().filter(strange).filter(|s| !s.claim.expired(now)).max_by_key(|s| (s.claim.epoch, s.id)) {
        ours.retain(|h| h.rivals(winner));
        return Some(Verdict::Release(ours, winner.claim.clone()));
    }
    if rivals().any(|s| strange(&s)) {
        let at = ours.iter().enumerate().max_by_key(|(_, h)| (h.claim.epoch, h.id)).map(|(at, _)| at)?;
        return Some(Verdict::TakeOver(ours.swap_remove(at), on, top + 1));
    }
    None
}
