//! The languages with `//` and `/* */`: Go, Rust, Java, Kotlin, C, C++ and C#.

use super::lexer::{End, Escape, Holes, Language, Lexer, Stops, Text, is_word, stops};

/// Takes a comment, if one begins here.
fn comment(lexer: &mut Lexer<'_>, nested: bool) {
    if lexer.at(b"//") {
        lexer.line_comment();
    } else if lexer.at(b"/*") {
        lexer.block_comment(b"/*", b"*/", nested);
    }
}

/// A text of the preprocessor that is for people (`#error don't`): the rest of its line is a comment.
fn message(lexer: &mut Lexer<'_>, directives: &[&[u8]]) {
    let line = &lexer.src[lexer.pos + 1..];
    let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let word = line[blanks..].iter().take(16).take_while(|b| is_word(**b)).count();
    if directives.contains(&&line[blanks..blanks + word]) && begins_line(lexer) {
        lexer.pos += 1 + blanks + word;
        lexer.line_comment();
    }
}

fn begins_line(lexer: &mut Lexer<'_>) -> bool {
    let before = lexer.before();
    let from = before.map_or(0, |(at, _)| at + 1);
    from == 0 || lexer.src[from..lexer.pos].contains(&b'\n')
}

/// Go.
pub(super) struct Go;

impl Language for Go {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"/\"'`");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        match byte {
            b'/' => comment(lexer, false),
            b'`' => lexer.begin(1, Text::raw(End::Byte(b'`'))),
            _ => lexer.begin(1, Text::line(byte)),
        }
    }
}

/// Java.
pub(super) struct Java;

impl Language for Java {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"/\"'");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        match byte {
            b'/' => comment(lexer, false),
            b'"' if lexer.at(b"\"\"\"") => {
                let end = End::Row { byte, count: 3, last: false };
                lexer.begin(3, Text { escape: Escape::Backslash, ..Text::raw(end) });
            }
            _ => lexer.begin(1, Text::line(byte)),
        }
    }
}

/// Kotlin.
pub(super) struct Kotlin;

impl Language for Kotlin {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"/\"'`#{}");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        match byte {
            b'/' => comment(lexer, true),
            b'#' if lexer.pos == 0 && lexer.at(b"#!") => lexer.line_comment(),
            // A name in backquotes is code, its quotes begin nothing.
            b'`' => {
                let rest = &lexer.src[lexer.pos + 1..];
                let close = memchr::memchr2(b'`', b'\n', rest).unwrap_or(rest.len());
                lexer.steps += close as u64;
                lexer.pos += 1 + close + usize::from(rest.get(close) == Some(&b'`'));
            }
            b'"' => {
                // `$$"…"`: so many dollars open code in it.
                let mut dollars = 0;
                while lexer.back(dollars + 1) == Some(b'$') {
                    dollars += 1;
                }
                let holes = Holes::Mark(b'$', dollars.max(1));
                if lexer.at(b"\"\"\"") {
                    lexer.begin(3, Text { holes, ..Text::raw(End::Row { byte, count: 3, last: true }) });
                } else {
                    lexer.begin(1, Text { holes, ..Text::line(byte) });
                }
            }
            b'\'' => lexer.begin(1, Text::line(byte)),
            _ => {}
        }
    }
}

/// C and C++.
pub(super) struct C {
    pub cpp: bool,
}

impl Language for C {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"/\"'#");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        match byte {
            b'/' if lexer.at(b"//") => {
                // A backslash at the end of the line takes the next one along.
                let from = lexer.pos;
                loop {
                    let end = lexer.line_end();
                    lexer.pos = end;
                    let continued = matches!(&lexer.src[from..end], [.., b'\\'] | [.., b'\\', b'\r']);
                    if !continued || end == lexer.src.len() {
                        break;
                    }
                    lexer.pos = end + 1;
                }
                let end = lexer.pos;
                lexer.pos = from;
                lexer.comment_to(end);
            }
            b'/' => comment(lexer, false),
            b'#' => message(lexer, &[b"error", b"warning"]),
            b'"' if self.cpp && lexer.back(1) == Some(b'R') => {
                let prefix = lexer.word_to(lexer.pos - 1);
                if matches!(prefix, b"R" | b"LR" | b"uR" | b"UR" | b"u8R") {
                    // The delimiter has at most 16 bytes.
                    let from = lexer.pos + 1;
                    let length = lexer.src[from..].iter().take(17).position(|b| *b == b'(');
                    let legal = |b: &u8| !matches!(b, b' ' | b')' | b'\\' | b'"') && !b.is_ascii_control();
                    if let Some(length) = length.filter(|length| lexer.src[from..from + length].iter().all(legal)) {
                        lexer.begin(length + 2, Text::raw(End::Raw(from..from + length)));
                        return;
                    }
                }
                lexer.begin(1, Text::line(byte));
            }
            // 1'000'000
            b'\'' if lexer.pos > 0 && in_number(lexer) => {}
            _ => lexer.begin(1, Text::line(byte)),
        }
    }
}

