//! Text without what acts on a terminal.

/// Text without what acts on a terminal: escape sequences go as a whole, other control characters and those that turn the
/// direction of writing one by one; a lone carriage return begins a new line.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {
                if rest.peek().is_some_and(|next| *next != '\n') {
                    out.push('\n');
                }
            }
            '\u{1b}' => skip_escape(&mut rest),
            '\u{9b}' => skip_csi(&mut rest),
            c if c.is_control() => {}
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// The rest of an escape sequence: `ESC [ … final`, `ESC ] … BEL`, or one more character.
fn skip_escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match rest.peek() {
        Some('[') => {
            rest.next();
            skip_csi(rest);
        }
        Some(']' | 'P' | '^' | '_') => {
            while let Some(c) = rest.next() {
                if c == '\u{7}' {
                    break;
                }
                if c == '\u{1b}' {
                    rest.next();
                    break;
                }
                // One that has no end takes no line with it.
                if rest.peek() == Some(&'\n') {
                    break;
                }
            }
        }
        Some('(' | ')') => drop((rest.next(), rest.next())),
        Some(c) if *c != '\n' => drop(rest.next()),
        _ => {}
    }
}

fn skip_csi(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while let Some(c) = rest.peek().copied() {
        if !(' '..='~').contains(&c) {
            return;
        }
        rest.next();
        if ('@'..='~').contains(&c) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_a_terminal() {
        for (from, to) in [
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\", "link"),
            ("10%\r20%\r\n", "10%\n20%\n"),
            ("a\u{8}b\u{0}c\td", "abc\td"),
            ("\u{202e}evil\u{2066}", "evil"),
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("\u{1b}]never ends\nnext", "\nnext"),
            ("gr\u{fc}n \u{4f60}", "gr\u{fc}n \u{4f60}"),
        ] {
            assert_eq!(plain(from), to, "{from:?}");
        }
    }
}
