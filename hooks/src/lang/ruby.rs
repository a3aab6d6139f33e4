//! Ruby: literals with any delimiter, code in strings, heredocs, and a slash that is one or the other.

use super::lexer::{End, Escape, Holes, Indent, Language, Lexer, Stops, Text, is_word, stops};
use super::words::Tags;

/// Ruby.
#[derive(Default)]
pub(super) struct Ruby {
    tags: Tags,
}

/// What stands before a position.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A value may begin here, and nothing can be continued.
    Start,
    /// A name, then a blank: its argument, or an operator.
    Name,
    /// A value: only an operator can follow.
    Value,
    /// `def` or a dot: the name of an operator follows.
    Definition,
}

impl Language for Ruby {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"#\"'`%/?<:=_$\\{}\n");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        const HOLES: Holes = Holes::Mark(b'#', 1);
        match byte {
            b'#' => lexer.line_comment(),
            b'=' if lexer.line_start() && lexer.at(b"=begin") && is_end(lexer.byte(6)) => block(lexer),
            b'_' if lexer.line_start() && lexer.at(b"__END__") && matches!(lexer.byte(7), None | Some(b'\n' | b'\r')) => {
                lexer.pos += 7;
                lexer.comment_to(lexer.src.len());
            }
            b'_' => lexer.pos += lexer.src[lexer.pos..].iter().take_while(|b| **b == b'_').count(),
            b'\\' | b'$' => lexer.pos += 2,
            b'"' => lexer.begin(1, Text { lines: true, holes: HOLES, ..Text::line(byte) }),
            b'`' if before(lexer) != Before::Definition => {
                lexer.begin(1, Text { lines: true, holes: HOLES, ..Text::line(byte) });
            }
            b'\'' => lexer.begin(1, Text { lines: true, ..Text::line(byte) }),
            b'?' => character(lexer),
            // The symbol of an operator.
            b':' if lexer.byte(1).is_some_and(|b| matches!(b, b'/' | b'%' | b'<' | b'`')) && lexer.back(1) != Some(b':') => {
                let row = lexer.byte(1) == Some(b'<') && lexer.byte(2) == Some(b'<');
                lexer.pos += if row { 3 } else { 2 };
            }
            b'%' => percent(lexer),
            b'/' => {
                let regex = match before(lexer) {
                    Before::Start => true,
                    Before::Name => {
                        let rest = &lexer.src[lexer.pos + 1..];
                        let next = memchr::memchr2(b'/', b'\n', rest);
                        lexer.steps += next.unwrap_or(rest.len()) as u64;
                        !matches!(rest.first(), Some(b' ' | b'=' | b'\t')) && next.is_some_and(|at| rest[at] == b'/')
                    }
                    Before::Value | Before::Definition => false,
                };
                if regex {
                    lexer.begin(1, Text { lines: true, holes: HOLES, ..Text::line(byte) });
                }
            }
            b'<' if lexer.at(b"<<") => self.heredoc(lexer),
            _ => {}
        }
    }
}

impl Ruby {
    fn heredoc(&mut self, lexer: &mut Lexer<'_>) {
        let place = before(lexer);
        lexer.pos += 2;
        let sigil = matches!(lexer.byte(0), Some(b'~' | b'-'));
        let quote = lexer.byte(usize::from(sigil)).filter(|b| matches!(b, b'"' | b'\'' | b'`'));
        let from = lexer.pos + usize::from(sigil) + usize::from(quote.is_some());
        let rest = &lexer.src[from.min(lexer.src.len())..];
        let length = match quote {
            Some(quote) => rest.iter().take(128).take_while(|b| **b != quote && **b != b'\n').count(),
            None => rest.iter().take(128).take_while(|b| is_word(**b)).count(),
        };
        lexer.steps += length as u64;
        let named = match (quote, rest.first()) {
            (Some(quote), _) => rest.get(length) == Some(&quote),
            (None, Some(first)) if sigil => !first.is_ascii_digit(),
            (None, Some(first)) => first.is_ascii_uppercase() || *first == b'_',
            _ => false,
        };
        let begins = matches!(place, Before::Start | Before::Name);
        let tag = from..from + length;
        if length == 0 || !named || !begins || !self.tags.ends_after(lexer, tag.clone()) {
            return;
        }
        lexer.pos = tag.end + usize::from(quote.is_some());
        let raw = quote == Some(b'\'');
        let indent = if sigil { Indent::Blanks } else { Indent::None };
        lexer.pending.push(Text {
            end: End::Line { tag, indent },
            escape: if raw { Escape::None } else { Escape::Backslash },
            lines: true,
            holes: if raw { Holes::None } else { Holes::Mark(b'#', 1) },
        });
    }
}

