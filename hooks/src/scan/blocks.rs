//! Brackets and the blocks in them. Works on masked code, so that no brace is in a string.

/// How far a block may be from the words that announce it.
const HEADER: usize = 2000;

/// The end of the brace block that begins after `from`, before any `;` at the same level. `None` if there is no such block.
pub(super) fn block_after(code: &[u8], from: usize) -> Option<usize> {
    header(code, from, b';').map(|open| closing(code, open))
}

/// The brace that opens the block after `from`; `None` if `stop` comes before it, outside of other brackets, or if it is far away.
pub(super) fn header(code: &[u8], from: usize, stop: u8) -> Option<usize> {
    let mut depth = 0i32;
    for (i, byte) in code.iter().enumerate().skip(from).take(HEADER) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth <= 0 => return Some(i),
            byte if *byte == stop && depth <= 0 => return None,
            _ => {}
        }
    }
    None
}

/// The place after the brace that closes the one at `open`; the end of the code if none does.
fn closing(code: &[u8], open: usize) -> usize {
    let mut depth = 0usize;
    for (i, byte) in code.iter().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return i + 1;
        }
    }
    code.len()
}

/// Where each bracket of a file is closed: asked often, read once.
pub(super) struct Brackets {
    /// Opened at, and the place after what closes it; in order.
    pairs: Vec<(usize, usize)>,
    length: usize,
}

impl Brackets {
    /// Round, square and curly ones, each kind by itself.
    pub fn new(code: &[u8]) -> Self {
        let mut pairs = Vec::new();
        let mut open: [Vec<usize>; 3] = Default::default();
        for (i, byte) in code.iter().enumerate() {
            let (kind, opens) = match byte {
                b'(' => (0, true),
                b')' => (0, false),
                b'[' => (1, true),
                b']' => (1, false),
                b'{' => (2, true),
                b'}' => (2, false),
                _ => continue,
            };
            if opens {
                open[kind].push(pairs.len());
                pairs.push((i, code.len()));
            } else if let Some(pair) = open[kind].pop() {
                pairs[pair].1 = i + 1;
            }
        }
        Self { pairs, length: code.len() }
    }

    /// The place after the bracket that closes the one at `open`; the end of the code if none does.
    pub fn closing(&self, open: usize) -> usize {
        self.pairs.binary_search_by_key(&open, |pair| pair.0).map_or(self.length, |i| self.pairs[i].1)
    }
}
