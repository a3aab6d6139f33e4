//! Elements in JavaScript and TypeScript: `<a b="c" d={e}>text {code}</a>`.

use super::javascript::{JavaScript, Kind};
use super::lexer::{End, Escape, Holes, Lexer, Text, is_word};
use super::words::is_tag;

impl JavaScript {
    /// Takes what begins here, if it is part of an element.
    pub(super) fn element(&mut self, lexer: &mut Lexer<'_>, byte: u8) -> bool {
        let depth = lexer.depth();
        let top = self.open.last().filter(|(at, _)| *at == depth).map(|(_, kind)| *kind);
        match (top, byte) {
            (Some(Kind::Element), b'<') => {
                if lexer.byte(1) == Some(b'/') {
                    let rest = &lexer.src[lexer.pos..];
                    let close = memchr::memchr2(b'>', b'\n', rest).unwrap_or(rest.len() - 1);
                    lexer.steps += close as u64;
                    lexer.pos += close + 1;
                    self.open.pop();
                    self.text(lexer, 0);
                } else if lexer.byte(1).is_some_and(|b| is_tag(b) || b == b'>') {
                    self.open.push((depth, Kind::Tag(0)));
                } else {
                    self.text(lexer, 1);
                }
            }
            (Some(Kind::Element), _) => self.text(lexer, 0),
            (Some(Kind::Tag(_)), b'/') if lexer.byte(1) == Some(b'>') => {
                lexer.pos += 2;
                self.open.pop();
                self.text(lexer, 0);
            }
            (Some(Kind::Tag(angles)), b'<') => self.tag(angles + 1),
            (Some(Kind::Tag(0)), b'>') => {
                self.open.pop();
                self.open.push((depth, Kind::Element));
                self.text(lexer, 1);
            }
            (Some(Kind::Tag(angles)), b'>') if lexer.back(1) != Some(b'=') => self.tag(angles - 1),
            (Some(Kind::Tag(_)), b'"' | b'\'') => lexer.begin(1, Text::raw(End::Byte(byte))),
            (_, b'<') if self.begins_element(lexer) => self.open.push((depth, Kind::Tag(0))),
            _ => return false,
        }
        true
    }

    fn tag(&mut self, angles: usize) {
        if let Some((_, kind)) = self.open.last_mut() {
            *kind = Kind::Tag(angles);
        }
    }

    /// If an element is open, its text goes on after so many bytes.
    fn text(&self, lexer: &mut Lexer<'_>, skip: usize) {
        if self.open.last() == Some(&(lexer.depth(), Kind::Element)) {
            let holes = Holes::Braces { count: 1, doubled: false, spec: false };
            lexer.begin(skip, Text { end: End::Before(b'<'), escape: Escape::None, lines: true, holes });
        }
    }

    /// True if `<` at the position begins an element: a type argument or a cast looks much like it.
    fn begins_element(&mut self, lexer: &mut Lexer<'_>) -> bool {
        let next = lexer.byte(1);
        if !next.is_some_and(|b| is_word(b) && !b.is_ascii_digit() || b == b'>' || b == b'$') || !self.value_may_begin(lexer) {
            return false;
        }
        let rest = &lexer.src[lexer.pos + 1..];
        let length = rest.iter().take(128).take_while(|b| is_tag(**b)).count();
        let (name, rest) = rest.split_at(length);
        let blanks = rest.iter().take(256).take_while(|b| b.is_ascii_whitespace()).count();
        lexer.steps += (length + blanks) as u64;
        let rest = &rest[blanks..];
        match rest.first() {
            Some(b'>' | b'<') => self.closers.close_after(lexer, name),
            Some(b'/') => rest.get(1) == Some(&b'>'),
            Some(b'{') => blanks > 0,
            Some(b) if blanks > 0 && is_word(*b) => {
                let length = rest.iter().take(128).take_while(|b| is_tag(**b)).count();
                lexer.steps += length as u64;
                let after = rest.get(length);
                &rest[..length] != b"extends" && after.is_some_and(|b| matches!(b, b'=' | b'/' | b'>') || b.is_ascii_whitespace())
            }
            _ => false,
        }
    }
}
