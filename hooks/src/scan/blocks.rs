//! Blocks of code around a place: braces, loops, indented lines. Works on masked code, so that no brace is in a string.

use super::source::line_of;
use crate::lang::Lang;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// How far a block may be from the words that announce it.
const HEADER: usize = 2000;

/// The end of the brace block that begins after `from`, before any `;` at the same level. `None` if there is no such block.
pub(super) fn block_after(code: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0i32;
    for (i, byte) in code.iter().enumerate().skip(from).take(HEADER) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth <= 0 => return Some(closing(code, i)),
            b';' if depth <= 0 => return None,
            _ => {}
        }
    }
    None
}

/// The place after the bracket that closes the one at `open`; the end of the code if none does.
pub(super) fn closing(code: &[u8], open: usize) -> usize {
    let (up, down) = match code.get(open) {
        Some(b'(') => (b'(', b')'),
        Some(b'[') => (b'[', b']'),
        _ => (b'{', b'}'),
    };
    let mut depth = 0usize;
    for (i, byte) in code.iter().enumerate().skip(open) {
        if *byte == up {
            depth += 1;
        } else if *byte == down {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return i + 1;
            }
        }
    }
    code.len()
}

static BRACES: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"\b(?:for|while|loop|do|foreach|repeat)\b"));
static INDENTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"^[ \t]*(?:async[ \t]+)?(?:for|while|until|loop|begin)\b[^\n]*|^[^\n]*\.(?:times|each|upto|each_with_index)\b[^\n]*\bdo\b[^\n]*",
    )
});
static SHELL: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"\b(?:for|while|until|do|done)\b"));

fn regex(text: &str) -> Option<Regex> {
    regex::bytes::RegexBuilder::new(text).unicode(false).multi_line(true).build().ok()
}

/// The loops of `part` around a place, headers and conditions included, outermost first.
pub(super) fn loops_around(lang: Lang, code: &[u8], part: Range<usize>, at: usize) -> Vec<Range<usize>> {
    match lang {
        Lang::Python | Lang::Ruby => indented(code, part, at),
        Lang::Shell => shell(code, part, at),
        lang => braces(lang, code, part, at),
    }
}

fn braces(lang: Lang, code: &[u8], part: Range<usize>, at: usize) -> Vec<Range<usize>> {
    let Some(regex) = &*BRACES else { return Vec::new() };
    let bare = matches!(lang, Lang::Go | Lang::Rust);
    let mut out = Vec::new();
    for word in regex.find_iter(&code[..at.min(part.end)]).filter(|m| m.start() >= part.start) {
        let end = if bare { block_after_header(code, word.end()) } else { statement(code, word.as_bytes(), word.end()) };
        if let Some(end) = end.filter(|end| *end > at) {
            out.push(word.start()..end);
        }
    }
    out
}

/// The end of the block of a loop whose condition stands without brackets (`for i := 0; i < n; i++ {`).
fn block_after_header(code: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0i32;
    for (i, byte) in code.iter().enumerate().skip(from).take(HEADER) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth <= 0 => return Some(closing(code, i)),
            b'\n' if depth <= 0 => return None,
            _ => {}
        }
    }
    None
}

/// The end of a loop with its condition in brackets; of `do { … } while (…)` with its condition.
fn statement(code: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let mut i = blank(code, from);
    if word != b"do" && word != b"loop" && word != b"repeat" || code.get(i) == Some(&b'(') {
        // `for await (…)`, `for each (…)`.
        while code.get(i).is_some_and(u8::is_ascii_alphabetic) {
            i += 1;
        }
        i = blank(code, i);
        if code.get(i) != Some(&b'(') {
            return None;
        }
        i = blank(code, closing(code, i));
    }
    if code.get(i) == Some(&b'{') {
        let end = closing(code, i);
        let tail = blank(code, end);
        return Some(if word == b"do" && code[tail..].starts_with(b"while") { line_of(code, tail).end } else { end });
    }
    // One statement.
    let mut depth = 0i32;
    for (k, byte) in code.iter().enumerate().skip(i) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b';' if depth <= 0 => return Some(k + 1),
            _ => {}
        }
        if depth < 0 {
            return Some(k);
        }
    }
    Some(code.len())
}

fn blank(code: &[u8], mut i: usize) -> usize {
    while code.get(i).is_some_and(u8::is_ascii_whitespace) {
        i += 1;
    }
    i
}

/// Loops whose block is what is indented more than their first line. For Ruby this holds in code that is formatted.
fn indented(code: &[u8], part: Range<usize>, at: usize) -> Vec<Range<usize>> {
    let Some(regex) = &*INDENTED else { return Vec::new() };
    let part = line_of(code, part.start).start..part.end;
    let mut out = Vec::new();
    for head in regex.find_iter(&code[..line_of(code, at).end]).filter(|m| m.start() >= part.start) {
        let own = indent(head.as_bytes());
        let mut end = line_of(code, head.end()).end;
        while end < code.len() {
            let line = line_of(code, end + 1);
            let text = &code[line.clone()];
            let empty = text.iter().all(u8::is_ascii_whitespace);
            if !empty && indent(text) <= own {
                // `end while …`, `end until …` belong to it.
                if indent(text) == own && text[own..].starts_with(b"end") {
                    end = line.end;
                }
                break;
            }
            end = line.end;
            if line.is_empty() && line.start >= code.len() {
                break;
            }
        }
        if end > at {
            out.push(head.start()..end);
        }
    }
    out
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|b| **b == b' ' || **b == b'\t').count()
}

/// `while …; do … done` and its kin.
fn shell(code: &[u8], part: Range<usize>, at: usize) -> Vec<Range<usize>> {
    let Some(regex) = &*SHELL else { return Vec::new() };
    let mut open: Vec<usize> = Vec::new();
    let mut heads: Vec<usize> = Vec::new();
    let mut out = Vec::new();
    for word in regex.find_iter(&code[..part.end.min(code.len())]).filter(|m| m.start() >= part.start) {
        match word.as_bytes() {
            b"do" => open.push(heads.pop().unwrap_or(word.start())),
            b"done" => {
                if let Some(start) = open.pop().filter(|start| *start <= at && at < word.end()) {
                    out.push(start..word.end());
                }
            }
            _ => heads.push(word.start()),
        }
    }
    out.reverse();
    out
}
