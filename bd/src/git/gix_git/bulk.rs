//! Reading many objects: in the order in which packs have them, with the last ones kept, because git stores an object as
//! the difference to one before it. Without both, every object of a chain of fifty is made from its first one again.
//! The order is [`super::packs::Found::place`]; here is what is kept.

use gix::objs::Kind;
use gix::odb::pack::cache::DecodeEntry;
use std::collections::VecDeque;

/// How many bytes of objects are kept, and how many objects.
const KEPT_BYTES: usize = 8 << 20;
const KEPT: usize = 64;

struct Entry {
    pack: u32,
    offset: u64,
    kind: Kind,
    packed: usize,
    bytes: Vec<u8>,
}

/// The objects that were decoded last.
#[derive(Default)]
pub(super) struct Recent {
    entries: VecDeque<Entry>,
    total: usize,
}

impl DecodeEntry for Recent {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind, packed: usize) {
        if data.len() > KEPT_BYTES {
            return;
        }
        let mut bytes = Vec::new();
        while self.total + data.len() > KEPT_BYTES || self.entries.len() >= KEPT {
            let Some(old) = self.entries.pop_back() else { break };
            self.total -= old.bytes.len();
            bytes = old.bytes;
        }
        bytes.clear();
        bytes.extend_from_slice(data);
        self.total += data.len();
        self.entries.push_front(Entry { pack, offset, kind, packed, bytes });
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let at = self.entries.iter().position(|e| e.offset == offset && e.pack == pack)?;
        let entry = self.entries.remove(at)?;
        out.clear();
        out.extend_from_slice(&entry.bytes);
        let found = (entry.kind, entry.packed);
        self.entries.push_front(entry);
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_is_kept_and_no_more_than_the_limit() {
        let mut recent = Recent::default();
        let mut out = Vec::new();
        for offset in 0..5u64 {
            recent.put(1, offset, &vec![offset as u8; 2 << 20], Kind::Blob, 10);
            assert_eq!(recent.get(1, 1, &mut out).is_some(), offset >= 1, "the one that is asked for stays");
        }
        assert!(recent.total <= KEPT_BYTES);
        assert_eq!(recent.get(1, 1, &mut out), Some((Kind::Blob, 10)));
        assert_eq!(out, vec![1; 2 << 20]);
        assert!(recent.get(2, 1, &mut out).is_none() && recent.get(1, 0, &mut out).is_none());
        recent.put(1, 9, &vec![0; KEPT_BYTES + 1], Kind::Blob, 1);
        assert!(recent.get(1, 9, &mut out).is_none(), "what is too large is not kept");
    }
}
