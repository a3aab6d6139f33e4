//! `[compliance]` of `.beads/config.toml`: what a requirement id looks like, which files are tests and which are documents.

use bd::error::{Error, Result};
use bd::store::Store;
use bd_gate::gate::Globs;
use regex::bytes::Regex;
use serde::Deserialize;
use std::cell::OnceCell;
use std::path::Path;

/// What a requirement id looks like unless the project says otherwise. One without a digit is none: `DD-MM-YYYY` is a date.
pub const REQUIREMENT: &str = r"\b(?:BR|DD|REQ|FR|NFR|SOC2?)-[A-Z0-9]+(?:-[A-Z0-9]+)*(?:\.[0-9]+)*\b";
/// Files that are tests by their name or folder, language by language.
const TESTS: &[&str] = &[
    "**/{test,tests,__tests__,spec,specs,e2e,it}/**",
    "**/*_test.{go,py,rb,c,cc,cpp,rs,ex,exs,dart}",
    "**/test_*.{py,c,cc,cpp}",
    "**/{tests,test}.rs",
    "**/*_tests.rs",
    "**/*.{test,spec}.{ts,tsx,mts,cts,js,jsx,mjs,cjs}",
    "**/*{Test,Tests,IT,Spec}.{java,kt,kts,scala,groovy,cs,swift}",
    "**/*_spec.rb",
    "**/*.{bats,feature}",
];
/// Files that are documents by their name.
const DOCUMENTS: &[&str] = &["**/*.{md,mdx,mdc,markdown,rst,adoc,asciidoc,org,txt}"];

/// What a file is for the tracing of requirements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It says what is required.
    Document,
    /// It shows that what is required is so.
    Test,
    /// A source file that may have tests in it.
    Source,
    /// None of these.
    Other,
}

impl Role {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Document, Self::Test, Self::Source, Self::Other];
}

/// The settings in force.
#[derive(Debug)]
pub struct Settings {
    /// What an id looks like.
    pub requirement: Regex,
    /// True if an id has to hold a digit after its first `-`: only what is built in asks for that.
    pub digit: bool,
    /// Coverage files besides those that are found by their names; paths from the top of the tree.
    pub coverage: Vec<String>,
    /// True if the tests inside of source files count (`#[cfg(test)]`): unless the project names its tests.
    inline: bool,
    tests: Globs,
    documents: Globs,
    /// True if a file that is both is a test.
    tests_first: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    compliance: Table,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Table {
    requirement: Option<String>,
    tests: Option<Vec<String>>,
    documents: Option<Vec<String>>,
    coverage: Vec<String>,
}

impl Settings {
    /// From the text of `.beads/config.toml`.
    ///
    /// # Errors
    /// A configuration that does not parse, a regular expression or a glob that is none (exit 2).
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |why: String| Error::usage(format!(".beads/config.toml: {}", why.trim()));
        let file: File = toml_edit::de::from_str(text).map_err(|e| wrong(e.to_string()))?;
        let said = file.compliance;
        let digit = said.requirement.is_none();
        let pattern = said.requirement.as_deref().unwrap_or(REQUIREMENT);
        let requirement = Regex::new(pattern).map_err(|e| wrong(format!("compliance.requirement: {e}")))?;
        if requirement.is_match(b"") {
            return Err(wrong("compliance.requirement fits the empty text".to_owned()));
        }
        let globs = |key: &str, said: &Option<Vec<String>>, usual: &[&str]| match said {
            Some(list) => Globs::new(list).map_err(|(n, why)| wrong(format!("compliance.{key}[{n}]: {why}"))),
            None => Globs::new(usual).map_err(|(_, why)| Error::internal(why)),
        };
        let tests = globs("tests", &said.tests, TESTS)?;
        let documents = globs("documents", &said.documents, DOCUMENTS)?;
        let tests_first = said.tests.is_some() && said.documents.is_none();
        Ok(Self { requirement, digit, coverage: said.coverage, inline: said.tests.is_none(), tests, documents, tests_first })
    }

    /// What a file is. A document below `tests/` is a document.
    pub fn role(&self, path: &str) -> Role {
        match (self.documents.has(path), self.tests.has(path)) {
            (true, true) if self.tests_first => Role::Test,
            (true, _) => Role::Document,
            (false, true) => Role::Test,
            (false, false) if self.inline && Path::new(path).extension().is_some_and(|e| e == "rs") => Role::Source,
            (false, false) => Role::Other,
        }
    }
}

/// The settings of a text, which are made when somebody asks.
pub struct Rules<'t> {
    /// The text of `.beads/config.toml`.
    pub text: &'t str,
    made: OnceCell<Settings>,
}

impl<'t> Rules<'t> {
    /// Those of the project.
    pub fn of(store: &'t Store) -> Self {
        Self { text: store.config().text().unwrap_or_default(), made: OnceCell::new() }
    }

    /// The settings.
    ///
    /// # Errors
    /// As [`Settings::parse`].
    pub fn settings(&self) -> Result<&Settings> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let made = Settings::parse(self.text)?;
        Ok(self.made.get_or_init(|| made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_are() {
        let usual = Settings::parse("").unwrap();
        for test in ["a_test.go", "x/test_a.py", "tests/a.rs", "src/tests.rs", "web/a.spec.tsx", "src/AuditTest.java", "e2e/a.sh"] {
            assert_eq!(usual.role(test), Role::Test, "{test}");
        }
        for document in ["README.md", "docs/a/b.adoc", "test/plan.md"] {
            assert_eq!(usual.role(document), Role::Document, "{document}");
        }
        assert_eq!((usual.role("src/main.rs"), usual.role("src/main.c")), (Role::Source, Role::Other));
        let own = Settings::parse("[compliance]\ntests = [\"checks/*.md\"]\n").unwrap();
        assert_eq!((own.role("checks/a.md"), own.role("a_test.go"), own.role("a.rs")), (Role::Test, Role::Other, Role::Other));
    }

    #[test]
    fn what_is_wrong_says_where() {
        for (bad, why) in [
            ("[compliance]\nrequirement = \"(\"", "compliance.requirement"),
            ("[compliance]\nrequirement = \"x*\"", "empty text"),
            ("[compliance]\ntests = [\"a\", \"../b\"]", "compliance.tests[1]"),
            ("[compliance]\ndocument = []", "document"),
        ] {
            let error = Settings::parse(bad).unwrap_err();
            assert!(error.message.contains(why), "{}", error.message);
        }
    }
}
