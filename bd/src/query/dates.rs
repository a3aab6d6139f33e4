//! Dates as people type them, relative to a passed instant. All in UTC.

use crate::error::{Error, Result};
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

/// What a day without a time of day means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Its first instant: deferrals, `--…-after`, `--…-before`.
    Start,
    /// Its last millisecond: due dates, so that what is due today is not overdue today.
    End,
}

/// Reads a date:
///
/// * compact: `+6h` `-1d` `2w` `3m` (months) `1y`
/// * `now`, `today`, `tomorrow`, `yesterday`, `monday` (the next one), `next monday`, `last friday`, `next week`,
///   `in 3 days`, `2 weeks ago`; days with `at 17:00`, `at 5pm`, `at noon`
/// * `2026-02-01`, `2026-02-01 14:00`, RFC 3339 with its offset
///
/// # Errors
/// Usage, for anything else, and for what leaves the years that can be written.
pub fn parse_date(text: &str, now: Timestamp, day: Day) -> Result<Timestamp> {
    let lower = text.trim().to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let found = exact(text.trim(), day).or_else(|| compact(&lower, now)).or_else(|| natural(&words, now, day));
    found.and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok()).ok_or_else(|| {
        Error::usage(format!("`{}` is no date that can be read", text.escape_debug())).hint(
            "Dates look like +6h, 2w, 3m (months), tomorrow, next monday, in 3 days, 2026-02-01 or 2026-02-01T14:00:00Z (UTC)",
        )
    })
}

/// [`parse_date`] where only relative ages are meant, as in `updated>7d`: the instant that long before `now`.
pub fn parse_age(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if text.starts_with(['+', '-']) {
        return None;
    }
    shift(now, -1, text)
}

fn utc(at: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(at).ok()
}

fn on_day(date: Date, day: Day) -> Option<Timestamp> {
    let time = match day {
        Day::Start => Time::midnight(),
        Day::End => Time::constant(23, 59, 59, 999_000_000),
    };
    utc(date.to_datetime(time))
}

fn exact(text: &str, day: Day) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    // `Date` would also read the date out of a longer text.
    if text.len() == 10 {
        return on_day(text.parse().ok()?, day);
    }
    // A civil date and time without an offset; what has one was read above or is wrong.
    let civil =
        text.get(10..11).is_some_and(|c| c == " " || c == "T" || c == "t") && !text.get(11..)?.contains(['+', '-', 'z', 'Z', '[']);
    if civil { utc(text.parse().ok()?) } else { None }
}

fn compact(text: &str, now: Timestamp) -> Option<Timestamp> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    shift(now, sign, rest)
}

/// `6h` and the like, `sign` times from `now`.
fn shift(now: Timestamp, sign: i64, text: &str) -> Option<Timestamp> {
    let unit = text.chars().next_back()?;
    let digits = &text[..text.len() - unit.len_utf8()];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: i64 = digits.parse().ok()?;
    add(now, sign.checked_mul(n)?, unit)
}

fn add(now: Timestamp, n: i64, unit: char) -> Option<Timestamp> {
    let span = match unit {
        's' => Span::new().try_seconds(n),
        'i' => Span::new().try_minutes(n),
        'h' => Span::new().try_hours(n),
        'd' => Span::new().try_days(n),
        'w' => Span::new().try_weeks(n),
        'm' => Span::new().try_months(n),
        'y' => Span::new().try_years(n),
        _ => return None,
    };
    now.to_zoned(TimeZone::UTC).checked_add(span.ok()?).ok().map(|z| z.timestamp())
}

