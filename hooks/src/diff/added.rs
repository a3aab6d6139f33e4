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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(old: &str, new: &str) -> Vec<u32> {
        let judged = added(old.as_bytes(), new.as_bytes());
        (1..=lines(new.as_bytes()).count() as u32).filter(|n| judged.has(*n)).collect()
    }

    #[test]
    fn lines_that_were_there_are_not_added() {
        assert_eq!(of("a\nb\nc\n", "a\nx\nb\nc\ny\n"), [2, 5]);
        assert_eq!(of("", "a\nb"), [1, 2]);
        assert_eq!(of("a\nb\n", ""), [0; 0]);
        assert_eq!(of("a\nb\nc\n", "a\nc\n"), [0; 0], "a removed line adds nothing");
        assert_eq!(of("f {\n}\n", "f {\n}\nf {\n}\n").len(), 2, "a copy is new once");
    }

    #[test]
    fn line_ends_are_no_content() {
        assert_eq!(of("a\nb\n", "a\r\nb\r\n"), [0; 0]);
        assert_eq!(of("a\nb", "a\nb\nc\r\n"), [3]);
        assert_eq!(of("a\rb\n", "a\rc\n"), [1], "a lone CR ends no line");
    }

    #[test]
    fn binary_content_is_judged_as_a_whole() {
        assert_eq!(added(b"a\0b", b"a\n"), Lines::All);
        assert_eq!(added(b"a\n", b"\0"), Lines::All);
    }

    #[test]
    fn a_megabyte_that_was_shuffled_is_compared_in_time() {
        let line = |n: usize| format!("    value_{n} = compute({n})  # step {n}\n");
        let old: String = (0..25_000).map(line).collect();
        let new: String = (0..25_000).map(|n| line(n * 7919 % 25_000)).collect();
        assert!(old.len() > 900_000);
        let judged = of(&old, &new);
        assert!(!judged.is_empty() && judged.len() < 25_000, "{}", judged.len());
        let braces = "}\n".repeat(40_000);
        let other = format!("{}x\n{}", "}\n".repeat(10_000), "}\n".repeat(25_000));
        assert_eq!(of(&braces, &other), [10_001]);
    }

    proptest! {
        /// What is not added is a part of the old file, in its order.
        #[test]
        fn the_rest_comes_from_the_old_file(old in "([abc]{0,2}\r?\n){0,12}[ab]?", new in "([abc]{0,2}\r?\n){0,12}[ab]?") {
            let judged = added(old.as_bytes(), new.as_bytes());
            let mut left = lines(old.as_bytes());
            for (line, n) in lines(new.as_bytes()).zip(1..) {
                prop_assert!(judged.has(n) || left.any(|l| l == line), "line {n} of {new:?} is not in {old:?}");
            }
        }

        #[test]
        fn equal_files_have_nothing_added(text in "([abc]{0,2}\r?\n){0,12}") {
            prop_assert!(added(text.as_bytes(), text.as_bytes()).is_empty());
        }
    }
}
