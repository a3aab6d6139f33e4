//! What the surroundings of a place say: the same words can be fine, or worse.
//!
//! Many places can have the same surroundings: what was read of them is kept, so that a file with a thousand places is not read a
//! thousand times.

use super::rule::{Context, Expr, Rule, Within};
use super::scanner::Hit;
use super::source::Source;
use std::collections::HashMap;
use std::ops::Range;

/// Judges the places of one file.
pub(super) struct Judge<'s, 'a> {
    source: &'s Source<'a>,
    /// By rule, context, and part of the file.
    known: HashMap<(usize, usize, usize, usize), Known>,
}

/// What is known of one part of the file.
#[derive(Default)]
struct Known {
    has: Option<bool>,
    lacks: Option<bool>,
    /// Where it was last looked from, and where the first match behind that begins.
    before: Option<(usize, Option<usize>)>,
    /// How long a beginning of the part has to be to have a match in it; `usize::MAX` = there is none.
    after: Option<usize>,
}

impl<'s, 'a> Judge<'s, 'a> {
    pub fn new(source: &'s Source<'a>) -> Self {
        Self { source, known: HashMap::new() }
    }

    /// The file.
    pub fn source(&self) -> &'s Source<'a> {
        self.source
    }

    /// Lets the first context that fits change the hit; false if it is no finding.
    pub fn judge(&mut self, rule: &Rule, hit: &mut Hit) -> bool {
        for (index, context) in rule.contexts.iter().enumerate().filter(|(_, c)| c.languages.has(self.source.lang)) {
            if context.what.as_ref().is_some_and(|e| !e.is_match(&self.source.text(context.text)[hit.at..hit.end])) {
                continue;
            }
            if !parts(context.within, self.source, hit).into_iter().any(|part| self.fits(context, index, hit, part)) {
                continue;
            }
            if context.allow {
                return false;
            }
            hit.severity = context.severity.unwrap_or(hit.severity);
            if let Some(message) = &context.message {
                hit.message.clone_from(message);
            }
            if let Some(advice) = &context.advice {
                hit.advice.clone_from(advice);
            }
            break;
        }
        true
    }

    fn fits(&mut self, context: &Context, index: usize, hit: &Hit, part: Range<usize>) -> bool {
        let source = self.source;
        let text = source.text(context.text);
        let known = self.known.entry((hit.rule, index, part.start, part.end)).or_default();
        let all = &text[part.clone()];
        let is = |expr: &Expr| source.counted(all.len(), expr.is_match(all));
        context.has.as_ref().is_none_or(|e| *known.has.get_or_insert_with(|| is(e)))
            && context.lacks.as_ref().is_none_or(|e| !*known.lacks.get_or_insert_with(|| is(e)))
            && context.before.as_ref().is_none_or(|e| {
                let from = hit.end.clamp(part.start, part.end);
                let (asked, found) = known.before.unwrap_or((usize::MAX, None));
                if asked <= from && found.is_none_or(|at| from <= at) {
                    return found.is_some();
                }
                let found = e.get().and_then(|e| e.find(&text[from..part.end])).map(|m| from + m.start());
                known.before = Some((from, found));
                source.counted(found.unwrap_or(part.end) - from, found.is_some())
            })
            && context.after.as_ref().is_none_or(|e| {
                let length = hit.from.clamp(part.start, part.end) - part.start;
                *known.after.get_or_insert_with(|| shortest(source, e, all)) <= length
            })
    }
}

/// How long the beginning of a text has to be to have a match in it: by doubling, and then by halves. `usize::MAX` if there is none.
fn shortest(source: &Source<'_>, expr: &Expr, text: &[u8]) -> usize {
    let is = |length: usize| source.counted(length, expr.is_match(&text[..length]));
    let (mut without, mut with) = (0, 256.min(text.len()));
    while !is(with) {
        if with == text.len() {
            return usize::MAX;
        }
        (without, with) = (with, (with * 2).min(text.len()));
    }
    while without < with {
        let middle = without.midpoint(with);
        if is(middle) { with = middle } else { without = middle + 1 }
    }
    with
}

fn parts(within: Within, source: &Source<'_>, hit: &Hit) -> Vec<Range<usize>> {
    let whole = 0..source.raw.len();
    let one = match within {
        Within::File => whole,
        Within::Line => source.line(hit.at).start..source.line(hit.end).end,
        Within::Function => source.innermost(hit.from).map_or(whole, |f| f.start..f.end),
        Within::Head => {
            let Some(function) = source.innermost(hit.from) else { return Vec::new() };
            source.statement(function.start)..function.body
        }
        Within::Outermost => source.around(hit.from).last().map_or(whole, |f| f.start..f.end),
        Within::Loop => {
            let part = source.innermost(hit.from).map_or(whole, |f| f.start..f.end);
            return source.loops_around(part, hit.from);
        }
    };
    vec![one]
}
