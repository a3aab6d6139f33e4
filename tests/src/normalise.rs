//! Output without what differs from run to run: paths, ids, hashes.

use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// One after the other, in the order of a text: the first bead becomes `<bead-1>`, the second `<bead-2>`.
/// Keep one value for several texts and the names stay the same across them.
#[derive(Default)]
pub struct Normalise {
    root: Option<String>,
    names: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

static IDS: LazyLock<Regex> = LazyLock::new(|| {
    let text = r"(?P<commit>\b[0-9a-f]{40}\b)|(?P<event>\b[0-7][0-9a-hjkmnp-tv-z]{25}\b)|(?P<bead>\b[a-z][a-z0-9_]*-[0-9a-hjkmnp-tv-z]{12}\b)";
    Regex::new(text).expect("a valid expression")
});

impl Normalise {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The folder that becomes `<root>`.
    #[must_use]
    pub fn root(mut self, path: &str) -> Self {
        self.root = Some(path.to_owned());
        self
    }

    /// The text with stable names.
    pub fn apply(&mut self, text: &str) -> String {
        let text = match &self.root {
            Some(root) => text.replace(root, "<root>"),
            None => text.to_owned(),
        };
        let (names, counts) = (&mut self.names, &mut self.counts);
        let name = |found: &regex::Captures<'_>| {
            let kind = ["commit", "event", "bead"].into_iter().find(|k| found.name(k).is_some()).unwrap_or("id");
            let next = || {
                let count = counts.entry(kind).or_default();
                *count += 1;
                format!("<{kind}-{count}>")
            };
            names.entry(found[0].to_owned()).or_insert_with(next).clone()
        };
        IDS.replace_all(&text, name).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_in_order_and_kept() {
        let mut normalise = Normalise::new().root("/tmp/x");
        let text = "bd-0123456789ab at /tmp/x/y, bd-zzzzzzzzzzzz, bd-0123456789ab, 00000000000000000000000001, bd-a3f8.1";
        assert_eq!(normalise.apply(text), "<bead-1> at <root>/y, <bead-2>, <bead-1>, <event-1>, bd-a3f8.1");
        assert_eq!(normalise.apply("bd-zzzzzzzzzzzz"), "<bead-2>");
        assert_eq!(normalise.apply("no id: hello-world"), "no id: hello-world");
    }
}
