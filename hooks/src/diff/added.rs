//! Which lines of a file are new.
//!
//! Lines are compared without their line ends: who turns LF into CRLF or adds the last line end has written nothing new.

use crate::Lines;
use similar::DiffOp;
use similar::algorithms::{Algorithm, Capture, diff_slices};
use std::collections::HashMap;

/// Beyond so many pairs of lines no best answer is sought: every line that is not at its place counts as added.
const MOST_PAIRS: usize = 1 << 28;

/// The lines of `new` that `old` has not, in the sense of a line diff. All of them if either is binary.
pub fn added(old: &[u8], new: &[u8]) -> Lines {
    if is_binary(old) || is_binary(new) {
        return Lines::All;
    }
    let mut names: HashMap<&[u8], u32> = HashMap::new();
    let mut number = |line| {
        let next = names.len() as u32;
        *names.entry(line).or_insert(next)
    };
    let old: Vec<u32> = lines(old).map(&mut number).collect();
    // Lines of the old file have the smallest numbers.
    let known = old.iter().max().map_or(0, |n| n + 1);
    let new: Vec<u32> = lines(new).map(&mut number).collect();

    let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, rest) = (&old[front..], &new[front..]);
    let back = old.iter().rev().zip(rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, rest) = (&old[..old.len() - back], &rest[..rest.len() - back]);

    let mut is_added = vec![false; rest.len()];
    // Lines that one side has alone cannot match: the search is over the others.
    let mut in_new = vec![false; known as usize];
    rest.iter().filter(|n| **n < known).for_each(|n| in_new[*n as usize] = true);
    let mut in_old = vec![false; known as usize];
    old.iter().for_each(|n| in_old[*n as usize] = true);
    let a: Vec<u32> = old.iter().copied().filter(|n| in_new[*n as usize]).collect();
    let mut places = Vec::new();
    let mut b = Vec::new();
    for (at, n) in rest.iter().enumerate() {
        if *n < known && in_old[*n as usize] {
            places.push(at);
            b.push(*n);
        } else {
            is_added[at] = true;
        }
    }
    if a.len().saturating_mul(b.len()) > MOST_PAIRS {
        places.iter().for_each(|at| is_added[*at] = true);
    } else {
        let mut ops = Capture::new();
        // Writing into memory cannot fail.
        let _ = diff_slices(Algorithm::Histogram, &mut ops, &a, &b);
        for op in ops.into_ops() {
            if let DiffOp::Insert { new_index, new_len, .. } | DiffOp::Replace { new_index, new_len, .. } = op {
                places[new_index..new_index + new_len].iter().for_each(|at| is_added[*at] = true);
            }
        }
    }
    let first = front as u32 + 1;
    Lines::from_sorted(is_added.iter().zip(first..).filter(|(added, _)| **added).map(|(_, n)| n))
}

/// git's test: a NUL near the beginning.
pub fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some()
}

/// The lines without their ends.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let empty = bytes.is_empty();
    whole.split(|b| *b == b'\n').filter(move |_| !empty).map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}
