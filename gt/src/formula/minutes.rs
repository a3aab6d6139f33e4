//! Lengths of time as formulas write them: `15m`, `30-45m`, `2.5-3.5h`, `1h30m`, `2 days`, 20 (minutes).

use super::recipe::Estimate;

/// A working day, in minutes.
const DAY: f64 = 480.0;

impl Estimate {
    /// Reads one; `None` if it cannot be read or is longer than a year of days.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase().replace(['–', '—'], "-");
        if let Some((low, high)) = text.split_once('-') {
            let unit = high.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
            let low = low.trim();
            let has_unit = low.ends_with(|c: char| c.is_alphabetic());
            let min = if has_unit { span(low, DAY)? } else { span(&format!("{low}{unit}"), DAY)? };
            let max = span(high.trim(), DAY)?;
            return (min <= max).then_some(Self { min: whole(min)?, max: whole(max)? });
        }
        let minutes = whole(span(&text, DAY)?)?;
        Some(Self { min: minutes, max: minutes })
    }
}

/// The seconds of a limit such as `2h`, `30m`, `90s`, `1h30m`, `3d` (days of 24 hours); `None` if it cannot be read.
pub fn limit_seconds(text: &str) -> Option<u64> {
    let minutes = span(&text.trim().to_lowercase(), 1440.0)?;
    let seconds = (minutes * 60.0).round();
    (1.0..=315_360_000.0).contains(&seconds).then_some(seconds as u64)
}

fn whole(minutes: f64) -> Option<u32> {
    (minutes <= 175_200.0).then_some(minutes.round() as u32)
}

/// The sum of numbers with units, in minutes. A number alone counts minutes.
fn span(text: &str, day: f64) -> Option<f64> {
    let mut rest = text.trim();
    let mut sum = 0.0;
    let mut first = true;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "" if first && rest.is_empty() => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0 / 60.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
            "d" | "day" | "days" => day,
            "w" | "week" | "weeks" => day * if day > 1000.0 { 7.0 } else { 5.0 },
            _ => return None,
        };
        sum += number * unit;
        rest = rest[letters..].trim_start();
        first = false;
    }
    (!first).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let of = |t: &str| Estimate::parse(t).map(|e| (e.min, e.max));
        let table = [
            ("15m", (15, 15)),
            ("30-45m", (30, 45)),
            ("2.5-3.5h", (150, 210)),
            ("1h30m", (90, 90)),
            ("30m - 1h", (30, 60)),
            ("2 days", (960, 960)),
            ("20", (20, 20)),
            ("90 min", (90, 90)),
        ];
        for (text, want) in table {
            assert_eq!(of(text), Some(want), "{text}");
        }
        for bad in ["", "m", "1x", "-5m", "5-", "45-30m", "1.2.3h", "99999999d", "half a day", "1h 30", "∞"] {
            assert_eq!(of(bad), None, "{bad}");
        }
        assert_eq!(limit_seconds("2h"), Some(7200));
        assert_eq!(limit_seconds("1d"), Some(86400));
        assert_eq!(limit_seconds("90s"), Some(90));
        assert_eq!((limit_seconds("0m"), limit_seconds("soon"), limit_seconds("")), (None, None, None));
    }
}
