//! Readers of test reports: `FORMAT` in `report = "FORMAT:GLOB"` of a command gate (GATES, Test results).
//!
//! A report that is cut off or is none at all is an error and never a smaller success: each reader looks for what its tool
//! writes last, or holds what it read against the numbers that the report itself names.

mod counts;
mod ginkgo;
mod go_json;
mod go_text;
mod junit;
mod libtest;
mod libtest_json;
mod lines;
mod nextest;
mod node_spec;
mod place;
mod pytest;
mod tap;

pub use counts::{Counts, Failure};

use crate::plain;

/// A format of test reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Whatever it looks like.
    Auto,
    /// What `go test` prints, with or without `-v`.
    GoTest,
    /// `go test -json`.
    GoJson,
    /// `ginkgo --json-report`.
    Ginkgo,
    /// JUnit XML, of whatever tool.
    Junit,
    /// The Test Anything Protocol, versions 12 to 14.
    Tap,
    /// What `cargo test` prints.
    Libtest,
    /// `cargo test -- --format json`, and cargo-nextest's `libtest-json`.
    LibtestJson,
    /// What cargo-nextest prints.
    Nextest,
    /// What pytest prints.
    Pytest,
    /// The `spec` reporter of `node --test`.
    NodeSpec,
    /// A last line like "5 passed, 1 failed".
    Lines,
}

/// The words of the formats; the first of each is the one that is shown.
const NAMES: &[(&str, Format)] = &[
    ("auto", Format::Auto),
    ("go", Format::GoTest),
    ("go-test", Format::GoTest),
    ("go-json", Format::GoJson),
    ("ginkgo", Format::Ginkgo),
    ("junit", Format::Junit),
    ("tap", Format::Tap),
    ("libtest", Format::Libtest),
    ("libtest-json", Format::LibtestJson),
    ("nextest", Format::Nextest),
    ("pytest", Format::Pytest),
    ("node", Format::NodeSpec),
    ("lines", Format::Lines),
];

impl Format {
    /// Reads a word.
    pub fn parse(word: &str) -> Option<Self> {
        NAMES.iter().find(|(name, _)| *name == word).map(|(_, format)| *format)
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        NAMES.iter().find(|(_, format)| *format == self).map_or("auto", |(name, _)| name)
    }

    /// True if the tool writes this format to its standard error.
    pub fn is_talk(self) -> bool {
        matches!(self, Self::Nextest | Self::Auto)
    }
}

/// `report` of a command gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How to read it.
    pub format: Format,
    /// The files, from the top of the tree; `None` = what the program prints.
    pub files: Option<String>,
}

impl Report {
    /// Reads `FORMAT` or `FORMAT:GLOB`.
    ///
    /// # Errors
    /// One sentence: an unknown format, a glob that leads out of the tree.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (word, glob) = text.split_once(':').map_or((text, None), |(word, glob)| (word, Some(glob.trim())));
        let format = Format::parse(word.trim()).ok_or_else(|| {
            let mut known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            known.dedup();
            format!("`{}` is no format of test reports; they are {}", word.escape_debug(), known.join(", "))
        })?;
        let out = |glob: &str| glob.is_empty() || glob.starts_with('/') || glob.split('/').any(|part| part == "..");
        if glob.is_some_and(out) {
            return Err("the files of `report` are named from the top of the tree, without `..`".to_owned());
        }
        Ok(Self { format, files: glob.map(|g| g.trim_start_matches("./").to_owned()) })
    }
}

/// Reads one report. Bytes that are no UTF-8 are passed over, colours as well.
///
/// # Errors
/// One sentence: what is cut off, does not fit together, or is no report of this format.
pub fn read(format: Format, bytes: &[u8]) -> Result<Counts, String> {
    let text = String::from_utf8_lossy(bytes);
    if text.trim().is_empty() {
        return Err("the report is empty".to_owned());
    }
    match format {
        Format::Junit => junit::read(&text),
        Format::Ginkgo => ginkgo::read(&text),
        Format::GoJson => go_json::read(&text),
        Format::LibtestJson => libtest_json::read(&text),
        _ => {
            let text = plain(&text);
            match format {
                Format::GoTest => go_text::read(&text),
                Format::Tap => tap::read(&text),
                Format::Libtest => libtest::read(&text),
                Format::Nextest => nextest::read(&text),
                Format::Pytest => pytest::read(&text),
                Format::NodeSpec => node_spec::read(&text),
                Format::Lines => lines::read(&text),
                _ => read(guess(&text)?, bytes),
            }
        }
    }
}

