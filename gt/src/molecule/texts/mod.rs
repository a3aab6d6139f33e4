//! The letters of the workflow, in words (reference gastown.md 10.4): composed from what was handed in and from what is computed,
//! never typed by anybody.

mod alert;
mod checkpoint;
mod done;

pub use alert::{alert_text, blocked, reason as reason_of};
pub use checkpoint::{Asks, asks, checkpoint, commented, decided, expired, review, to_commit};
pub use done::{HandOff, Waiting, handoff};

use super::View;
use jiff::Timestamp;

/// How people speak of a molecule: `Day 3` for `day3-workflow-refs`, `Day 4-5` for `day4-5-x`, else its name.
pub fn label(name: &str) -> String {
    let Some(rest) = name.strip_prefix("day") else { return name.to_owned() };
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
    let number = number.trim_end_matches('-');
    if number.starts_with(|c: char| c.is_ascii_digit()) { format!("Day {number}") } else { name.to_owned() }
}

/// The label of what comes after: `Day 4` after `Day 3`; `None` where names have no numbers.
pub fn next_label(name: &str) -> Option<String> {
    let label = label(name);
    let last: u32 = label.strip_prefix("Day ")?.rsplit('-').next()?.parse().ok()?;
    Some(format!("Day {}", last + 1))
}

/// The day on which a molecule begins: `Day 4` for `day4-5-x`, else its name.
pub fn first_label(name: &str) -> String {
    let label = label(name);
    if label == name { label } else { label.split('-').next().unwrap_or(&label).to_owned() }
}

/// To whom a molecule's questions go: its owner, else the project's people.
pub fn owner_address(view: &View) -> String {
    address_of(view.owner.as_deref())
}

/// The same, from the owner.
pub fn address_of(owner: Option<&str>) -> String {
    match owner {
        Some(owner) if owner.starts_with('@') || owner.contains('/') => owner.to_owned(),
        Some(owner) => format!("@{owner}"),
        None => "overseer".to_owned(),
    }
}

/// The address of the team that works on it, where it has one.
pub fn team_address(team: &str) -> String {
    let team = team.trim_start_matches('@');
    if team.ends_with("-team") { format!("@{team}") } else { format!("@{team}-team") }
}

/// A length of time for people: `2 hours`, `90 minutes`, `1 hour`.
pub fn span(from: Timestamp, to: Timestamp) -> String {
    let minutes = (to.as_second() - from.as_second()).max(0) / 60;
    match (minutes / 60, minutes % 60) {
        (0, 1) => "1 minute".to_owned(),
        (0, m) => format!("{m} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (h, 0) if h < 48 => format!("{h} hours"),
        (h, _) if h >= 48 => format!("{} days", h / 24),
        (h, m) => format!("{h} h {m} min"),
    }
}

pub(super) fn list(out: &mut String, title: &str, items: &[String], numbered: bool) {
    if items.is_empty() {
        return;
    }
    out.push_str(&format!("{title}:\n"));
    for (n, item) in items.iter().enumerate() {
        let mark = if numbered { format!("{}.", n + 1) } else { "-".to_owned() };
        out.push_str(&format!("{mark} {item}\n"));
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        assert_eq!(label("day3-workflow-refs"), "Day 3");
        assert_eq!(label("day4-5-error-details"), "Day 4-5");
        assert_eq!(next_label("day4-5-error-details").as_deref(), Some("Day 6"));
        assert_eq!((label("daybreak"), label("login")), ("daybreak".to_owned(), "login".to_owned()));
        assert_eq!(next_label("login"), None);
        assert_eq!((first_label("day4-5-x"), first_label("log-in")), ("Day 4".to_owned(), "log-in".to_owned()));
        assert_eq!((team_address("gateway"), team_address("@gateway-team")), ("@gateway-team".into(), "@gateway-team".into()));
    }
}