/// The letter that [`add`] knows a unit by.
fn unit(word: &str) -> Option<char> {
    Some(match word.strip_suffix('s').filter(|w| w.len() > 1).unwrap_or(word) {
        "second" | "sec" => 's',
        "minute" | "min" => 'i',
        "hour" | "hr" | "h" => 'h',
        "day" | "d" => 'd',
        "week" | "w" => 'w',
        "month" => 'm',
        "year" | "y" => 'y',
        _ => return None,
    })
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn count(word: &str) -> Option<i64> {
    match word {
        "a" | "an" | "one" => Some(1),
        "two" => Some(2),
        "three" => Some(3),
        "four" => Some(4),
        "five" => Some(5),
        "six" => Some(6),
        "seven" => Some(7),
        _ if word.bytes().all(|b| b.is_ascii_digit()) => word.parse().ok(),
        _ => None,
    }
}

fn natural(words: &[&str], now: Timestamp, day: Day) -> Option<Timestamp> {
    match words {
        ["now"] => return Some(now),
        ["in", n, u] | [n, u, "from", "now"] => return add(now, count(n)?, unit(u)?),
        [n, u, "ago"] => return add(now, count(n)?.checked_neg()?, unit(u)?),
        ["next", u] if unit(u).is_some_and(|u| "wmy".contains(u)) => return add(now, 1, unit(u)?),
        ["last", u] if unit(u).is_some_and(|u| "wmy".contains(u)) => return add(now, -1, unit(u)?),
        _ => {}
    }
    let (words, time) = match words {
        [head @ .., "at", time] => (head, Some(time_of_day(time)?)),
        [head @ .., time] if !head.is_empty() && time.contains(':') => (head, Some(time_of_day(time)?)),
        _ => (words, None),
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    let date = match words {
        ["today"] => today,
        ["tomorrow"] => today.checked_add(1.day()).ok()?,
        ["yesterday"] => today.checked_sub(1.day()).ok()?,
        [name] | ["next" | "this" | "on", name] => today.nth_weekday(1, weekday(name)?).ok()?,
        ["last", name] => today.nth_weekday(-1, weekday(name)?).ok()?,
        _ => return None,
    };
    match time {
        Some(time) => utc(date.to_datetime(time)),
        None => on_day(date, day),
    }
}

fn time_of_day(word: &str) -> Option<Time> {
    match word {
        "noon" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Some(Time::midnight()),
        _ => {}
    }
    let (clock, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (word, None),
    };
    let (hour, minute) = match clock.split_once(':') {
        Some((hour, minute)) => (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?),
        // A bare number needs am or pm to be a time.
        None => (clock.parse::<i8>().ok().filter(|_| half.is_some())?, 0),
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Saturday.
    fn read(text: &str, day: Day) -> Option<String> {
        let now: Timestamp = "2026-01-31T10:20:30.456Z".parse().unwrap();
        parse_date(text, now, day).ok().map(crate::model::format_time)
    }

    #[test]
    fn every_form() {
        for (text, want) in [
            ("+6h", "2026-01-31T16:20:30.456Z"),
            ("-1d", "2026-01-30T10:20:30.456Z"),
            ("2w", "2026-02-14T10:20:30.456Z"),
            ("1m", "2026-02-28T10:20:30.456Z"),
            ("1y", "2027-01-31T10:20:30.456Z"),
            ("now", "2026-01-31T10:20:30.456Z"),
            ("Today", "2026-01-31T00:00:00.000Z"),
            (" tomorrow ", "2026-02-01T00:00:00.000Z"),
            ("yesterday", "2026-01-30T00:00:00.000Z"),
            ("next monday", "2026-02-02T00:00:00.000Z"),
            ("saturday", "2026-02-07T00:00:00.000Z"),
            ("last friday", "2026-01-30T00:00:00.000Z"),
            ("next week", "2026-02-07T10:20:30.456Z"),
            ("in 3 days", "2026-02-03T10:20:30.456Z"),
            ("in an hour", "2026-01-31T11:20:30.456Z"),
            ("in 90 minutes", "2026-01-31T11:50:30.456Z"),
            ("2 weeks ago", "2026-01-17T10:20:30.456Z"),
            ("tomorrow at 5pm", "2026-02-01T17:00:00.000Z"),
            ("next monday at 09:30", "2026-02-02T09:30:00.000Z"),
            ("today at 12am", "2026-01-31T00:00:00.000Z"),
            ("2026-02-01", "2026-02-01T00:00:00.000Z"),
            ("2026-02-01 14:00", "2026-02-01T14:00:00.000Z"),
            ("2026-02-01T14:00:00", "2026-02-01T14:00:00.000Z"),
            ("2026-02-01T14:00:00+02:00", "2026-02-01T12:00:00.000Z"),
        ] {
            assert_eq!(read(text, Day::Start).as_deref(), Some(want), "{text}");
        }
        assert_eq!(read("2026-02-01", Day::End).as_deref(), Some("2026-02-01T23:59:59.999Z"));
        assert_eq!(read("+1d", Day::End), read("+1d", Day::Start));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "soon",
            "5",
            "+",
            "+d",
            "99999999999999999999d",
            "999999y",
            "2026-02-30",
            "2026-02-01T25:00",
            "in days",
            "at 5pm",
            "1.5h",
            "+-1d",
            "next",
            "tomorrow at 25:00",
            "tomorrow at 13pm",
            "2026-02-01x",
            "ä",
        ] {
            assert_eq!(read(bad, Day::Start), None, "{bad}");
        }
    }
}
