//! What is kept of an output that may have no end: its beginning and its end.

use std::collections::VecDeque;

/// The first and the last bytes of a stream, in constant memory.
#[derive(Debug)]
pub struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    most_head: usize,
    most_tail: usize,
    dropped: u64,
}

impl Kept {
    /// Keeps at most so many bytes of the beginning and of the end.
    pub fn new(most_head: usize, most_tail: usize) -> Self {
        Self { head: Vec::new(), tail: VecDeque::new(), most_head, most_tail, dropped: 0 }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = (self.most_head - self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        let useless = rest.len().saturating_sub(self.most_tail);
        let rest = &rest[useless..];
        let over = (self.tail.len() + rest.len()).saturating_sub(self.most_tail);
        self.tail.drain(..over);
        self.tail.extend(rest);
        self.dropped += (useless + over) as u64;
    }

    /// How many bytes in the middle were not kept.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Everything, if everything was kept.
    pub fn whole(&self) -> Option<Vec<u8>> {
        (self.dropped == 0).then(|| self.head.iter().chain(&self.tail).copied().collect())
    }

    /// The lines that were kept whole, with a word in the place of what was not. A line of which only a part is there is
    /// dropped as well: what looks harmless may be the rest of a secret.
    pub fn lines(&self) -> Vec<String> {
        if let Some(all) = self.whole() {
            return split(&all);
        }
        let end = self.head.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let mut lines = split(&self.head[..end]);
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let begin = tail.iter().position(|b| *b == b'\n').map_or(tail.len(), |at| at + 1);
        let gone = self.dropped + (self.head.len() - end + begin) as u64;
        lines.push(format!("[{gone} bytes are not shown]"));
        lines.extend(split(&tail[begin..]));
        lines
    }
}

fn split(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_stay_and_a_line_in_pieces_goes() {
        let mut kept = Kept::new(8, 8);
        kept.push(b"one\ntwo\n");
        assert_eq!(kept.whole().as_deref(), Some(&b"one\ntwo\n"[..]));
        kept.push(b"three\nfour");
        kept.push(b"\nfive\n");
        assert_eq!(kept.whole(), None);
        assert_eq!(kept.lines(), ["one", "two", "[11 bytes are not shown]", "five"]);
        assert!(!kept.lines().concat().contains("our"), "half a line is no line");
    }

    #[test]
    fn a_stream_without_end_costs_no_memory() {
        let mut kept = Kept::new(100, 100);
        for n in 0..100_000u32 {
            kept.push(format!("line {n}\n").as_bytes());
        }
        kept.push(&[b'x'; 5_000]);
        kept.push(b"\nlast\n");
        assert!(kept.head.capacity() <= 256 && kept.tail.capacity() <= 256);
        assert_eq!(kept.lines().last().map(String::as_str), Some("last"));
        let mut one = Kept::new(4, 4);
        one.push(b"a line longer than both");
        assert_eq!(one.lines(), ["[23 bytes are not shown]"]);
    }
}
