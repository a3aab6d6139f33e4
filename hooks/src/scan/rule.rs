//! A rule in memory (docs/reference/rules.md shows those that are built in, CONTRIBUTING.md how a file of one is written).

use super::languages::Languages;
use crate::Severity;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// One rule: where it looks, what it looks for, what changes its mind.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, as in `gate:allow NAME`.
    pub id: String,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do instead.
    pub advice: String,
    /// How bad it is where no pattern and no context says otherwise.
    pub severity: Severity,
    /// Which languages it knows.
    pub languages: Languages,
    /// True if only tests and their helpers are judged (`hooks/rules/tests.toml` says what these are).
    pub only_tests: bool,
    /// True if generated files are judged too.
    pub generated: bool,
    /// True if what is no text is judged too: a NUL byte hides nothing from this rule.
    pub binary: bool,
    /// True if the line is never shown, because it would show a secret.
    pub hide: bool,
    /// Files above this size are a finding by themselves.
    pub max_bytes: Option<u64>,
    /// The check that is not an expression over a file: only `beads` ([`super::sealed`]).
    pub check: Option<String>,
    /// Globs: only these paths; empty = all.
    pub include: Globs,
    /// Globs: not these.
    pub exclude: Globs,
    /// What is looked for.
    pub patterns: Vec<Pattern>,
    /// What a name stands for in a file.
    pub aliases: Vec<Alias>,
    /// What changes the verdict on a place; the first that fits decides.
    pub contexts: Vec<Context>,
    /// Calls of functions of the same file that do what the rule is about.
    pub wrappers: Option<Wrappers>,
    /// Pieces of code with the lines that must be found in them.
    pub examples: Vec<Example>,
    /// The file that it came from; `None` = built in, and nothing of it was changed.
    pub file: Option<String>,
}

/// Which bytes a pattern looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Text {
    /// Code: comments and strings are blank.
    #[default]
    Code,
    /// Code and strings: comments are blank.
    Strings,
    /// Everything.
    Raw,
}

/// One thing that is looked for.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// In which languages; those of the rule if it says nothing.
    pub languages: Languages,
    /// On which bytes.
    pub text: Text,
    /// One of these stands in every match. Empty: the whole file is searched, which costs time.
    pub words: Vec<String>,
    /// The expression. Its group `at`, or else its start, is the place of the finding; a group with the name of an alias has to be
    /// one of that alias's names in this file.
    pub regex: Expr,
    /// How many lines a match may span.
    pub lines: usize,
    /// No finding where its lines match this.
    pub unless: Option<Expr>,
    /// No finding unless this is somewhere in the file (in everything).
    pub needs: Option<Expr>,
    /// No finding if this is somewhere in the file (in its code).
    pub lacks: Option<Expr>,
    /// True if it means the same outside of tests too.
    pub anywhere: bool,
    /// The group `secret` (or the match) must have at least so many bits a character.
    pub entropy: Option<f64>,
    /// Instead of the rule's.
    pub severity: Option<Severity>,
    /// Instead of the rule's.
    pub message: Option<String>,
    /// Instead of the rule's.
    pub advice: Option<String>,
}

/// Names that stand for a thing in one file, by its imports.
#[derive(Clone, Debug)]
pub struct Alias {
    /// The group in a pattern that has to be one of the names.
    pub name: String,
    /// In which languages.
    pub languages: Languages,
    /// Names that need no import.
    pub always: Vec<String>,
    /// Expressions over the file (on all its bytes, but they begin in code); their group `name` is a name.
    pub regex: Expr,
    /// The name where the group took no part.
    pub otherwise: Option<String>,
    /// If this matches and `regex` does not, the names of `always` are something else here.
    pub shadow: Option<Expr>,
    /// With words: each call of a name is a finding.
    pub words: Vec<String>,
    /// True for names of functions whose calls are findings.
    pub calls: bool,
}

/// The part of a file that a context looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    /// The innermost function; the file, where there is none.
    #[default]
    Function,
    /// The outermost function.
    Outermost,
    /// Any loop around the place that is in the same function.
    Loop,
    /// The lines of the match.
    Line,
    /// What stands before the body of the innermost function: its attributes, its name, its arguments.
    Head,
    /// The file.
    File,
}

