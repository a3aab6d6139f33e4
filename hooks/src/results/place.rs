//! `file:line` in what a failing test said.

use regex::Regex;
use std::sync::LazyLock;

static COLON: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([A-Za-z0-9_@+./\\-]+\.[A-Za-z][A-Za-z0-9]{0,4}):([0-9]{1,7})\b").ok());
static PYTHON: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"File "([^"\n]+)", line ([0-9]{1,7})"#).ok());
static PERL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\bat ([^\s'()]+) line ([0-9]{1,7})\b").ok());
static BATS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"in test file ([^\s,]+), line ([0-9]{1,7})").ok());

/// Whose frames say nothing about the test.
const FOREIGN: &[&str] = &[
    "node_modules/",
    "node:",
    "site-packages/",
    "/rustc/",
    "dist-packages/",
    "/usr/lib/",
    "/usr/share/",
    "/src/testing/",
    "/src/runtime/",
];

/// The first place that a text names and that is not in a library; one in a file of this name (without its ending) is
/// preferred.
pub(super) fn find(text: &str, prefer: Option<&str>) -> Option<(String, u32)> {
    let mut places: Vec<(usize, String, u32)> = Vec::new();
    for pattern in [&COLON, &PYTHON, &PERL, &BATS].into_iter().filter_map(|p| p.as_ref()) {
        for found in pattern.captures_iter(text).take(50) {
            let (Some(file), Some(line)) = (found.get(1), found.get(2)) else { continue };
            let before = &text[..file.start()];
            // The rest of an address or of `node:internal/…`.
            let foreign = before.ends_with("//") || before.ends_with(':') || FOREIGN.iter().any(|f| file.as_str().contains(f));
            if let (false, Ok(line)) = (foreign, line.as_str().parse()) {
                let file = file.as_str().trim_start_matches("file://").trim_start_matches("./");
                places.push((found.get(0).map_or(0, |m| m.start()), file.to_owned(), line));
            }
        }
    }
    places.sort_by_key(|(at, _, _)| *at);
    let stem = |file: &str| file.rsplit('/').next().and_then(|n| n.split('.').next()).unwrap_or_default().to_owned();
    let preferred = places.iter().find(|(_, file, _)| prefer.is_some_and(|p| stem(file) == p));
    preferred.or(places.first()).map(|(_, file, line)| (file.clone(), *line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_and_libraries_passed_over() {
        for (text, place) in [
            ("    calc_test.go:12: no", Some(("calc_test.go", 12))),
            ("    at Object.<anonymous> (/w/src/a.test.js:5:11)", Some(("/w/src/a.test.js", 5))),
            ("at node:internal/x.js:1:2\n at /w/node_modules/j/b.js:9:1\n at t/c.test.ts:7:3", Some(("t/c.test.ts", 7))),
            ("  File \"/w/t/test_a.py\", line 8, in test_b", Some(("/w/t/test_a.py", 8))),
            ("#   at t/basic.t line 9.", Some(("t/basic.t", 9))),
            ("# (in test file basic.bats, line 11)", Some(("basic.bats", 11))),
            ("see http://example.org/a.html:80 at 12:30:45", None),
            ("version 1.2:3, nothing", None),
        ] {
            assert_eq!(find(text, None), place.map(|(f, l)| (f.to_owned(), l)), "{text}");
        }
        let java = "at org.junit.Assert.fail(Assert.java:87)\nat a.CalcTest.adds(CalcTest.java:14)";
        assert_eq!(find(java, Some("CalcTest")), Some(("CalcTest.java".to_owned(), 14)));
        assert_eq!(find(java, None), Some(("Assert.java".to_owned(), 87)));
    }
}
