//! Names that are not text: git allows any bytes but NUL in a path, a report and a glob want UTF-8.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A path as text: as it is, or quoted as git quotes it (`"caf\351.go"`) where it is not UTF-8, holds control characters or
/// begins with a quote. What begins with a quote is therefore always quoted, and [`raw`] has the bytes back.
pub fn quoted(path: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(path) {
        if !text.starts_with('"') && !text.chars().any(char::is_control) {
            return text.to_owned();
        }
    }
    let mut out = String::from("\"");
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c.is_control() => c.to_string().bytes().for_each(|b| out.push_str(&format!("\\{b:03o}"))),
                c => out.push(c),
            }
        }
        chunk.invalid().iter().for_each(|b| out.push_str(&format!("\\{b:03o}")));
    }
    out.push('"');
    out
}

/// A path as globs match it: the bytes that git has, so that a quote at its end hides no `*_test.go`.
pub fn plain(path: &str) -> Cow<'_, Path> {
    if path.starts_with('"') { Cow::Owned(raw(path)) } else { Cow::Borrowed(Path::new(path)) }
}

/// The bytes of a path that [`quoted`] made, as a path of this system.
pub fn raw(path: &str) -> PathBuf {
    let Some(inner) = path.strip_prefix('"').and_then(|p| p.strip_suffix('"')) else { return PathBuf::from(path) };
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        let octal = more.get(..3).filter(|d| *first == b'\\' && d.iter().all(|b| (b'0'..=b'7').contains(b)));
        if let Some(digits) = octal {
            out.push(digits.iter().fold(0u8, |n, d| n.wrapping_mul(8).wrapping_add(d - b'0')));
            rest = &more[3..];
        } else if let (b'\\', Some((escaped, after))) = (first, more.split_first()) {
            out.push(*escaped);
            rest = after;
        } else {
            out.push(*first);
        }
    }
    super::raw_bytes(&out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn any_bytes_come_back_and_text_stays_as_it_is() {
        let names: [&[u8]; 8] =
            [b"src/a.go", "caf\u{e9}.go".as_bytes(), b"caf\xe9.go", b"\"q\".go", b"a\nb", b"b\\c\x01", b"\xff\\377", b"\""];
        for name in names {
            let text = quoted(name);
            assert_eq!(raw(&text).as_os_str().as_bytes(), name, "{text}");
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
        assert_eq!(quoted("caf\u{e9} \\.go".as_bytes()), "caf\u{e9} \\.go");
        assert_eq!(quoted(b"caf\xe9.go"), "\"caf\\351.go\"");
    }
}
