//! One file while it is scanned: what costs something is made when it is first asked for.

use super::kinds::Kinds;
use super::rule::Text;
use crate::lang::{Function, Lang, Masked, functions, mask};
use std::cell::OnceCell;
use std::ops::Range;

/// A file, its language, and what can be known about it.
pub(super) struct Source<'a> {
    pub path: &'a str,
    pub raw: &'a [u8],
    pub lang: Option<Lang>,
    kinds: &'a Kinds,
    masked: OnceCell<Masked>,
    strings: OnceCell<Vec<u8>>,
    functions: OnceCell<Vec<Function>>,
    is_test: OnceCell<bool>,
    regions: OnceCell<Vec<Range<usize>>>,
    generated: OnceCell<bool>,
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
            functions: OnceCell::new(),
            is_test: OnceCell::new(),
            regions: OnceCell::new(),
            generated: OnceCell::new(),
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

    /// The functions of the file.
    pub fn functions(&self) -> &[Function] {
        self.functions.get_or_init(|| match (self.lang, self.masked()) {
            (Some(lang), Some(masked)) => functions(lang, masked),
            _ => Vec::new(),
        })
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
        self.is_test()
            || self.regions.get_or_init(|| self.kinds.regions(self.lang, self.text(Text::Code))).iter().any(|r| r.contains(&at))
    }

    /// The line of a place, without its end.
    pub fn line(&self, at: usize) -> Range<usize> {
        line_of(self.raw, at)
    }

    /// `count` lines from that of a place on.
    pub fn lines(&self, at: usize, count: usize) -> Range<usize> {
        let mut range = self.line(at);
        for _ in 1..count {
            if range.end >= self.raw.len() {
                break;
            }
            range.end = self.line(range.end + 1).end;
        }
        range
    }
}

/// The line of a place, without its end.
pub(super) fn line_of(bytes: &[u8], at: usize) -> Range<usize> {
    let at = at.min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |i| i + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |i| at + i);
    start..end
}
