//! The core of all maskers: a position, a stack of what surrounds it, and the ranges that were blanked.
//!
//! A language says at which bytes it wants to be asked ([`Language::stops`]) and what begins there ([`Language::code`]);
//! what a string is made of ([`Text`]) is data, so that all strings of all languages are read by one loop.

use super::Masked;
use std::ops::Range;

/// How deep code may stand in strings in code; what opens deeper is the string's content. Bounds the memory.
const DEEPEST: usize = 10_000;

/// The bytes at which a language is asked.
pub(super) type Stops = [bool; 256];

/// The table for some bytes.
pub(super) const fn stops(bytes: &[u8]) -> Stops {
    let mut table = [false; 256];
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
}

/// What a family of languages adds to the core.
pub(super) trait Language {
    /// The bytes of code at which [`Language::code`] is asked; the brackets of its holes are among them.
    fn stops(&self) -> &'static Stops;

    /// At such a byte, in code: takes what begins here, at least this byte.
    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8);

    /// False if this bracket does not close the hole, though it is of the kind (a pattern of the shell's `case`).
    fn closes(&mut self, _lexer: &Lexer<'_>) -> bool {
        true
    }
}

/// How a string ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// With this byte.
    Byte(u8),
    /// With so many of this byte in a row; `last`: of a longer row the last ones count.
    Row { byte: u8, count: usize, last: bool },
    /// With a quote and so many `#`.
    Hashes(usize),
    /// With `)`, these bytes of the file and `"`.
    Raw(Range<usize>),
    /// With the bracket that closes this one, nested ones skipped.
    Nested { open: u8, close: u8, depth: usize },
    /// With a line that is these bytes of the file, `tabs`/`blanks` before it allowed.
    Line { tag: Range<usize>, indent: Indent },
    /// Before this byte, which is not part of the string.
    Before(u8),
}

/// What may stand before the last line of a heredoc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indent {
    None,
    Tabs,
    Blanks,
}

/// What makes the end's byte a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    None,
    /// A backslash before it.
    Backslash,
    /// A second one after it.
    Doubled,
}

/// Where code stands in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holes {
    None,
    /// `#{…}` or `${…}`, the mark so many times.
    Mark(u8, usize),
    /// `{…}`, the brace so many times; twice as many are content where `doubled`. With `spec`, a colon at the top ends the
    /// code.
    Braces {
        count: usize,
        doubled: bool,
        spec: bool,
    },
    /// `$(…)`, `${…}` and backquotes.
    Shell,
}

/// A string that has begun.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub end: End,
    pub escape: Escape,
    /// True if it may go on in the next line.
    pub lines: bool,
    pub holes: Holes,
}

impl Text {
    /// A string in one line, with backslashes, that ends with the byte.
    pub(super) const fn line(byte: u8) -> Self {
        Self { end: End::Byte(byte), escape: Escape::Backslash, lines: false, holes: Holes::None }
    }

    /// A string over lines in which nothing but its end means something.
    pub(super) const fn raw(end: End) -> Self {
        Self { end, escape: Escape::None, lines: true, holes: Holes::None }
    }
}

/// Code in a string.
#[derive(Clone, Debug)]
struct Hole {
    open: u8,
    close: u8,
    /// How many of `close` end it.
    count: usize,
    depth: usize,
    /// True if a colon at the top begins a format; then all brackets count.
    spec: bool,
}

#[derive(Clone, Debug)]
enum Frame {
    Hole(Hole),
    Text(Text),
}

