//! The lease on a bead.

use super::{Actor, format_time, parse_time};
use jiff::Timestamp;

/// The value of the field `claim`: who holds the bead, in which epoch, and until when.
///
/// A release keeps the epoch and has no holder, so that it answers exactly the claim that it ends.
/// Whether a claim has expired is the caller's question, asked with the caller's clock (STATE 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// `None` = released.
    pub holder: Option<Actor>,
    /// Rises with every new claim or takeover: the fencing number.
    pub epoch: u64,
    /// End of the lease; `None` = no end.
    pub until: Option<Timestamp>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Wire {
    holder: Option<Actor>,
    #[serde(default)]
    epoch: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

impl Claim {
    /// True if the lease has ended at `now`. A released claim has none and never expires.
    pub fn expired(&self, now: Timestamp) -> bool {
        self.holder.is_some() && self.until.is_some_and(|until| until <= now)
    }

    /// True if somebody holds the bead at `now`.
    pub fn held(&self, now: Timestamp) -> bool {
        self.holder.is_some() && !self.expired(now)
    }
}

impl serde::Serialize for Claim {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        Wire { holder: self.holder.clone(), epoch: self.epoch, until: self.until.map(format_time) }.serialize(s)
    }
}

impl<'de> serde::Deserialize<'de> for Claim {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(d)?;
        Ok(Self { holder: wire.holder, epoch: wire.epoch, until: wire.until.as_deref().and_then(parse_time) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_asks_with_its_own_clock() {
        let claim = Claim { holder: Some(Actor::new("ann")), epoch: 2, until: parse_time("2026-01-01T00:00:00Z") };
        assert!(claim.held(parse_time("2025-12-31T23:59:59Z").unwrap()));
        assert!(claim.expired(parse_time("2026-01-01T00:00:00Z").unwrap()));
        let json = serde_json::to_string(&claim).unwrap();
        assert_eq!(json, r#"{"holder":"ann","epoch":2,"until":"2026-01-01T00:00:00.000Z"}"#);
        assert_eq!(serde_json::from_str::<Claim>(&json).unwrap(), claim);
        assert!(!Claim { holder: None, ..claim }.held(Timestamp::UNIX_EPOCH));
    }
}
