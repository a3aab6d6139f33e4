//! Names of events: 48 bits of milliseconds and 80 fresh random bits.

use std::fmt;
use std::str::FromStr;

/// The alphabet of Crockford's base 32, lower case (no `i l o u`).
pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The name of an event. Orders as its text does; the order is a tie-break, never a cause (STATE 3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u128);

/// A text that names no event.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not an event id (26 characters of Crockford base 32)")]
pub struct EventIdError(pub String);

impl EventId {
    /// Length of the text form in bytes.
    pub const LEN: usize = 26;

    /// Joins a time in milliseconds since 1970 (48 bits are used; earlier times count as 1970) and 80 random bits.
    pub fn new(millis: i64, random: [u8; 10]) -> Self {
        let millis = u128::try_from(millis.max(0)).unwrap_or(0) & 0xffff_ffff_ffff;
        let random = random.iter().fold(0u128, |acc, b| (acc << 8) | u128::from(*b));
        Self((millis << 80) | random)
    }

    /// The milliseconds since 1970 in the name. Only for display: clocks decide nothing.
    pub fn millis(self) -> i64 {
        (self.0 >> 80) as i64
    }

    /// Reads the text form, any case.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != Self::LEN {
            return None;
        }
        let mut value = 0u128;
        for (place, byte) in text.iter().enumerate() {
            let digit = DECODE[usize::from(*byte)];
            // 26 digits hold 130 bits: the first may only use three of its five.
            if digit > 31 || (place == 0 && digit > 7) {
                return None;
            }
            value = (value << 5) | u128::from(digit);
        }
        Some(Self(value))
    }

    /// The 26 bytes of the text form.
    pub fn text(self) -> [u8; Self::LEN] {
        let mut out = [0u8; Self::LEN];
        for (place, slot) in out.iter_mut().enumerate() {
            *slot = CROCKFORD[((self.0 >> (5 * (Self::LEN - 1 - place))) & 31) as usize];
        }
        out
    }
}

const DECODE: [u8; 256] = {
    let mut table = [255u8; 256];
    let mut i = 0;
    while i < 32 {
        table[CROCKFORD[i] as usize] = i as u8;
        table[CROCKFORD[i].to_ascii_uppercase() as usize] = i as u8;
        i += 1;
    }
    table
};

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Letters and digits alone.
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for EventId {
    type Err = EventIdError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s.as_bytes()).ok_or_else(|| EventIdError(s.to_owned()))
    }
}

impl serde::Serialize for EventId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for EventId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = EventId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event id of 26 characters")
            }
            fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<EventId, E> {
                v.parse().map_err(E::custom)
            }
        }
        d.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_number_agree_and_keep_the_order() {
        let early = EventId::new(1, [255; 10]);
        let late = EventId::new(2, [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<EventId>().unwrap(), early);
        assert_eq!(EventId(u128::MAX).to_string().parse::<EventId>().unwrap(), EventId(u128::MAX));
        assert_eq!(late.millis(), 2);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for bad in ["", "0", "80000000000000000000000000", "0000000000000000000000000u", "000000000000000000000000000"] {
            assert!(bad.parse::<EventId>().is_err(), "{bad}");
        }
    }
}
