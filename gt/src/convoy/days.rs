//! Days in the names of molecules: `day3-workflow-refs`, `day4-5-error-details`.

/// The first and the last day that a molecule's name says; `None` where it names no day.
pub fn of(id: &str) -> Option<(u32, u32)> {
    let rest = id.strip_prefix("day").or_else(|| id.strip_prefix("Day"))?;
    let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
    let (first, rest) = number(rest)?;
    let last = rest.strip_prefix(['-', '_']).and_then(number).filter(|(n, rest)| *n > first && ends(rest)).map(|(n, _)| n);
    match last {
        Some(last) => Some((first, last)),
        None => ends(rest).then_some((first, first)),
    }
}

fn ends(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['-', '_', '.'])
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let n = text[..end].parse().ok().filter(|n| (1..=9999).contains(n))?;
    Some((n, &text[end..]))
}

/// How many days a molecule takes by its name; 1 where it names none.
pub fn span(id: &str) -> u32 {
    of(id).map_or(1, |(first, last)| last - first + 1)
}

/// What people call it on the board: `Day 3`, `Day 4-5`, else its id.
pub fn label(id: &str) -> String {
    match of(id) {
        Some((first, last)) if first == last => format!("Day {first}"),
        Some((first, last)) => format!("Day {first}-{last}"),
        None => id.to_owned(),
    }
}

/// The shortest name in a sentence about another molecule: `day3`, `day4-5`, else its id.
pub fn short(id: &str) -> String {
    match of(id) {
        Some((first, last)) if first == last => format!("day{first}"),
        Some((first, last)) => format!("day{first}-{last}"),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_names() {
        let table = [
            ("day3-workflow-refs", 1, "Day 3", "day3"),
            ("day4-5-error-details", 2, "Day 4-5", "day4-5"),
            ("day7-8", 2, "Day 7-8", "day7-8"),
            ("day-2", 1, "Day 2", "day2"),
            // No range: it would run backwards, or the second number is part of a word.
            ("day5-4-x", 1, "Day 5", "day5"),
            ("day3-2nd-try", 1, "Day 3", "day3"),
            ("day3x", 1, "day3x", "day3x"),
            ("today3", 1, "today3", "today3"),
            ("day", 1, "day", "day"),
            ("day0-x", 1, "day0-x", "day0-x"),
            ("day99999999999-x", 1, "day99999999999-x", "day99999999999-x"),
        ];
        for (id, days, title, brief) in table {
            assert_eq!((span(id), label(id).as_str(), short(id).as_str()), (days, title, brief), "{id}");
        }
    }
}
