//! The words that a project may use: statuses, types, priorities, labels. Strict for commands; imports are lenient.

use crate::config::Config;
use crate::error::{Error, Result};
use crate::model::{DepType, Status};
use crate::query::{Categories, nearest};

/// Types that need no configuration (reference/beads.md 3.3, and ours).
pub const TYPES: &[&str] = &[
    "task",
    "bug",
    "feature",
    "epic",
    "chore",
    "decision",
    "spike",
    "story",
    "milestone",
    "molecule",
    "step",
    "checkpoint",
    "gate",
    "convoy",
    "event",
    "message",
    "agent",
    "role",
    "rig",
    "slot",
    "queue",
    "merge-request",
];

/// Short names for types.
const TYPE_ALIASES: &[(&str, &str)] = &[
    ("mr", "merge-request"),
    ("feat", "feature"),
    ("enhancement", "feature"),
    ("mol", "molecule"),
    ("dec", "decision"),
    ("adr", "decision"),
    ("investigation", "spike"),
    ("timebox", "spike"),
    ("user-story", "story"),
    ("ms", "milestone"),
    ("wait", "gate"),
];

/// The longest title in bytes (upstream's limit).
pub const MAX_TITLE: usize = 500;

/// The categories of this project's statuses.
pub fn categories(config: &Config) -> Categories {
    Categories::with_custom(config.statuses())
}

/// Checks a status.
///
/// # Errors
/// It is neither built in nor configured; the known ones are named (exit 2).
pub fn status(config: &Config, text: &str) -> Result<Status> {
    let (wanted, categories) = (Status::new(&text.trim().replace('-', "_")), categories(config));
    for wanted in [Status::new(text.trim()), wanted] {
        if categories.knows(&wanted) && wanted != Status::TOMBSTONE {
            return Ok(wanted);
        }
    }
    let known: Vec<String> = categories.all().map(|(s, _)| s.as_str().to_owned()).collect();
    let hint = format!("Known: {}. More go into `[status]` of .beads/config.toml, with their category", known.join(", "));
    Err(unknown("status", text, known.iter().map(String::as_str)).hint(hint))
}

/// Checks a type and writes out its short names.
///
/// # Errors
/// It is neither built in nor configured; the known ones are named (exit 2).
pub fn issue_type(config: &Config, text: &str) -> Result<String> {
    let wanted = text.trim();
    let custom = config.custom_types();
    if TYPES.contains(&wanted) || custom.iter().any(|t| t == wanted) {
        return Ok(wanted.to_owned());
    }
    if let Some((_, whole)) = TYPE_ALIASES.iter().find(|(short, _)| *short == wanted) {
        return Ok((*whole).to_owned());
    }
    let known: Vec<&str> = TYPES.iter().copied().chain(custom.iter().map(String::as_str)).collect();
    let hint = format!("Known: {}. More go into `types.custom` of .beads/config.toml", known.join(", "));
    Err(unknown("type", text, known.iter().copied()).hint(hint))
}

fn unknown<'a>(what: &str, text: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::usage(format!("there is no {what} `{}`", text.escape_debug()));
    match nearest(text, known, 1).first() {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error,
    }
}

/// Reads `0`–`4` or `P0`–`P4`.
///
/// # Errors
/// Anything else (exit 2).
pub fn priority(text: &str) -> Result<i64> {
    let digits = text.trim().strip_prefix(['P', 'p']).unwrap_or(text.trim());
    match digits.parse() {
        Ok(n @ 0..=4) if digits.len() == 1 => Ok(n),
        _ => Err(Error::usage(format!("`{}` is no priority", text.escape_debug())).hint("0 (most urgent) to 4, or P0 to P4")),
    }
}

/// Checks a title: one line, not empty, at most [`MAX_TITLE`] bytes.
///
/// # Errors
/// It is not (exit 2).
pub fn title(text: &str) -> Result<String> {
    let title = text.trim();
    if title.is_empty() {
        return Err(Error::usage("a title cannot be empty"));
    }
    if title.chars().any(|c| c == '\n' || c == '\r') {
        return Err(Error::usage("a title is one line").hint("Put the rest into the description (-d)"));
    }
    if title.len() > MAX_TITLE {
        return Err(Error::usage(format!("the title has {} bytes; at most {MAX_TITLE} are kept", title.len()))
            .hint("Put the rest into the description (-d)"));
    }
    Ok(title.to_owned())
}