/// What stands before the position.
fn before(lexer: &mut Lexer<'_>) -> Before {
    let Some((at, byte)) = lexer.before() else { return Before::Start };
    let between = &lexer.src[at + 1..lexer.pos];
    if byte == b'.' {
        return Before::Definition;
    }
    if between.contains(&b'\n') {
        return Before::Start;
    }
    if is_word(byte) {
        return match lexer.word_to(at) {
            b"def" => Before::Definition,
            b"class" => Before::Value,
            b"if" | b"unless" | b"while" | b"until" | b"and" | b"or" | b"not" | b"when" | b"then" | b"do" | b"else" | b"elsif"
            | b"case" | b"in" | b"return" | b"yield" | b"begin" | b"rescue" | b"ensure" | b"next" | b"break" => Before::Start,
            word if word[0].is_ascii_digit() || between.is_empty() => Before::Value,
            _ => Before::Name,
        };
    }
    match byte {
        b')' | b']' | b'}' | b'"' | b'\'' | b'`' => Before::Value,
        b'?' | b'!' if !between.is_empty() => Before::Name,
        _ => Before::Start,
    }
}

fn is_end(byte: Option<u8>) -> bool {
    byte.is_none_or(|b| b.is_ascii_whitespace())
}

/// `=begin` to `=end`.
fn block(lexer: &mut Lexer<'_>) {
    let from = lexer.pos;
    loop {
        let end = lexer.line_end();
        let last = lexer.at(b"=end") && is_end(lexer.byte(4));
        lexer.pos = end;
        if last || end == lexer.src.len() {
            break;
        }
        lexer.pos += 1;
    }
    let end = lexer.pos;
    lexer.pos = from;
    lexer.comment_to(end);
}

/// `?a` is a character, not a condition.
fn character(lexer: &mut Lexer<'_>) {
    let alone = lexer.back(1).is_none_or(|b| !is_word(b) && !matches!(b, b')' | b']' | b'}' | b'"' | b'\''));
    let Some(next) = lexer.byte(1).filter(|b| alone && !b.is_ascii_whitespace()) else { return };
    if next == b'\\' {
        lexer.pos += 3;
        return;
    }
    let length = lexer.src[lexer.pos + 1..].iter().take(4).take_while(|b| **b >= 0x80).count().max(1);
    let whole = !lexer.byte(1 + length).is_some_and(is_word);
    if whole && (!matches!(next, b'"' | b'\'') || before(lexer) == Before::Start) {
        lexer.pos += 1 + length;
    }
}

/// `%w[…]` and its kin.
fn percent(lexer: &mut Lexer<'_>) {
    let place = before(lexer);
    let letter = lexer.byte(1).filter(|b| b"qQwWiIxrs".contains(b));
    let Some(open) = lexer.byte(1 + usize::from(letter.is_some())) else { return };
    let argument = lexer.back(1).is_some_and(|b| b.is_ascii_whitespace()) && open != b'=';
    let begins = place == Before::Start || place == Before::Name && argument;
    if !begins || open.is_ascii_alphanumeric() || open.is_ascii_whitespace() || open >= 0x80 {
        return;
    }
    let end = match open {
        b'(' => End::Nested { open, close: b')', depth: 0 },
        b'[' => End::Nested { open, close: b']', depth: 0 },
        b'{' => End::Nested { open, close: b'}', depth: 0 },
        b'<' => End::Nested { open, close: b'>', depth: 0 },
        other => End::Byte(other),
    };
    let plain = matches!(letter, Some(b'q' | b'w' | b'i' | b's'));
    let holes = if plain { Holes::None } else { Holes::Mark(b'#', 1) };
    lexer.begin(2 + usize::from(letter.is_some()), Text { end, escape: Escape::Backslash, lines: true, holes });
}