/// A file on its way.
pub(super) struct Lexer<'a> {
    pub src: &'a [u8],
    pub pos: usize,
    code: Vec<u8>,
    comments: Vec<Range<usize>>,
    strings: Vec<Range<usize>>,
    frames: Vec<Frame>,
    /// Heredocs that begin with the next line.
    pub pending: Vec<Text>,
    /// How many bytes were looked at, again and again counted.
    pub steps: u64,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(src: &'a [u8]) -> Self {
        Self {
            src,
            pos: 0,
            code: src.to_vec(),
            comments: Vec::new(),
            strings: Vec::new(),
            frames: Vec::new(),
            pending: Vec::new(),
            steps: 0,
        }
    }

    pub(super) fn run(mut self, language: &mut impl Language) -> (Masked, u64) {
        if self.src.starts_with(b"\xef\xbb\xbf") {
            self.pos = 3;
        }
        let table = language.stops();
        while self.pos < self.src.len() {
            if let Some(Frame::Text(_)) = self.frames.last() {
                self.text();
                continue;
            }
            let rest = &self.src[self.pos..];
            let skip = rest.iter().position(|b| table[usize::from(*b)]).unwrap_or(rest.len());
            self.steps += skip as u64 + 1;
            self.pos += skip;
            if let Some(byte) = self.byte(0) {
                self.token(language, byte);
            }
        }
        (Masked { code: self.code, comments: self.comments, strings: self.strings }, self.steps)
    }

    fn token(&mut self, language: &mut impl Language, byte: u8) {
        if byte == b'\n' && !self.pending.is_empty() {
            self.pos += 1;
            let begun = self.pending.drain(..).rev().map(Frame::Text);
            self.frames.extend(begun);
            return;
        }
        let closing = matches!(self.frames.last(), Some(Frame::Hole(hole)) if hole.close == byte && hole.depth == 0);
        if closing && language.closes(self) {
            if let Some(Frame::Hole(hole)) = self.frames.pop() {
                let there = self.row(byte).min(hole.count);
                self.pos += there;
            }
            return;
        }
        if let Some(Frame::Hole(hole)) = self.frames.last_mut() {
            let all = hole.spec;
            if byte == hole.open || all && matches!(byte, b'(' | b'[' | b'{') {
                hole.depth += 1;
            } else if !closing && (byte == hole.close || all && matches!(byte, b')' | b']' | b'}')) {
                hole.depth = hole.depth.saturating_sub(1);
            } else if all && byte == b':' && hole.depth == 0 {
                if self.byte(1) == Some(b':') {
                    self.pos += 2;
                } else {
                    let holes = Holes::Braces { count: 1, doubled: false, spec: true };
                    self.begin(1, Text { end: End::Before(b'}'), escape: Escape::None, lines: false, holes });
                }
                return;
            }
        }
        let before = self.pos;
        language.code(self, byte);
        self.pos = self.pos.max(before + 1).min(self.src.len());
    }

    /// The byte so many after the position.
    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        self.src.get(self.pos + ahead).copied()
    }

    /// The byte so many before the position.
    pub(super) fn back(&self, behind: usize) -> Option<u8> {
        self.pos.checked_sub(behind).and_then(|at| self.src.get(at)).copied()
    }

    /// True if these bytes are next.
    pub(super) fn at(&self, bytes: &[u8]) -> bool {
        self.src.get(self.pos..).is_some_and(|rest| rest.starts_with(bytes))
    }

    /// True if the position is the beginning of a line.
    pub(super) fn line_start(&self) -> bool {
        self.pos == 0 || self.src[self.pos - 1] == b'\n'
    }

    /// How many of this byte are next.
    pub(super) fn row(&mut self, byte: u8) -> usize {
        let count = self.src[self.pos..].iter().take_while(|b| **b == byte).count();
        self.steps += count as u64;
        count
    }

    /// How deep the position is in strings and their code.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// The end of this line: where its `\n` is, or the end of the file.
    pub(super) fn line_end(&mut self) -> usize {
        let rest = &self.src[self.pos..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.steps += length as u64;
        self.pos + length
    }

    /// The last byte of code before the position that is no blank, and where; comments and contents are blanks by now.
    pub(super) fn before(&mut self) -> Option<(usize, u8)> {
        let found = self.code[..self.pos].iter().rposition(|b| !b.is_ascii_whitespace());
        self.steps += (self.pos - found.unwrap_or(0)) as u64;
        found.map(|at| (at, self.code[at]))
    }

    /// The word that ends with this byte, as far as 16 bytes matter.
    pub(super) fn word_to(&self, last: usize) -> &[u8] {
        let end = last + 1;
        let length = self.code[..end].iter().rev().take(16).take_while(|b| is_word(**b)).count();
        &self.code[end - length..end]
    }

    fn blank(&mut self, range: Range<usize>) {
        for byte in &mut self.code[range] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    fn content(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.blank(range.clone());
            self.strings.push(range);
        }
    }

    /// The bytes from the position to here are a string's content.
    pub(super) fn string_to(&mut self, end: usize) {
        self.steps += (end - self.pos) as u64;
        self.content(self.pos..end);
        self.pos = end;
    }

    /// The bytes from the position to here are a comment.
    pub(super) fn comment_to(&mut self, end: usize) {
        let from = self.pos;
        self.steps += (end - from) as u64;
        self.pos = end;
        let end = if end > from && self.src[end - 1] == b'\r' { end - 1 } else { end };
        if from < end {
            self.blank(from..end);
            self.comments.push(from..end);
        }
    }

    /// A comment to the end of the line.
    pub(super) fn line_comment(&mut self) {
        let end = self.line_end();
        self.comment_to(end);
    }

    /// A comment from `open` to `close` or the end of the file.
    pub(super) fn block_comment(&mut self, open: &[u8], close: &[u8], nested: bool) {
        let mut at = self.pos + open.len();
        let mut depth = 1;
        while at < self.src.len() {
            let rest = &self.src[at..];
            let skip = memchr::memchr2(open[0], close[0], rest).unwrap_or(rest.len());
            at += skip;
            let rest = &rest[skip..];
            if rest.starts_with(close) {
                at += close.len();
                depth -= 1;
                if depth == 0 {
                    break;
                }
            } else if nested && rest.starts_with(open) {
                at += open.len();
                depth += 1;
            } else if !rest.is_empty() {
                at += 1;
            }
        }
        self.comment_to(at);
    }

    /// A string begins: its opening is so long.
    pub(super) fn begin(&mut self, open: usize, text: Text) {
        self.pos = (self.pos + open).min(self.src.len());
        self.frames.push(Frame::Text(text));
    }

    /// Code begins that ends with this byte: the opening is so long.
    pub(super) fn open_hole(&mut self, open: usize, close: u8) {
        self.pos = (self.pos + open).min(self.src.len());
        if self.frames.len() < DEEPEST {
            self.frames.push(Frame::Hole(Hole { open: 0, close, count: 1, depth: 0, spec: false }));
        }
    }

    /// True if the innermost code stands in a string.
    pub(super) fn in_text(&self) -> bool {
        matches!(self.frames[..], [.., Frame::Text(_), Frame::Hole(_)])
    }

    /// Reads the string on top of the stack up to its end or to code in it.
    fn text(&mut self) {
        let Some(Frame::Text(mut text)) = self.frames.pop() else { return };
        let from = self.pos;
        let src = self.src;
        let mut i = from;
        loop {
            let Some(&byte) = src.get(i) else {
                self.steps += (i - from) as u64;
                self.content(from..i);
                self.pos = i;
                return;
            };
            if let End::Line { tag, indent } = &text.end {
                if (i == 0 || src[i - 1] == b'\n') && self.ends_here(i, tag.clone(), *indent) {
                    self.content(from..i);
                    self.steps += (i - from) as u64;
                    self.pos = i;
                    self.pos = (self.line_end() + 1).min(src.len());
                    return;
                }
            }
            if byte == b'\n' && !text.lines {
                let end = if i > from && src[i - 1] == b'\r' { i - 1 } else { i };
                self.content(from..end);
                self.steps += (i - from) as u64;
                self.pos = i;
                return;
            }
            if byte == b'\\' && text.escape == Escape::Backslash {
                i += if src[i + 1..].starts_with(b"\r\n") { 3 } else { 2 };
                i = i.min(src.len());
                continue;
            }
            let closed = match &mut text.end {
                End::Byte(close) if *close == byte => {
                    if text.escape == Escape::Doubled && src.get(i + 1) == Some(close) {
                        i += 2;
                        continue;
                    }
                    Some(i..i + 1)
                }
                End::Row { byte: close, count, last } if *close == byte => {
                    let most = if *last { usize::MAX } else { *count };
                    let row = src[i..].iter().take(most).take_while(|b| **b == byte).count();
                    if row < *count {
                        i += row;
                        continue;
                    }
                    Some(i + row - *count..i + row)
                }
                End::Hashes(count) if byte == b'"' => {
                    let row = src[i + 1..].iter().take(*count).take_while(|b| **b == b'#').count();
                    if row < *count {
                        i += 1 + row;
                        continue;
                    }
                    Some(i..i + 1 + row)
                }
                End::Raw(delimiter) if byte == b')' => {
                    let delimiter = &src[delimiter.clone()];
                    let rest = &src[i + 1..];
                    let ends = rest.starts_with(delimiter) && rest.get(delimiter.len()) == Some(&b'"');
                    ends.then_some(i..i + 2 + delimiter.len())
                }
                End::Nested { open, depth, .. } if *open == byte => {
                    *depth += 1;
                    None
                }
                End::Nested { close, depth, .. } if *close == byte => {
                    if *depth == 0 {
                        Some(i..i + 1)
                    } else {
                        *depth -= 1;
                        None
                    }
                }
                End::Before(close) if *close == byte => Some(i..i),
                _ => None,
            };
            if let Some(close) = closed {
                self.content(from..close.start);
                self.steps += (close.end - from) as u64;
                self.pos = close.end;
                return;
            }
            if let Some((open, hole)) = self.hole(&mut i, byte, text.holes) {
                self.content(from..i);
                self.steps += (i + open - from) as u64;
                self.pos = i + open;
                self.frames.push(Frame::Text(text));
                self.frames.push(Frame::Hole(hole));
                return;
            }
            i += 1;
        }
    }

    /// The hole that opens here, with the length of its opening. Content that only looks like one is skipped.
    fn hole(&self, i: &mut usize, byte: u8, holes: Holes) -> Option<(usize, Hole)> {
        if self.frames.len() >= DEEPEST {
            return None;
        }
        let rest = &self.src[*i..];
        let hole = |open, close, count, spec| Hole { open, close, count, depth: 0, spec };
        match holes {
            Holes::Mark(mark, count) if byte == mark => {
                let row = rest.iter().take_while(|b| **b == mark).count();
                if row < count || rest.get(row) != Some(&b'{') {
                    *i += row - 1;
                    None
                } else {
                    *i += row - count;
                    Some((count + 1, hole(b'{', b'}', 1, false)))
                }
            }
            Holes::Braces { count, doubled, spec } if byte == b'{' => {
                let row = rest.iter().take_while(|b| **b == b'{').count();
                if doubled {
                    // In pairs they are content; an odd one opens.
                    *i += row & !1;
                    if row % 2 == 0 {
                        *i -= 1;
                        None
                    } else {
                        Some((1, hole(b'{', b'}', 1, spec)))
                    }
                } else if row < count {
                    *i += row - 1;
                    None
                } else {
                    if count > 1 {
                        *i += row - count;
                    }
                    Some((count, hole(b'{', b'}', count, spec)))
                }
            }
            Holes::Shell => match (byte, rest.get(1)) {
                (b'$', Some(b'(')) => Some((2, hole(b'(', b')', 1, false))),
                (b'$', Some(b'{')) => Some((2, hole(0, b'}', 1, false))),
                (b'`', _) => Some((1, hole(0, b'`', 1, false))),
                _ => None,
            },
            _ => None,
        }
    }

    /// True if the line that begins here is the tag.
    fn ends_here(&self, at: usize, tag: Range<usize>, indent: Indent) -> bool {
        let line = &self.src[at..];
        let blanks = match indent {
            Indent::None => 0,
            Indent::Tabs => line.iter().take_while(|b| **b == b'\t').count(),
            Indent::Blanks => line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count(),
        };
        let Some(rest) = line[blanks..].strip_prefix(&self.src[tag]) else { return false };
        matches!(rest, [] | [b'\n', ..] | [b'\r', b'\n', ..])
    }

    /// True if the innermost code around the position closes with this bracket.
    pub(super) fn in_hole(&self, close: u8) -> bool {
        matches!(self.frames.last(), Some(Frame::Hole(hole)) if hole.close == close)
    }
}

/// True for the bytes of names; those above ASCII are.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
