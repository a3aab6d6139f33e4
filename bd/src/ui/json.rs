//! JSON for people and programs alike.

use crate::error::{Error, Result};
use std::fmt::Write as _;

/// JSON with two blanks an indent. Stored values keep their digits and the order of their keys; characters that would
/// act on a terminal are written as escapes, which mean the same.
pub fn pretty<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    let compact = serde_json::to_string(value).map_err(|e| Error::internal(format!("an answer cannot be written as JSON: {e}")))?;
    Ok(indent(&compact))
}

/// One line of JSON, as safe as [`pretty`].
pub fn line<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    let compact = serde_json::to_string(value).map_err(|e| Error::internal(format!("an answer cannot be written as JSON: {e}")))?;
    let mut out = String::with_capacity(compact.len());
    let mut rest = compact.as_str();
    while let Some((plain, c)) = before_next(rest) {
        out.push_str(plain);
        push(&mut out, c);
        rest = &rest[plain.len() + c.len_utf8()..];
    }
    out.push_str(rest);
    Ok(out)
}

/// What stands before the next character that may be more than a letter, and that character; nothing where all of it is letters.
fn before_next(text: &str) -> Option<(&str, char)> {
    let at = text.bytes().position(|b| !matches!(b, b' '..=b'~') || b == b'"' || b == b'\\')?;
    Some((&text[..at], text[at..].chars().next()?))
}

/// Indents compact JSON.
fn indent(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 5 / 4);
    let (mut depth, mut in_string) = (0usize, false);
    let mut rest = json;
    let newline = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = rest.chars().next() {
        if in_string {
            let Some((plain, c)) = before_next(rest) else { break };
            out.push_str(plain);
            push(&mut out, c);
            rest = &rest[plain.len() + c.len_utf8()..];
            match c {
                '\\' => {
                    let escaped = rest.chars().next();
                    out.extend(escaped);
                    rest = &rest[escaped.map_or(0, char::len_utf8)..];
                }
                '"' => in_string = false,
                _ => {}
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => {
                in_string = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                if let Some(close) = rest.chars().next().filter(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                    rest = &rest[1..];
                } else {
                    depth += 1;
                    newline(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                newline(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                newline(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => out.push(c),
        }
    }
    out
}

/// A character inside a string (outside of strings none of the odd ones can stand).
fn push(out: &mut String, c: char) {
    if super::text::is_odd(c) {
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            let _infallible = write!(out, "\\u{unit:04x}");
        }
    } else {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fields, Value};

    #[test]
    fn nested_values_are_indented_to_the_letter() {
        let value = Value::from_json(r#"{"b":[1,{"a":"x, {y}: \"z\\"}],"e":[],"o":{},"n":9007199254740993}"#).unwrap();
        let text = pretty(&[Fields::new().with("v", value.clone())]).unwrap();
        assert!(
            text.starts_with(
                "[\n  {\n    \"v\": {\n      \"b\": [\n        1,\n        {\n          \"a\": \"x, {y}: \\\"z\\\\\"\n"
            ),
            "{text}"
        );
        assert!(text.contains("\"e\": [],") && text.contains("\"o\": {},") && text.contains("9007199254740993"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap()[0]["v"], value.to_tree());
        assert_eq!(pretty(&[(); 0]).unwrap(), "[]");
    }

    #[test]
    fn what_acts_on_a_terminal_is_an_escape() {
        let text = "a\u{1b}\u{9b}\u{202e}ü😀";
        for json in [pretty(text).unwrap(), line(text).unwrap()] {
            assert_eq!(json, "\"a\\u001b\\u009b\\u202eü😀\"");
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
