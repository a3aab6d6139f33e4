//! The loops of a file, by their words: `for`, `while` and kin, headers and conditions included. They are looked for once a file,
//! so that many places in it cost no more than the file is long.

use super::blocks::{Brackets, header};
use super::source::line_of;
use crate::lang::Lang;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

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

/// All loops of a file.
#[derive(Debug, Default)]
pub(super) struct Loops {
    /// By their beginnings.
    ranges: Vec<Range<usize>>,
    /// For each: the one before it that was not over where it began.
    outer: Vec<Option<usize>>,
    /// A loop begins with its line.
    by_line: bool,
}

impl Loops {
    /// Looks for them in masked code.
    pub fn new(lang: Lang, code: &[u8]) -> Self {
        let by_line = matches!(lang, Lang::Python | Lang::Ruby);
        let mut ranges = match lang {
            Lang::Python | Lang::Ruby => indented(code),
            Lang::Shell => shell(code),
            lang => braces(lang, code),
        };
        ranges.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
        let mut open: Vec<usize> = Vec::new();
        let mut outer = Vec::with_capacity(ranges.len());
        for (i, range) in ranges.iter().enumerate() {
            while open.pop_if(|o| ranges[*o].end <= range.start).is_some() {}
            outer.push(open.last().copied());
            open.push(i);
        }
        Self { ranges, outer, by_line }
    }

    /// Those of `part` around a place, outermost first.
    pub fn around(&self, code: &[u8], part: Range<usize>, at: usize) -> Vec<Range<usize>> {
        let from = if self.by_line { line_of(code, part.start).start } else { part.start };
        let mut out = Vec::new();
        let mut next = self.ranges.partition_point(|r| r.start <= at).checked_sub(1);
        while let Some(i) = next.filter(|i| self.ranges[*i].start >= from) {
            if self.ranges[i].end > at {
                out.push(self.ranges[i].clone());
            }
            next = self.outer[i];
        }
        out.reverse();
        out
    }
}

fn braces(lang: Lang, code: &[u8]) -> Vec<Range<usize>> {
    let Some(regex) = &*BRACES else { return Vec::new() };
    let bare = matches!(lang, Lang::Go | Lang::Rust);
    let brackets = Brackets::new(code);
    let mut out = Vec::new();
    // Bodies without braces: where they begin, and whose they are.
    let mut single = Vec::new();
    for word in regex.find_iter(code) {
        let body = if bare {
            // The condition stands without brackets (`for i := 0; i < n; i++ {`).
            header(code, word.end(), b'\n').map(|open| Body::Ends(brackets.closing(open)))
        } else {
            body(code, &brackets, word.as_bytes(), word.end())
        };
        match body {
            Some(Body::Ends(end)) => out.push(word.start()..end),
            Some(Body::One(from)) => {
                single.push((from, out.len()));
                out.push(word.start()..code.len());
            }
            None => {}
        }
    }
    let by_line = matches!(lang, Lang::JavaScript | Lang::TypeScript | Lang::Kotlin);
    ends_of_statements(code, by_line, single, &mut out);
    out
}

/// What a loop repeats.
enum Body {
    /// A block: where it ends.
    Ends(usize),
    /// One statement: where it begins.
    One(usize),
}

/// The body of a loop with its condition in brackets; of `do { … } while (…)` with its condition.
fn body(code: &[u8], brackets: &Brackets, word: &[u8], from: usize) -> Option<Body> {
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
        i = blank(code, brackets.closing(i));
    }
    if code.get(i) != Some(&b'{') {
        return Some(Body::One(i));
    }
    let end = brackets.closing(i);
    let tail = blank(code, end);
    let condition = word == b"do" && code[tail..].starts_with(b"while");
    Some(Body::Ends(if condition { memchr::memchr(b'\n', &code[tail..]).map_or(code.len(), |i| tail + i) } else { end }))
}

/// The ends of statements, all in one pass: a `;`, the bracket that closes what is around them, or in languages that need no `;` the
/// end of a line that is complete.
fn ends_of_statements(code: &[u8], by_line: bool, mut single: Vec<(usize, usize)>, out: &mut [Range<usize>]) {
    single.sort_unstable();
    let Some((first, _)) = single.first().copied() else { return };
    let mut begins = single.into_iter().peekable();
    let mut level = 0i32;
    let mut open: Vec<(i32, usize)> = Vec::new();
    for (k, byte) in code.iter().enumerate().skip(first) {
        while let Some((_, one)) = begins.next_if(|(from, _)| *from == k) {
            open.push((level, one));
        }
        match byte {
            b'(' | b'[' | b'{' => level += 1,
            b')' | b']' | b'}' => {
                level -= 1;
                while let Some((_, one)) = open.pop_if(|(of, _)| *of > level) {
                    out[one].end = k;
                }
            }
            b'\n' if by_line && !open.is_empty() && is_complete(code, k) => {
                while let Some((_, one)) = open.pop_if(|(of, _)| *of >= level) {
                    out[one].end = k;
                }
            }
            b';' => {
                while let Some((_, one)) = open.pop_if(|(of, _)| *of >= level) {
                    out[one].end = k + 1;
                }
            }
            _ => {}
        }
    }
}

/// True if a statement can end with the line that ends here.
fn is_complete(code: &[u8], end: usize) -> bool {
    let last = code[..end].iter().rev().find(|b| !matches!(b, b' ' | b'\t' | b'\r'));
    let next = code[end..].iter().find(|b| !b.is_ascii_whitespace());
    last.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b')' | b']' | b'}' | b'"' | b'\'' | b'`'))
        && next.is_none_or(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'}' | b')' | b']' | b'@' | b'/' | b'#'))
}

fn blank(code: &[u8], mut i: usize) -> usize {
    while code.get(i).is_some_and(u8::is_ascii_whitespace) {
        i += 1;
    }
    i
}

/// Loops whose block is what is indented more than their first line. For Ruby this holds in code that is formatted.
fn indented(code: &[u8]) -> Vec<Range<usize>> {
    let Some(regex) = &*INDENTED else { return Vec::new() };
    let mut heads = regex.find_iter(code).map(|head| head.start()).peekable();
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut before) = (0, 0);
    while start < code.len() {
        let end = memchr::memchr(b'\n', &code[start..]).map_or(code.len(), |i| start + i);
        let text = &code[start..end];
        if !text.iter().all(u8::is_ascii_whitespace) {
            let own = text.iter().take_while(|b| **b == b' ' || **b == b'\t').count();
            while let Some((of, one)) = open.pop_if(|(of, _)| *of >= own) {
                // `end while …`, `end until …` belong to it.
                out[one].end = if of == own && text[own..].starts_with(b"end") { end } else { before };
            }
            if heads.next_if(|head| *head == start).is_some() {
                open.push((own, out.len()));
                out.push(start..code.len());
            }
        }
        before = end;
        start = end + 1;
    }
    out
}

/// `while …; do … done` and its kin.
fn shell(code: &[u8]) -> Vec<Range<usize>> {
    let Some(regex) = &*SHELL else { return Vec::new() };
    let mut open: Vec<usize> = Vec::new();
    let mut heads: Vec<usize> = Vec::new();
    let mut out = Vec::new();
    for word in regex.find_iter(code) {
        match word.as_bytes() {
            b"do" => open.push(heads.pop().unwrap_or(word.start())),
            b"done" => out.extend(open.pop().map(|start| start..word.end())),
            _ => heads.push(word.start()),
        }
    }
    out
}
