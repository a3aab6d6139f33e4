//! The engine: one pass over a file for the words of all rules, and more work only where a word stands.

use super::calls;
use super::context::Judge;
use super::kinds::{KINDS, Kinds};
use super::rule::{Alias, Pattern, Rule, Text};
use super::set::RuleSet;
use super::source::Source;
use super::waiver::{self, BadWaiver, Mark};
use crate::lang::Lang;
use crate::{Finding, Lines, Severity};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::{Captures, Match, Regex};
use std::collections::HashMap;
use std::ops::Range;

/// A place that a comment in the code lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The place.
    pub finding: Finding,
    /// Why it may stay.
    pub reason: String,
    /// The line of the comment, from 1.
    pub line: u32,
}

/// What was found in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// What counts, by line; at most one of a rule in a line.
    pub findings: Vec<Finding>,
    /// What a comment in the code lets through.
    pub waived: Vec<Marked>,
    /// The comments that are waivers, used or not, in the whole file.
    pub marks: Vec<Mark>,
    /// Comments that want to be waivers and are none.
    pub bad_waivers: Vec<BadWaiver>,
}

impl Scanned {
    /// True if there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.waived.is_empty() && self.bad_waivers.is_empty()
    }
}

/// What a word can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trigger {
    Pattern(u16, u16),
    Alias(u16, u16),
    Waiver,
}

/// Some rules, made ready to look at many files, from several threads.
#[derive(Clone, Debug)]
pub struct Scanner<'r> {
    set: &'r RuleSet,
    rules: Vec<&'r Rule>,
    words: Option<AhoCorasick>,
    triggers: Vec<Vec<Trigger>>,
    /// Patterns without a word.
    always: Vec<Trigger>,
    kinds: &'static Kinds,
}

/// A place before it is a finding.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub rule: usize,
    /// Where it begins, and what is around it.
    pub from: usize,
    /// Where it is shown.
    pub at: usize,
    /// The end of what matched.
    pub end: usize,
    pub severity: Severity,
    pub message: String,
    pub advice: String,
}

/// What was already looked at in one file.
struct Work<'s, 'a> {
    source: &'s Source<'a>,
    patience: Patience<'s>,
    /// For each rule: if it looks at this file at all.
    applies: Vec<Option<bool>>,
    /// The start of the last window of each pattern.
    seen: HashMap<Trigger2, usize>,
    needs: HashMap<Trigger2, bool>,
    lacks: HashMap<Trigger2, bool>,
    /// The last lines in which something that excuses a match was looked for.
    unless: HashMap<Trigger2, (Range<usize>, bool)>,
    names: HashMap<Trigger2, Vec<Vec<u8>>>,
    hits: Vec<Hit>,
    waivers: bool,
}

/// Asks the caller now and then if it may go on.
struct Patience<'s> {
    go_on: &'s dyn Fn() -> bool,
    asked: u32,
    over: bool,
}

impl Patience<'_> {
    /// True from when the caller said no.
    fn late(&mut self) -> bool {
        self.asked += 1;
        if self.asked.is_multiple_of(EACH) && !self.over {
            self.over = !(self.go_on)();
        }
        self.over
    }
}

/// So many places are looked at before the caller is asked if it goes on.
const EACH: u32 = 64;

/// Rule and part of it.
type Trigger2 = (u16, u16);

