//! Which lines of a file are judged.

use std::ops::RangeInclusive;

/// Line numbers, from 1: all of them, or sorted ranges that do not touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Every line: the whole tree is judged, or the file is new.
    All,
    /// These lines.
    Some(Vec<RangeInclusive<u32>>),
}

impl Lines {
    /// From numbers in ascending order.
    pub fn from_sorted(numbers: impl IntoIterator<Item = u32>) -> Self {
        let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
        for n in numbers {
            match ranges.last_mut() {
                Some(last) if n <= *last.end() => {}
                Some(last) if n == *last.end() + 1 => *last = *last.start()..=n,
                _ => ranges.push(n..=n),
            }
        }
        Self::Some(ranges)
    }

    /// True if the line is judged.
    pub fn has(&self, line: u32) -> bool {
        match self {
            Self::All => true,
            Self::Some(ranges) => {
                let after = ranges.partition_point(|r| *r.start() <= line);
                after > 0 && ranges[after - 1].contains(&line)
            }
        }
    }

    /// How many lines are judged; `None` = all, however many there are.
    pub fn count(&self) -> Option<u64> {
        match self {
            Self::All => None,
            Self::Some(ranges) => Some(ranges.iter().map(|r| u64::from(r.end() - r.start()) + 1).sum()),
        }
    }

    /// The lines that both have.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::All, lines) | (lines, Self::All) => lines.clone(),
            (Self::Some(ranges), _) => Self::from_sorted(ranges.iter().cloned().flatten().filter(|n| other.has(*n))),
        }
    }

    /// True if no line is judged.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Some(ranges) if ranges.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_join_and_are_searched() {
        let lines = Lines::from_sorted([1, 2, 2, 3, 7, 9, 10]);
        assert_eq!(lines, Lines::Some(vec![1..=3, 7..=7, 9..=10]));
        let has: Vec<u32> = (0..=12).filter(|n| lines.has(*n)).collect();
        assert_eq!(has, [1, 2, 3, 7, 9, 10]);
        assert_eq!((lines.count(), Lines::All.count()), (Some(6), None));
        assert_eq!(lines.and(&Lines::from_sorted([2, 3, 4, 9])), Lines::from_sorted([2, 3, 9]));
        assert!(Lines::All.and(&lines) == lines && lines.and(&Lines::All) == lines && Lines::All.and(&Lines::All) == Lines::All);
        assert!(Lines::All.has(u32::MAX) && !Lines::All.is_empty());
        assert!(Lines::from_sorted([]).is_empty() && !Lines::from_sorted([]).has(1));
    }
}
