//! What lists need of each message, one after the other as they are kept.

use super::file::Stretch;
use crate::mail::Priority;
use bd::model::EventId;
use bd::store::wire::{Broken, Read, Take, put_var};
use std::collections::VecDeque;

/// What a list needs of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slip {
    /// Its name.
    pub id: EventId,
    /// The first message of its conversation.
    pub thread: EventId,
    /// Kept on top.
    pub pinned: bool,
    /// How much it presses.
    pub priority: Priority,
    /// Its text was taken away.
    pub redacted: bool,
    /// [`ACKED`] and [`ALONE`]: with two more flags apart a slip would be a quarter larger.
    pub(super) more: u8,
    /// The number of those to whom it was sent.
    pub(super) audience: u32,
    /// The number of those who sent it.
    pub(super) sender: u32,
    /// Where the letter is; [`NOWHERE`] where it is not kept. A look has thousands of these: it is not said in more words than needed.
    pub(super) at: u64,
    pub(super) len: u32,
    pub(super) sum: u64,
}

/// Somebody has acknowledged it.
pub(super) const ACKED: u8 = 1;
/// No other has the same last eight characters.
pub(super) const ALONE: u8 = 2;

/// A place that no file has.
pub(super) const NOWHERE: u64 = u64::MAX;

impl Slip {
    /// True if somebody has acknowledged it.
    pub fn is_acked(&self) -> bool {
        self.more & ACKED != 0
    }

    /// True if no other has the same last eight characters.
    pub(super) fn is_alone(&self) -> bool {
        self.more & ALONE != 0
    }

    /// Where the letter is, where it is kept.
    pub(super) fn stretch(&self) -> Option<Stretch> {
        (self.at != NOWHERE).then_some(Stretch { at: self.at, len: self.len as usize, sum: self.sum })
    }
}

/// How many there are, and at most so many of the newest, newest first, of some that come oldest first.
pub fn newest(slips: impl Iterator<Item = Slip>, most: usize) -> (usize, Vec<Slip>) {
    let (mut total, mut last) = (0, VecDeque::new());
    for slip in slips {
        total += 1;
        last.push_back(slip);
        if last.len() > most {
            last.pop_front();
        }
    }
    (total, last.into_iter().rev().collect())
}

/// The fewest bytes of a slip.
pub(super) const LEAST: usize = 28;

#[cfg(test)]
impl Slip {
    /// One for tests of what sorts them.
    pub fn of_test(id: EventId, priority: Priority) -> Self {
        let (pinned, redacted, more) = (false, false, ALONE);
        Self { id, thread: id, pinned, priority, redacted, more, audience: 0, sender: 0, at: NOWHERE, len: 0, sum: 0 }
    }
}

/// The slips: as they are kept, since a look that only counts them need not have all of them in memory, or as they were made.
pub(super) enum Slips {
    Kept(KeptSlips),
    Made(Vec<Slip>),
}

pub(super) struct KeptSlips {
    pub heads: Vec<u8>,
    /// Where in the heads they begin.
    pub from: usize,
    pub count: usize,
    /// Where in the file the letters begin.
    pub letters: u64,
}

impl Slips {
    pub fn iter(&self) -> Each<'_> {
        match self {
            Self::Made(all) => Each::Made(all.iter()),
            Self::Kept(kept) => {
                let take = Take::new(kept.heads.get(kept.from..).unwrap_or_default());
                Each::Kept { take, left: kept.count, at: kept.letters }
            }
        }
    }
}

/// One slip after the other.
#[derive(Clone)]
pub(super) enum Each<'a> {
    Kept { take: Take<'a>, left: usize, at: u64 },
    Made(std::slice::Iter<'a, Slip>),
}

impl Iterator for Each<'_> {
    type Item = Slip;

    fn next(&mut self) -> Option<Slip> {
        match self {
            Self::Made(all) => all.next().copied(),
            Self::Kept { take: t, left, at } => {
                *left = left.checked_sub(1)?;
                take(t, at).ok()
            }
        }
    }
}

