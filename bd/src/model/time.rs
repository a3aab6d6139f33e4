//! Instants as text: RFC 3339, UTC, milliseconds.

use jiff::Timestamp;

/// `2026-11-21T02:17:00.123Z`: the one form that we write.
pub fn format_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Reads any RFC 3339 instant, with any offset and up to nine digits of a second.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_offsets() {
        let at = parse_time("2025-11-02T21:58:07.295058-08:00").unwrap();
        assert_eq!(format_time(at), "2025-11-03T05:58:07.295Z");
        assert_eq!(format_time(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
        assert!(parse_time("yesterday").is_none());
    }
}
