//! Calls of names: of imported functions, and of functions of the same file that do what a rule is about.

use super::rule::{Rule, Text};
use super::scanner::Hit;
use super::source::{Source, line_of};
use crate::lang::Lang;
use std::ops::Range;

/// Words before a name that define it rather than call it.
const DEFINES: &[&[u8]] =
    &[b"def", b"func", b"fn", b"fun", b"function", b"sub", b"import", b"as", b"use", b"from", b"class", b"new"];

/// Objects whose methods are the file's own.
const SELF: &[&[u8]] = &[b"self", b"this", b"cls", b"Self"];

/// Words after which the shell expects a command.
const COMMAND: &[&[u8]] = &[b"then", b"do", b"else", b"if", b"while", b"until", b"elif", b"run", b"time", b"command", b"eval"];

/// How far a chain of wrappers is followed.
const DEPTH: usize = 4;

/// The calls of these names in the code of a file.
pub(super) fn of_names(source: &Source<'_>, names: &[Vec<u8>]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = names.iter().flat_map(|n| calls(source, n, None)).collect();
    out.sort_by_key(|r| r.start);
    out
}

/// Calls of functions in which something was found.
pub(super) fn of_wrappers(rules: &[&Rule], source: &Source<'_>, hits: &[Hit]) -> Vec<Hit> {
    let mut out: Vec<Hit> = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let Some(wrappers) = &rule.wrappers else { continue };
        let mut known: Vec<Vec<u8>> = Vec::new();
        let mut places: Vec<usize> =
            hits.iter().filter(|h| h.rule == index && h.severity >= wrappers.from).map(|h| h.from).collect();
        for _ in 0..DEPTH {
            let mut next = Vec::new();
            for at in std::mem::take(&mut places) {
                let around = source.functions().iter().filter(|f| f.body <= at && at < f.end);
                let Some(function) = around.min_by_key(|f| f.end - f.body) else { continue };
                let name = function.name.as_bytes();
                if name.is_empty() || known.iter().any(|k| k == name) || wrappers.unless.as_ref().is_some_and(|e| e.is_match(name))
                {
                    continue;
                }
                known.push(name.to_vec());
                let receiver = receiver(&source.text(Text::Code)[function.start..function.body]);
                for place in calls(source, name, receiver) {
                    // Itself: recursion is no call from a test.
                    if (function.body <= place.start && place.start < function.end)
                        || (rule.only_tests && !source.in_test(place.start))
                    {
                        continue;
                    }
                    let mut hit = Hit {
                        rule: index,
                        from: place.start,
                        at: place.start,
                        end: place.end,
                        severity: rule.severity,
                        message: wrappers.message.replace("{name}", &String::from_utf8_lossy(name)),
                        advice: rule.advice.clone(),
                    };
                    let message = hit.message.clone();
                    if super::context::judge(rule, source, &mut hit) {
                        hit.message = message;
                        if hit.severity >= wrappers.from {
                            next.push(hit.from);
                        }
                        out.push(hit);
                    }
                }
            }
            places = next;
            if places.is_empty() {
                break;
            }
        }
    }
    out
}

/// The name of the receiver in the head of a Go method.
fn receiver(head: &[u8]) -> Option<&[u8]> {
    let rest = head.strip_prefix(b"func")?.trim_ascii_start().strip_prefix(b"(")?;
    let end = rest.iter().position(|b| !is_word(*b))?;
    Some(&rest[..end])
}

fn calls(source: &Source<'_>, name: &[u8], receiver: Option<&[u8]>) -> Vec<Range<usize>> {
    let code = source.text(Text::Code);
    let Some(lang) = source.lang else { return Vec::new() };
    if name.is_empty() {
        return Vec::new();
    }
    memchr::memmem::find_iter(code, name)
        .map(|at| at..at + name.len())
        .filter(|r| {
            r.start == 0
                || !is_word(code[r.start - 1]) && code[r.start - 1] != b'$' && (code[r.start - 1] != b'@' || lang == Lang::Python)
        })
        .filter(|r| code.get(r.end).is_none_or(|b| !is_word(*b)))
        .filter(|r| is_called(lang, code, r) && is_own(code, r.start, receiver))
        .filter(|r| !source.functions().iter().any(|f| f.start <= r.start && r.start < f.body && f.name.as_bytes() == name))
        .collect()
}

/// True if what stands there is called, not defined, named or assigned.
fn is_called(lang: Lang, code: &[u8], place: &Range<usize>) -> bool {
    let line = line_of(code, place.start);
    let before = code[line.start..place.start].trim_ascii_end();
    let after = &code[place.end..line.end];
    let word = last_word(before);
    match lang {
        Lang::Shell => {
            let begins = before.is_empty() || matches!(before.last(), Some(b';' | b'&' | b'|' | b'{' | b'(' | b'!' | b'`'));
            (begins || COMMAND.contains(&word)) && !matches!(after.first(), Some(b'=' | b'(' | b'-' | b'.' | b'/'))
        }
        Lang::Ruby => {
            let rest = after.trim_ascii_start();
            !DEFINES.contains(&word)
                && before.last() != Some(&b':')
                && !(rest.first() == Some(&b'=') && rest.get(1) != Some(&b'='))
                && !matches!(after.first(), Some(b':' | b'?' | b'!'))
                && rest.first() != Some(&b'.')
        }
        _ => after.trim_ascii_start().first() == Some(&b'(') && !DEFINES.contains(&word),
    }
}

/// True if the name is not a method of something else.
fn is_own(code: &[u8], at: usize, receiver: Option<&[u8]>) -> bool {
    let before = code[..at].trim_ascii_end();
    let Some(object) = before
        .strip_suffix(b"?.")
        .or_else(|| before.strip_suffix(b"."))
        .or_else(|| before.strip_suffix(b"->"))
        .or_else(|| before.strip_suffix(b"::"))
    else {
        return receiver.is_none();
    };
    // `a..f(b)` and `...f(b)` are no methods.
    if object.ends_with(b".") {
        return true;
    }
    let word = last_word(object);
    let whole = !matches!(object[..object.len() - word.len()].last(), Some(b'.' | b'>' | b':'));
    whole && (SELF.contains(&word) || receiver == Some(word))
}

fn last_word(text: &[u8]) -> &[u8] {
    let start = text.iter().rposition(|b| !is_word(*b)).map_or(0, |i| i + 1);
    &text[start..]
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
