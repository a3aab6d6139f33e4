//! One file while it is scanned: what costs something is made when it is first asked for.

use super::kinds::Kinds;
use super::loops::Loops;
use super::nest::Nest;
use super::rule::Text;
use crate::lang::{Function, Lang, Masked, functions, mask};
use std::cell::{Cell, OnceCell};
use std::ops::Range;

/// A file, its language, and what can be known about it.
pub(super) struct Source<'a> {
    pub path: &'a str,
    pub raw: &'a [u8],
    pub lang: Option<Lang>,
    kinds: &'a Kinds,
    masked: OnceCell<Masked>,
    strings: OnceCell<Vec<u8>>,
    starts: OnceCell<Vec<usize>>,
    functions: OnceCell<(Vec<Function>, Nest)>,
    loops: OnceCell<Loops>,
    statements: OnceCell<Vec<usize>>,
    is_test: OnceCell<bool>,
    regions: OnceCell<Vec<Range<usize>>>,
    generated: OnceCell<bool>,
    steps: Cell<u64>,
}

impl<'a> Source<'a> {
    pub fn new(path: &'a str, raw: &'a [u8], kinds: &'a Kinds) -> Self {
        let first = &raw[..memchr::memchr(b'\n', &raw[..raw.len().min(256)]).unwrap_or(raw.len().min(256))];
        Self {
            path,
            raw,
            lang: Lang::of_path(path, first),
            kinds,
            masked: OnceCell::new(),
            strings: OnceCell::new(),
            starts: OnceCell::new(),
            functions: OnceCell::new(),
            loops: OnceCell::new(),
            statements: OnceCell::new(),
            is_test: OnceCell::new(),
            regions: OnceCell::new(),
            generated: OnceCell::new(),
            steps: Cell::new(0),
        }
    }

    fn masked(&self) -> Option<&Masked> {
        self.lang.map(|lang| self.masked.get_or_init(|| mask(lang, self.raw)))
    }

    /// The bytes of a kind; in a language that we do not know everything is code.
    pub fn text(&self, text: Text) -> &[u8] {
        let Some(masked) = self.masked_for(text) else { return self.raw };
        match text {
            Text::Code => &masked.code,
            Text::Raw => self.raw,
            Text::Strings => self.strings.get_or_init(|| {
                let mut out = masked.code.clone();
                for range in &masked.strings {
                    out[range.clone()].copy_from_slice(&self.raw[range.clone()]);
                }
                out
            }),
        }
    }

    fn masked_for(&self, text: Text) -> Option<&Masked> {
        if text == Text::Raw { None } else { self.masked() }
    }

    /// The comments; `None` in a language that we do not know.
    pub fn comments(&self) -> Option<&[Range<usize>]> {
        self.masked().map(|m| &*m.comments)
    }

    fn nested(&self) -> &(Vec<Function>, Nest) {
        self.functions.get_or_init(|| {
            let all = match (self.lang, self.masked()) {
                (Some(lang), Some(masked)) => functions(lang, masked),
                _ => Vec::new(),
            };
            let nest = Nest::new(&all);
            (all, nest)
        })
    }

    /// The functions around a place, the innermost first.
    pub fn around(&self, at: usize) -> impl Iterator<Item = &Function> {
        let (all, nest) = self.nested();
        std::iter::successors(nest.innermost(at).map(|i| &all[i]), |f| f.parent.map(|i| &all[i]))
    }

    /// The innermost function around a place.
    pub fn innermost(&self, at: usize) -> Option<&Function> {
        self.around(at).next()
    }

    /// The loops of a part of the file around a place, outermost first.
    pub fn loops_around(&self, part: Range<usize>, at: usize) -> Vec<Range<usize>> {
        let Some(lang) = self.lang else { return Vec::new() };
        let code = self.text(Text::Code);
        self.loops.get_or_init(|| Loops::new(lang, code)).around(code, part, at)
    }

    /// Where the statement begins that a place is in: after the last brace or semicolon.
    pub fn statement(&self, at: usize) -> usize {
        let ends = self.statements.get_or_init(|| memchr::memchr3_iter(b'{', b'}', b';', self.text(Text::Code)).collect());
        ends[..ends.partition_point(|end| *end < at)].last().map_or(0, |end| end + 1)
    }

    /// Notes that so many bytes were looked at, for the sake of a value: what tests of linear time compare instead of clocks.
    pub fn counted<T>(&self, bytes: usize, value: T) -> T {
        self.steps.set(self.steps.get() + bytes as u64 + 1);
        value
    }

    /// How many bytes were looked at, each time counted.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// True if a generator wrote it: said in its first lines.
    pub fn is_generated(&self) -> bool {
        *self.generated.get_or_init(|| self.kinds.is_generated(self.raw))
    }

    /// True if something in this file can be a test: asked before anything is masked.
    pub fn may_have_tests(&self) -> bool {
        self.is_test() || self.kinds.has_regions(self.lang)
    }

    fn is_test(&self) -> bool {
        *self.is_test.get_or_init(|| self.kinds.is_test(self.path, self.lang, self.raw))
    }

    /// True if this place is in a test or in a helper of tests.
    pub fn in_test(&self, at: usize) -> bool {
        if self.is_test() {
            return true;
        }
        // They are in order and do not overlap.
        let regions = self.regions.get_or_init(|| self.kinds.regions(self.lang, self.text(Text::Code)));
        regions[..regions.partition_point(|r| r.start <= at)].last().is_some_and(|r| at < r.end)
    }

    /// Where lines begin, without the first.
    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| memchr::memchr_iter(b'\n', self.raw).map(|end| end + 1).collect())
    }

    /// The number of the line of a place, from 1.
    pub fn number(&self, at: usize) -> u32 {
        self.starts().partition_point(|start| *start <= at) as u32 + 1
    }

    /// The line of a place, without its end.
    pub fn line(&self, at: usize) -> Range<usize> {
        self.lines(at, 1)
    }

    /// `count` lines from that of a place on.
    pub fn lines(&self, at: usize, count: usize) -> Range<usize> {
        let starts = self.starts();
        let next = starts.partition_point(|start| *start <= at);
        let start = if next == 0 { 0 } else { starts[next - 1] };
        start..starts.get(next + count - 1).map_or(self.raw.len(), |start| start - 1)
    }
}

/// The line of a place, without its end.
pub(super) fn line_of(bytes: &[u8], at: usize) -> Range<usize> {
    let at = at.min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |i| i + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i);
    start..end
}
