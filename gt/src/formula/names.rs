//! Names that reach paths, ids and command lines.

/// The longest name.
const LONGEST: usize = 128;

/// Why a name is not taken; `None` if it is. Letters, digits, `.`, `_`, `-`; a letter or digit first; no `..`.
pub fn unsafe_name(name: &str) -> Option<&'static str> {
    let mut chars = name.chars();
    match chars.next() {
        None => return Some("it is empty"),
        Some('-') => return Some("it begins with a hyphen"),
        Some('.') => return Some("it begins with a dot"),
        Some(c) if c.is_control() => return Some("it has a control character"),
        Some('/' | '\\') => return Some("it has a slash"),
        Some(c) if !c.is_alphanumeric() => return Some("it does not begin with a letter or digit"),
        Some(_) => {}
    }
    if name.len() > LONGEST {
        return Some("it is longer than 128 bytes");
    }
    if name.contains("..") || name.ends_with('.') {
        return Some("its dots could mean a path");
    }
    chars.find_map(|c| match c {
        '/' | '\\' => Some("it has a slash"),
        c if c.is_control() => Some("it has a control character"),
        c if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') => None,
        _ => Some("it has something else than letters, digits, `.`, `_` and `-`"),
    })
}

/// True for a variable's name: a letter or `_`, then letters, digits, `_`, `-`.
pub(super) fn is_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && name.len() <= LONGEST
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_its_place_is_refused() {
        for good in ["a", "do-red", "implement.draft", "loop.iter1.x", "v1.2", "Ünï", "move_1", "0"] {
            assert_eq!(unsafe_name(good), None, "{good}");
        }
        let long = "x".repeat(200);
        for bad in [
            "", "-x", "--force", ".x", "..", "a/b", "/etc", "a\\b", "a..b", "a\u{0}", "a\nb", "\u{7}", "a b", "{x}", "a.", &long,
            "a:b",
        ] {
            assert!(unsafe_name(bad).is_some(), "{bad:?}");
        }
        assert!(is_variable("a_b-c1") && !is_variable("1a") && !is_variable("a.b") && !is_variable(""));
    }
}
