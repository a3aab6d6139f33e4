//! What the surroundings of a place say: the same words can be fine, or worse.

use super::blocks::loops_around;
use super::rule::{Context, Expr, Rule, Text, Within};
use super::scanner::Hit;
use super::source::Source;
use std::ops::Range;

/// Lets the first context that fits change the hit; false if it is no finding.
pub(super) fn judge(rule: &Rule, source: &Source<'_>, hit: &mut Hit) -> bool {
    for context in rule.contexts.iter().filter(|c| c.languages.has(source.lang)) {
        if !parts(context.within, source, hit).into_iter().any(|part| fits(context, source, hit, part)) {
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

fn fits(context: &Context, source: &Source<'_>, hit: &Hit, part: Range<usize>) -> bool {
    let text = source.text(context.text);
    let is = |expr: &Option<Expr>, range: Range<usize>| {
        expr.as_ref().is_none_or(|e| range.start <= range.end && e.is_match(&text[range]))
    };
    is(&context.before, hit.end.min(part.end)..part.end)
        && is(&context.after, part.start..hit.from.max(part.start))
        && is(&context.has, part.clone())
        && is(&context.what, hit.at..hit.end)
        && context.lacks.as_ref().is_none_or(|e| !e.is_match(&text[part]))
}

fn parts(within: Within, source: &Source<'_>, hit: &Hit) -> Vec<Range<usize>> {
    let whole = 0..source.raw.len();
    let one = match within {
        Within::File => whole,
        Within::Line => source.line(hit.at).start..source.line(hit.end).end,
        Within::Function => innermost(source, hit.from).unwrap_or(whole),
        Within::Head => {
            let code = source.text(Text::Code);
            let around = source.functions().iter().filter(|f| f.start <= hit.from && hit.from < f.end);
            let Some(function) = around.min_by_key(|f| f.end - f.start) else { return Vec::new() };
            let start = code[..function.start].iter().rposition(|b| matches!(b, b'{' | b'}' | b';')).map_or(0, |i| i + 1);
            start..function.body
        }
        Within::Outermost => around(source, hit.from).max_by_key(Range::len).unwrap_or(whole),
        Within::Loop => {
            let Some(lang) = source.lang else { return Vec::new() };
            let part = innermost(source, hit.from).unwrap_or(whole);
            return loops_around(lang, source.text(Text::Code), part, hit.from);
        }
    };
    std::iter::once(one).collect()
}

/// The innermost function around a place.
pub(super) fn innermost(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    around(source, at).min_by_key(Range::len)
}

fn around(source: &Source<'_>, at: usize) -> impl Iterator<Item = Range<usize>> {
    source.functions().iter().map(|f| f.start..f.end).filter(move |r| r.contains(&at))
}
