//! The shell: comments at the beginning of words, substitutions in quotes, heredocs.

use super::lexer::{End, Escape, Holes, Indent, Language, Lexer, Stops, Text, is_word, stops};

/// The POSIX shell and its kin.
#[derive(Default)]
pub(super) struct Shell {
    /// Parentheses that are open: how deep in strings, and whether `<<` shifts in them.
    parens: Vec<(usize, bool)>,
    /// `case` without its `esac`, by how deep in strings.
    cases: Vec<usize>,
}

impl Language for Shell {
    fn stops(&self) -> &'static Stops {
        const STOPS: Stops = stops(b"#\\'\"`$()<{}\nce");
        &STOPS
    }

    fn code(&mut self, lexer: &mut Lexer<'_>, byte: u8) {
        self.settle(lexer);
        match byte {
            b'\\' => lexer.pos += 2,
            b'#' if !lexer.in_hole(b'}') && word_start(lexer) => lexer.line_comment(),
            b'$' => match lexer.byte(1) {
                Some(b'\'') => {
                    lexer.begin(2, Text { lines: true, ..Text::line(b'\'') });
                }
                Some(b'{') => lexer.open_hole(2, b'}'),
                Some(b'#' | b'$' | b'!' | b'?' | b'*' | b'@' | b'-') => lexer.pos += 2,
                _ => {}
            },
            // In "${x:-it's}" it is itself.
            b'\'' if lexer.in_hole(b'}') && lexer.in_text() => {}
            b'\'' => lexer.begin(1, Text::raw(End::Byte(byte))),
            b'"' => lexer.begin(1, Text { end: End::Byte(byte), escape: Escape::Backslash, lines: true, holes: Holes::Shell }),
            b'(' => {
                let inherited = self.parens.last().is_some_and(|(depth, arithmetic)| *arithmetic && *depth == lexer.depth());
                let doubled = lexer.back(1) == Some(b'(');
                self.parens.push((lexer.depth(), inherited || doubled));
            }
            b')' => {
                self.parens.pop_if(|(depth, _)| *depth == lexer.depth());
            }
            b'<' => self.redirection(lexer),
            b'c' if lexer.at(b"case") && is_command(lexer, 4) => self.cases.push(lexer.depth()),
            b'e' if lexer.at(b"esac") && is_command(lexer, 4) => {
                self.cases.pop_if(|depth| *depth == lexer.depth());
            }
            _ => {}
        }
    }

    fn closes(&mut self, lexer: &Lexer<'_>) -> bool {
        self.settle(lexer);
        !(lexer.in_hole(b')') && self.cases.last() == Some(&lexer.depth()))
    }
}

impl Shell {
    /// Forgets what was open in strings that ended.
    fn settle(&mut self, lexer: &Lexer<'_>) {
        while self.parens.pop_if(|(depth, _)| *depth > lexer.depth()).is_some() {}
        while self.cases.pop_if(|depth| *depth > lexer.depth()).is_some() {}
    }

    fn redirection(&mut self, lexer: &mut Lexer<'_>) {
        let row = lexer.row(b'<');
        let shifts = self.parens.last().is_some_and(|(depth, arithmetic)| *arithmetic && *depth == lexer.depth());
        if row != 2 || shifts {
            lexer.pos += row;
            return;
        }
        let indent = if lexer.byte(2) == Some(b'-') { Indent::Tabs } else { Indent::None };
        let mut from = lexer.pos + if indent == Indent::Tabs { 3 } else { 2 };
        from += lexer.src[from..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let first = lexer.src.get(from).copied();
        let quoted = matches!(first, Some(b'\'' | b'"' | b'\\'));
        let start = from + usize::from(quoted);
        let rest = &lexer.src[start.min(lexer.src.len())..];
        let length = match first {
            Some(quote @ (b'\'' | b'"')) => rest.iter().position(|b| *b == quote || *b == b'\n').unwrap_or(rest.len()),
            _ => rest.iter().take_while(|b| is_delimiter(**b)).count(),
        };
        lexer.steps += (start + length - lexer.pos) as u64;
        lexer.pos = (start + length + usize::from(matches!(first, Some(b'\'' | b'"')))).min(lexer.src.len());
        if length == 0 || first.is_some_and(|b| b.is_ascii_digit()) {
            return;
        }
        let (escape, holes) = if quoted { (Escape::None, Holes::None) } else { (Escape::Backslash, Holes::Shell) };
        let end = End::Line { tag: start..start + length, indent };
        lexer.pending.push(Text { end, escape, lines: true, holes });
    }
}

/// True for what may stand in a heredoc's word.
const fn is_delimiter(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'-' | b'.' | b'+' | b'!' | b'%' | b':' | b'@' | b'/' | b',' | b'=' | b'^' | b'~' | b'?' | b'*')
}

/// True if a word may begin at the position.
fn word_start(lexer: &Lexer<'_>) -> bool {
    lexer.back(1).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b';' | b'&' | b'|' | b'(' | b')' | b'`'))
}

/// True if the word of that length at the position is a whole one and where a command may stand.
fn is_command(lexer: &mut Lexer<'_>, length: usize) -> bool {
    let whole = word_start(lexer) && !lexer.byte(length).is_some_and(|b| is_word(b) || matches!(b, b'-' | b'.' | b'=' | b'/'));
    if !whole {
        return false;
    }
    match lexer.before() {
        None => true,
        Some((at, before)) => {
            lexer.src[at..lexer.pos].contains(&b'\n')
                || matches!(before, b';' | b'&' | b'|' | b'(' | b')' | b'{' | b'`' | b'!')
                || matches!(lexer.word_to(at), b"do" | b"then" | b"else" | b"elif" | b"if" | b"while" | b"until" | b"in")
        }
    }
}
