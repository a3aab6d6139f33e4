//! The rules that there are: our own, and the project's over them.

use super::read::{self, Problem};
use super::rule::Rule;
use super::scanner::{Scanned, Scanner};
use crate::Lines;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Our own, in the order of GATES.md.
pub(super) const BUILT_IN: &[(&str, &str)] = &[
    ("no-skip.toml", include_str!("../../rules/no-skip.toml")),
    ("no-sleep.toml", include_str!("../../rules/no-sleep.toml")),
    ("direct-audit.toml", include_str!("../../rules/direct-audit.toml")),
    ("direct-metrics.toml", include_str!("../../rules/direct-metrics.toml")),
    ("kubeconfig-isolation.toml", include_str!("../../rules/kubeconfig-isolation.toml")),
    ("compose-race.toml", include_str!("../../rules/compose-race.toml")),
    ("eventually-misuse.toml", include_str!("../../rules/eventually-misuse.toml")),
    ("secrets.toml", include_str!("../../rules/secrets.toml")),
    ("conflict-markers.toml", include_str!("../../rules/conflict-markers.toml")),
    ("large-file.toml", include_str!("../../rules/large-file.toml")),
    ("beads.toml", include_str!("../../rules/beads.toml")),
];

/// From so many files on the larger table is made. Seen once on one machine, with the built-in rules: some 4 ms more to make, some
/// 5 us less for each KiB. With files of a few KiB that is even in the low hundreds; other machines and rules will differ.
const MANY: usize = 256;

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    // A test reads each of them with nothing left out; what does not parse here is not there and cannot be asked for.
    BUILT_IN.iter().filter_map(|(name, text)| read::built_in(name, without_examples(text)).ok()).collect()
});

/// Rules by id.
#[derive(Clone, Debug)]
pub struct RuleSet {
    rules: Cow<'static, [Rule]>,
}

impl RuleSet {
    /// Our own. Cheap: nothing is compiled, and all callers share one copy.
    pub fn built_in() -> Self {
        Self { rules: Cow::Borrowed(&RULES) }
    }

    /// Our own and a project's (`.beads/rules/*.toml` as pairs of name and text, in the order in which they count). A rule of
    /// the id of one that is there adjusts it, or with `replace = true` takes its place. The second part are keys that
    /// nobody knows.
    ///
    /// # Errors
    /// The first file that cannot be read as a rule: a gate that is not understood has not passed.
    pub fn with_project<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(Self, Vec<Problem>), Problem> {
        let mut rules = RULES.clone();
        let mut warnings = Vec::new();
        for (name, text) in files {
            let (rule, mut more) = read::rule(name, text, &|id| rules.iter().find(|r| r.id == id).cloned())?;
            warnings.append(&mut more);
            match rules.iter_mut().find(|r| r.id == rule.id) {
                Some(old) => *old = rule,
                None => rules.push(rule),
            }
        }
        Ok((Self { rules: Cow::Owned(rules) }, warnings))
    }

    /// All rules: ours first.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// What looks for these rules in files; ids that are unknown are passed over (ask [`RuleSet::rule`] first). Make it once
    /// for all files.
    pub fn scanner<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Scanner<'_> {
        Scanner::new(self, ids.into_iter(), true)
    }

    /// The same for so many files: for a commit of a few it is ready sooner, and finds the same.
    pub fn scanner_for<'a>(&self, ids: impl IntoIterator<Item = &'a str>, files: usize) -> Scanner<'_> {
        Scanner::new(self, ids.into_iter(), files >= MANY)
    }

    /// Looks for some rules in one file; [`RuleSet::scanner`] for many.
    pub fn scan(&self, ids: &[&str], path: &str, bytes: &[u8], lines: &Lines) -> Scanned {
        self.scanner_for(ids.iter().copied(), 1).scan(path, bytes, lines)
    }
}

/// A rule file up to its first example: a hook does not need them. They stand last (a test holds them there).
fn without_examples(text: &str) -> &str {
    text.split_once("\n[[example]]").map_or(text, |(front, _)| front)
}

/// Our own rules with their examples.
///
/// # Errors
/// What is wrong with a file, with everything in it compiled.
pub fn built_in_with_examples() -> Result<Vec<Rule>, Problem> {
    BUILT_IN
        .iter()
        .map(|(name, text)| {
            let (mut rule, mut warnings) = read::rule(name, text, &|_| None)?;
            rule.file = None;
            warnings.pop().map_or(Ok(rule), Err)
        })
        .collect()
}
