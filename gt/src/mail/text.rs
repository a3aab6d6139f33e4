//! Texts of others made harmless: no control characters, no turning of the direction of writing, bounded.

use bd::error::{Error, Result};

/// The longest subject in characters.
pub const MAX_SUBJECT: usize = 500;
/// The longest body in bytes.
pub const MAX_BODY: usize = bd::model::MAX_TEXT;

fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

fn is_plain(byte: u8) -> bool {
    (b' '..0x7f).contains(&byte)
}

/// The text without characters that act on a terminal, hide, or turn the direction of writing. Line feeds stay, tabs
/// become blanks, other line ends become line feeds.
pub fn clean(text: &str) -> String {
    // Nearly every text, and thousands of them are read by `gt mail check`.
    if text.bytes().all(|b| b == b'\n' || is_plain(b)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push('\n'),
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\t' => out.push(' '),
            c if is_odd(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// The text on one line, blanks and line ends as one blank.
pub fn one_line(text: &str) -> String {
    if text.bytes().all(is_plain) && !text.contains("  ") && !text.starts_with(' ') && !text.ends_with(' ') {
        return text.to_owned();
    }
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first `most` characters, with `…` where something was cut.
pub fn cut(text: &str, most: usize) -> String {
    if text.len() <= most || text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A subject that somebody typed: one line.
///
/// # Errors
/// Empty, or over [`MAX_SUBJECT`] (exit 2).
pub fn subject(text: &str) -> Result<String> {
    let line = one_line(text);
    if line.is_empty() {
        return Err(Error::usage("a message needs a subject").hint("-s TEXT says in one line what it is about"));
    }
    let length = line.chars().count();
    if length > MAX_SUBJECT {
        return Err(Error::usage(format!("the subject has {length} characters; at most {MAX_SUBJECT} are kept"))
            .hint("Put the long part into the body: -m TEXT or --stdin"));
    }
    Ok(line)
}

/// A body that somebody typed.
///
/// # Errors
/// Over [`MAX_BODY`] (exit 2).
pub fn body(text: &str) -> Result<String> {
    let text = clean(text);
    if text.len() > MAX_BODY {
        return Err(Error::usage(format!("the body has {} bytes; at most {MAX_BODY} are kept", text.len()))
            .hint("Put long material into a file of the repository and name it with --artifact"));
    }
    Ok(text.trim_end().to_owned())
}

/// The text with every line that looks like a secret replaced; how many there were.
pub fn without_secrets(text: &str) -> (String, usize) {
    let mut count = 0;
    let mut keep = |line: &str| match bd::ops::secrets::find(line) {
        Some(found) => {
            count += 1;
            format!("[a line with what looks like {} was left out]", found.what)
        }
        None => line.to_owned(),
    };
    let lines: Vec<String> = text.split('\n').map(&mut keep).collect();
    (lines.join("\n"), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_or_hides_stays() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\u{200b}\td\r\ne\rf\u{e0041}\u{0}"), "a[31mbc d\ne\nf");
        assert_eq!(clean("plain\ntext"), "plain\ntext");
        for (text, line) in [("  a\n\n b\tc ", "a b c"), ("a  b", "a b"), (" a", "a"), ("a ", "a"), ("a b", "a b"), ("", "")] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
        assert_eq!((cut("abcdef", 4), cut("abcd", 4)), ("abc…".into(), "abcd".into()));
    }

    #[test]
    fn limits_are_said() {
        assert!(subject(" \n ").is_err());
        assert_eq!(subject(&"x".repeat(500)).unwrap().len(), 500);
        assert!(subject(&"x".repeat(501)).unwrap_err().message.contains("501"));
        assert!(body(&"x".repeat(MAX_BODY + 1)).is_err());
        assert_eq!(body("a\n\n").unwrap(), "a");
    }

    #[test]
    fn a_line_with_a_secret_goes_and_the_others_stay() {
        let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        let (text, count) = without_secrets(&format!("one\nuse {token}\nthree"));
        assert_eq!(count, 1);
        assert!(text.starts_with("one\n[a line") && text.ends_with("\nthree") && !text.contains("ghp_"), "{text}");
    }
}
