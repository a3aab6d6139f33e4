//! Which function of a file is the innermost one around a place, without looking at all of them.

use crate::lang::Function;

/// Where the innermost function changes.
#[derive(Debug, Default)]
pub(super) struct Nest {
    /// From here on it is this one; in order.
    changes: Vec<(usize, Option<usize>)>,
}

impl Nest {
    /// From functions in order of their beginnings, each with the one around it, none longer than that.
    pub fn new(functions: &[Function]) -> Self {
        let mut changes = Vec::with_capacity(functions.len() * 2);
        let mut open: Vec<usize> = Vec::new();
        for (i, function) in functions.iter().enumerate() {
            while let Some(over) = open.pop_if(|o| functions[*o].end <= function.start) {
                changes.push((functions[over].end, functions[over].parent));
            }
            changes.push((function.start, Some(i)));
            open.push(i);
        }
        changes.extend(open.iter().rev().map(|over| (functions[*over].end, functions[*over].parent)));
        Self { changes }
    }

    /// The index of the innermost function around a place.
    pub fn innermost(&self, at: usize) -> Option<usize> {
        self.changes[..self.changes.partition_point(|(from, _)| *from <= at)].last().and_then(|(_, function)| *function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{Lang, functions, mask};

    #[test]
    fn the_innermost_one_is_that_which_a_look_at_all_of_them_finds() {
        let code = "package a\nfunc A() { B(func() { x() }, func() {}) }\nvar b = 1\nfunc C() { D(func() { func() { y() }(); z() }) }\nfunc E() {";
        let all = functions(Lang::Go, &mask(Lang::Go, code.as_bytes()));
        assert!(all.len() >= 7, "{all:?}");
        let nest = Nest::new(&all);
        for at in 0..=code.len() {
            let slow = all.iter().filter(|f| f.start <= at && at < f.end).min_by_key(|f| f.end - f.start);
            assert_eq!(nest.innermost(at).map(|i| &all[i]), slow, "at {at}");
        }
        assert_eq!(Nest::new(&[]).innermost(0), None);
    }
}
