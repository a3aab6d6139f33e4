//! What people type for a bead, and what they see.

use crate::error::Error;

/// True if a text (in lower case) is the beginning of a name, of what follows its first `-`, or of what follows its last.
/// Nothing is the beginning of none, and pseudo-beads have none.
pub(super) fn begins_with(name: &str, wanted: &str) -> bool {
    let tail = name.split_once('-').map_or("", |(_, t)| t);
    let last = name.rsplit_once('-').map_or("", |(_, t)| t);
    !wanted.is_empty() && !name.starts_with('_') && [name, tail, last].iter().any(|part| part.starts_with(wanted))
}

/// The error where no bead fits a text.
pub(super) fn none_fits<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::usage(format!("there is no bead `{}`", text.escape_debug()));
    match nearest(text, names) {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error.hint("`bd list` shows the beads that there are"),
    }
}

/// The error where several fit.
pub(super) fn many_fit(text: &str, fits: &[String]) -> Error {
    let mut names: Vec<&str> = fits.iter().take(5).map(String::as_str).collect();
    let more = format!("… {} more", fits.len().saturating_sub(5));
    if fits.len() > 5 {
        names.push(&more);
    }
    Error::usage(format!("`{}` fits {} beads", text.escape_debug(), fits.len())).hint(format!("One of {}", names.join(", ")))
}

/// How many characters after the prefix tell a name from these others; 0 = people use it whole. At least four.
pub(super) fn short_take(name: &str, others: &[&str]) -> u8 {
    let Some((prefix, tail)) = name.split_once('-') else { return 0 };
    // Imported ids are names of their own: `bd-a3f8.1` stays what people call it.
    if tail.len() != 12 || !tail.bytes().all(|b| b.is_ascii_digit() || (b.is_ascii_lowercase() && !b"ilou".contains(&b))) {
        return 0;
    }
    let shared = others.iter().map(|o| o.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count()).max().unwrap_or(0);
    (shared + 1).saturating_sub(prefix.len() + 1).clamp(4, tail.len()) as u8
}

/// The name that people see.
pub(super) fn shortened(name: &str, take: u8) -> &str {
    match name.split_once('-') {
        Some((prefix, _)) if take > 0 => name.get(..prefix.len() + 1 + usize::from(take)).unwrap_or(name),
        _ => name,
    }
}

/// The name that people see among all names: `since` hands on, in order, those from a text on, until it is told to stop.
pub(super) fn short(name: &str, since: impl Fn(&str, &mut dyn FnMut(&str) -> bool)) -> String {
    let Some((prefix, _)) = name.split_once('-') else { return name.to_owned() };
    // Only names that share the four characters which everybody sees can ask for more of them.
    let Some(front) = name.get(..prefix.len() + 5) else { return name.to_owned() };
    let mut near: Vec<String> = Vec::new();
    since(front, &mut |other| {
        if other != name {
            near.push(other.to_owned());
        }
        other.starts_with(front)
    });
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    shortened(name, short_take(name, &near)).to_owned()
}

/// The nearest name, if one is near.
fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = (text.len() / 3).max(1);
    let near = names.filter(|n| !n.starts_with('_')).filter_map(|n| Some((crate::query::distance(text, n, limit)?, n)));
    near.min().map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_long_enough_and_no_longer() {
        let name = "bd-abcdefghjkmn";
        assert_eq!(shortened(name, short_take(name, &[])), "bd-abcd");
        assert_eq!(shortened(name, short_take(name, &["bd-abcdxxxxxxxx", "bd-abcc00000000"])), "bd-abcde");
        assert_eq!(shortened(name, short_take(name, &["bd-abcdefghjkmp"])), name);
        assert_eq!(shortened(name, short_take(name, &["bd-abcdefghjkmn.1"])), name, "a prefix of another is whole");
        assert_eq!(shortened("bd-a3f8.1", short_take("bd-a3f8.1", &[])), "bd-a3f8.1");
        assert_eq!(short_take("bd-üüüüüü", &[]), 0, "no name is cut inside a character");
    }

    #[test]
    fn beginnings() {
        assert!(begins_with("hq-cv-abc", "cv") && begins_with("hq-cv-abc", "ab") && begins_with("hq-cv-abc", "hq-c"));
        assert!(!begins_with("hq-cv-abc", "bc") && !begins_with("hq-cv-abc", "") && !begins_with("_memory", "_m"));
    }
}
