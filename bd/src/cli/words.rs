//! Splitting a line into words as a POSIX shell would, without any of its expansions.

use crate::error::{Error, Result};

/// The words of a line: white space parts them, `'…'` is literal, `"…"` knows `\"` and `\\` and `\n`, a backslash elsewhere
/// takes the next character.
///
/// # Errors
/// A quote that does not end.
pub(super) fn split(line: &str) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => out.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_with(String::new);
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => word.push(c),
                        None => return Err(open(line, '\'')),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_with(String::new);
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some('n') => word.push('\n'),
                            Some(c @ ('"' | '\\' | '$' | '`')) => word.push(c),
                            Some(c) => word.extend(['\\', c]),
                            None => return Err(open(line, '"')),
                        },
                        Some(c) => word.push(c),
                        None => return Err(open(line, '"')),
                    }
                }
            }
            '\\' => word.get_or_insert_with(String::new).extend(chars.next()),
            c => word.get_or_insert_with(String::new).push(c),
        }
    }
    out.extend(word);
    Ok(out)
}

fn open(line: &str, quote: char) -> Error {
    let start: String = line.chars().take(40).collect();
    Error::usage(format!("a {quote} in `{}` has no other end", start.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_shell_without_expansions() {
        let words = |line: &str| split(line).unwrap();
        assert_eq!(words(r#"create "a \"b\" $HOME" -p 1"#), ["create", r#"a "b" $HOME"#, "-p", "1"]);
        assert_eq!(words(r"comment x 'it''s' a\ b ''"), ["comment", "x", "its", "a b", ""]);
        assert_eq!(words("  "), Vec::<String>::new());
        assert!(split("x 'y").is_err() && split("x \"y").is_err());
    }
}
