//! Who holds a bead, from the heads of the field `claim`.

use super::register::Register;
use crate::model::{Claim, EventId};

/// What the claims on a bead come to. Expiry is not looked at here: that takes a clock.
#[derive(Clone, Debug, PartialEq)]
pub enum Holding {
    /// Nobody ever claimed it, or the last claim was released.
    Free,
    /// One claim stands.
    Held(Claim),
    /// Several actors claimed it without having seen each other: not ready, cannot land.
    Contested(Vec<(EventId, Claim)>),
}

impl Holding {
    /// Judges the heads: the highest epoch decides (so a takeover beats a renewal of the claim that it replaces);
    /// among equals one actor's claims are one, a release ends only what it answers, and different holders contest.
    pub(super) fn of(register: Option<&Register>) -> Self {
        let Some(register) = register else { return Self::Free };
        let claims: Vec<(EventId, Claim)> =
            register.heads().iter().filter_map(|h| Some((h.id, h.value.decode::<Claim>()?))).collect();
        let Some(epoch) = claims.iter().map(|(_, c)| c.epoch).max() else { return Self::Free };
        let mut live: Vec<_> = claims.into_iter().filter(|(_, c)| c.epoch == epoch && c.holder.is_some()).collect();
        // The longest lease of one holder is that holder's claim.
        live.sort_by(|a, b| a.1.until.is_none().cmp(&b.1.until.is_none()).then(a.1.until.cmp(&b.1.until)).then(a.0.cmp(&b.0)));
        match live.last() {
            None => Self::Free,
            Some((_, last)) if live.iter().all(|(_, c)| c.holder == last.holder) => Self::Held(last.clone()),
            Some(_) => {
                live.sort_by_key(|(id, _)| *id);
                Self::Contested(live)
            }
        }
    }
}
