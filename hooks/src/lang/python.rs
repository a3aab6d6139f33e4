//! Python: prefixes, triple quotes, and code in the braces of f-strings and t-strings.

use super::lexer::{End, Escape, Holes, Language, Lexer, Stops, Text, stops};

/// Python.
pub(super) struct Python;

impl Language for Python {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"#\"'(){}[]:");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        match byte {
            b'#' => lexer.line_comment(),
            b'"' | b'\'' => {
                let formatted = lexer.pos > 0 && is_format(lexer.word_to(lexer.pos - 1));
                let holes = if formatted { Holes::Braces { count: 1, doubled: true, spec: true } } else { Holes::None };
                // In raw strings, too, a quote after a backslash does not end them.
                let escape = Escape::Backslash;
                if lexer.byte(1) == Some(byte) && lexer.byte(2) == Some(byte) {
                    let end = End::Row { byte, count: 3, last: false };
                    lexer.begin(3, Text { end, escape, lines: true, holes });
                } else {
                    lexer.begin(1, Text { end: End::Byte(byte), escape, lines: false, holes });
                }
            }
            _ => {}
        }
    }
}

/// `f`, `rf`, `Fr`, `t`, …
fn is_format(prefix: &[u8]) -> bool {
    match prefix {
        [one] => matches!(one, b'f' | b'F' | b't' | b'T'),
        [one, two] => {
            let pair = [one.to_ascii_lowercase(), two.to_ascii_lowercase()];
            matches!(&pair, b"rf" | b"fr" | b"rt" | b"tr")
        }
        _ => false,
    }
}