/// True if a text is a report by the look of it, whole or not; a last line like "5 passed" alone does not tell.
pub fn is_report(bytes: &[u8]) -> bool {
    let text = plain(&String::from_utf8_lossy(bytes));
    // An output in XML or JSON may be anything.
    !text.trim_start().starts_with('<') && guess(&text).is_ok_and(|format| format != Format::Lines)
}

/// A format, and what tells a line of it.
type LooksLike = (Format, fn(&str) -> bool);

/// What a text looks like, by what only one of the tools writes.
fn guess(text: &str) -> Result<Format, String> {
    let begin = text.trim_start_matches(['\u{feff}', ' ', '\n', '\t']);
    if begin.starts_with('<') {
        return Ok(Format::Junit);
    }
    if begin.starts_with('[') && begin.contains("\"SpecReports\"") {
        return Ok(Format::Ginkgo);
    }
    let mut json = text.lines().filter(|l| l.starts_with('{')).take(20);
    if json.clone().any(|l| l.contains("\"Action\":")) {
        return Ok(Format::GoJson);
    }
    if json.any(|l| l.contains("\"type\":\"suite\"") || l.contains("\"type\": \"suite\"")) {
        return Ok(Format::LibtestJson);
    }
    if text.lines().any(nextest::is_summary) {
        // It shows what libtest printed for the tests that failed.
        return Ok(Format::Nextest);
    }
    let looks_like: [LooksLike; 5] = [
        (Format::Libtest, |l| l.starts_with("test result: ") || libtest::is_begin(l)),
        (Format::NodeSpec, node_spec::is_summary),
        (Format::Pytest, pytest::is_summary),
        (Format::GoTest, go_text::is_package),
        (Format::Tap, |l| l.starts_with("TAP version ") || tap::is_plan(l)),
    ];
    let mut fits = looks_like.iter().filter(|(_, test)| text.lines().any(test)).map(|(format, _)| *format);
    match (fits.next(), fits.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(two)) => {
            Err(format!("what was printed looks like {} and like {}; name one of them in `report`", one.as_str(), two.as_str()))
        }
        (None, _) => Ok(Format::Lines),
    }
}

/// True if a file has this ending.
fn ends_in(file: &str, ending: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, e)| e == ending)
}

/// The first line that says something, at most 200 characters.
fn first_line(text: &str) -> String {
    let line = plain(text).lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default().to_owned();
    line.chars().take(200).collect()
}

#[cfg(test)]
mod proof;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_format_and_maybe_files_of_the_tree() {
        let parsed = Report::parse("junit:out/*.xml").unwrap();
        assert_eq!(parsed, Report { format: Format::Junit, files: Some("out/*.xml".to_owned()) });
        assert_eq!(Report::parse("tap").unwrap(), Report { format: Format::Tap, files: None });
        for wrong in ["", "xml", "junit:", "junit:/etc/x", "junit:../x", "junit:a/../../x"] {
            assert!(Report::parse(wrong).is_err(), "{wrong}");
        }
        for (name, format) in NAMES {
            assert_eq!(Format::parse(name), Some(*format));
            assert_eq!(Format::parse(format.as_str()), Some(*format));
        }
    }

    #[test]
    fn nothing_and_noise_are_no_report() {
        for (_, format) in NAMES {
            for noise in ["", " \n", "make: Nothing to be done for 'test'.\n", "{", "<", "[]", "<html></html>", "PASS", "ok"] {
                assert!(read(*format, noise.as_bytes()).is_err(), "{format:?}: {noise}");
            }
        }
    }

    #[test]
    fn two_reports_in_one_output_are_not_guessed_at() {
        let both = "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\nTAP version 13\n1..1\nok 1\n";
        assert!(read(Format::Auto, both.as_bytes()).unwrap_err().contains("name one of them"));
    }
}
