//! Functions of Python, by indentation, and of Ruby, by `end`.

use super::Masked;
use super::functions::{Function, path_to};
use super::lexer::is_word;

fn word_at(code: &[u8], at: usize) -> &[u8] {
    let length = code[at..].iter().take_while(|b| is_word(**b)).count();
    &code[at..at + length]
}

fn blanks(code: &[u8], at: usize) -> usize {
    at + code[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// Python: a function ends with the last line that is indented deeper than its `def`.
pub(super) fn python(masked: &Masked) -> Vec<Function> {
    let code = &masked.code;
    let mut found: Vec<Function> = Vec::new();
    // Functions that are open, with their indentation.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut strings = masked.strings.iter().peekable();
    let mut brackets = 0_usize;
    let mut continued = false;
    let mut last = 0;
    let mut at = 0;
    while at < code.len() {
        let line = &code[at..];
        let length = memchr::memchr(b'\n', line).unwrap_or(line.len());
        let end = at + length;
        while strings.next_if(|string| string.end < at).is_some() {}
        let in_string = strings.peek().is_some_and(|string| string.start < at);
        let first = blanks(code, at).min(end);
        let text = code[first..end].trim_ascii();
        if !text.is_empty() {
            if brackets == 0 && !continued && !in_string {
                let indent = first - at;
                while let Some((function, _)) = open.pop_if(|(_, outer)| indent <= *outer) {
                    found[function].end = last;
                }
                if let Some((name, body)) = definition(code, first) {
                    open.push((found.len(), indent));
                    found.push(Function { name, callee: String::new(), start: first, body, end: code.len(), parent: None });
                }
            }
            last = first + text.len();
        }
        for byte in text {
            match byte {
                b'(' | b'[' | b'{' => brackets += 1,
                b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
                _ => {}
            }
        }
        continued = text.last() == Some(&b'\\');
        at = end + 1;
    }
    for (function, _) in open {
        found[function].end = last.max(found[function].body);
    }
    found
}

/// The name of the function that is defined here, and where its body begins.
fn definition(code: &[u8], at: usize) -> Option<(String, usize)> {
    let mut at = at;
    if word_at(code, at) == b"async" {
        at = blanks(code, at + 5);
    }
    if word_at(code, at) != b"def" {
        return None;
    }
    let from = blanks(code, at + 3);
    let name = word_at(code, from);
    let mut depth = 0_usize;
    let mut body = from + name.len();
    for (offset, byte) in code[body..].iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => {
                body += offset + 1;
                break;
            }
            b'\n' if depth == 0 => break,
            _ => {}
        }
    }
    (!name.is_empty()).then(|| (String::from_utf8_lossy(name).into_owned(), body))
}

/// What `end` or a brace closes in Ruby.
struct Block {
    function: Option<usize>,
    brace: bool,
    /// `while … do`: the `do` is part of it.
    takes_do: bool,
}

