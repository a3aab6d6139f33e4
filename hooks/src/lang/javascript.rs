//! JavaScript and TypeScript: templates, and a slash or an angle bracket that is one or the other.

use super::lexer::{End, Escape, Holes, Language, Lexer, Stops, Text, is_word, stops};
use super::words::Closers;

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A parenthesis; true for those of `if (…)`, after which a statement begins.
    Paren(bool),
    /// A brace; true for a block, after which a statement begins.
    Brace(bool),
    /// An opening tag, with its type arguments' angle brackets.
    Tag(usize),
    /// An element between its tags.
    Element,
}

/// JavaScript and TypeScript, with elements (`<a>…</a>`) in them.
pub(super) struct JavaScript {
    /// What is open, with how deep in strings it was opened.
    pub(super) open: Vec<(usize, Kind)>,
    /// Where the last bracket was closed, and whether a statement may begin after it.
    closed: (usize, bool),
    /// Where the last regular expression ended.
    regex: usize,
    /// No regular expression ends before this place.
    no_regex: usize,
    pub(super) closers: Closers,
}

impl Language for JavaScript {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"/\"'`(){}<>#");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        while self.open.pop_if(|(depth, _)| *depth > lexer.depth()).is_some() {}
        if self.element(lexer, byte) {
            return;
        }
        match byte {
            b'#' if lexer.pos == 0 && lexer.at(b"#!") => lexer.line_comment(),
            b'/' if lexer.at(b"//") => lexer.line_comment(),
            b'/' if lexer.at(b"/*") => lexer.block_comment(b"/*", b"*/", false),
            b'/' if self.value_may_begin(lexer) => self.regex(lexer),
            b'"' | b'\'' => lexer.begin(1, Text::line(byte)),
            b'`' => {
                let holes = Holes::Mark(b'$', 1);
                lexer.begin(1, Text { end: End::Byte(byte), escape: Escape::Backslash, lines: true, holes });
            }
            b'(' => {
                let condition = match lexer.before() {
                    Some((at, last)) if is_word(last) => {
                        matches!(lexer.word_to(at), b"if" | b"while" | b"for" | b"with" | b"await") && !is_member(lexer, at)
                    }
                    _ => false,
                };
                self.open.push((lexer.depth(), Kind::Paren(condition)));
            }
            b'{' => {
                let block = self.is_block(lexer);
                self.open.push((lexer.depth(), Kind::Brace(block)));
            }
            b')' => {
                if let Some((_, Kind::Paren(condition))) = self.open.pop_if(|(_, kind)| matches!(kind, Kind::Paren(_))) {
                    self.closed = (lexer.pos, condition);
                }
            }
            b'}' => {
                if let Some((_, Kind::Brace(block))) = self.open.pop_if(|(_, kind)| matches!(kind, Kind::Brace(_))) {
                    self.closed = (lexer.pos, block);
                }
            }
            _ => {}
        }
    }
}

impl JavaScript {
    pub(super) fn new() -> Self {
        Self { open: Vec::new(), closed: (usize::MAX, false), regex: usize::MAX, no_regex: 0, closers: Closers::new() }
    }

    /// True if a value may begin at the position, so that a slash is no division and `<` no comparison.
    pub(super) fn value_may_begin(&self, lexer: &mut Lexer<'_>) -> bool {
        let Some((at, byte)) = lexer.before() else { return true };
        if is_word(byte) || byte == b'$' {
            return is_operator(lexer.word_to(at)) && !is_member(lexer, at);
        }
        match byte {
            b')' => self.closed == (at, true),
            b'}' => self.closed.0 != at || self.closed.1,
            b']' | b'"' | b'\'' | b'`' => false,
            b'/' => self.regex != at,
            b'+' | b'-' => at == 0 || lexer.src[at - 1] != byte,
            // `value! / 2` of TypeScript.
            b'!' => at == 0 || !is_word(lexer.src[at - 1]) && !matches!(lexer.src[at - 1], b')' | b']'),
            _ => true,
        }
    }

    /// True if the brace at the position begins a block, not an object.
    fn is_block(&self, lexer: &mut Lexer<'_>) -> bool {
        let Some((at, byte)) = lexer.before() else { return true };
        if is_word(byte) {
            return matches!(lexer.word_to(at), b"do" | b"else") || !is_operator(lexer.word_to(at));
        }
        match byte {
            b';' | b'{' | b'}' | b')' => true,
            b'>' => at > 0 && lexer.src[at - 1] == b'=',
            _ => false,
        }
    }

    /// A regular expression, if it ends in this line.
    fn regex(&mut self, lexer: &mut Lexer<'_>) {
        if lexer.pos < self.no_regex {
            return;
        }
        let mut class = false;
        let mut at = lexer.pos + 1;
        loop {
            match lexer.src.get(at) {
                None | Some(b'\n') => break,
                Some(b'\\') => at += 1,
                Some(b'[') => class = true,
                Some(b']') => class = false,
                Some(b'/') if !class => {
                    lexer.pos += 1;
                    lexer.string_to(at);
                    self.regex = at;
                    lexer.pos += 1;
                    return;
                }
                Some(_) => {}
            }
            at += 1;
        }
        self.no_regex = lexer.line_end();
    }
}

/// True if the word that ends here is a member (`a.return`).
fn is_member(lexer: &Lexer<'_>, last: usize) -> bool {
    let from = last + 1 - lexer.word_to(last).len();
    from > 0 && lexer.src[from - 1] == b'.' && (from < 2 || lexer.src[from - 2] != b'.')
}

/// True for the words that a value follows.
fn is_operator(word: &[u8]) -> bool {
    matches!(
        word,
        b"return"
            | b"typeof"
            | b"case"
            | b"in"
            | b"of"
            | b"do"
            | b"else"
            | b"void"
            | b"delete"
            | b"instanceof"
            | b"new"
            | b"throw"
            | b"yield"
            | b"await"
            | b"default"
            | b"extends"
    )
}