/// What the surroundings of a place change.
#[derive(Clone, Debug)]
pub struct Context {
    /// In which languages.
    pub languages: Languages,
    /// Which part is looked at.
    pub within: Within,
    /// On which bytes.
    pub text: Text,
    /// What was found looks like this.
    pub what: Option<Expr>,
    /// The place stands before a match of this.
    pub before: Option<Expr>,
    /// The place stands after a match of this.
    pub after: Option<Expr>,
    /// The part has this.
    pub has: Option<Expr>,
    /// The part has not this.
    pub lacks: Option<Expr>,
    /// True: then it is no finding.
    pub allow: bool,
    /// The severity instead of the pattern's.
    pub severity: Option<Severity>,
    /// The message instead of the pattern's.
    pub message: Option<String>,
    /// The advice instead of the pattern's.
    pub advice: Option<String>,
}

/// How calls of functions that do the thing are reported.
#[derive(Clone, Debug)]
pub struct Wrappers {
    /// `{name}` stands for the function.
    pub message: String,
    /// Findings below this severity make no wrapper.
    pub from: Severity,
    /// Functions with such names are called by nobody.
    pub unless: Option<Expr>,
}

/// A piece of code and what has to be found in it.
#[derive(Clone, Debug)]
pub struct Example {
    /// The language, for people.
    pub language: String,
    /// The path that it would have.
    pub path: String,
    /// The code.
    pub code: String,
    /// The lines, ascending.
    pub finds: Vec<u32>,
    /// The severity of all of them, where the example is about that.
    pub severity: Option<Severity>,
    /// Where it stands.
    pub line: usize,
}

/// A regular expression over bytes that is compiled when it is first asked.
#[derive(Clone, Debug)]
pub struct Expr {
    text: String,
    built: OnceLock<Option<Regex>>,
}

impl Expr {
    /// Not compiled yet; of several, any may match.
    pub fn new(parts: &[String]) -> Self {
        let text = match parts {
            [one] => one.clone(),
            many => many.iter().map(|p| format!("(?:{p})")).collect::<Vec<_>>().join("|"),
        };
        Self { text, built: OnceLock::new() }
    }

    /// What was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The expression; `None` if it does not compile, which [`Expr::check`] tells beforehand.
    pub fn get(&self) -> Option<&Regex> {
        self.built.get_or_init(|| build(&self.text).ok()).as_ref()
    }

    /// Compiles it.
    ///
    /// # Errors
    /// Why it does not compile, in one line.
    pub fn check(&self) -> Result<(), String> {
        match build(&self.text) {
            Ok(regex) => {
                let _ = self.built.set(Some(regex));
                Ok(())
            }
            Err(why) => {
                let why = why.to_string();
                Err(why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
            }
        }
    }

    /// True if it matches somewhere.
    pub fn is_match(&self, bytes: &[u8]) -> bool {
        self.get().is_some_and(|r| r.is_match(bytes))
    }
}

/// ASCII classes (ten times cheaper to compile), `^` and `$` at lines.
fn build(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).unicode(false).multi_line(true).size_limit(4 << 20).build()
}

/// Globs over paths from the top of the tree, compiled when they are first asked. `*` stays in one folder, `**` does not.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    texts: Vec<String>,
    built: OnceLock<GlobSet>,
}

impl Globs {
    /// Not compiled yet.
    pub fn new(texts: Vec<String>) -> Self {
        Self { texts, built: OnceLock::new() }
    }

    /// As they were written.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Checks one.
    ///
    /// # Errors
    /// Why it is no glob.
    pub fn check(text: &str) -> Result<(), String> {
        GlobBuilder::new(text).literal_separator(true).build().map(drop).map_err(|e| e.kind().to_string())
    }

    /// True if one of them fits.
    pub fn fit(&self, path: &str) -> bool {
        let set = self.built.get_or_init(|| {
            let mut set = GlobSetBuilder::new();
            for glob in self.texts.iter().filter_map(|t| GlobBuilder::new(t).literal_separator(true).build().ok()) {
                set.add(glob);
            }
            set.build().unwrap_or_default()
        });
        set.is_match(&*crate::diff::plain(path))
    }
}