/// Checks a label: one line, not empty, no comma, at most 200 bytes.
///
/// # Errors
/// It is not (exit 2).
pub fn label(text: &str) -> Result<String> {
    let label = text.trim();
    if label.is_empty() || label.len() > 200 || label.contains(|c: char| c.is_control() || c == ',') {
        return Err(Error::usage(format!("`{}` cannot be a label", text.escape_debug()))
            .hint("A label is a short text on one line without commas"));
    }
    Ok(label.to_owned())
}

/// Checks the type of a new dependency: the known ones only, so that a typo does not make an edge that never blocks.
///
/// # Errors
/// It is not known (exit 2).
pub fn dep_type(text: &str) -> Result<DepType> {
    let known = DepType::KNOWN.iter().map(DepType::as_str);
    match DepType::new(text.trim()).filter(DepType::is_known) {
        Some(kind) => Ok(kind),
        None => {
            Err(unknown("dependency type", text, known.clone()).hint(format!("Known: {}", known.collect::<Vec<_>>().join(", "))))
        }
    }
}

/// What people call a field.
pub fn spoken(field: &str) -> &str {
    match field {
        "acceptance_criteria" => "acceptance criteria",
        "issue_type" => "type",
        "external_ref" => "external reference",
        "spec_id" => "spec",
        "estimated_minutes" => "estimate",
        "due_at" => "due date",
        "defer_until" => "deferral",
        "close_reason" => "reason",
        "delete_reason" => "reason of the deletion",
        other => other,
    }
}

/// The sections that a description of a type should have (`--validate`, `bd lint`; reference/beads.md 3.3).
pub fn sections(issue_type: &str) -> &'static [&'static str] {
    match issue_type {
        "bug" => &["Steps to Reproduce", "Acceptance Criteria"],
        "task" | "feature" | "story" => &["Acceptance Criteria"],
        "epic" => &["Success Criteria"],
        "decision" => &["Decision", "Rationale", "Alternatives Considered"],
        "spike" => &["Goal", "Findings"],
        _ => &[],
    }
}

/// The sections that are missing: neither a heading in the description nor, for acceptance criteria, the field.
pub fn missing_sections(issue_type: &str, description: &str, acceptance: &str) -> Vec<&'static str> {
    let has = |section: &str| {
        let line_is =
            |line: &str| line.trim_start_matches(['#', '*', ' ']).trim_end_matches(['*', ':', ' ']).eq_ignore_ascii_case(section);
        description.lines().any(line_is) || (section.ends_with("Criteria") && !acceptance.trim().is_empty())
    };
    sections(issue_type).iter().copied().filter(|s| !has(s)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use std::collections::BTreeMap;

    fn config() -> Config {
        let text = "[status]\nreview = \"wip\"\n[types]\ncustom = [\"recipe\"]\n";
        Config::parse(Some(text.into()), None, "bd", &Env::new("/".into(), BTreeMap::new())).unwrap()
    }

    #[test]
    fn known_words_pass_and_unknown_ones_name_the_known() {
        let c = config();
        assert_eq!(status(&c, "in-progress").unwrap(), Status::IN_PROGRESS);
        assert_eq!(status(&c, "review").unwrap().as_str(), "review");
        assert_eq!(issue_type(&c, "feat").unwrap(), "feature");
        assert_eq!(issue_type(&c, "recipe").unwrap(), "recipe");
        assert!(status(&c, "tombstone").is_err());
        let error = status(&c, "closd").unwrap_err();
        assert!(error.hints[0].contains("`closed`") && error.hints[1].contains("review"), "{error:?}");
        assert!(issue_type(&c, "tsk").unwrap_err().hints.iter().any(|h| h.contains("recipe")));
        assert!(dep_type("parent_child").is_err() && dep_type("blocks").is_ok());
    }

    #[test]
    fn limits() {
        assert_eq!(priority("P0").unwrap(), 0);
        for bad in ["5", "-1", "high", "", "P", "00"] {
            assert!(priority(bad).is_err(), "{bad}");
        }
        for bad in ["", "  ", "a\nb", &"x".repeat(501)] {
            assert!(title(bad).is_err(), "{bad}");
        }
        assert_eq!(title(" `x` $(y) ../z ").unwrap(), "`x` $(y) ../z");
        assert!(label("a,b").is_err() && label("a b").is_ok());
    }

    #[test]
    fn sections_are_headings_or_the_field() {
        assert_eq!(missing_sections("bug", "## Steps to reproduce\n1. x", ""), ["Acceptance Criteria"]);
        assert!(missing_sections("bug", "**Steps to Reproduce:**\n", "works").is_empty());
        assert!(missing_sections("chore", "", "").is_empty());
    }
}