/// Appends a slip; its letter comes behind those of the slips before it.
pub(super) fn put(out: &mut Vec<u8>, slip: &Slip) {
    out.extend_from_slice(&slip.id.0.to_le_bytes());
    let priority = Priority::ALL.iter().position(|p| *p == slip.priority).unwrap_or_default() as u8;
    let answers = slip.thread != slip.id;
    let flags = [slip.pinned, slip.redacted, answers].iter().rev().fold(0, |out, flag| out << 1 | u8::from(*flag));
    out.push(flags | slip.more << 3 | priority << 5);
    // Most messages begin their own conversation, and every look at the inbox reads all of this.
    if answers {
        out.extend_from_slice(&slip.thread.0.to_le_bytes());
    }
    [slip.audience, slip.sender, slip.len].iter().for_each(|number| put_var(out, u64::from(*number)));
    out.extend_from_slice(&slip.sum.to_le_bytes());
}

/// The next slip; `at` is where its letter begins, and then where the next one's does.
fn take(t: &mut Take<'_>, at: &mut u64) -> Read<Slip> {
    let (id, flags) = (EventId(t.u128()?), t.u8()?);
    let is = |bit: u8| flags & (1 << bit) != 0;
    let priority = *Priority::ALL.get(usize::from(flags >> 5)).ok_or(Broken)?;
    let thread = if is(2) { EventId(t.u128()?) } else { id };
    let (audience, sender, len, sum) = (t.var()? as u32, t.var()? as u32, t.var()? as u32, t.u64()?);
    let (here, next) = (*at, at.checked_add(u64::from(len)).ok_or(Broken)?);
    *at = next;
    let (pinned, redacted, more) = (is(0), is(1), flags >> 3 & (ACKED | ALONE));
    Ok(Slip { id, thread, pinned, priority, redacted, more, audience, sender, at: here, len, sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_says_what_was_put_into_it() {
        let mut all = Vec::new();
        let mut at = 40;
        for bits in 0..128u32 {
            let is = |bit: u32| bits & (1 << bit) != 0;
            let (id, other) = (EventId(u128::from(bits) << 90), EventId(u128::MAX - 1));
            let priority = Priority::ALL[(bits >> 4 & 3) as usize];
            let thread = if is(3) { other } else { id };
            let (audience, sender, len, sum) = (bits * 1000, 127 + bits, bits * 3, u64::from(bits) << 50);
            let (pinned, redacted, more) = (is(0), is(1), u8::from(is(2)) | u8::from(is(6)) << 1);
            all.push(Slip { id, thread, pinned, priority, redacted, more, audience, sender, at, len, sum });
            at += u64::from(len);
        }
        let mut heads = vec![0; 5];
        all.iter().for_each(|slip| put(&mut heads, slip));
        let end = heads.len();
        let kept = |heads: Vec<u8>| Slips::Kept(KeptSlips { heads, from: 5, count: all.len(), letters: 40 });
        assert_eq!(kept(heads.clone()).iter().collect::<Vec<_>>(), all);
        assert_eq!(kept(heads[..end - 1].to_vec()).iter().count(), all.len() - 1, "what is cut ends the list");
        let mut least = Vec::new();
        put(&mut least, &Slip::of_test(EventId(1), Priority::Low));
        assert_eq!(least.len(), LEAST);
        assert_eq!(size_of::<Slip>(), 64);
    }

    #[test]
    fn the_newest_come_first_and_all_are_counted() {
        let all = || (1..=5).map(|n| Slip::of_test(EventId(n), Priority::Low));
        for (most, ids) in [(0, vec![]), (2, vec![5, 4]), (5, vec![5, 4, 3, 2, 1]), (usize::MAX, vec![5, 4, 3, 2, 1])] {
            let (total, slips) = newest(all(), most);
            assert_eq!((total, slips.iter().map(|s| s.id.0).collect::<Vec<_>>()), (5, ids), "{most}");
        }
    }
}
