//! Deadlines: plain time, or hours of the project's working day (`[workday]` in `.beads/config.toml`).

use bd::config::parse_duration;
use bd::error::{Error, Result};
use bd::store::Store;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Deserialize;

/// `[workday]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workday {
    from: Time,
    to: Time,
    /// Monday first.
    days: [bool; 7],
    zone: TimeZone,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    workday: Option<Raw>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    from: Option<String>,
    to: Option<String>,
    days: Option<Vec<String>>,
    timezone: Option<String>,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Workday {
    /// Reads the project's; `None` where it has none.
    ///
    /// # Errors
    /// A time, day or zone that is none (exit 2).
    pub fn of(store: &Store) -> Result<Option<Self>> {
        store.config().text().map_or(Ok(None), Self::parse)
    }

    /// Reads it from a configuration.
    ///
    /// # Errors
    /// As [`Workday::of`].
    pub fn parse(text: &str) -> Result<Option<Self>> {
        let file: File = toml_edit::de::from_str(text).map_err(|e| wrong(e.to_string().trim()))?;
        let Some(raw) = file.workday else { return Ok(None) };
        let time = |name: &str, text: Option<String>, usual: &str| {
            let text = text.unwrap_or_else(|| usual.to_owned());
            let parts = text.split_once(':').and_then(|(h, m)| Some((h.parse().ok()?, m.parse().ok()?)));
            let time = parts.and_then(|(h, m)| Time::new(h, m, 0, 0).ok());
            time.ok_or_else(|| wrong(&format!("`{name} = \"{}\"` is no time such as 09:00", text.escape_debug())))
        };
        let (from, to) = (time("from", raw.from, "09:00")?, time("to", raw.to, "17:00")?);
        if from >= to {
            return Err(wrong("the day ends before it begins"));
        }
        let mut days = [false; 7];
        for day in raw.days.unwrap_or_else(|| DAYS[..5].iter().map(|d| (*d).to_owned()).collect()) {
            let short: String = day.to_lowercase().chars().take(3).collect();
            let Some(at) = DAYS.iter().position(|d| *d == short) else {
                return Err(wrong(&format!("`{}` is no day; mon, tue, …", day.escape_debug())));
            };
            days[at] = true;
        }
        if !days.contains(&true) {
            return Err(wrong("no day is a working day"));
        }
        Ok(Some(Self { from, to, days, zone: zone(raw.timezone.as_deref())? }))
    }

    /// The moment at which so much working time has passed.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn after(&self, start: Timestamp, length: SignedDuration) -> Result<Timestamp> {
        let beyond = |_| Error::usage("a deadline beyond the year 9999");
        let mut left = length;
        let mut at = start.to_zoned(self.zone.clone());
        loop {
            let date = at.date();
            let open = |time: Time| date.to_datetime(time).to_zoned(self.zone.clone()).map_err(beyond);
            if self.days[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)] {
                let (from, to) = (open(self.from)?.timestamp(), open(self.to)?.timestamp());
                let begin = at.timestamp().max(from);
                if begin < to {
                    let rest = to.duration_since(begin);
                    if left <= rest {
                        return begin.checked_add(left).map_err(beyond);
                    }
                    left -= rest;
                }
            }
            at = date.checked_add(1.day()).map_err(beyond)?.to_zoned(self.zone.clone()).map_err(beyond)?;
        }
    }
}

fn zone(name: Option<&str>) -> Result<TimeZone> {
    let Some(name) = name else { return Ok(TimeZone::UTC) };
    if name.eq_ignore_ascii_case("utc") {
        return Ok(TimeZone::UTC);
    }
    let offset = || {
        let (sign, rest) = (name.chars().next()?, name.get(1..)?);
        let (h, m) = rest.split_once(':').unwrap_or((rest, "0"));
        let seconds = h.parse::<i32>().ok()? * 3600 + m.parse::<i32>().ok()? * 60;
        let seconds = if sign == '-' { -seconds } else { seconds };
        jiff::tz::Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
    };
    if name.starts_with(['+', '-']) {
        return offset().ok_or_else(|| wrong(&format!("`{}` is no offset such as +01:00", name.escape_debug())));
    }
    TimeZone::get(name).map_err(|_| {
        wrong(&format!("`{}` is no time zone that this machine knows", name.escape_debug()))
            .hint("Europe/Berlin, UTC, or an offset such as +01:00")
    })
}

fn wrong(why: &str) -> Error {
    Error::usage(format!(".beads/config.toml: workday: {why}"))
}

/// When a timeout that begins now is over: in working time where the project has a working day.
///
/// # Errors
/// A length of time that is none (exit 2).
pub fn after(store: &Store, now: Timestamp, timeout: &str) -> Result<Timestamp> {
    let length = parse_duration(timeout)
        .and_then(|d| SignedDuration::try_from(d).ok())
        .ok_or_else(|| Error::usage(format!("`{}` is no length of time such as 2h", timeout.escape_debug())))?;
    match Workday::of(store)? {
        Some(day) => day.after(now, length),
        None => now.checked_add(length).map_err(|_| Error::usage("a deadline beyond the year 9999")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn working_hours_pass_over_nights_and_weekends() {
        let day = Workday::parse("[workday]\nfrom = \"09:00\"\nto = \"17:00\"\n").unwrap().unwrap();
        let hours = |n| SignedDuration::from_hours(n);
        // 2026-01-09 is a Friday.
        for (start, length, end) in [
            ("2026-01-09T10:00:00Z", 2, "2026-01-09T12:00:00Z"),
            ("2026-01-09T16:00:00Z", 2, "2026-01-12T10:00:00Z"),
            ("2026-01-10T03:00:00Z", 1, "2026-01-12T10:00:00Z"),
            ("2026-01-09T02:00:00Z", 8, "2026-01-09T17:00:00Z"),
            ("2026-01-09T09:00:00Z", 17, "2026-01-13T10:00:00Z"),
        ] {
            assert_eq!(day.after(at(start), hours(length)).unwrap(), at(end), "{start} + {length} h");
        }
        let east = Workday::parse("[workday]\ntimezone = \"+02:00\"\n").unwrap().unwrap();
        assert_eq!(east.after(at("2026-01-09T06:30:00Z"), hours(1)).unwrap(), at("2026-01-09T08:00:00Z"));
    }

    #[test]
    fn what_is_no_working_day_is_said() {
        for bad in [
            "from = \"9\"",
            "from = \"18:00\"",
            "days = [\"xyz\"]",
            "days = []",
            "timezone = \"Nowhere/Town\"",
            "timezone = \"+99:00\"",
        ] {
            assert!(Workday::parse(&format!("[workday]\n{bad}\n")).is_err(), "{bad}");
        }
        assert_eq!(Workday::parse("prefix = \"x\"").unwrap(), None);
    }
}