/// True if the quote at the position stands between the digits of a number.
fn in_number(lexer: &Lexer<'_>) -> bool {
    if !lexer.byte(1).is_some_and(|b| b.is_ascii_hexdigit()) {
        return false;
    }
    let length = lexer.src[..lexer.pos].iter().rev().take(64).take_while(|b| is_word(**b) || matches!(b, b'\'' | b'.')).count();
    length > 0 && lexer.src[lexer.pos - length].is_ascii_digit()
}

/// C#.
pub(super) struct CSharp;

impl Language for CSharp {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"/\"'#(){}[]:");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        match byte {
            b'/' => comment(lexer, false),
            b'#' => message(lexer, &[b"error", b"warning", b"region", b"endregion"]),
            b'"' => {
                let mut dollars = 0;
                let mut verbatim = false;
                let mut behind = 1;
                while let Some(mark @ (b'$' | b'@')) = lexer.back(behind) {
                    dollars += usize::from(mark == b'$');
                    verbatim |= mark == b'@';
                    behind += 1;
                }
                let quotes = lexer.row(b'"');
                if quotes >= 3 && !verbatim {
                    let holes = match dollars {
                        0 => Holes::None,
                        count => Holes::Braces { count, doubled: false, spec: true },
                    };
                    let end = End::Row { byte, count: quotes, last: true };
                    lexer.begin(quotes, Text { holes, ..Text::raw(end) });
                    return;
                }
                let holes = match dollars {
                    0 => Holes::None,
                    _ => Holes::Braces { count: 1, doubled: true, spec: true },
                };
                let escape = if verbatim { Escape::Doubled } else { Escape::Backslash };
                lexer.begin(1, Text { end: End::Byte(byte), escape, lines: verbatim, holes });
            }
            b'\'' => lexer.begin(1, Text::line(byte)),
            _ => {}
        }
    }
}

/// Rust.
pub(super) struct Rust;

impl Language for Rust {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"/\"'#");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        match byte {
            b'/' => comment(lexer, true),
            // `#![…]` is an attribute, `#!/…` names an interpreter.
            b'#' if lexer.pos == 0 && lexer.at(b"#!") && !lexer.at(b"#![") => lexer.line_comment(),
            b'#' if raw_prefix(lexer) => {
                let count = lexer.row(b'#');
                if lexer.byte(count) == Some(b'"') {
                    lexer.begin(count + 1, Text::raw(End::Hashes(count)));
                } else {
                    lexer.pos += count;
                }
            }
            b'"' if raw_prefix(lexer) => lexer.begin(1, Text::raw(End::Byte(byte))),
            b'"' => lexer.begin(1, Text { lines: true, ..Text::line(byte) }),
            b'\'' => {
                let next = lexer.byte(1);
                let blanks = lexer.src[lexer.pos + 1..].iter().take(12).take_while(|b| **b == b' ').count();
                // A masked literal is blanks, and still a literal.
                let literal = next == Some(b'\\')
                    || next != Some(b'\'') && next != Some(b'\n') && lexer.byte(1 + character(next)) == Some(b'\'')
                    || blanks > 0 && lexer.byte(1 + blanks) == Some(b'\'');
                if literal {
                    lexer.begin(1, Text::line(byte));
                }
            }
            _ => {}
        }
    }
}

/// How many bytes the character that begins with this one has.
const fn character(first: Option<u8>) -> usize {
    match first {
        Some(0xc0..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf7) => 4,
        _ => 1,
    }
}

/// True if the word before the position says that a raw string follows.
fn raw_prefix(lexer: &Lexer<'_>) -> bool {
    lexer.pos > 0 && matches!(lexer.word_to(lexer.pos - 1), b"r" | b"br" | b"cr")
}
