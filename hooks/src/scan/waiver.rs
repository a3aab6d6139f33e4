//! `gate:allow RULE[, RULE] -- reason` in a comment: lets through what stands in its line, or in the first line of code below
//! the comment.

use super::rule::Text;
use super::scanner::{Marked, Scanned};
use super::set::RuleSet;
use super::source::Source;
use crate::{Finding, Lines};
use std::collections::HashMap;
use std::ops::Range;

/// What a waiver begins with.
pub(super) const WORD: &str = "gate:allow";

/// What begins a comment in a language that we do not know.
const STARTS: &[&[u8]] = &[b"#", b"//", b"/*", b"<!--", b"--", b";", b"%"];

/// A comment that wants to be a waiver and is none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct BadWaiver {
    /// The path.
    pub path: String,
    /// The line of the comment, from 1.
    pub line: u32,
    /// Why it lets nothing through.
    pub why: String,
}

/// A comment that is a waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The line of the comment, from 1.
    pub line: u32,
    /// The line that it is about: its own, or the first line of code below it; 0 = none.
    pub about: u32,
    /// The rules that it names.
    pub rules: Vec<String>,
    /// Why. Never empty.
    pub reason: String,
}

impl Mark {
    /// True if it is about a finding of the same file.
    pub fn lets_through(&self, finding: &Finding) -> bool {
        (self.line == finding.line || self.about == finding.line) && self.rules.contains(&finding.rule)
    }
}

/// Moves what is waived, and tells what is no waiver.
pub(super) fn apply(set: &RuleSet, source: &Source<'_>, lines: &Lines, out: &mut Scanned) {
    let mut waivers: Vec<Mark> = Vec::new();
    let mut below = None;
    let places: Vec<usize> = memchr::memmem::find_iter(source.raw, WORD).collect();
    // From the last on: what stands below one is known to that above it.
    for at in places.into_iter().rev() {
        let Some(text) = comment(source, at) else { continue };
        let line = source.number(at);
        let about = about(source, at, line, below);
        below = Some((line, about));
        match parse(&source.raw[text]) {
            Ok((rules, reason)) => {
                let unknown: Vec<&str> = rules.iter().map(String::as_str).filter(|r| set.rule(r).is_none()).collect();
                if !unknown.is_empty() && (lines.has(line) || lines.has(about)) {
                    let why = format!("there is no rule `{}`", unknown.join("`, `"));
                    out.bad_waivers.push(BadWaiver { path: source.path.to_owned(), line, why });
                }
                waivers.push(Mark { line, about, rules, reason });
            }
            Err(why) if lines.has(line) || lines.has(about) => {
                out.bad_waivers.push(BadWaiver { path: source.path.to_owned(), line, why: why.to_owned() });
            }
            Err(_) => {}
        }
    }
    if waivers.is_empty() {
        return;
    }
    waivers.reverse();
    out.bad_waivers.reverse();
    let mut of_line: HashMap<u32, Vec<usize>> = HashMap::new();
    for (i, waiver) in waivers.iter().enumerate() {
        of_line.entry(waiver.line).or_default().push(i);
        if waiver.about != waiver.line {
            of_line.entry(waiver.about).or_default().push(i);
        }
    }
    let mut kept = Vec::new();
    for finding in std::mem::take(&mut out.findings) {
        let near = of_line.get(&finding.line).into_iter().flatten().map(|i| &waivers[*i]);
        match near.into_iter().find(|w| w.lets_through(&finding)) {
            Some(waiver) => out.waived.push(Marked { finding, reason: waiver.reason.clone(), line: waiver.line }),
            None => kept.push(finding),
        }
    }
    out.findings = kept;
    out.marks = waivers;
}

/// The rest of the line after the word, if the word is in a comment.
fn comment(source: &Source<'_>, at: usize) -> Option<Range<usize>> {
    let line = source.line(at);
    let from = at + WORD.len();
    let end = match source.comments() {
        Some(comments) => {
            comments[comments.partition_point(|c| c.end <= at)..].first().filter(|c| c.contains(&at))?.end.min(line.end)
        }
        None => {
            let before = &source.raw[line.start..at];
            if !STARTS.iter().any(|s| memchr::memmem::find(before, s).is_some()) {
                return None;
            }
            line.end
        }
    };
    Some(from..end.max(from))
}

/// The line that a waiver is about: its own if there is code in it, else the next line with code.
/// `below`: the line of the next waiver and what that one is about.
fn about(source: &Source<'_>, at: usize, number: u32, below: Option<(u32, u32)>) -> u32 {
    if let Some((_, about)) = below.filter(|(line, _)| *line == number) {
        return about;
    }
    let code = source.text(Text::Code);
    let line = source.line(at);
    let has_code = |range: Range<usize>| match source.comments() {
        Some(_) => code[range].iter().any(|b| !b.is_ascii_whitespace()),
        None => {
            let text = source.raw[range].trim_ascii();
            !text.is_empty() && !STARTS.iter().any(|s| text.starts_with(s))
        }
    };
    if has_code(line.clone()) {
        return number;
    }
    let (mut number, mut line) = (number, line);
    while line.end < source.raw.len() {
        line = source.line(line.end + 1);
        number += 1;
        // An empty line ends what a comment is about.
        if source.raw[line.clone()].trim_ascii().is_empty() {
            return 0;
        }
        if let Some((_, about)) = below.filter(|(line, _)| *line == number) {
            return about;
        }
        if has_code(line.clone()) {
            return number;
        }
    }
    0
}

fn parse(rest: &[u8]) -> Result<(Vec<String>, String), &'static str> {
    let rest = String::from_utf8_lossy(rest);
    let rest = rest.trim().trim_end_matches("-->").trim_end_matches("*/").trim_end();
    let (names, reason) = rest.split_once("--").unwrap_or((rest, ""));
    let rules: Vec<String> = names.split([',', ' ', '\t']).filter(|n| !n.is_empty()).map(str::to_owned).collect();
    if rules.is_empty() {
        return Err("it names no rule: `gate:allow RULE -- reason`");
    }
    let reason = reason.trim();
    if !reason.chars().any(char::is_alphanumeric) {
        return Err("it has no reason, and without one nothing is waived: `gate:allow RULE -- reason`");
    }
    Ok((rules, reason.to_owned()))
}
