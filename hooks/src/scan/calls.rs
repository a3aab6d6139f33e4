//! Calls of names: of imported functions, and of functions of the same file that do what a rule is about.

use super::context::Judge;
use super::rule::{Rule, Text};
use super::scanner::Hit;
use super::source::Source;
use crate::lang::{Function, Lang};
use aho_corasick::AhoCorasick;
use std::collections::HashSet;
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
    let names: Vec<(&[u8], Option<&[u8]>)> = names.iter().map(|n| (n.as_slice(), None)).collect();
    let mut out: Vec<Range<usize>> = calls(source, &names).into_iter().flatten().collect();
    out.sort_by_key(|r| r.start);
    out
}

/// Calls of functions in which something was found. `late` is asked now and then, and true ends the search.
pub(super) fn of_wrappers(rules: &[&Rule], judge: &mut Judge<'_, '_>, hits: &[Hit], late: &mut dyn FnMut() -> bool) -> Vec<Hit> {
    let source = judge.source();
    let mut out: Vec<Hit> = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let Some(wrappers) = &rule.wrappers else { continue };
        let mut known: HashSet<&[u8]> = HashSet::new();
        let mut places: Vec<usize> =
            hits.iter().filter(|h| h.rule == index && h.severity >= wrappers.from).map(|h| h.from).collect();
        for _ in 0..DEPTH {
            let mut found: Vec<&Function> = Vec::new();
            for at in std::mem::take(&mut places) {
                let Some(function) = source.around(at).find(|f| f.body <= at) else { continue };
                let name = function.name.as_bytes();
                let called = !name.is_empty() && !wrappers.unless.as_ref().is_some_and(|e| e.is_match(name));
                if called && known.insert(name) {
                    found.push(function);
                }
            }
            if found.is_empty() {
                break;
            }
            let code = source.text(Text::Code);
            let names: Vec<_> = found.iter().map(|f| (f.name.as_bytes(), receiver(&code[f.start..f.body]))).collect();
            for (function, calls) in found.iter().zip(calls(source, &names)) {
                for place in calls {
                    if late() {
                        return out;
                    }
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
                        message: wrappers.message.replace("{name}", &function.name),
                        advice: rule.advice.clone(),
                    };
                    let message = hit.message.clone();
                    if judge.judge(rule, &mut hit) {
                        hit.message = message;
                        if hit.severity >= wrappers.from {
                            places.push(hit.from);
                        }
                        out.push(hit);
                    }
                }
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

/// The calls of each of these names, with the receiver that it needs, in one pass over the code.
fn calls(source: &Source<'_>, names: &[(&[u8], Option<&[u8]>)]) -> Vec<Vec<Range<usize>>> {
    let mut out = vec![Vec::new(); names.len()];
    let (Some(lang), Ok(words)) = (source.lang, AhoCorasick::new(names.iter().map(|(name, _)| name))) else { return out };
    let code = source.text(Text::Code);
    for found in source.counted(code.len(), words.find_overlapping_iter(code)) {
        let place = found.range();
        let (name, receiver) = names[found.pattern().as_usize()];
        let begins = place.start == 0 || {
            let before = code[place.start - 1];
            !is_word(before) && before != b'$' && (before != b'@' || lang == Lang::Python)
        };
        let is = !place.is_empty()
            && begins
            && code.get(place.end).is_none_or(|b| !is_word(*b))
            && is_called(lang, code, source.line(place.start), &place)
            && is_own(code, place.start, receiver)
            && !source.around(place.start).any(|f| place.start < f.body && f.name.as_bytes() == name);
        if is {
            out[found.pattern().as_usize()].push(place);
        }
    }
    out
}

/// True if what stands there is called, not defined, named or assigned.
fn is_called(lang: Lang, code: &[u8], line: Range<usize>, place: &Range<usize>) -> bool {
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
