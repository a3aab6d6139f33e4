//! Files that formulas are read from, and places in them.

use super::tier::Tier;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A range of bytes in one of the sources of a resolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Which source.
    pub source: u32,
    /// The first byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

impl Place {
    /// From the beginning of one to the end of the other.
    pub fn join(self, other: Self) -> Self {
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As it is shown.
    pub path: String,
    /// Where it was found.
    pub tier: Tier,
    /// SHA-256 of its bytes, in hex.
    pub digest: String,
    pub text: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Source {
    pub fn new(path: String, tier: Tier, text: String) -> Self {
        let lines = std::iter::once(0).chain(memchr_lines(&text)).collect();
        Self { path, tier, digest: hex(Sha256::digest(text.as_bytes())), text, lines }
    }

    /// The number of the line (from 0) and where it begins and ends, without its line end.
    pub fn line(&self, byte: usize) -> (usize, usize, usize) {
        let number = self.lines.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.lines.get(number).copied().unwrap_or(0);
        let end = self.lines.get(number + 1).map_or(self.text.len(), |next| next - 1);
        let end = if end > start && self.text.as_bytes().get(end - 1) == Some(&b'\r') { end - 1 } else { end };
        (number, start, end)
    }

    /// A byte that is no more than `byte` and between two characters.
    pub fn boundary(&self, byte: usize) -> usize {
        (0..=byte.min(self.text.len())).rev().find(|b| self.text.is_char_boundary(*b)).unwrap_or(0)
    }
}

fn memchr_lines(text: &str) -> impl Iterator<Item = usize> {
    text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1)
}

/// Bytes in hex.
pub(super) fn hex(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_bounds() {
        let source = Source::new("x".into(), Tier::BuiltIn, "ab\r\ncd\n\nü".into());
        assert_eq!(source.line(0), (0, 0, 2));
        assert_eq!(source.line(3), (0, 0, 2));
        assert_eq!(source.line(4), (1, 4, 6));
        assert_eq!(source.line(7), (2, 7, 7));
        assert_eq!(source.line(99), (3, 8, 10));
        assert_eq!(source.boundary(9), 8);
        assert_eq!(Source::new("x".into(), Tier::BuiltIn, String::new()).line(0), (0, 0, 0));
    }
}
