//! JSON as text: one form for what two writers spelled differently, and equality without a loss of precision.

use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The same JSON without white space outside strings and without escapes that are not needed (`\u003c`, `\/`).
/// Numbers and the order of keys stay to the letter; a lone surrogate keeps its escape. Expects valid JSON.
pub(crate) fn compact(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut done, mut at, mut in_string) = (0, 0, false);
    while let Some(&byte) = bytes.get(at) {
        match (in_string, byte) {
            (true, b'\\') => {
                let (len, canonical) = unescape(&text[at..]);
                if let Some(c) = canonical {
                    out.push_str(&text[done..at]);
                    push_escaped(&mut out, c);
                    done = at + len;
                }
                at += len;
                continue;
            }
            (_, b'"') => in_string = !in_string,
            (false, b' ' | b'\n' | b'\r' | b'\t') => {
                out.push_str(&text[done..at]);
                done = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The length of the escape at the start, and the character where it can be written in another way.
fn unescape(text: &str) -> (usize, Option<char>) {
    let unit = |at: usize| -> Option<u32> {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(hex, 16).ok()
    };
    match text.as_bytes().get(1) {
        Some(b'/') => (2, Some('/')),
        Some(b'u') => match unit(0) {
            Some(high @ 0xd800..=0xdbff) => match unit(6) {
                Some(low @ 0xdc00..=0xdfff) => (12, char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))),
                _ => (6, None),
            },
            Some(code) => (6, char::from_u32(code)),
            None => (2, None),
        },
        _ => (2, None),
    }
}

/// A character as serde_json writes it inside a string.
fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if u32::from(c) < 0x20 => {
            out.push_str("\\u00");
            out.extend([u32::from(c) >> 4, u32::from(c) & 15].iter().filter_map(|d| char::from_digit(*d, 16)));
        }
        c => out.push(c),
    }
}

/// True if two JSON texts mean the same: the order of keys, white space, escapes and the spelling of a number
/// (`1`, `1.0`, `10e-1`) do not count; every digit does.
pub(crate) fn same(a: &str, b: &str) -> bool {
    same_to(a, b, 128)
}

/// [`same`] to a depth; what lies deeper is compared to the letter, so that hostile nesting costs nothing.
fn same_to(a: &str, b: &str, depth: u8) -> bool {
    let (a, b) = (compact(a), compact(b));
    if a == b {
        return true;
    }
    let Some(depth) = depth.checked_sub(1) else { return false };
    match (a.as_bytes().first(), b.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => match (object(&a), object(&b)) {
            (Some(a), Some(b)) => {
                a.len() == b.len() && a.iter().zip(&b).all(|((k, v), (l, w))| k == l && same_to(v.get(), w.get(), depth))
            }
            _ => false,
        },
        (Some(b'['), Some(b'[')) => match (array(&a), array(&b)) {
            (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(&b).all(|(v, w)| same_to(v.get(), w.get(), depth)),
            _ => false,
        },
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => number(&a).is_some_and(|a| number(&b) == Some(a)),
        _ => false,
    }
}

fn object(text: &str) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(text).ok()
}

fn array(text: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(text).ok()
}

/// Sign, digits without zeros at either end, power of ten of the last digit.
fn number(text: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let (whole, fraction) = mantissa.trim_start_matches('-').split_once('.').unwrap_or((mantissa.trim_start_matches('-'), ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_end_matches('0');
    let power = exponent.checked_sub(fraction.len() as i64)?.checked_add((all.len() - digits.len()) as i64)?;
    let digits = digits.trim_start_matches('0').to_owned();
    Some(if digits.is_empty() { (false, digits, 0) } else { (negative, digits, power) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_every_spelling() {
        for (from, to) in [
            (r#""\u003cb\u003e \u0026 \/""#, r#""<b> & /""#),
            ("{ \"a\" : [ 1 ,\n 2 ] , \"b\":\"x  y\\n\" }", r#"{"a":[1,2],"b":"x  y\n"}"#),
            (r#""\ud83d\ude00 \u00e9 \u0022 \u005c \u000a \u0001""#, r#""😀 é \" \\ \n \u0001""#),
            (r#""\ud83d x \udc00""#, r#""\ud83d x \udc00""#),
            (r#""a\\u003c""#, r#""a\\u003c""#),
            ("9007199254740993", "9007199254740993"),
        ] {
            assert_eq!(compact(from), to);
            assert_eq!(compact(to), to, "twice is once");
        }
    }

    #[test]
    fn equality_is_exact_and_by_meaning() {
        for (a, b) in [
            ("1", "1.0"),
            ("-0", "0.00"),
            ("120e-1", "12"),
            (r#"{"a":1,"b":[2]}"#, r#"{ "b":[2.0], "a":1 }"#),
            ("\"\\u003c\"", "\"<\""),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("9007199254740993", "9007199254740992"),
            ("[18446744073709551617]", "[18446744073709551618]"),
            ("1e400", "2e400"),
            ("\"1\"", "1"),
            ("null", "0"),
            ("[1]", "[1,1]"),
            ("{\"a\":1}", "{\"b\":1}"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }
}
