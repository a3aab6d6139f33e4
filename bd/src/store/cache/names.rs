//! Names of beads as numbers, in little memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Numbers names in the order in which they are first seen.
#[derive(Default)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
    by_hash: HashMap<u64, u32>,
    /// Names whose keyed hash another name has.
    rare: HashMap<Box<str>, u32>,
    keys: RandomState,
}

impl Names {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A name.
    pub fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let from = if at == 0 { 0 } else { self.ends.get(at - 1).map_or(0, |e| *e as usize) };
        let to = self.ends.get(at).map_or(0, |e| *e as usize);
        self.text.get(from..to).unwrap_or_default()
    }

    /// The number of a name.
    pub fn find(&self, name: &str) -> Option<u32> {
        match self.by_hash.get(&self.keys.hash_one(name)) {
            Some(number) if self.get(*number) == name => Some(*number),
            Some(_) => self.rare.get(name).copied(),
            None => None,
        }
    }

    /// The number of a name, a new one if need be. `None` if there are too many.
    pub fn intern(&mut self, name: &str) -> Option<u32> {
        let hash = self.keys.hash_one(name);
        let taken = match self.by_hash.get(&hash) {
            Some(number) if self.get(*number) == name => return Some(*number),
            Some(_) => match self.rare.get(name) {
                Some(number) => return Some(*number),
                None => true,
            },
            None => false,
        };
        // The largest numbers mean other things in the image.
        let number = u32::try_from(self.ends.len()).ok().filter(|n| *n < u32::MAX - 16)?;
        let end = u32::try_from(self.text.len() + name.len()).ok()?;
        self.text.push_str(name);
        self.ends.push(end);
        if taken {
            self.rare.insert(name.into(), number);
        } else {
            self.by_hash.insert(hash, number);
        }
        Some(number)
    }

    /// The numbers in the order of the names.
    pub fn sorted(&self) -> Vec<u32> {
        // The first sixteen bytes as a number order most names without looking at their text.
        let front = |name: &str| {
            let mut bytes = [0; 16];
            let len = name.len().min(16);
            bytes[..len].copy_from_slice(&name.as_bytes()[..len]);
            u128::from_be_bytes(bytes)
        };
        let mut keyed: Vec<(u128, u32)> = (0..self.ends.len() as u32).map(|n| (front(self.get(n)), n)).collect();
        keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.get(a.1).cmp(self.get(b.1))));
        keyed.into_iter().map(|(_, n)| n).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number_and_the_order_is_that_of_the_text() {
        let mut names = Names::default();
        let list = ["bd-b", "bd-a", "bd-aaaaaaaaaaaaaaaaaaaab", "bd-aaaaaaaaaaaaaaaaaaaaa", "x", "bd-a0", "ü"];
        for (at, name) in list.iter().enumerate() {
            assert_eq!(names.intern(name), Some(at as u32));
        }
        assert_eq!(names.intern("bd-a"), Some(1));
        assert_eq!((names.find("x"), names.find("y"), names.len()), (Some(4), None, 7));
        let mut sorted = list.to_vec();
        sorted.sort_unstable();
        assert_eq!(names.sorted().into_iter().map(|n| names.get(n)).collect::<Vec<_>>(), sorted);
    }
}