/// Ruby: `def`, and the blocks of calls (`it "…" do`, `before { … }`).
pub(super) fn ruby(code: &[u8]) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    let mut braces = 0_usize;
    // The first word of the statement, and whether a value is complete, so that `if` is a modifier.
    let mut head = 0..0;
    let mut value = false;
    let mut at = 0;
    while at < code.len() {
        let byte = code[at];
        if byte == b'\n' || byte == b';' {
            head = at..at;
            value = false;
            at += 1;
            continue;
        }
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if is_word(byte) {
            let word = word_at(code, at);
            let end = at + word.len();
            let member = at > 0
                && (matches!(code[at - 1], b'.' | b'@' | b'$') || code[at - 1] == b':' && (at < 2 || code[at - 2] != b':'))
                || code.get(end) == Some(&b':') && code.get(end + 1) != Some(&b':')
                || matches!(code.get(end), Some(b'?' | b'!'));
            if head.is_empty() {
                head = at..end;
                // The path of a call: `RSpec.describe`.
                while code.get(head.end) == Some(&b'.') && code.get(head.end + 1).is_some_and(|b| is_word(*b)) {
                    head.end += 1 + word_at(code, head.end + 1).len();
                }
            }
            let was_value = value;
            value = true;
            if !member {
                match word {
                    b"def" => {
                        let (name, body, endless) = method(code, end);
                        found.push(Function { name, callee: String::new(), start: at, body, end: code.len(), parent: None });
                        if endless {
                            let length = memchr::memchr(b'\n', &code[body..]).unwrap_or(code.len() - body);
                            found.last_mut().into_iter().for_each(|function| function.end = body + length);
                        } else {
                            open.push(Block { function: Some(found.len() - 1), brace: false, takes_do: false });
                        }
                        at = body;
                        value = false;
                        continue;
                    }
                    b"class" | b"module" | b"begin" | b"case" => {
                        open.push(Block { function: None, brace: false, takes_do: false });
                        value = false;
                    }
                    b"if" | b"unless" if !was_value => {
                        open.push(Block { function: None, brace: false, takes_do: false });
                        value = false;
                    }
                    b"while" | b"until" | b"for" if !was_value => {
                        open.push(Block { function: None, brace: false, takes_do: true });
                        value = false;
                    }
                    b"do" => {
                        let own = open.last_mut().filter(|block| block.takes_do);
                        if let Some(block) = own {
                            block.takes_do = false;
                        } else {
                            let function = block(code, &mut found, head.clone(), at, end);
                            open.push(Block { function: Some(function), brace: false, takes_do: false });
                        }
                        head = end..end;
                        value = false;
                    }
                    b"end" => {
                        // A brace that was forgotten does not hold the end back.
                        while open.last().is_some_and(|block| block.brace) && braces > 0 {
                            braces -= 1;
                            close(&mut open, &mut found, at);
                        }
                        close(&mut open, &mut found, end);
                    }
                    b"then" | b"else" | b"elsif" | b"when" | b"in" | b"and" | b"or" | b"not" | b"ensure" | b"rescue"
                    | b"return" | b"if" | b"unless" | b"while" | b"until" => value = false,
                    _ => {}
                }
            }
            at = end;
            if !was_value && head.end > at && head.start < at {
                at = head.end;
            }
            continue;
        }
        match byte {
            b'{' => {
                let interpolation = at > 0 && code[at - 1] == b'#';
                let function = if value && !interpolation { Some(block(code, &mut found, head.clone(), at, at + 1)) } else { None };
                open.push(Block { function, brace: true, takes_do: false });
                braces += 1;
                value = false;
                head = at..at;
            }
            b'}' => {
                if braces > 0 && open.last().is_some_and(|block| block.brace) {
                    braces -= 1;
                    close(&mut open, &mut found, at + 1);
                }
                value = true;
            }
            b')' | b']' | b'"' | b'\'' | b'`' => value = true,
            b'?' | b'!' if at > 0 && is_word(code[at - 1]) => {}
            _ => value = false,
        }
        at += 1;
    }
    found
}

fn close(open: &mut Vec<Block>, found: &mut [Function], end: usize) {
    if let Some(function) = open.pop().and_then(|block| block.function) {
        found[function].end = end;
    }
}

/// A block that a call takes: it begins with the call.
fn block(code: &[u8], found: &mut Vec<Function>, head: std::ops::Range<usize>, at: usize, body: usize) -> usize {
    let start = if head.is_empty() { at } else { head.start };
    let callee = if head.is_empty() { String::new() } else { path_to(code, head.end) };
    found.push(Function { name: String::new(), callee, start, body, end: code.len(), parent: None });
    found.len() - 1
}

/// After `def`: the name, where the body begins, and whether it is an expression (`def a = b`).
fn method(code: &[u8], at: usize) -> (String, usize, bool) {
    let from = blanks(code, at);
    let length = code[from..].iter().take_while(|b| is_word(**b) || matches!(b, b'.' | b'?' | b'!')).count();
    let name = String::from_utf8_lossy(&code[from..from + length]).into_owned();
    let mut body = from + length;
    if code.get(body) == Some(&b'=') {
        // A setter: `def a=(b)`.
        if code.get(body + 1) == Some(&b'(') {
            body += 1;
        }
    }
    if code.get(body) == Some(&b'(') {
        let mut depth = 0_usize;
        // Bounded, so that many that are not closed are not read again and again.
        for (offset, byte) in code[body..].iter().take(1000).enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                body += offset + 1;
                break;
            }
        }
    }
    let next = blanks(code, body);
    let endless = code.get(next) == Some(&b'=') && !matches!(code.get(next + 1), Some(b'=' | b'~' | b'('));
    (name, if endless { next + 1 } else { body }, endless)
}
