//! What a masker looks up in the rest of the file, read once.

use super::lexer::Lexer;
use std::collections::HashMap;
use std::ops::Range;

/// The last line with each content, blanks around it aside.
#[derive(Default)]
pub(super) struct Tags {
    last: Option<HashMap<Vec<u8>, usize>>,
}

impl Tags {
    /// True if a line after the position is these bytes of the file: a heredoc that ends.
    pub(super) fn ends_after(&mut self, lexer: &mut Lexer<'_>, tag: Range<usize>) -> bool {
        let last = self.last.get_or_insert_with(|| {
            lexer.steps += lexer.src.len() as u64;
            let mut last = HashMap::new();
            let mut at = 0;
            for line in lexer.src.split(|b| *b == b'\n') {
                let word = line.trim_ascii();
                if !word.is_empty() && word.len() <= 128 {
                    last.insert(word.to_vec(), at);
                }
                at += line.len() + 1;
            }
            last
        });
        last.get(lexer.src[tag].trim_ascii()).is_some_and(|at| *at > lexer.pos)
    }
}

/// The last closing tag of each name (`</name`).
pub(super) struct Closers {
    last: Option<HashMap<Vec<u8>, usize>>,
}

impl Closers {
    pub(super) const fn new() -> Self {
        Self { last: None }
    }

    /// True if an element of this name is closed after the position.
    pub(super) fn close_after(&mut self, lexer: &mut Lexer<'_>, name: &[u8]) -> bool {
        let last = self.last.get_or_insert_with(|| {
            lexer.steps += lexer.src.len() as u64;
            let mut last = HashMap::new();
            for at in memchr::memchr_iter(b'<', lexer.src) {
                if lexer.src.get(at + 1) == Some(&b'/') {
                    let rest = &lexer.src[at + 2..];
                    let length = rest.iter().take(128).take_while(|b| is_tag(**b)).count();
                    last.insert(rest[..length].to_vec(), at);
                }
            }
            last
        });
        last.get(name).is_some_and(|at| *at > lexer.pos)
    }
}

/// True for the bytes of an element's name.
pub(super) const fn is_tag(byte: u8) -> bool {
    super::lexer::is_word(byte) || matches!(byte, b'$' | b'.' | b':' | b'-')
}
