//! Nearest names, for errors.

/// How far apart two texts are: insertions, deletions, replacements and swaps of neighbours; `None` if more than `most`.
pub fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut now = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            now[j] = (last[j] + 1).min(now[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                now[j] = now[j].min(before[j - 2] + 1);
            }
        }
        if now.iter().min().is_none_or(|least| *least > most) {
            return None;
        }
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().filter(|d| *d <= most)
}

/// Up to `most` of the known words that look most like `word`, nearest first, then in alphabetical order. Case is
/// passed over. A word that begins with what was typed (three letters or more) counts as near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    // One slip in a short word, two in a longer one, three in a long one; never most of the word.
    let slips = (length.div_ceil(4)).min(3);
    let mut found: Vec<(usize, &str)> = Vec::new();
    for candidate in known {
        let lower = candidate.to_lowercase();
        let near = distance(&word, &lower, slips).or_else(|| (length >= 3 && lower.starts_with(&word)).then_some(slips + 1));
        found.extend(near.map(|d| (d, candidate)));
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(most).map(|(_, c)| c).collect()
}

/// Up to `most` ids like the one that was not found: by slips of the fingers, by a forgotten or wrong prefix, by a part.
pub fn nearest_ids<'a>(id: &str, known: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let id = id.to_lowercase();
    let tail = id.rsplit_once('-').map_or(id.as_str(), |(_, tail)| tail);
    let slips = if id.len() >= 8 { 2 } else { 1 };
    let mut found: Vec<(usize, &str)> = Vec::new();
    for candidate in known {
        let lower = candidate.to_lowercase();
        let own_tail = lower.rsplit_once('-').map_or(lower.as_str(), |(_, tail)| tail);
        let near = if let Some(d) = distance(&id, &lower, slips) {
            d
        } else if tail.len() >= 3 && own_tail.starts_with(tail) {
            3
        } else if let Some(d) =
            (tail.len() >= 4).then(|| distance(tail, own_tail.get(..tail.len()).unwrap_or(own_tail), 1)).flatten()
        {
            3 + d
        } else {
            continue;
        };
        found.push((near, candidate));
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(most).map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_and_not_far_ones() {
        let known = ["ready", "release", "reopen", "create", "close", "claim"];
        assert_eq!(nearest("redy", known, 3), ["ready"]);
        assert_eq!(nearest("craete", known, 3), ["create"]);
        assert_eq!(nearest("rel", known, 3), ["release"]);
        assert_eq!(nearest("CLOES", known, 1), ["close"]);
        assert!(nearest("zzz", known, 3).is_empty() && nearest("", known, 3).is_empty());
        assert_eq!(distance("ab", "ba", 2), Some(1));
        assert_eq!(distance("kitten", "sitting", 3), Some(3));
        assert_eq!(distance("kitten", "sitting", 2), None);
    }

    #[test]
    fn near_ids() {
        let known = ["bd-a3f8.1", "bd-a3f9", "gt-7kq2mmnp0xyz", "bd-zzzz"];
        assert_eq!(nearest_ids("bd-a3f7", known, 3)[0], "bd-a3f9");
        assert_eq!(nearest_ids("bd-7kq2", known, 3), ["gt-7kq2mmnp0xyz"]);
        assert_eq!(nearest_ids("7kq2mmnp", known, 3), ["gt-7kq2mmnp0xyz"]);
        assert!(nearest_ids("bd-9999", known, 3).is_empty());
    }
}