impl<'r> Scanner<'r> {
    /// Where `many` files follow, a table that takes milliseconds to make and halves the pass over each; else what is made at once.
    pub(super) fn new<'a>(set: &'r RuleSet, ids: impl Iterator<Item = &'a str>, many: bool) -> Self {
        let mut rules: Vec<&Rule> = Vec::new();
        for rule in ids.filter_map(|id| set.rule(id)) {
            if !rules.iter().any(|r| r.id == rule.id) {
                rules.push(rule);
            }
        }
        let mut words: Vec<&str> = vec![waiver::WORD];
        let mut triggers: Vec<Vec<Trigger>> = vec![vec![Trigger::Waiver]];
        let mut always = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        let mut put = |all: &'r [String], trigger: Trigger| {
            if all.is_empty() {
                always.push(trigger);
            }
            for word in all {
                let at = *index.entry(word).or_insert_with(|| {
                    words.push(word);
                    triggers.push(Vec::new());
                    words.len() - 1
                });
                triggers[at].push(trigger);
            }
        };
        for (r, rule) in rules.iter().enumerate() {
            for (p, pattern) in rule.patterns.iter().enumerate() {
                put(&pattern.words, Trigger::Pattern(r as u16, p as u16));
            }
            for (a, alias) in rule.aliases.iter().enumerate().filter(|(_, a)| a.calls) {
                put(&alias.words, Trigger::Alias(r as u16, a as u16));
            }
        }
        let kind = Some(if many { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA });
        let words = AhoCorasick::builder().match_kind(MatchKind::Standard).kind(kind).build(&words).ok();
        Self { set, rules, words, triggers, always, kinds: &KINDS }
    }

    /// Judges the size of a file that need not be read for it.
    pub fn size(&self, path: &str, bytes: u64) -> Option<Finding> {
        let rule = self.rules.iter().find(|r| r.max_bytes.is_some_and(|max| bytes > max) && fits(r, path))?;
        let of = |n: u64| format!("{}.{} MiB", n >> 20, ((n & ((1 << 20) - 1)) * 10) >> 20);
        Some(Finding {
            path: path.to_owned(),
            line: 1,
            column: 1,
            rule: rule.id.clone(),
            severity: rule.severity,
            message: format!("{} ({}, the limit is {})", rule.message, of(bytes), of(rule.max_bytes.unwrap_or_default())),
            advice: rule.advice.clone(),
            excerpt: String::new(),
        })
    }

    /// Looks at one file. Only places in `lines` are returned; what surrounds them is looked for in the whole file.
    pub fn scan(&self, path: &str, bytes: &[u8], lines: &Lines) -> Scanned {
        self.scan_while(path, bytes, lines, &|| true).unwrap_or_default()
    }

    /// The same, as long as `go_on` says so: it is asked after every few places. `None` = it said no, and nothing is known of
    /// the file.
    pub fn scan_while(&self, path: &str, bytes: &[u8], lines: &Lines, go_on: &dyn Fn() -> bool) -> Option<Scanned> {
        self.scan_counted(path, bytes, lines, go_on).map(|(scanned, _)| scanned)
    }

    /// The same, with how many bytes were looked at by what costs more where there are more places.
    pub(super) fn scan_counted(&self, path: &str, bytes: &[u8], lines: &Lines, go_on: &dyn Fn() -> bool) -> Option<(Scanned, u64)> {
        let mut out = Scanned::default();
        if lines.is_empty() {
            return Some((out, 0));
        }
        out.findings.extend(self.size(path, bytes.len() as u64));
        let decoded = utf16(bytes);
        let bytes = decoded.as_deref().unwrap_or(bytes);
        // A NUL in a comment makes no picture of a program.
        let binary = is_binary(bytes) && Lang::of_path(path, b"").is_none();
        if binary && !self.rules.iter().any(|rule| rule.binary) {
            return Some((out, 0));
        }
        let source = Source::new(path, bytes, self.kinds);
        let mut work = Work {
            source: &source,
            patience: Patience { go_on, asked: 0, over: false },
            applies: self.rules.iter().map(|rule| (binary && !rule.binary).then_some(false)).collect(),
            seen: HashMap::new(),
            needs: HashMap::new(),
            lacks: HashMap::new(),
            unless: HashMap::new(),
            names: HashMap::new(),
            hits: Vec::new(),
            waivers: false,
        };
        for trigger in &self.always {
            self.look(&mut work, *trigger, 0..0);
        }
        if let Some(words) = &self.words {
            for word in words.find_overlapping_iter(bytes) {
                for trigger in &self.triggers[word.pattern().as_usize()] {
                    self.look(&mut work, *trigger, word.range());
                }
                if work.patience.late() {
                    return None;
                }
            }
        }
        let Work { mut hits, waivers, mut patience, .. } = work;
        if !hits.is_empty() {
            // In order, so that surroundings are read once from the front to the end.
            hits.sort_by_key(|hit| hit.at);
            let mut judge = Judge::new(&source);
            hits.retain_mut(|hit| !patience.late() && judge.judge(self.rules[hit.rule], hit));
            let more = calls::of_wrappers(&self.rules, &mut judge, &hits, &mut || patience.late());
            hits.extend(more);
            self.report(&source, hits, lines, &mut out);
        }
        if waivers {
            waiver::apply(self.set, &source, lines, &mut out);
        }
        (!patience.over).then(|| (out, source.steps()))
    }

    fn look(&self, work: &mut Work<'_, '_>, trigger: Trigger, word: Range<usize>) {
        match trigger {
            Trigger::Waiver => work.waivers = true,
            Trigger::Pattern(r, p) => {
                let rule = self.rules[usize::from(r)];
                let pattern = &rule.patterns[usize::from(p)];
                if pattern.languages.has(work.source.lang) && self.applies(work, usize::from(r), pattern.anywhere) {
                    self.pattern(work, rule, (r, p), pattern, word);
                }
            }
            Trigger::Alias(r, a) => {
                let rule = self.rules[usize::from(r)];
                let alias = &rule.aliases[usize::from(a)];
                let fresh = alias.languages.has(work.source.lang) && !work.names.contains_key(&(r, a));
                if fresh && self.applies(work, usize::from(r), false) {
                    let names = names(alias, work.source);
                    for place in calls::of_names(work.source, &names) {
                        if !rule.only_tests || work.source.in_test(place.start) {
                            work.hits.push(hit(rule, usize::from(r), None, place));
                        }
                    }
                    work.names.insert((r, a), names);
                }
            }
        }
    }

    /// If a rule looks at the file; asked before anything of it is masked.
    fn applies(&self, work: &mut Work<'_, '_>, r: usize, anywhere: bool) -> bool {
        let rule = self.rules[r];
        let source = work.source;
        *work.applies[r].get_or_insert_with(|| fits(rule, source.path) && (rule.generated || !source.is_generated()))
            && (anywhere || !rule.only_tests || source.may_have_tests())
    }

    fn pattern(&self, work: &mut Work<'_, '_>, rule: &Rule, key: Trigger2, pattern: &Pattern, word: Range<usize>) {
        let source = work.source;
        if let Some(needs) = &pattern.needs {
            if !*work.needs.entry(key).or_insert_with(|| needs.is_match(source.raw)) {
                return;
            }
        }
        let text = source.text(pattern.text);
        // In a comment or a string, where the pattern does not look.
        if text[word.clone()] != source.raw[word.clone()] {
            return;
        }
        let window = if word.is_empty() { 0..text.len() } else { source.lines(word.start, pattern.lines) };
        if work.seen.insert(key, window.start) == Some(window.start) {
            return;
        }
        let Some(regex) = pattern.regex.get() else { return };
        let first_line = if word.is_empty() { text.len() } else { source.line(window.start).end };
        source.counted(window.len(), ());
        for found in regex.captures_iter(&text[window.clone()]) {
            if work.patience.late() {
                return;
            }
            let Some(whole) = found.get(0) else { continue };
            let at = window.start + group(regex, &found, "at").map_or(whole.start(), |m| m.start());
            let end = window.start + whole.end();
            // Another window begins there.
            if window.start + whole.start() > first_line {
                break;
            }
            if self.counts(work, rule, key, pattern, (regex, &found), at, end) {
                // Many expressions begin with the byte before what they are about.
                let lead = text[window.start + whole.start()..at].iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
                let from = window.start + whole.start() + lead;
                work.hits.push(Hit { from, ..hit(rule, usize::from(key.0), Some(pattern), at..end) });
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn counts(
        &self,
        work: &mut Work<'_, '_>,
        rule: &Rule,
        key: Trigger2,
        pattern: &Pattern,
        found: (&Regex, &Captures<'_>),
        at: usize,
        end: usize,
    ) -> bool {
        let source = work.source;
        if rule.only_tests && !pattern.anywhere && !source.in_test(at) {
            return false;
        }
        if let Some(bits) = pattern.entropy {
            let value = group(found.0, found.1, "secret").or_else(|| found.1.get(0)).map(|m| m.as_bytes()).unwrap_or_default();
            if entropy(value) < bits {
                return false;
            }
        }
        for (a, alias) in rule.aliases.iter().enumerate().filter(|(_, a)| a.languages.has(source.lang)) {
            if let Some(name) = group(found.0, found.1, &alias.name) {
                let known = work.names.entry((key.0, a as u16)).or_insert_with(|| names(alias, source));
                if known.binary_search_by(|n| n.as_slice().cmp(name.as_bytes())).is_err() {
                    return false;
                }
            }
        }
        if let Some(unless) = &pattern.unless {
            let lines = source.line(at).start..source.line(end).end;
            let is = || source.counted(lines.len(), unless.is_match(&source.text(pattern.text)[lines.clone()]));
            let last = work.unless.entry(key).or_insert_with(|| (lines.clone(), is()));
            if last.0 != lines {
                *last = (lines.clone(), is());
            }
            if last.1 {
                return false;
            }
        }
        let Some(lacks) = &pattern.lacks else { return true };
        let code = source.text(Text::Code);
        !*work.lacks.entry(key).or_insert_with(|| source.counted(code.len(), lacks.is_match(code)))
    }

    fn report(&self, source: &Source<'_>, mut hits: Vec<Hit>, lines: &Lines, out: &mut Scanned) {
        hits.sort_by(|a, b| a.at.cmp(&b.at).then(b.severity.cmp(&a.severity)));
        for hit in hits {
            let line = source.number(hit.at);
            if !lines.has(line) {
                continue;
            }
            let rule = self.rules[hit.rule];
            let old = out.findings.iter_mut().rev().take_while(|f| f.line == line).find(|f| f.rule == rule.id);
            if old.as_ref().is_some_and(|old| old.severity >= hit.severity) {
                continue;
            }
            let range = source.line(hit.at);
            let finding = Finding {
                path: source.path.to_owned(),
                line,
                column: (hit.at - range.start) as u32 + 1,
                rule: rule.id.clone(),
                severity: hit.severity,
                message: hit.message,
                advice: hit.advice,
                excerpt: if rule.hide { String::new() } else { excerpt(&source.raw[range]) },
            };
            match old {
                Some(old) => *old = finding,
                None => out.findings.push(finding),
            }
        }
    }
}

fn hit(rule: &Rule, index: usize, pattern: Option<&Pattern>, place: Range<usize>) -> Hit {
    Hit {
        rule: index,
        from: place.start,
        at: place.start,
        end: place.end,
        severity: pattern.and_then(|p| p.severity).unwrap_or(rule.severity),
        message: pattern.and_then(|p| p.message.clone()).unwrap_or_else(|| rule.message.clone()),
        advice: pattern.and_then(|p| p.advice.clone()).unwrap_or_else(|| rule.advice.clone()),
    }
}

/// What the group of a name took, or that of the name with a number behind it.
fn group<'h>(regex: &Regex, found: &Captures<'h>, name: &str) -> Option<Match<'h>> {
    let is = |n: &str| n.strip_prefix(name).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    regex.capture_names().enumerate().filter(|(_, n)| n.is_some_and(is)).find_map(|(i, _)| found.get(i))
}

/// If a rule looks at a path.
fn fits(rule: &Rule, path: &str) -> bool {
    (rule.include.is_empty() || rule.include.fit(path)) && !rule.exclude.fit(path)
}

/// The names of an alias in a file.
fn names(alias: &Alias, source: &Source<'_>) -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::new();
    if let Some(regex) = alias.regex.get() {
        let code = source.text(Text::Code);
        for found in regex.captures_iter(source.raw) {
            let Some(whole) = found.get(0) else { continue };
            let name = group(regex, &found, "name");
            // An import in a comment or a string is none.
            let at = name.map_or(whole.start(), |m| m.start());
            if code.get(at) != source.raw.get(at) {
                continue;
            }
            let name = name.map(|m| m.as_bytes().to_vec()).or_else(|| alias.otherwise.clone().map(String::into_bytes));
            out.extend(name.filter(|n| !n.is_empty()));
        }
    }
    if !out.is_empty() || !alias.shadow.as_ref().is_some_and(|s| s.is_match(source.raw)) {
        out.extend(alias.always.iter().map(|n| n.clone().into_bytes()));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Shannon's measure, in bits a byte.
pub(super) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = bytes.len().max(1) as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / total).map(|p| -p * p.log2()).sum()
}

/// The text of a file in UTF-16, which compilers read and our words would not be found in.
fn utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let (pairs, big) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        _ => (bytes, big_endian(bytes)?),
    };
    let units = pairs.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(text.into_bytes())
}

/// The order of bytes of UTF-16 that does not say so: every second byte of its beginning is NUL, and no other. `None` = it is
/// something else.
fn big_endian(bytes: &[u8]) -> Option<bool> {
    let head = &bytes[..bytes.len().min(1024) & !1];
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let nearly_all = |n: usize| head.len() >= 8 && n * 20 >= head.len() / 2 * 19;
    match (zeros(0), zeros(1)) {
        (n, 0) if nearly_all(n) => Some(true),
        (0, n) if nearly_all(n) => Some(false),
        _ => None,
    }
}

/// True for what is no text: a NUL byte early on.
fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some()
}

/// A line as it is shown.
fn excerpt(line: &[u8]) -> String {
    let line = line.trim_ascii_start();
    // More than 200 characters, and not a line of megabytes for each place in it.
    let text = String::from_utf8_lossy(&line[..line.len().min(4096)]);
    text.trim().chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control()).take(200).collect()
}
